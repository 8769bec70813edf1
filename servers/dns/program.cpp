#include "servers/dns/program.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <thread>

#include "common/log/log.hpp"
#include "servers/dns/load_zones.hpp"
#include "servers/dns/server.hpp"

namespace labnet::dns_server {
namespace {

using program::Console;
using program::Exit;
using program::Group;
using program::Options;
using program::Run;

constexpr std::uint16_t dns_port = 53;
/// Where DNS servers of a lab on the loopback network are, on which nobody may listen at port 53.
constexpr std::uint16_t moved_dns_port = 5300;
constexpr unsigned workers_max = 256;

struct Input {
  std::optional<std::string> config;
  bool check = false;
  std::vector<std::string> zones;
  std::vector<net::Endpoint> listen;
  std::vector<ForwardServer> forward;
  std::optional<bool> edns;
  unsigned workers = std::max(1u, std::thread::hardware_concurrency());
  std::vector<AddressMap::Pair> map;
  std::optional<int> control;
  log::Format log_format = log::Format::text;
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

/// What the file says, and over it what the command line says. The exit code if that makes no sense.
Result<Config, Exit> gather(Console& console, const Input& input) {
  Config config;
  if (input.config) {
    auto document = settings::load(*input.config);
    if (!document) return console.wrong_file(settings::to_string(document.error()));
    auto loaded = load_config(*document);
    if (!loaded) return console.wrong_file(settings::to_string(loaded.error()));
    config = *std::move(loaded);
  }
  for (const auto& text : input.zones) {
    const auto zone = zone_file_of(text);
    if (!zone) return console.wrong_usage(zone.error().message);
    config.zones.push_back(*zone);
  }
  if (!input.listen.empty()) config.listen = input.listen;
  if (config.listen.empty()) {
    for (const auto* text : {"udp://127.0.0.1:5300", "tcp://127.0.0.1:5300"}) {
      config.listen.push_back(*net::parse_endpoint(text));
    }
  }
  // What is usual for DNS where nothing else is said: both.
  for (std::size_t i = 0; i < config.listen.size(); ++i) {
    if (!config.listen[i].scheme.empty()) continue;
    config.listen[i].scheme = "udp";
    auto over_tcp = config.listen[i];
    over_tcp.scheme = "tcp";
    config.listen.push_back(std::move(over_tcp));
  }
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

Exit serve(Console& console, const Input& input) {
  auto handed_in = net::take_handed_in();
  if (!handed_in) return console.fail(handed_in.error());
  auto config = gather(console, input);
  if (!config) return config.error();
  const auto addresses = AddressMap::make(input.map);
  if (!addresses) return console.wrong_usage(addresses.error().message);
  auto loaded = load_zones(config->zones, *addresses);
  for (const auto& warning : loaded.warnings) program::say(fmt::format("{} (warning)\n", to_text(warning)));
  for (const auto& fault : loaded.faults) program::say(fmt::format("{}\n", to_text(fault)));
  if (!loaded.faults.empty()) return Exit::wrong_usage;
  if (input.check) return Exit::done;
  move_addresses(*config, *addresses);
  std::optional<ConfigFile> config_file;
  if (input.config) {
    if (auto text = read_file_here(*input.config)) config_file = {*input.config, *std::move(text)};
  }

  const log::Running log{{.name = "dns", .format = input.log_format}};
  net::Runtime runtime{{.workers = input.workers}};
  Server server{runtime,
                {.config = *std::move(config),
                 .addresses = *addresses,
                 .forward_port = input.map.empty() ? dns_port : moved_dns_port,
                 .zones = std::move(loaded.zones),
                 .config_file = std::move(config_file),
                 .handed_in = *std::move(handed_in)}};
  if (const auto started = server.start(); !started) return console.fail(started.error());
  if (input.control) server.serve_control(FileDescriptor{*input.control});
  console.print("ready dns {}\n", server.endpoints());
  console.flush();
  runtime.run();
  return Exit::done;
}

Run define_serve_dns(Options& options) {
  auto input = std::make_shared<Input>();
  options.option("-c,--config", "FILE", input->config, "the configuration; without one: what the options say");
  options.flag("--check", input->check, "say whether configuration and zones are right, and do nothing");
  options.repeatable("--zone", "[ORIGIN=]FILE", input->zones, "answers for a zone");
  options.repeatable("--listen", "[PROTO://]ADDR:PORT", input->listen,
                     "where to answer, in place of what the configuration says; default: 127.0.0.1:5300",
                     listen_kind());
  options.repeatable("--forward", "ADDR[:PORT]", input->forward, "asks this server about all other names",
                     forward_server_kind());
  options.option("--edns", "on|off", input->edns, "whether questions to other servers have EDNS and random case",
                 one_of<bool>({{"on", true}, {"off", false}}));
  options.option("--workers", "N", input->workers, "threads that answer; default: one per core",
                 between(1u, workers_max));
  options.repeatable("--map", "SUBNET=NETWORK", input->map, "moves the addresses of zones and configuration",
                     map_kind());
  options.option("--control-fd", "N", input->control, "a connected socket on which to answer a lab's requests",
                 between(3, 1023));
  options.option("--log-format", "FORMAT", input->log_format, "text or json",
                 one_of<log::Format>({{"text", log::Format::text}, {"json", log::Format::json}}));
  return [input](Console& console) { return serve(console, *input); };
}

}  // namespace

const program::Program serve_dns_program{"serve dns", Group::servers, "A name server and a caching resolver",
                                         "labnet serve dns --zone example.org=example.org.zone\nlabnet serve dns "
                                         "--forward 192.0.2.53 --listen 127.0.0.1:5353",
                                         define_serve_dns};

}  // namespace labnet::dns_server
