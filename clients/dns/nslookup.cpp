#include "clients/dns/nslookup.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "common/base/utf8.hpp"

namespace labnet::dns_client {
namespace {

using program::Console;
using program::Exit;
using resolver::Address;

constexpr std::string_view nobody = "UnKnown";  // as Windows writes it

std::string without_last_dot(const dns::Name& name) {
  auto text = dns::to_text(name);
  if (text.size() > 1) text.pop_back();
  return text;
}

/// "Address:  192.168.1.10", or several below each other.
std::string list_text(std::string_view one, std::string_view several, const std::vector<std::string>& items) {
  if (items.empty()) return {};
  auto text = fmt::format("{}:  {}\n", items.size() == 1 ? one : several, items.front());
  for (std::size_t i = 1; i < items.size(); ++i) text += fmt::format("\t  {}\n", items[i]);
  return text;
}

/// Where the aliases in a reply lead from the name that was asked for (RFC 1034, section 3.6.2).
struct Chain {
  dns::Name owner;  // of the records that answer
  std::vector<std::string> aliases;
};

Chain chain_from(const dns::Name& asked, const std::vector<dns::Record>& answers) {
  Chain chain{asked, {}};
  while (chain.aliases.size() < answers.size()) {  // one that leads back to itself ends here
    const auto is_next = [&](const dns::Record& record) {
      return record.type() == dns::Type::cname && record.name == chain.owner;
    };
    const auto next = std::ranges::find_if(answers, is_next);
    if (next == answers.end()) break;
    chain.aliases.push_back(without_last_dot(next->name));
    chain.owner = std::get<dns::Cname>(next->data).target;
  }
  return chain;
}

/// What is known of a name in the end.
struct Found {
  std::optional<dns::Name> name;  // the last one of a chain of aliases
  std::vector<std::string> aliases, addresses;
  bool is_authoritative = true;
  dns::Rcode rcode = dns::Rcode::noerror;

  /// Takes what answers the question, and passes over whatever else a server may put beside it.
  void add(const dns::Message& reply, const dns::Name& asked, dns::Type type) {
    if (!reply.header.authoritative) is_authoritative = false;
    if (reply.header.rcode != dns::Rcode::noerror) rcode = reply.header.rcode;
    const auto chain = chain_from(asked, reply.answers);
    for (const auto& record : reply.answers) {
      if (record.type() != type || !(record.name == chain.owner)) continue;
      add(record);
      aliases = chain.aliases;  // those of one reply will do
    }
  }

 private:
  void add(const dns::Record& record) {
    name = record.name;
    if (const auto* a = std::get_if<dns::A>(&record.data)) addresses.push_back(to_string(a->address));
    if (const auto* aaaa = std::get_if<dns::Aaaa>(&record.data)) addresses.push_back(to_string(aaaa->address));
    if (const auto* ptr = std::get_if<dns::Ptr>(&record.data)) name = ptr->target;
  }
};

/// Windows' words for what a server may say.
std::string_view reason_of(dns::Rcode rcode) {
  switch (rcode) {
    case dns::Rcode::nxdomain:
      return "Non-existent domain";
    case dns::Rcode::servfail:
      return "Server failed";
    case dns::Rcode::refused:
      return "Query refused";
    case dns::Rcode::notimp:
      return "Not implemented";
    case dns::Rcode::formerr:
      return "Format error";
    default:
      return "No internal type for both IPv4 and IPv6 Addresses (A+AAAA) records available";
  }
}

/// Windows' nslookup sends plain questions, without EDNS.
Query plain_query(dns::Name name, dns::Type type) {
  Query query;
  query.question = {std::move(name), type, dns::Class::in};
  query.authentic_data = false;
  query.edns.reset();
  return query;
}

void ignore_notice(const std::string&) {}

const std::vector<dns::Type> reverse_types{dns::Type::ptr};
const std::vector<dns::Type> forward_types{dns::Type::a, dns::Type::aaaa};

}  // namespace

net::Task<Exit> nslookup(net::Executor executor, std::string name, std::vector<resolver::Server> servers,
                         Options options, Console& console) {
  const auto server = servers.front();
  const auto address = resolver::parse_address(name);
  const auto asked = address ? Result<dns::Name, dns::NameTextFault>{reverse_name(*address)} : dns::parse_name(name);
  if (!asked) {
    co_return console.wrong_usage(
        fmt::format("\"{}\" is no name: {}", printable(name, 60), dns::describe(asked.error())));
  }
  const std::vector<resolver::Server> itself(1, server);
  auto once = options;
  once.tries = 1;
  const auto server_question = reverse_name(server.address);
  const auto about_server =
      co_await ask(executor, plain_query(server_question, dns::Type::ptr), itself, once, ignore_notice);
  Found server_name;
  if (about_server) server_name.add(about_server->message, server_question, dns::Type::ptr);
  const auto server_text = server_name.name ? without_last_dot(*server_name.name) : std::string{nobody};
  console.print("Server:  {}\nAddress:  {}\n\n", server_text, resolver::to_string(server.address));

  Found found;
  for (const auto type : address ? reverse_types : forward_types) {
    const auto reply = co_await ask(executor, plain_query(*asked, type), servers, options, ignore_notice);
    if (!reply) co_return console.fail(reply.error());
    found.add(reply->message, *asked, type);
  }
  if (!found.name) {
    console.flush();
    console.complain(fmt::format("*** {} can't find {}: {}", server_text, printable(name), reason_of(found.rcode)));
    co_return Exit::failed;
  }
  if (address) found.addresses = {resolver::to_string(*address)};
  console.print("{}Name:    {}\n{}{}\n", found.is_authoritative ? "" : "Non-authoritative answer:\n",
                without_last_dot(*found.name), list_text("Address", "Addresses", found.addresses),
                list_text("Aliases", "Aliases", found.aliases));
  co_return Exit::done;
}

}  // namespace labnet::dns_client
