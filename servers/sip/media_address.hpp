// Where media come from and go to, as sockets tell it and take it.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <cstdint>
#include <optional>

#include "common/base/address.hpp"
#include "common/sdp/negotiation.hpp"

namespace labnet::sip_server {

/// An address with a port, made to be compared for every packet.
class MediaAddress {
 public:
  MediaAddress() = default;
  MediaAddress(const IpAddress& address, std::uint16_t port);

  // As system calls fill it and read it
  sockaddr* data() { return &storage_.any; }
  const sockaddr* data() const { return &storage_.any; }
  socklen_t bytes() const { return storage_.any.sa_family == AF_INET6 ? sizeof storage_.v6 : sizeof storage_.v4; }
  static constexpr socklen_t bytes_max = sizeof(sockaddr_in6);

  std::uint16_t port() const { return ntohs(storage_.v4.sin_port); }  // at the same place in both families
  void set_port(std::uint16_t port);
  bool is_same_host(const MediaAddress& other) const;
  bool operator==(const MediaAddress& other) const {
    return storage_.v4.sin_port == other.storage_.v4.sin_port && is_same_host(other);
  }

 private:
  union Storage {
    sockaddr any;
    sockaddr_in v4;
    sockaddr_in6 v6{};
  } storage_;
};

inline bool MediaAddress::is_same_host(const MediaAddress& other) const {
  if (storage_.any.sa_family != other.storage_.any.sa_family) return false;
  if (storage_.any.sa_family == AF_INET) [[likely]]
    return storage_.v4.sin_addr.s_addr == other.storage_.v4.sin_addr.s_addr;
  return IN6_ARE_ADDR_EQUAL(&storage_.v6.sin6_addr, &other.storage_.v6.sin6_addr);
}

/// Where the side says that it receives. Nothing on hold, and where it gives a name instead of an address.
std::optional<MediaAddress> rtp_address_of(const sdp::Agreement& agreement);
std::optional<MediaAddress> rtcp_address_of(const sdp::Agreement& agreement);

}  // namespace labnet::sip_server
