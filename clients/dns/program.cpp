// labnet dns: words to a query, a reply to lines.
#include "clients/dns/program.hpp"

#include <fmt/format.h>

#include <memory>

#include "clients/dns/nslookup.hpp"
#include "clients/dns/text.hpp"
#include "clients/dns/words.hpp"
#include "common/base/text.hpp"
#include "common/resolver/resolver.hpp"

namespace labnet::dns_client {
namespace {

using program::Console;
using program::Exit;
using program::Format;
using resolver::Address;
using resolver::Server;

struct Input {
  std::vector<std::string> words;
  std::optional<Address> reverse;
  std::optional<dns::Name> name;
  std::optional<dns::Type> type;
  std::uint16_t port = 53;
  bool over_tcp = false;
  bool like_nslookup = false;
  Format format = Format::text;
};

/// The addresses of the server that was named, or those that this host is set up to ask.
Result<std::vector<Server>> find_servers(const std::string& wanted, std::uint16_t port) {
  if (wanted.empty()) {
    auto servers = resolver::system_servers();
    if (servers) {
      for (auto& server : *servers) server.port = port;
    }
    return servers;
  }
  const auto addresses = resolver::resolve(wanted, resolver::patience);
  if (!addresses) return addresses.error();
  std::vector<Server> servers;
  for (const auto& address : *addresses) servers.push_back({address, port});
  return servers;
}

Result<Request> to_request(const Input& input) {
  Request request;
  auto& question = request.query.question;
  if (input.reverse) {
    question.name = reverse_name(*input.reverse);
    question.type = dns::Type::ptr;
  }
  if (input.name) question.name = *input.name;
  if (input.type) question.type = *input.type;
  request.options.over_tcp = input.over_tcp;
  const auto read = read_words(input.words, input.reverse || input.name, request);
  if (!read) return read.error();
  return request;
}

/// Everything but the name of a question is left to nslookup's habits.
Result<std::pair<std::string, Request>> to_nslookup_request(const Input& input) {
  Request request;
  std::string name;
  std::vector<std::string> others;
  for (const auto& word : input.words) {
    if (name.empty() && !word.starts_with('@') && !word.starts_with('+')) {
      name = word;
    } else {
      others.push_back(word);
    }
  }
  if (name.empty()) return Error{"NAME is missing"};
  request.options.over_tcp = input.over_tcp;
  if (const auto read = read_words(others, true, request); !read) return read.error();
  return std::pair{name, request};
}

Exit interrupted(Console& console) {
  return console.fail("interrupted");
}

Exit run_nslookup(Console& console, const Input& input) {
  const auto wanted = to_nslookup_request(input);
  if (!wanted) return console.wrong_usage(wanted.error().message);
  const auto& [name, request] = *wanted;
  const auto servers = find_servers(request.server, input.port);
  if (!servers) return console.fail(servers.error());
  const auto code = net::run_to_end<Exit>(
      [&](net::Worker& worker) { return nslookup(worker.executor(), name, *servers, request.options, console); });
  return code ? *code : interrupted(console);
}

Exit run_dig(Console& console, const Input& input) {
  const auto request = to_request(input);
  if (!request) return console.wrong_usage(request.error().message);
  const auto servers = find_servers(request->server, input.port);
  if (!servers) return console.fail(servers.error());
  const auto tells = input.format == Format::text && !request->shown.data_alone && request->shown.comments;
  const auto on_notice = [&](const std::string& sentence) {
    if (tells) console.print(";; {}\n", sentence);
  };
  const auto when = std::chrono::system_clock::now();
  const auto reply = net::run_to_end<Result<Reply>>([&](net::Worker& worker) {
    return ask(worker.executor(), request->query, *servers, request->options, on_notice);
  });
  if (!reply) return interrupted(console);
  if (!*reply) {
    console.fail(reply->error());
    return Exit::no_reply;
  }
  console.write(input.format == Format::json ? to_json(**reply)
                                             : to_text(**reply, request->shown, join(input.words, " "), when));
  return Exit::done;
}

Kind<Address> address_kind() {
  return {"an address such as 192.168.1.7 or 2001:db8::7", resolver::parse_address};
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

program::Run define_dns(program::Options& options) {
  auto input = std::make_shared<Input>();
  options.positionals("[@SERVER] NAME [TYPE] [+OPTION]", input->words,
                      "what to ask whom, in any order; default: type A, the servers of resolv.conf");
  options.option("-x,--reverse", "ADDRESS", input->reverse, "the name of an address", address_kind());
  options.option("-q,--query", "NAME", input->name, "a name that would be taken for a type", name_kind());
  options.option("-t,--type", "TYPE", input->type, "of the records", type_kind());
  options.option("-p,--port", "PORT", input->port, "of the server; default: 53", between<std::uint16_t>(1, 65535));
  options.flag("--tcp", input->over_tcp, "ask over TCP from the start");
  options.flag("--nslookup", input->like_nslookup, "ask and print as nslookup of Windows; NAME may be an address");
  options.option("--format", "FORMAT", input->format, "text or json", program::format_kind());
  options.note("Options with a plus sign, as of dig:", describe_plus_options());
  return [input](Console& console) {
    return input->like_nslookup ? run_nslookup(console, *input) : run_dig(console, *input);
  };
}

}  // namespace

const program::Program dns_program{"dns", program::Group::clients, "Asks name servers, as dig and nslookup do",
                                   "labnet dns web.labredes71.com\nlabnet dns labredes71.com MX @192.168.1.7 +short\n"
                                   "labnet dns -x 192.168.1.7\nlabnet dns --nslookup 192.168.1.7",
                                   define_dns};

}  // namespace labnet::dns_client
