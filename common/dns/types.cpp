// Names of code points. Those of types with fields stand in the types' own files.
#include "common/dns/types.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "common/base/text.hpp"
#include "common/dns/rdata.hpp"

namespace labnet::dns {
namespace {

template <class Code>
struct Mnemonic {
  Code code;
  std::string_view text;
};

/// Types that travel as octets, and those that only queries use.
constexpr std::array<Mnemonic<Type>, 13> other_types{{
    {Type::loc, "LOC"},
    {Type::opt, "OPT"},
    {Type::ds, "DS"},
    {Type::sshfp, "SSHFP"},
    {Type::rrsig, "RRSIG"},
    {Type::nsec, "NSEC"},
    {Type::dnskey, "DNSKEY"},
    {Type::nsec3, "NSEC3"},
    {Type::nsec3param, "NSEC3PARAM"},
    {Type::tlsa, "TLSA"},
    {Type::ixfr, "IXFR"},
    {Type::axfr, "AXFR"},
    {Type::any, "ANY"},
}};

constexpr std::array<Mnemonic<Class>, 5> classes{
    {{Class::in, "IN"}, {Class::ch, "CH"}, {Class::hs, "HS"}, {Class::none, "NONE"}, {Class::any, "ANY"}}};

constexpr std::array<Mnemonic<Opcode>, 5> opcodes{{{Opcode::query, "QUERY"},
                                                   {Opcode::iquery, "IQUERY"},
                                                   {Opcode::status, "STATUS"},
                                                   {Opcode::notify, "NOTIFY"},
                                                   {Opcode::update, "UPDATE"}}};

constexpr std::array<Mnemonic<Rcode>, 11> rcodes{{{Rcode::noerror, "NOERROR"},
                                                  {Rcode::formerr, "FORMERR"},
                                                  {Rcode::servfail, "SERVFAIL"},
                                                  {Rcode::nxdomain, "NXDOMAIN"},
                                                  {Rcode::notimp, "NOTIMP"},
                                                  {Rcode::refused, "REFUSED"},
                                                  {Rcode::yxdomain, "YXDOMAIN"},
                                                  {Rcode::notauth, "NOTAUTH"},
                                                  {Rcode::notzone, "NOTZONE"},
                                                  {Rcode::badvers, "BADVERS"},
                                                  {Rcode::badcookie, "BADCOOKIE"}}};

/// The types of the list in rdata.hpp, and then the others.
template <std::size_t... I>
constexpr auto gather_types(std::index_sequence<I...>) {
  std::array<Mnemonic<Type>, sizeof...(I) + other_types.size()> all{
      {{std::variant_alternative_t<I, Rdata>::type, std::variant_alternative_t<I, Rdata>::mnemonic}...}};
  std::ranges::copy(other_types, all.begin() + sizeof...(I));
  return all;
}
constexpr auto types = gather_types(std::make_index_sequence<std::variant_size_v<Rdata> - 1>{});

template <class Code>
std::string text_of(Code code, const auto& table, std::string_view prefix) {
  const auto found = std::ranges::find(table, code, &Mnemonic<Code>::code);
  if (found != table.end()) return std::string{found->text};
  return fmt::format("{}{}", prefix, static_cast<unsigned>(code));
}

template <class Code>
std::optional<Code> code_of(std::string_view text, const auto& table, std::string_view prefix) {
  for (const auto& row : table) {
    if (equals_ignoring_case(row.text, text)) return row.code;
  }
  if (!equals_ignoring_case(text.substr(0, prefix.size()), prefix)) return std::nullopt;
  const auto number = parse_integer<std::uint16_t>(text.substr(prefix.size()));
  return number ? std::optional{static_cast<Code>(*number)} : std::nullopt;
}

}  // namespace

std::string to_text(Type type) {
  return text_of(type, types, "TYPE");
}
std::optional<Type> parse_type(std::string_view text) {
  return code_of<Type>(text, types, "TYPE");
}
std::string to_text(Class value) {
  return text_of(value, classes, "CLASS");
}
std::optional<Class> parse_class(std::string_view text) {
  return code_of<Class>(text, classes, "CLASS");
}
std::string to_text(Opcode opcode) {
  return text_of(opcode, opcodes, "OPCODE");
}
std::string to_text(Rcode rcode) {
  return text_of(rcode, rcodes, "RCODE");
}
std::optional<Rcode> parse_rcode(std::string_view text) {
  return code_of<Rcode>(text, rcodes, "RCODE");
}

}  // namespace labnet::dns
