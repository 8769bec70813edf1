// Where a data connection leads, as PORT, EPRT and the replies to PASV and EPSV write it (RFC 959, RFC 2428).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "common/base/address.hpp"
#include "common/base/result.hpp"

namespace labnet::ftp {

struct DataAddress {
  std::variant<Ipv4Address, Ipv6Address> address;
  std::uint16_t port = 0;

  bool operator==(const DataAddress&) const = default;
};

/// EPRT's and EPSV's number of an address family (RFC 2428, section 2).
enum class Family : int { ipv4 = 1, ipv6 = 2 };
Family family_of(const DataAddress& address);

/// The argument of PORT: "127,0,0,1,195,149", six numbers of 0 to 255, nothing else. Port 0 is none.
std::optional<DataAddress> parse_port(std::string_view argument);
/// Of an IPv4 address: "127,0,0,1,195,149"
std::string port_argument(Ipv4Address address, std::uint16_t port);

enum class EprtFault {
  syntax,  // also an address that is not of the family, and port 0: answer 501
  family,  // a number that is neither 1 nor 2: answer 522
};
/// The argument of EPRT: "|1|127.0.0.1|50069|", "|2|::1|50069|"; any printable octet of ASCII may stand for "|". The
/// zone of a link's address, "fe80::1%eth0", is left out.
Result<DataAddress, EprtFault> parse_eprt(std::string_view argument);
std::string eprt_argument(const DataAddress& address);

/// From the text of a reply 227, wherever the six numbers stand in it (RFC 1123, section 4.1.2.6):
/// "Entering Passive Mode (127,0,0,1,195,149)", "=127,0,0,1,195,149".
std::optional<DataAddress> parse_passive_reply(std::string_view text);
/// The port, from the text of a reply 229: "Entering Extended Passive Mode (|||50069|)"; with any delimiter.
std::optional<std::uint16_t> parse_extended_passive_reply(std::string_view text);
/// "(|||50069|)"
std::string extended_passive_text(std::uint16_t port);

}  // namespace labnet::ftp
