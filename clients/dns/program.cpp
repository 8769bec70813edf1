// labnet dns: words to a query, a reply to lines.
#include "clients/dns/program.hpp"

#include <fmt/format.h>

#include <memory>

#include "clients/dns/dig.hpp"
#include "clients/dns/nslookup.hpp"
#include "clients/dns/words.hpp"
#include "common/base/text.hpp"
#include "common/base/utf8.hpp"
#include "common/resolver/resolver.hpp"

namespace labnet::dns_client {
namespace {

using program::Console;
using program::Exit;
using program::Format;
using resolver::Family;
using resolver::Server;

struct Input {
  std::vector<std::string> words;
  std::optional<IpAddress> reverse;
  std::optional<std::string> query;  // dig's -q is a name, nslookup's a type
  std::optional<std::string> type;
  std::optional<dns::Class> dns_class;
  std::uint16_t port = 53;
  bool ipv4_alone = false;
  bool ipv6_alone = false;
  bool over_tcp = false;
  bool trace = false;
  std::optional<IpAddress> root;
  bool as_octets = false;
  bool like_nslookup = false;
  Format format = Format::text;
};

Kind<IpAddress> address_kind() {
  return {"an address such as 192.168.1.7 or 2001:db8::7", parse_ip};
}
Kind<dns::Name> name_kind() {
  return {"a domain name such as web.labredes71.com", [](std::string_view text) -> std::optional<dns::Name> {
            const auto name = dns::parse_name(text);
            return name ? std::optional{*name} : std::nullopt;
          }};
}
Kind<dns::Type> type_kind() {
  return {"a type of record such as A, MX or TYPE65", dns::parse_type};
}
Kind<dns::Class> class_kind() {
  return {"a class such as IN or CH", dns::parse_class};
}

/// For options whose text means one thing to dig and another to nslookup.
template <class T>
Result<void> read_option(std::string_view option, const std::optional<std::string>& text, const Kind<T>& kind, T& out) {
  if (!text) return {};
  const auto value = kind.parse(*text);
  if (!value) return Error{fmt::format("{}: expected {}, found \"{}\"", option, kind.expected, printable(*text, 60))};
  out = *value;
  return {};
}

Family family_of(const Input& input, Family otherwise) {
  if (input.ipv4_alone) return Family::ipv4;
  return input.ipv6_alone ? Family::ipv6 : otherwise;
}

/// The addresses of the server that was named, or those that this host is set up to ask.
Result<std::vector<Server>> find_servers(const std::string& wanted, const Input& input) {
  std::vector<Server> servers;
  if (!wanted.empty()) {
    const auto addresses = resolver::resolve(wanted, resolver::patience, {.family = family_of(input, Family::ipv4)});
    if (!addresses) return addresses.error();
    for (const auto& address : *addresses) servers.push_back({address, input.port});
    return servers;
  }
  const auto all = resolver::system_servers();
  if (!all) return all.error();
  for (const auto& server : *all) {
    const auto family = std::holds_alternative<Ipv4Address>(server.address) ? Family::ipv4 : Family::ipv6;
    if (family_of(input, family) == family) servers.push_back({server.address, input.port});
  }
  // Whoever starts elsewhere may do without.
  if (servers.empty() && !input.root) {
    return Error{"this host is set up to ask no name server with an address of that family"};
  }
  return servers;
}

Result<Request> to_request(const Input& input) {
  Request request;
  auto& question = request.query.question;
  if (input.reverse) {
    question.name = reverse_name(*input.reverse);
    question.type = dns::Type::ptr;
  }
  if (const auto read = read_option("--query", input.query, name_kind(), question.name); !read) return read.error();
  if (const auto read = read_option("--type", input.type, type_kind(), question.type); !read) return read.error();
  if (input.dns_class) question.dns_class = *input.dns_class;
  request.options.over_tcp = input.over_tcp;
  if (input.trace || input.root) request.set_trace(true);
  const auto read = read_words(input.words, input.reverse || input.query, request);
  if (!read) return read.error();
  if (request.trace && question.type == dns::Type::axfr) return Error{"a zone is not transferred by way of +trace"};
  return request;
}

Result<Lookup> to_lookup(const Input& input) {
  const auto has_others = input.reverse || input.dns_class || input.trace || input.root || input.as_octets;
  if (has_others || input.format != Format::text) {
    return Error{"nslookup knows nothing of --reverse, --class, --trace, --root, --hex and --format"};
  }
  auto lookup = read_nslookup_words(input.words);
  if (!lookup) return lookup;
  for (const auto& [option, text] : {std::pair{'t', input.type}, std::pair{'q', input.query}}) {
    if (!text) continue;
    lookup->type = nslookup_type(option, *text);
    if (!lookup->type) {
      return Error{fmt::format("expected {}, as in -type=MX, found \"-{}{}\"", type_kind().expected, option,
                               printable(*text, 60))};
    }
    if (dns::is_meta(*lookup->type) && lookup->type != dns::Type::any) {
      return Error{fmt::format("there are no records of type {}", dns::to_text(*lookup->type))};
    }
  }
  if (input.over_tcp) lookup->options.over_tcp = true;
  return lookup;
}

Exit run_nslookup(Console& console, const Input& input) {
  const auto lookup = to_lookup(input);
  if (!lookup) return console.wrong_usage(lookup.error().message);
  const auto servers = find_servers(lookup->server, input);
  if (!servers) return console.fail(servers.error());
  const auto code = net::run_to_end<Exit>(
      [&](net::Worker& worker) { return nslookup(worker.executor(), *lookup, *servers, console); });
  return code ? *code : console.fail(interrupted);
}

Exit run_dig(Console& console, const Input& input) {
  const auto request = to_request(input);
  if (!request) return console.wrong_usage(request.error().message);
  auto servers = find_servers(request->server, input);
  if (!servers) return console.fail(servers.error());
  DigJob job{.request = *request,
             .servers = *std::move(servers),
             .root = {},
             .port = input.port,
             .family = family_of(input, Family::both),
             .format = input.format,
             .as_octets = input.as_octets,
             .command = join(input.words, " ")};
  if (input.root) job.root = Server{*input.root, input.port};
  return dig(console, job);
}

program::Run define_dns(program::Options& options) {
  auto input = std::make_shared<Input>();
  options.positionals("[@SERVER] NAME|-x ADDRESS [TYPE] [+OPTION]", input->words,
                      "what to ask whom, in any order; default: type A, the servers of resolv.conf");
  options.option("-x,--reverse", "ADDRESS", input->reverse, "the name of an address", address_kind());
  options.option("-q,--query", "NAME", input->query, "a name that would be taken for a type");
  options.option("-t,--type", "TYPE", input->type, "of the records; AXFR: the whole zone");
  options.option("-c,--class", "CLASS", input->dns_class, "of the records; default: IN", class_kind());
  options.option("-p,--port", "PORT", input->port, "of the server; default: 53", between<std::uint16_t>(1, 65535));
  options.flag("-4,--ipv4", input->ipv4_alone, "ask servers at IPv4 addresses alone");
  options.flag("-6,--ipv6", input->ipv6_alone, "ask servers at IPv6 addresses alone");
  options.flag("--tcp", input->over_tcp, "ask over TCP from the start");
  options.flag("--trace", input->trace, "from the root down, server by server, as +trace");
  options.option("--root", "ADDRESS", input->root, "as --trace, but starting at that server", address_kind());
  options.flag("--hex", input->as_octets, "show every message octet by octet, with what each means");
  options.flag("--nslookup", input->like_nslookup, "ask and print as nslookup of Windows: [-type=TYPE] NAME [SERVER]");
  options.option("--format", "FORMAT", input->format, "text or json", program::format_kind());
  options.excludes("--ipv4", "--ipv6");
  options.note("Options with a plus sign, as of dig:", describe_plus_options());
  return [input](Console& console) {
    return input->like_nslookup ? run_nslookup(console, *input) : run_dig(console, *input);
  };
}

}  // namespace

const program::Program dns_program{"dns", program::Group::clients, "Asks name servers, as dig and nslookup do",
                                   "labnet dns web.labredes71.com\nlabnet dns labredes71.com NS @192.168.1.7 +short\n"
                                   "labnet dns -x 192.168.1.7\nlabnet dns --hex web.labredes71.com\n"
                                   "labnet dns --trace www.bing.com\nlabnet dns labredes71.com AXFR @192.168.1.7\n"
                                   "labnet dns --nslookup -type=ns labredes71.com",
                                   define_dns};

}  // namespace labnet::dns_client
