// The configuration of an FTP service.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "common/base/address.hpp"
#include "common/net/endpoint.hpp"
#include "common/service/options.hpp"
#include "common/service/tls.hpp"
#include "common/settings/document.hpp"
#include "servers/ftp/users.hpp"

namespace labnet::ftp_server {

enum class Language { english, spanish };

/// Both ends included.
struct PortRange {
  std::uint16_t first = 50000, last = 50999;
  bool operator==(const PortRange&) const = default;
};

struct PassiveConfig {
  PortRange ports;
  /// Told in replies to PASV in place of the address that the client has reached: that of a router in front.
  std::optional<Ipv4Address> masquerade_address;
};

/// Whether a data connection has to resume the TLS session of its control connection, which only the same client can.
enum class SessionReuse { off, warn, require };

struct TlsConfig {
  service::TlsSettings identity;  // without a certificate AUTH is not understood
  bool required = false;          // nobody logs in, and no data moves, in plain text
  SessionReuse session_reuse = SessionReuse::warn;

  bool is_offered() const { return identity.is_offered(); }
};

struct UploadConfig {
  bool keeps_partial = true;  // what has come of an upload that was cut off: clients may go on from there
  bool may_replace = true;    // files that are there
  bool fsyncs = false;        // what has come is on the disk before the client is told 226
  std::uint64_t bytes_max = UINT64_MAX;
};

struct AnonymousConfig {
  bool allowed = false;  // the names "anonymous" and "ftp", with any password
  std::string home = "/";
  Permissions permissions = Permissions::reading();
};

struct LimitsConfig {
  std::size_t sessions_max = 1000;
  std::size_t sessions_per_address_max = 100;
  int login_tries_max = 5;                              // of one session; after the last one it ends
  std::chrono::milliseconds failed_login_delay{1'000};  // before the reply to a wrong password
  std::chrono::milliseconds login_timeout{60'000};      // until somebody has logged in
  std::chrono::milliseconds idle_timeout{300'000};      // between two commands
  std::chrono::milliseconds stall_timeout{60'000};      // of a data connection on which nothing moves
  std::chrono::milliseconds connect_timeout{30'000};    // until a data connection is there
};

struct Config {
  std::vector<net::Endpoint> listen;  // "ftp", or "ftps" for TLS from the first byte on; none: ftp at 127.0.0.1:2121
  service::CommonConfig common;
  std::filesystem::path root;                       // nobody sees anything outside
  std::vector<User> users;                          // of the configuration and of `users_file`
  std::optional<std::filesystem::path> users_file;  // read again at a reload
  AnonymousConfig anonymous;
  Language language = Language::english;
  std::string greeting;  // in place of the usual one
  bool active = true;    // data connections that the server makes (PORT, EPRT)
  PassiveConfig passive;
  TlsConfig tls;
  UploadConfig upload;
  LimitsConfig limits;
  std::optional<std::filesystem::path> transfer_log;  // in the format of xferlog(5); none: not written
};

/// Faults: unknown keys, wrong types, users that cannot be, limits, a missing folder or file.
Result<Config, settings::Fault> load_config(settings::Document& document);

/// How they are written on the command line, too.
Kind<net::Endpoint> listen_kind();  // "ftp://127.0.0.1:2121", "ftps://127.0.0.1:9990"
Kind<User> user_kind();             // "NAME:PASSWORD"
Kind<PortRange> port_range_kind();  // "50000-50999"

}  // namespace labnet::ftp_server
