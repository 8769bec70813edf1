#include "clients/dns/nslookup.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "clients/dns/aliases.hpp"
#include "clients/dns/nslookup_text.hpp"
#include "clients/dns/text.hpp"
#include "clients/dns/words.hpp"
#include "common/base/text.hpp"
#include "common/base/utf8.hpp"

namespace labnet::dns_client {
namespace {

using program::Console;
using program::Exit;
using resolver::Server;

/// "Address:  192.168.1.10", or several below each other.
std::string list_text(std::string_view one, std::string_view several, const std::vector<std::string>& items) {
  if (items.empty()) return {};
  auto text = fmt::format("{}:  {}\n", items.size() == 1 ? one : several, items.front());
  for (std::size_t i = 1; i < items.size(); ++i) text += fmt::format("\t  {}\n", items[i]);
  return text;
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
      aliases.clear();  // those of one reply will do
      for (const auto& alias : chain.aliases) aliases.push_back(without_last_dot(alias));
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
std::string reason_of(dns::Rcode rcode) {
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
      return dns::to_text(rcode);
  }
}

constexpr std::string_view not_authoritative = "Non-authoritative answer:\n";

const std::vector<dns::Type> reverse_types{dns::Type::ptr};
const std::vector<dns::Type> forward_types{dns::Type::a, dns::Type::aaaa};

bool is_address_type(dns::Type type) {
  return type == dns::Type::a || type == dns::Type::aaaa;
}

/// One look-up, whose questions are asked one after the other.
class Nslookup {
 public:
  Nslookup(net::Executor executor, const Lookup& lookup, const std::vector<Server>& servers, Console& console)
      : executor_{executor}, lookup_{lookup}, servers_{servers}, console_{console} {}

  net::Task<Exit> run() {
    const auto address = parse_ip(lookup_.name);
    const auto asked =
        address ? Result<dns::Name, dns::NameTextFault>{reverse_name(*address)} : dns::parse_name(lookup_.name);
    if (!asked) {
      co_return console_.wrong_usage(
          fmt::format("\"{}\" is no name: {}", printable(lookup_.name, 60), dns::describe(asked.error())));
    }
    co_await introduce_server();
    if (lookup_.type && !is_address_type(*lookup_.type)) {
      const auto code = co_await show_records(*asked, *lookup_.type);
      co_return code;
    }
    const auto code = co_await show_host(*asked, address);
    co_return code;
  }

 private:
  /// Windows' nslookup sends plain questions, without EDNS.
  net::Task<Result<Reply>> ask_plainly(dns::Name name, dns::Type type, std::vector<Server> servers, Options options) {
    Query query;
    query.question = {std::move(name), type, dns::Class::in};
    query.recursion_desired = lookup_.recursion_desired;
    query.authentic_data = false;
    query.edns.reset();
    const Observer nobody;
    auto reply = co_await ask(executor_, query, std::move(servers), options, nobody);
    co_return reply;
  }

  net::Task<void> introduce_server() {
    const auto server = servers_.front();
    auto once = lookup_.options;
    once.tries = 1;
    const std::vector<Server> itself(1, server);
    const auto question = reverse_name(server.address);
    const auto reply = co_await ask_plainly(question, dns::Type::ptr, itself, once);
    Found found;
    if (reply) found.add(reply->message, question, dns::Type::ptr);
    if (found.name) server_name_ = without_last_dot(*found.name);
    console_.print("Server:  {}\nAddress:  {}\n\n", server_name_, to_string(server.address));
  }

