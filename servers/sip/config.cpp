#include "servers/sip/config.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "common/sip/name_address.hpp"
#include "servers/sip/limits.hpp"

namespace labnet::sip_server {
namespace {

using settings::Section;
using settings::Value;

/// What a user of a URI is without any escape: letters, digits and some marks.
bool is_number(std::string_view text) {
  return !text.empty() && text.size() <= number_bytes_max && sip::escaped_user(text) == text;
}

/// A realm stands in quotation marks, a domain in a URI: a host serves both.
Kind<std::string> domain_kind() {
  return {"a host name or an address, such as labredes71.com", [](std::string_view text) -> std::optional<std::string> {
            return sip::parse_host(text) ? std::optional{std::string{text}} : std::nullopt;
          }};
}

Kind<std::string> line_kind() {
  return {"a line of text", [](std::string_view text) -> std::optional<std::string> {
            const bool has_controls =
                std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) < ' ' || c == 0x7f; });
            return has_controls ? std::nullopt : std::optional{std::string{text}};
          }};
}

Kind<ExtensionKind> extension_kind() {
  return one_of<ExtensionKind>({{"echo", ExtensionKind::echo},
                                {"tone", ExtensionKind::tone},
                                {"busy", ExtensionKind::busy},
                                {"decline", ExtensionKind::decline},
                                {"never_answer", ExtensionKind::never_answer},
                                {"early_media", ExtensionKind::early_media},
                                {"announcement", ExtensionKind::announcement}});
}

Treatment treatment_of(ExtensionKind kind) {
  switch (kind) {
    case ExtensionKind::echo:
      return {200, Announcement::echo};
    case ExtensionKind::tone:
      return {200, Announcement::tone};
    case ExtensionKind::busy:
      return {486, Announcement::none};
    case ExtensionKind::decline:
      return {603, Announcement::none};
    case ExtensionKind::never_answer:
      return {180, Announcement::none};
    case ExtensionKind::early_media:
      return {183, Announcement::ringing};
    case ExtensionKind::announcement:
      return {200, Announcement::speech};
  }
  return {};
}

class ConfigLoader {
 public:
  explicit ConfigLoader(settings::Document& document) : root_{document.root()} {}

