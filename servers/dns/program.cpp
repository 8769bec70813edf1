#include "servers/dns/program.hpp"

#include <fmt/format.h>

#include <memory>

#include "common/log/log.hpp"
#include "common/service/config_source.hpp"
#include "common/service/options.hpp"
#include "common/service/run.hpp"
#include "servers/dns/load_zones.hpp"
#include "servers/dns/server.hpp"

namespace labnet::dns_server {
namespace {

constexpr std::uint16_t dns_port = 53;
/// Where DNS servers of a lab on the loopback network are, on which nobody may listen at port 53.
constexpr std::uint16_t moved_dns_port = 5300;

struct Input {
  service::CommonInput common;
  std::vector<std::string> zones;
  std::vector<ForwardServer> forward;
  std::optional<bool> edns;
  std::vector<AddressMap::Pair> map;
};

/// "192.168.1.0/24=127.71.1.0"
Kind<AddressMap::Pair> map_kind() {
  return {"SUBNET=NETWORK, such as 192.168.1.0/24=127.71.1.0",
          [](std::string_view text) -> std::optional<AddressMap::Pair> {
            const auto sign = text.find('=');
            if (sign == text.npos) return std::nullopt;
            const auto from = parse_ipv4_subnet(text.substr(0, sign));
            const auto to = parse_ipv4(text.substr(sign + 1));
            if (!from || !to) return std::nullopt;
            return AddressMap::Pair{*from, *to};
          }};
}

/// What the file says, and over it what the command line says. A fault is a sentence: wrong usage.
Result<Config> over(Config config, const Input& input) {
  for (const auto& text : input.zones) {
    const auto zone = zone_file_of(text);
    if (!zone) return zone.error();
    config.zones.push_back(*zone);
  }
  if (!input.common.listen.empty()) config.listen = input.common.listen;
  if (config.listen.empty() && !input.common.is_handed_in) {
    for (const auto* text : {"udp://127.0.0.1:5300", "tcp://127.0.0.1:5300"}) {
      config.listen.push_back(*net::parse_endpoint(text));
    }
  }
  service::listen_by_udp_and_tcp(config.listen);
  if (!input.forward.empty()) config.recursion.forward = {{dns::Name{}, input.forward}};
  if (input.edns) {
    config.recursion.edns = *input.edns;
    config.recursion.random_case = *input.edns;  // both or neither: a plain client sends questions as they are typed
  }
  return config;
}

/// The addresses that a configuration names, in the networks where the lab stands.
void move_addresses(Config& config, const AddressMap& addresses) {
  for (auto& subnet : config.recursion.allow) subnet.network = addresses.map(subnet.network);
  for (auto& server : config.recursion.root) server.address = addresses.map(server.address);
  for (auto& rule : config.recursion.forward) {
    for (auto& server : rule.servers) server.address = addresses.map(server.address);
    rule.domain = addresses.map(rule.domain);
  }
}

program::Exit serve(program::Console& console, const Input& input) {
  auto begun = service::ConfigSource{"dns", input, load_config, over}.begin(console);
  if (!begun) return begun.error();
  auto& [handed_in, config] = *begun;
  const auto addresses = AddressMap::make(input.map);
  if (!addresses) return console.wrong_usage(addresses.error().message);
  auto loaded = load_zones(config.zones, *addresses);
  for (const auto& warning : loaded.warnings) program::say(fmt::format("{} (warning)\n", to_text(warning)));
  for (const auto& fault : loaded.faults) program::say(fmt::format("{}\n", to_text(fault)));
  if (!loaded.faults.empty()) return program::Exit::wrong_usage;
  if (input.common.check) return service::say_that_all_is_right(console, input.common);
  move_addresses(config, *addresses);
  std::optional<ConfigFile> config_file;
  if (input.common.config) {
    if (auto text = read_file_here(*input.common.config)) config_file = {*input.common.config, *std::move(text)};
  }

  const service::Start start{"dns", input.common, config.common};
  return service::run<Server>(console, start,
                              {.config = std::move(config),
                               .addresses = *addresses,
                               .forward_port = input.map.empty() ? dns_port : moved_dns_port,
                               .zones = std::move(loaded.zones),
                               .config_file = std::move(config_file),
                               .handed_in = std::move(handed_in)});
}

program::Run define_serve_dns(program::Options& options) {
  auto input = std::make_shared<Input>();
  service::declare(options, input->common, "127.0.0.1:5300", listen_kind());
  options.repeatable("--zone", "[ORIGIN=]FILE", input->zones, "answers for a zone");
  options.repeatable("--forward", "ADDR[:PORT]", input->forward, "asks this server about all other names",
                     forward_server_kind());
  options.option("--edns", "on|off", input->edns, "whether questions to other servers have EDNS and random case",
                 one_of<bool>({{"on", true}, {"off", false}}));
  options.repeatable("--map", "SUBNET=NETWORK", input->map, "moves the addresses of zones and configuration",
                     map_kind());
  return [input](program::Console& console) { return serve(console, *input); };
}

}  // namespace

const program::Program serve_dns_program{"serve dns", program::Group::servers, "A name server and a caching resolver",
                                         "labnet serve dns --zone example.org=example.org.zone\nlabnet serve dns "
                                         "--forward 192.0.2.53 --listen 127.0.0.1:5353",
                                         define_serve_dns};

}  // namespace labnet::dns_server