  net::Task<Exit> show_host(dns::Name asked, std::optional<IpAddress> address) {
    auto types = address ? reverse_types : forward_types;
    if (!address && lookup_.type) types = {*lookup_.type};
    Found found;
    for (const auto type : types) {
      const auto reply = co_await ask_plainly(asked, type, servers_, lookup_.options);
      if (!reply) co_return console_.fail(reply.error());
      found.add(reply->message, asked, type);
    }
    if (!found.name && found.rcode != dns::Rcode::noerror) co_return fail_to_find(found.rcode);
    if (!found.name && types.size() == 1) co_return say_absence(types.front());
    if (!found.name) {
      co_return fail(fmt::format("No internal type for both IPv4 and IPv6 Addresses (A+AAAA) records available for {}",
                                 printable(lookup_.name)));
    }
    if (address) found.addresses = {to_string(*address)};
    console_.print("{}Name:    {}\n{}{}\n", found.is_authoritative ? "" : not_authoritative,
                   without_last_dot(*found.name), list_text("Address", "Addresses", found.addresses),
                   list_text("Aliases", "Aliases", found.aliases));
    co_return Exit::done;
  }

  net::Task<Exit> show_records(dns::Name asked, dns::Type type) {
    const auto reply = co_await ask_plainly(asked, type, servers_, lookup_.options);
    if (!reply) co_return console_.fail(reply.error());
    const auto& header = reply->message.header;
    if (header.rcode != dns::Rcode::noerror) co_return fail_to_find(header.rcode);
    const auto text = nslookup_text(reply->message);
    if (text.empty()) co_return say_absence(type);
    const auto is_answer_of_others = !header.authoritative && !reply->message.answers.empty();
    console_.print("{}{}\n", is_answer_of_others ? not_authoritative : "", text);
    co_return Exit::done;
  }

  Exit fail_to_find(dns::Rcode rcode) {
    return fail(fmt::format("{} can't find {}: {}", server_name_, printable(lookup_.name), reason_of(rcode)));
  }
  Exit say_absence(dns::Type type) { return fail(nslookup_absence(type, printable(lookup_.name))); }
  /// As Windows' nslookup complains, without a program's name.
  Exit fail(std::string_view sentence) {
    console_.flush();
    program::say(fmt::format("*** {}\n", sentence));
    return Exit::failed;
  }

  net::Executor executor_;
  const Lookup& lookup_;
  const std::vector<Server>& servers_;
  Console& console_;
  std::string server_name_{"UnKnown"};  // as Windows writes it
};

}  // namespace

Result<Lookup> read_nslookup_words(const std::vector<std::string>& words) {
  Lookup lookup;
  std::vector<std::string> others;
  std::vector<std::string> bare;
  for (const auto& word : words) {
    const auto is_other = word.starts_with('@') || word.starts_with('+');
    (is_other ? others : bare).push_back(word);
  }
  if (bare.empty()) return Error{"NAME is missing"};
  if (bare.size() > 2) return Error{fmt::format("\"{}\" is one name too many", printable(bare[2], 60))};
  Request request;
  if (const auto read = read_words(others, true, request); !read) return read.error();
  lookup.recursion_desired = request.query.recursion_desired;
  request.query.recursion_desired = true;
  if (request.trace || request.query != Query{} || request.shown != Shown{}) {
    return Error{"nslookup has +tcp, +ignore, +[no]recurse, +time, +tries and +retry, and no other option of dig"};
  }
  if (bare.size() == 2 && !request.server.empty()) {
    return Error{fmt::format("\"{}\" and @{} are two servers", printable(bare[1], 60), printable(request.server, 60))};
  }
  lookup.name = bare.front();
  lookup.server = bare.size() == 2 ? bare[1] : request.server;
  lookup.options = request.options;
  return lookup;
}

std::optional<dns::Type> nslookup_type(char option, std::string_view rest) {
  const auto sign = rest.find('=');
  if (sign == rest.npos) return dns::parse_type(rest);
  const auto word = fmt::format("{}{}", option, to_lower(rest.substr(0, sign)));
  const std::vector<std::string_view> whole_words{"type", "querytype", "qt"};
  const auto is_meant = [&](std::string_view whole) { return whole.starts_with(word); };
  return std::ranges::any_of(whole_words, is_meant) ? dns::parse_type(rest.substr(sign + 1)) : std::nullopt;
}

net::Task<Exit> nslookup(net::Executor executor, Lookup lookup, std::vector<Server> servers, Console& console) {
  Nslookup one{executor, lookup, servers, console};
  const auto code = co_await one.run();
  co_return code;
}

}  // namespace labnet::dns_client
