#include "servers/dns/config.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

#include "common/base/utf8.hpp"
#include "servers/dns/zone/load.hpp"

namespace labnet::dns_server {
namespace {

using settings::Value;

class Loader {
 public:
  explicit Loader(settings::Document& document) : root_{document.root()} {}

  Config load() {
    root_.get("listen", config_.listen, listen_kind());
    root_.entries("zones", [&](const std::string& origin, Value file) { read_zone(origin, file); });
    service::read_common(root_, config_.common);
    if (auto recursion = root_.section("recursion")) read_recursion(*recursion, config_.recursion);
    if (auto cache = root_.section("cache")) read_cache(*cache, config_.cache);
    if (auto transfer = root_.section("transfer")) transfer->get("allow", config_.transfer.allow);
    if (auto identity = root_.section("identity")) read_identity(*identity, config_.identity);
    if (auto limits = root_.section("limits")) read_limits(*limits);
    root_.get("query_log", config_.query_log);
    return std::move(config_);
  }

 private:
  /// A key that is a domain name; a fault if it is none, or stands twice in other letters.
  std::optional<dns::Name> domain_of(const std::string& text, const Value& value, auto& known) {
    const auto name = domain_kind().parse(text);
    auto where = value;
    if (!name) {
      where.fail(fmt::format("expected {} as key, found \"{}\"", domain_kind().expected, text));
      return std::nullopt;
    }
    if (std::ranges::any_of(known, [&](const dns::Name& other) { return other == *name; })) {
      where.fail(fmt::format("{} is here twice", dns::to_text(*name)));
      return std::nullopt;
    }
    known.push_back(*name);
    return name;
  }

  void read_zone(const std::string& origin, Value& value) {
    if (config_.zones.size() == zones_max) return value.fail(fmt::format("expected at most {} zones", zones_max));
    const auto name = domain_of(origin, value, origins_);
    std::filesystem::path file;
    if (!name || !value.read(file)) return;
    if (access(file.c_str(), R_OK) < 0) {
      return value.fail(system_error(fmt::format("cannot read {}", file.string())).message);
    }
    config_.zones.push_back({*name, std::move(file)});
  }