  Config load() {
    root_.get("listen", config_.listen, listen_kind());
    service::read_common(root_, config_.common);
    root_.get("domain", config_.domain, domain_kind());
    root_.get("software", config_.software, line_kind());
    root_.entries("users", [&](const std::string& number, Value user) { read_user(number, user); });
    if (root_.has("extensions")) config_.extensions.clear();
    root_.entries("extensions", [&](const std::string& number, Value extension) { read_extension(number, extension); });
    root_.get("trusts_registered", config_.trusts_registered);
    if (auto section = root_.section("registrations")) read_registrations(*section);
    if (auto section = root_.section("calls")) read_calls(*section);
    root_.get("qualify_interval", config_.qualify_interval, seconds_between(0, 86'400));
    root_.get("t1", config_.t1, duration_between(std::chrono::milliseconds{10}, std::chrono::milliseconds{10'000}));
    root_.get("store", config_.store);
    if (auto section = root_.section("media")) read_media(*section);
    if (auto section = root_.section("limits")) read_limits(*section);
    if (auto section = root_.section("tls")) {
      service::read_tls(*section, config_.tls);
      service::check(*section, config_.tls);
    }
    return std::move(config_);
  }

 private:
  static Kind<std::chrono::seconds> seconds_between(int low, int high) {
    return duration_between(std::chrono::seconds{low}, std::chrono::seconds{high});
  }

  void read_user(const std::string& number, Value& value) {
    if (config_.users.size() == users_max) return value.fail(fmt::format("expected at most {} users", users_max));
    check_number(number, value);
    auto section = value.section();
    if (!section) return;
    User user{.number = number, .password = {}};
    section->require("password", user.password);
    section->get("name", user.name, line_kind());
    config_.users.push_back(std::move(user));
  }

  void read_extension(const std::string& number, Value& value) {
    if (config_.extensions.size() == extensions_max) {
      return value.fail(fmt::format("expected at most {} extensions", extensions_max));
    }
    check_number(number, value);
    auto section = value.section();
    if (!section) return;
    ExtensionConfig extension{.number = number};
    section->require("do", extension.kind, extension_kind());
    section->get("open", extension.is_open);
    if (extension.is_open && extension.kind == ExtensionKind::early_media) {
      section->fail("open", "early_media would be sent to whatever address a stranger names: expected false");
    }
    config_.extensions.push_back(std::move(extension));
  }

  void check_number(const std::string& number, Value& value) {
    if (!is_number(number)) value.fail_key("expected a number or a name, such as 101 or ann");
    if (!numbers_.insert(number).second) value.fail_key("there is a user with this number");
  }

  void read_registrations(Section& section) {
    auto& rules = config_.registrations;
    section.get("expires_default", rules.expires_default, seconds_between(1, 86'400 * 30));
    section.get("expires_min", rules.expires_min, seconds_between(0, 86'400 * 30));
    section.get("expires_max", rules.expires_max, seconds_between(1, 86'400 * 30));
    if (rules.expires_min > rules.expires_max) section.fail("expires_min", "this is more than expires_max");
    section.get("bindings_per_user_max", rules.bindings_per_user_max, between<std::size_t>(1, 100));
  }

  void read_calls(Section& section) {
    section.get("ring_timeout", config_.ring_timeout, seconds_between(1, 3'600));
    section.get("silence_timeout", config_.silence_timeout, seconds_between(1, 86'400));
    section.get("hold_timeout", config_.hold_timeout, seconds_between(1, 86'400));
  }

  void read_media(Section& section) {
    auto& media = config_.media;
    section.get("port_min", media.port_min, between<std::uint16_t>(1024, 65535));
    section.get("port_max", media.port_max, between<std::uint16_t>(1024, 65535));
    if (media.ports() < ports_of_a_call) {
      section.fail("port_max", fmt::format("a call takes {} ports: expected as many at least", ports_of_a_call));
    }
    section.get("latch", media.latch.mode,
                one_of<rtp::LatchMode>({{"symmetric", rtp::LatchMode::symmetric},
                                        {"sdp_only", rtp::LatchMode::sdp_only},
                                        {"never_locked", rtp::LatchMode::never_locked}}));
    section.get("announcement", media.speech);
  }

  void read_limits(Section& section) {
    auto& limits = config_.limits;
    section.get("calls_max", limits.calls_max, between<std::size_t>(1, 1'000'000));
    section.get("connections_max", limits.connections_max, between<std::size_t>(1, 1'000'000));
    section.get("connections_per_address_max", limits.connections_per_address_max, between<std::size_t>(1, 1'000'000));
    section.get("first_message_timeout", limits.first_message_timeout,
                duration_between(std::chrono::milliseconds{100}, std::chrono::milliseconds{24 * 3'600'000}));
    section.get("idle_timeout", limits.idle_timeout,
                duration_between(std::chrono::milliseconds{1'000}, std::chrono::milliseconds{24 * 3'600'000}));
    section.get("wrong_passwords_at_once", limits.wrong_passwords_at_once, between(1U, 1'000'000U));
    section.get("wrong_passwords_per_minute", limits.wrong_passwords_per_minute, between(0U, 1'000'000U));
    section.get("exempts_loopback", limits.exempts_loopback);
  }

  Section root_;
  Config config_;
  std::set<std::string> numbers_;
};

}  // namespace

std::vector<std::string> Config::warnings() const {
  const auto calls = media.ports() / ports_of_a_call;
  if (calls >= limits.calls_max) return {};
  return {
      fmt::format("media.port_min to port_max are ports for {} calls, and limits.calls_max is {}: the next one is 503",
                  calls, limits.calls_max)};
}

ExchangeConfig Config::exchange() const {
  ExchangeConfig out;
  out.users = users;
  for (const auto& extension : extensions) {
    out.extensions[extension.number] = treatment_of(extension.kind);
    if (extension.is_open) out.open_extensions.insert(extension.number);
  }
  out.registrar = registrations;
  out.calls = {.domain = domain,
               .software = software,
               .ring_timeout = ring_timeout,
               .silence_timeout = silence_timeout,
               .hold_timeout = hold_timeout};
  out.trusts_registered = trusts_registered;
  out.calls_max = limits.calls_max;
  out.qualify_interval = qualify_interval;
  out.wrong_passwords = {.per_second = limits.wrong_passwords_per_minute / 60.0,
                         .burst = static_cast<double>(limits.wrong_passwords_at_once)};
  out.exempts_loopback = limits.exempts_loopback;
  out.timers.t1 = t1;
  return out;
}

Kind<net::Endpoint> listen_kind() {
  return {"udp://ADDRESS:PORT, tcp:// or tls://, such as udp://127.0.0.1:5060",
          [](std::string_view text) -> std::optional<net::Endpoint> {
            auto endpoint = net::parse_endpoint(text);
            if (!endpoint) return std::nullopt;
            const auto& scheme = endpoint->scheme;
            const bool is_known = scheme.empty() || scheme == "udp" || scheme == "tcp" || scheme == "tls";
            return is_known ? std::optional{*endpoint} : std::nullopt;
          }};
}

Kind<User> user_kind() {
  return {"NUMBER:PASSWORD, such as 101:secret", [](std::string_view text) -> std::optional<User> {
            const auto colon = text.find(':');
            if (colon == text.npos || !is_number(text.substr(0, colon))) return std::nullopt;
            return User{std::string{text.substr(0, colon)}, std::string{text.substr(colon + 1)}};
          }};
}

Result<Config, settings::Fault> load_config(settings::Document& document) {
  auto config = ConfigLoader{document}.load();
  return document.finish(std::move(config));
}

}  // namespace labnet::sip_server
