// Addresses of data connections, as commands and replies write them.
#include "common/ftp/data_address.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/base/text.hpp"

namespace labnet::ftp {
namespace {

/// 0 is no port that anybody can listen at.
std::optional<std::uint16_t> parse_port_number(std::string_view text) {
  const auto port = parse_integer<std::uint16_t>(text);
  return port && *port != 0 ? port : std::nullopt;
}

std::string to_text(const DataAddress& address) {
  return std::visit([](const auto& known) { return to_string(known); }, address.address);
}

template <class Address>
Result<DataAddress, EprtFault> with_port(std::optional<Address> address, std::string_view port_text) {
  const auto port = parse_port_number(port_text);
  if (!address || !port) return EprtFault::syntax;
  return DataAddress{*address, *port};
}

/// RFC 2428, section 2: ASCII 33 to 126.
bool is_delimiter(char c) {
  return c >= '!' && c <= '~';
}

/// "fe80::1%eth0" has one, which means something to the client alone (RFC 4007, section 6). Many send it: it is what
/// their system tells as the address of their socket.
std::string_view without_zone(std::string_view text) {
  return text.substr(0, text.find('%'));
}

/// "|||50069|)", and whatever stands behind it.
std::optional<std::uint16_t> parse_parenthesized(std::string_view text) {
  if (text.size() < 3 || !is_delimiter(text[0]) || text[1] != text[0] || text[2] != text[0]) return std::nullopt;
  const auto end = text.find(text[0], 3);
  if (end == text.npos || !text.substr(end + 1).starts_with(')')) return std::nullopt;
  return parse_port_number(text.substr(3, end - 3));
}

}  // namespace

Family family_of(const DataAddress& address) {
  return std::holds_alternative<Ipv4Address>(address.address) ? Family::ipv4 : Family::ipv6;
}

std::optional<DataAddress> parse_port(std::string_view argument) {
  const auto numbers = split(argument, ',');
  if (numbers.size() != 6) return std::nullopt;
  std::uint64_t octets = 0;  // four of the address, two of the port
  for (const auto number : numbers) {
    const auto octet = parse_integer<std::uint8_t>(number);
    if (!octet) return std::nullopt;
    octets = octets << 8 | *octet;
  }
  const auto port = static_cast<std::uint16_t>(octets & 0xffff);
  if (port == 0) return std::nullopt;
  return DataAddress{Ipv4Address{static_cast<std::uint32_t>(octets >> 16)}, port};
}

std::string port_argument(Ipv4Address address, std::uint16_t port) {
  auto text = to_string(address);
  std::ranges::replace(text, '.', ',');
  return fmt::format("{},{},{}", text, port >> 8, port & 0xff);
}

Result<DataAddress, EprtFault> parse_eprt(std::string_view argument) {
  if (argument.empty() || !is_delimiter(argument.front())) return EprtFault::syntax;
  const auto pieces = split(argument, argument.front());  // nothing, family, address, port, nothing
  if (pieces.size() != 5 || !pieces.back().empty()) return EprtFault::syntax;
  const auto family = parse_integer<unsigned>(pieces[1]);
  if (!family) return EprtFault::syntax;
  switch (static_cast<Family>(*family)) {
    case Family::ipv4:
      return with_port(parse_ipv4(pieces[2]), pieces[3]);
    case Family::ipv6:
      return with_port(parse_ipv6(without_zone(pieces[2])), pieces[3]);
  }
  return EprtFault::family;
}

std::string eprt_argument(const DataAddress& address) {
  return fmt::format("|{}|{}|{}|", static_cast<int>(family_of(address)), to_text(address), address.port);
}

std::optional<DataAddress> parse_passive_reply(std::string_view text) {
  constexpr std::string_view of_numbers = "0123456789,";
  while (true) {
    text.remove_prefix(std::min(text.find_first_of(of_numbers), text.size()));
    if (text.empty()) return std::nullopt;
    auto run = text.substr(0, text.find_first_not_of(of_numbers));
    text.remove_prefix(run.size());
    // A comma of the sentence may stand before or behind the numbers.
    if (run.starts_with(',')) run.remove_prefix(1);
    if (run.ends_with(',')) run.remove_suffix(1);
    if (const auto address = parse_port(run)) return address;
  }
}

std::optional<std::uint16_t> parse_extended_passive_reply(std::string_view text) {
  for (auto open = text.find('('); open != text.npos; open = text.find('(')) {
    text.remove_prefix(open + 1);
    if (const auto port = parse_parenthesized(text)) return port;
  }
  return std::nullopt;
}

std::string extended_passive_text(std::uint16_t port) {
  return fmt::format("(|||{}|)", port);
}

}  // namespace labnet::ftp
