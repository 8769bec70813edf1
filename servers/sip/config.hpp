// The configuration of a SIP service.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "common/net/endpoint.hpp"
#include "common/service/options.hpp"
#include "common/service/tls.hpp"
#include "common/settings/document.hpp"
#include "servers/sip/exchange.hpp"
#include "servers/sip/media_config.hpp"

namespace labnet::sip_server {

/// What an extension does, as a configuration calls it.
enum class ExtensionKind { echo, tone, busy, decline, never_answer, early_media, announcement };

struct ExtensionConfig {
  std::string number{};
  ExtensionKind kind = ExtensionKind::echo;
  bool is_open = false;  // for anybody, not for users alone

  bool operator==(const ExtensionConfig&) const = default;
};

struct LimitsConfig {
  std::size_t calls_max = 1'000;  // as many as there are ports for: see ports_of_a_call
  std::size_t connections_max = 8'000;
  std::size_t connections_per_address_max = 2'000;
  std::chrono::milliseconds idle_timeout{600'000};          // of a connection on which nothing comes, no ping either
  std::chrono::milliseconds first_message_timeout{30'000};  // of one on which no message has come yet
  // See ExchangeConfig::wrong_passwords; 0 a minute: no limit
  unsigned wrong_passwords_at_once = 10;
  unsigned wrong_passwords_per_minute = 60;
  bool exempts_loopback = true;
};

inline constexpr std::size_t ports_of_a_call = 4;  // RTP and RTCP for each side; an extension takes two

struct Config {
  std::vector<net::Endpoint> listen;  // "udp", "tcp" or "tls"; none: udp and tcp at 127.0.0.1:5060
  service::CommonConfig common;
  std::string domain = "labnet";    // the realm, too
  std::string software = "labnet";  // User-Agent and Server; empty: none
  std::vector<User> users;
  std::vector<ExtensionConfig> extensions{
      {"600", ExtensionKind::echo},         {"601", ExtensionKind::tone},           {"602", ExtensionKind::busy},
      {"603", ExtensionKind::decline},      {"604", ExtensionKind::never_answer},   {"605", ExtensionKind::early_media},
      {"606", ExtensionKind::announcement}, {"service", ExtensionKind::echo, true},
  };
  bool trusts_registered = true;
  RegistrarRules registrations;
  std::chrono::seconds ring_timeout{180};
  std::chrono::seconds silence_timeout{300};
  std::chrono::seconds hold_timeout{3600};
  std::chrono::seconds qualify_interval{60};   // 0: when a phone registers, and no more
  std::chrono::milliseconds t1{500};           // RFC 3261, section 17.1.1.1
  std::optional<std::filesystem::path> store;  // registrations and calls; none: in memory
  MediaConfig media;
  LimitsConfig limits;
  service::TlsSettings tls;

  /// What is allowed and will not do, each a sentence.
  std::vector<std::string> warnings() const;
  /// As the exchange wants it.
  ExchangeConfig exchange() const;
};

/// Faults: unknown keys, wrong types, numbers that two have, what no user of a URI may be.
Result<Config, settings::Fault> load_config(settings::Document& document);

/// How it is written on the command line, too: "udp://127.0.0.1:5060".
Kind<net::Endpoint> listen_kind();
/// "101:secret"
Kind<User> user_kind();

}  // namespace labnet::sip_server
