// The configuration of an HTTP service.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/login/check.hpp"
#include "common/net/endpoint.hpp"
#include "common/service/options.hpp"
#include "common/service/tls.hpp"
#include "common/settings/document.hpp"
#include "servers/http/head.hpp"
#include "servers/http/sessions.hpp"

namespace labnet::http_server {

struct Redirect {
  std::string from;  // a path, decoded; "/old/*" for all below, which is put in the place of "*" in `to`
  std::string to;    // a path or a URL
  int status = 302;  // 301, 302, 303, 307 or 308
};

enum class ApplicationKind { echo, upload, comments, ocsp };

/// What answers at a path in place of documents.
struct ApplicationConfig {
  std::string path;  // decoded
  ApplicationKind kind = ApplicationKind::echo;
  std::string folder;                           // of upload: a path of the site, with "/" at its end
  std::optional<std::filesystem::path> file{};  // of comments; none: they are kept in memory
  settings::Mark file_mark{};
  std::vector<std::string> revoked{};  // of ocsp: serial numbers, see ca::parse_serial
};

enum class AuthenticationScheme { basic, digest, form };

/// A part of a site that only some may see.
struct ProtectedArea {
  std::string path;  // decoded; "/private/*", "/private/" and "/private" are that itself and all below
  std::string realm;
  AuthenticationScheme scheme = AuthenticationScheme::basic;
  std::vector<std::pair<std::string, std::string>> users;  // names and passwords, see common/login/password.hpp
  login::StandIns stand_ins{};                             // of `users`
  std::string login_path{};                                // of form: where one logs in, a path of the site, decoded
  std::string key{};                                       // unlike that of any other area of the service

  /// Null: nobody has that name.
  const std::string* password_of(std::string_view user) const;
};

/// What a host name is served from.
struct SiteConfig {
  std::vector<std::string> names;  // hosts, in small letters; none: whatever the first site is asked for
  std::filesystem::path root;      // nobody sees anything outside
  std::vector<std::string> index{"index.html"};
  bool listing = false;  // of folders without an index
  bool compress = true;  // what gets smaller by it, for clients that take gzip
  bool https_only = false;
  std::optional<settings::Mark> https_only_mark{};          // where that stands; nothing: in no file
  bool uploads = false;                                     // PUT and DELETE
  std::vector<std::pair<std::string, std::string>> fields;  // of every response
  std::vector<Redirect> redirects;
  std::vector<ProtectedArea> protected_areas;
  std::vector<ApplicationConfig> applications;
  service::TlsSettings tls;
};

struct LimitsConfig {
  std::size_t connections_max = 8'000;
  std::size_t connections_per_address_max = 2'000;
  std::uint64_t requests_per_connection_max = 1'000'000;
  std::uint64_t body_bytes_max = std::uint64_t{1} << 30;
  std::chrono::milliseconds keep_alive_timeout{15'000};  // until the next request begins
  std::chrono::milliseconds head_timeout{10'000};        // from its first byte until the head is whole
  std::chrono::milliseconds body_timeout{20'000};        // until a body is there, and longer as long as it comes at
  std::uint64_t body_bytes_per_second_min = 500;         // so much
  std::chrono::milliseconds stall_timeout{30'000};       // of a response that the client does not read
  std::chrono::milliseconds response_timeout{60'000};    // until it is taken, and longer as long as it is taken at
  std::uint64_t response_bytes_per_second_min = 500;     // so much
  SessionLimits sessions;                                // of those who have logged in by a form
  std::chrono::milliseconds failed_login_delay{1'000};   // before the answer to a wrong password in a form
};

struct Config {
  std::vector<net::Endpoint> listen;            // "http" or "https"; none: http at 127.0.0.1:8080
  std::optional<settings::Mark> listen_mark{};  // where that stands; nothing: in no file
  service::CommonConfig common;
  Like like = Like::labnet;
  std::optional<std::string> server;                // the field Server; empty: none
  std::vector<SiteConfig> sites;                    // the first one is for hosts that none has, too
  std::optional<std::filesystem::path> access_log;  // in the combined format; none: not written
  LimitsConfig limits;

  std::string server_field() const { return server.value_or(std::string{server_name(like)}); }
};

/// Faults: unknown keys, wrong types, names that two sites have, fields that cannot be, limits, a missing folder.
Result<Config, settings::Fault> load_config(settings::Document& document);

/// How it is written on the command line, too: "http://127.0.0.1:8080", "https://127.0.0.1:8443".
Kind<net::Endpoint> listen_kind();
Kind<Like> like_kind();

}  // namespace labnet::http_server