  void read_recursion(settings::Section& section, RecursionConfig& recursion) {
    section.get("allow", recursion.allow);
    section.entries("forward", [&](const std::string& domain, Value servers) { read_rule(domain, servers); });
    read_root(section, recursion.root);
    section.get("edns", recursion.edns);
    section.get("random_case", recursion.random_case);
    section.get("timeout", recursion.timeout,
                duration_between(std::chrono::milliseconds{10}, std::chrono::milliseconds{60'000}));
    section.get("tries", recursion.tries, between(1, 10));
    section.get("questions_max", recursion.questions_max, between<std::size_t>(1, 100'000));
    section.get("questions_per_address_max", recursion.questions_per_address_max, between<std::size_t>(1, 100'000));
    section.get("questions_per_zone_max", recursion.questions_per_zone_max, between<std::size_t>(1, 100'000));
  }

  void read_rule(const std::string& domain, Value& value) {
    auto& rules = config_.recursion.forward;
    if (rules.size() == forward_rules_max)
      return value.fail(fmt::format("expected at most {} rules", forward_rules_max));
    const auto name = domain_of(domain, value, domains_);
    ForwardRule rule;
    if (!name || !value.read(rule.servers, forward_server_kind())) return;
    if (rule.servers.empty() || rule.servers.size() > forward_servers_max) {
      return value.fail(fmt::format("expected 1 to {} servers, found {}", forward_servers_max, rule.servers.size()));
    }
    rule.domain = *name;
    rules.push_back(std::move(rule));
  }

  static void read_root(settings::Section& section, std::vector<ForwardServer>& servers) {
    section.get("root", servers, forward_server_kind());
    if (servers.size() > root_servers_max) {
      section.fail("root", fmt::format("expected at most {} servers, found {}", root_servers_max, servers.size()));
    }
    const auto has_other_port = [&](const ForwardServer& server) { return server.port != servers.front().port; };
    if (std::ranges::any_of(servers, has_other_port)) {
      section.fail("root", "expected the same port at all of them: it is that of all servers on the way from there");
    }
  }

  static void read_identity(settings::Section& section, Identity& identity) {
    section.get("version", identity.version, identity_kind());
    section.get("server", identity.server, identity_kind());
  }

  static Kind<std::string> identity_kind() {
    return {fmt::format("a text of at most {} bytes", dns::character_string_bytes_max),
            [](std::string_view text) -> std::optional<std::string> {
              if (text.size() > dns::character_string_bytes_max) return std::nullopt;
              return std::string{text};
            }};
  }

  static void read_cache(settings::Section& section, CacheLimits& cache) {
    section.get("entries_max", cache.entries_max, between<std::size_t>(0, 10'000'000));
    section.get("bytes_max", cache.bytes_max, byte_size<std::size_t>(0, 4'000'000'000));
    section.get("ttl_max", cache.ttl_max);
    section.get("negative_ttl_max", cache.negative_ttl_max);
  }

  void read_limits(settings::Section& section) {
    section.get("udp_bytes_max", config_.udp_bytes_max, between(dns::plain_udp_bytes_max, std::size_t{4096}));
    section.get("connections_max", config_.connections_max, between<std::size_t>(1, 100'000));
    section.get("connections_per_address_max", config_.connections_per_address_max, between<std::size_t>(1, 100'000));
    section.get("idle_timeout", config_.idle_timeout,
                duration_between(std::chrono::milliseconds{100}, std::chrono::milliseconds{600'000}));
  }

  settings::Section root_;
  Config config_;
  std::vector<dns::Name> origins_, domains_;  // read so far
};

}  // namespace

Kind<dns::Name> domain_kind() {
  return {"a domain name such as labredes71.com", [](std::string_view text) -> std::optional<dns::Name> {
            const auto name = dns::parse_name(text);
            return name ? std::optional{*name} : std::nullopt;
          }};
}

Result<ZoneFile> zone_file_of(const std::string& text) {
  const auto sign = text.find('=');
  if (sign == text.npos) {
    if (const auto origin = guess_origin(text)) return ZoneFile{*origin, text};
    const auto shown = printable(text);
    return Error{fmt::format("{} does not tell which zone it is; write --zone ORIGIN={}", shown, shown)};
  }
  const auto origin = domain_kind().parse(text.substr(0, sign));
  if (origin && sign + 1 < text.size()) return ZoneFile{*origin, text.substr(sign + 1)};
  return Error{fmt::format("--zone: expected [ORIGIN=]FILE, such as example.org=example.org.zone, found \"{}\"",
                           printable(text, 60))};
}

Kind<ForwardServer> forward_server_kind() {
  return {"an IPv4 address, with or without a port, such as 192.168.1.7 or 192.168.1.7:5300",
          [](std::string_view text) -> std::optional<ForwardServer> {
            const auto colon = text.find(':');
            const auto address = parse_ipv4(text.substr(0, colon));
            if (!address) return std::nullopt;
            if (colon == text.npos) return ForwardServer{*address};
            const auto port = parse_integer<std::uint16_t>(text.substr(colon + 1));
            if (!port || *port == 0) return std::nullopt;
            return ForwardServer{*address, *port};
          }};
}

Kind<net::Endpoint> listen_kind() {
  return {"ADDRESS:PORT, such as 127.0.0.1:5300, with udp:// or tcp:// in front for one of them alone",
          [](std::string_view text) -> std::optional<net::Endpoint> {
            const auto endpoint = net::parse_endpoint(text);
            if (!endpoint || (endpoint->scheme != "udp" && endpoint->scheme != "tcp" && !endpoint->scheme.empty())) {
              return std::nullopt;
            }
            return *endpoint;
          }};
}

Result<Config, settings::Fault> load_config(settings::Document& document) {
  auto config = Loader{document}.load();
  return document.finish(std::move(config));
}

}  // namespace labnet::dns_server
