#include "servers/sip/media_address.hpp"

#include <algorithm>

namespace labnet::sip_server {
namespace {

std::optional<MediaAddress> media_address(const sdp::Agreement& agreement, std::uint16_t port) {
  if (!agreement.remote || port == 0) return std::nullopt;
  const auto address = parse_ip(agreement.remote->address);
  if (!address) return std::nullopt;
  return MediaAddress{*address, port};
}

}  // namespace

MediaAddress::MediaAddress(const IpAddress& address, std::uint16_t port) {
  if (const auto* const v4 = std::get_if<Ipv4Address>(&address)) {
    storage_.v4 = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {htonl(v4->value)}, .sin_zero = {}};
    return;
  }
  storage_.v6 = {};
  storage_.v6.sin6_family = AF_INET6;
  storage_.v6.sin6_port = htons(port);
  std::ranges::copy(std::get<Ipv6Address>(address).octets, storage_.v6.sin6_addr.s6_addr);
}

void MediaAddress::set_port(std::uint16_t port) {
  storage_.v4.sin_port = htons(port);
}

std::optional<MediaAddress> rtp_address_of(const sdp::Agreement& agreement) {
  return media_address(agreement, agreement.remote_port);
}

std::optional<MediaAddress> rtcp_address_of(const sdp::Agreement& agreement) {
  return media_address(agreement, agreement.remote_rtcp_port);
}

}  // namespace labnet::sip_server
