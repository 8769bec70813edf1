#include "clients/dns/nslookup_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "clients/dns/aliases.hpp"
#include "clients/dns/text.hpp"
#include "common/base/text.hpp"
#include "common/base/utf8.hpp"

namespace labnet::dns_client {
namespace {

using dns::Record;
using dns::Type;

/// "3600 (1 hour)", "5400 (1 hour 30 mins)"
std::string period_text(dns::Period period) {
  struct Unit {
    std::uint32_t seconds;
    std::string_view name;
  };
  static constexpr std::array units{Unit{86'400, "day"}, Unit{3600, "hour"}, Unit{60, "min"}, Unit{1, "sec"}};
  std::vector<std::string> parts;
  auto left = period.seconds;
  for (const auto& unit : units) {
    const auto count = left / unit.seconds;
    left %= unit.seconds;
    if (count > 0) parts.push_back(fmt::format("{} {}{}", count, unit.name, count == 1 ? "" : "s"));
  }
  return fmt::format("{} ({})", period.seconds, parts.empty() ? "0 secs" : join(parts, " "));
}

/// Each type's own words behind the owner's name; a type without any is one that Windows does not know either.
struct Writer {
  std::string owner;

  std::string operator()(const dns::A& a) const {
    return fmt::format("{}\tinternet address = {}\n", owner, to_string(a.address));
  }
  std::string operator()(const dns::Aaaa& aaaa) const {
    return fmt::format("{}\tAAAA IPv6 address = {}\n", owner, to_string(aaaa.address));
  }
  std::string operator()(const dns::Ns& ns) const {
    return fmt::format("{}\tnameserver = {}\n", owner, without_last_dot(ns.host));
  }
  std::string operator()(const dns::Cname& cname) const {
    return fmt::format("{}\tcanonical name = {}\n", owner, without_last_dot(cname.target));
  }
  std::string operator()(const dns::Ptr& ptr) const {
    return fmt::format("{}\tname = {}\n", owner, without_last_dot(ptr.target));
  }
  std::string operator()(const dns::Mx& mx) const {
    return fmt::format("{}\tMX preference = {}, mail exchanger = {}\n", owner, mx.preference,
                       without_last_dot(mx.exchange));
  }
  std::string operator()(const dns::Txt& txt) const {
    auto text = fmt::format("{}\ttext =\n\n", owner);
    for (const auto& string : txt.strings) text += fmt::format("\t\"{}\"\n", printable(string.octets));
    return text;
  }
  std::string operator()(const dns::Srv& srv) const {
    return fmt::format(
        "{}\tSRV service location:\n\t  priority       = {}\n\t  weight         = {}\n\t  port           = {}\n"
        "\t  svr hostname   = {}\n",
        owner, srv.priority, srv.weight, srv.port, without_last_dot(srv.target));
  }
  std::string operator()(const dns::Soa& soa) const {
    return fmt::format(
        "{}\n\tprimary name server = {}\n\tresponsible mail addr = {}\n\tserial  = {}\n\trefresh = {}\n"
        "\tretry   = {}\n\texpire  = {}\n\tdefault TTL = {}\n",
        owner, without_last_dot(soa.mname), without_last_dot(soa.rname), soa.serial, period_text(soa.refresh),
        period_text(soa.retry), period_text(soa.expire), period_text(soa.minimum));
  }
  std::string operator()(const auto& other) const {
    return fmt::format("{}\t??? unknown type {} ???\n", owner, static_cast<std::uint16_t>(other.type));
  }
};

std::string section_text(const std::vector<Record>& records) {
  std::string text;
  for (const auto& record : records) text += nslookup_text(record);
  return text;
}

bool answers(const Record& record, const dns::Question& question, const Chain& chain) {
  const auto is_of_type = record.type() == question.type || question.type == Type::any;
  if (is_of_type && record.name == chain.owner) return true;
  return record.type() == Type::cname && std::ranges::find(chain.aliases, record.name) != chain.aliases.end();
}

/// As Windows calls them.
std::string_view long_name(Type type) {
  switch (type) {
    case Type::a:
      return "address";
    case Type::aaaa:
      return "IPv6 address";
    case Type::ns:
      return "name server";
    case Type::cname:
      return "canonical name";
    case Type::soa:
      return "start of authority";
    case Type::ptr:
      return "domain name pointer";
    case Type::mx:
      return "mail exchanger";
    case Type::txt:
      return "text";
    case Type::srv:
      return "service location";
    default:
      return "unknown";
  }
}

}  // namespace

std::string nslookup_text(const Record& record) {
  return std::visit(Writer{without_last_dot(record.name)}, record.data);
}

std::string nslookup_text(const dns::Message& reply) {
  std::string text;
  if (reply.question) {
    const auto chain = chain_from(reply.question->name, reply.answers);
    for (const auto& record : reply.answers) {
      if (answers(record, *reply.question, chain)) text += nslookup_text(record);
    }
  }
  const auto beside = fmt::format("{}{}", section_text(reply.authorities), section_text(reply.additionals));
  const auto has_both = !text.empty() && !beside.empty();
  return fmt::format("{}{}{}", text, has_both ? "\n" : "", beside);
}

std::string nslookup_absence(Type type, const std::string& name) {
  return fmt::format("No {} ({}) records available for {}", long_name(type), dns::to_text(type), name);
}

}  // namespace labnet::dns_client
