// From a question on the command line to the reply on the terminal.
#include <fmt/format.h>

#include <memory>

#include <boost/json/serialize.hpp>

#include "common/dns/dig_text.hpp"
#include "common/dns/message_json.hpp"
#include "servers/dns/answer.hpp"
#include "servers/dns/load_zones.hpp"
#include "servers/dns/program.hpp"

namespace labnet::dns_server {
namespace {

using program::Console;
using program::Exit;
using program::Format;
using program::Options;
using program::Run;

struct EvalInput {
  std::vector<std::string> zones;
  dns::Name name;
  dns::Type type = dns::Type::a;
  bool over_tcp = false;
  bool without_edns = false;
  Format format = Format::text;
};

Buffer query_of(const EvalInput& input) {
  dns::Message query;
  query.question = dns::Question{input.name, input.type, dns::Class::in};
  if (!input.without_edns) query.edns.emplace();
  Buffer wire;
  dns::write_message(query, wire);
  return wire;
}

Exit evaluate(Console& console, const EvalInput& input) {
  std::vector<ZoneFile> files;
  for (const auto& text : input.zones) {
    const auto file = zone_file_of(text);
    if (!file) return console.wrong_usage(file.error().message);
    files.push_back(*file);
  }
  if (files.empty()) return console.wrong_usage("--zone is missing");
  if (input.type == dns::Type::axfr || input.type == dns::Type::ixfr) {
    return console.wrong_usage(
        fmt::format("{} is a transfer, not a reply; a server gives one: labnet dns {} AXFR @SERVER",
                    dns::to_text(input.type), dns::to_text(input.name)));
  }
  const auto loaded = load_zones(files, {});
  for (const auto& warning : loaded.warnings) program::say(fmt::format("{} (warning)\n", to_text(warning)));
  for (const auto& fault : loaded.faults) program::say(fmt::format("{}\n", to_text(fault)));
  if (!loaded.faults.empty()) return Exit::wrong_usage;

  const AnswerOptions options{.transport = input.over_tcp ? Transport::tcp : Transport::udp, .identity = nullptr};
  Buffer wire;
  answer(query_of(input), loaded.zones, options, wire);
  const auto reply = dns::parse_message(wire);
  if (!reply) return console.fail(fmt::format("the reply cannot be read: {}", dns::describe(reply.error())));
  if (input.format == Format::json) {
    auto object = dns::to_json(reply->message);
    object["bytes"] = wire.size();
    console.print("{}\n", boost::json::serialize(object));
  } else {
    console.write(dns::dig_text(reply->message, {}));
  }
  return Exit::done;
}

Run define_dns_eval(Options& options) {
  auto input = std::make_shared<EvalInput>();
  options.positional("NAME", input->name, "what is asked for", Options::Need::required, domain_kind());
  options.positional("TYPE", input->type, "of the records; default: A", Options::Need::optional,
                     Kind<dns::Type>{"a type of record such as A, MX or TYPE65", dns::parse_type});
  options.repeatable("--zone", "[ORIGIN=]FILE", input->zones, "a zone of the server; several times for several zones");
  options.flag("--tcp", input->over_tcp, "as over TCP: nothing is truncated");
  options.flag("--no-edns", input->without_edns, "as to a client without EDNS: at most 512 bytes over UDP");
  options.option("--format", "FORMAT", input->format, "text or json", program::format_kind());
  return [input](Console& console) { return evaluate(console, *input); };
}

}  // namespace

const program::Program dns_eval_program{
    "dns eval", program::Group::servers, "What a name server with these zones would reply",
    "labnet dns eval --zone example.org.zone www.example.org MX\n"
    "labnet dns eval --zone example.org=zones/my.zone www.example.org --format json",
    define_dns_eval};

}  // namespace labnet::dns_server
