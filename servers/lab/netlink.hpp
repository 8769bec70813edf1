// Links, addresses, routes and neighbours of a network namespace, set by rtnetlink (rtnetlink(7)).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/address.hpp"
#include "common/base/bytes.hpp"
#include "common/base/file_descriptor.hpp"
#include "common/base/result.hpp"

namespace labnet::lab {

/// One end of a virtual cable as it is created: name, index and link address in the namespace where it stands.
struct LinkEnd {
  std::string name;  // at most 15 octets
  int index = 0;     // chosen by the caller, so that later requests of the same batch can name the link
  std::optional<MacAddress> mac;
};

/// A socket of one network namespace, and requests that are gathered and then sent as one message: the kernel carries
/// them out in order. Indices are the caller's choice; in a fresh namespace `lo` has index 1.
class Netlink {
 public:
  /// In the namespace of the calling thread; the socket belongs to that namespace from then on.
  static Result<Netlink> open();

  void set_up(int link_index);
  void add_bridge(const std::string& name, int index);
  /// A pair of veth: one end here, the other in the namespace of the descriptor.
  void add_cable(const LinkEnd& here, const LinkEnd& there, int there_namespace);
  /// Makes a link a port of a bridge, both in this namespace, and sets it up.
  void add_port(int link_index, int bridge_index);
  void add_address(int link_index, Ipv4Address address, int prefix_bits);
  /// A route by way of `gateway`; a default route is that to 0.0.0.0/0.
  void add_route(const Ipv4Subnet& destination, Ipv4Address gateway);

  /// Sends what was gathered. The fault names the first request that the kernel refused, and why; an errno of
  /// `tolerated_error` is no refusal.
  Result<void> commit(int tolerated_error = 0);

  /// Forgets what this namespace has learnt by ARP; of these addresses only, if there are any. Returns how many entries
  /// there were.
  Result<int> flush_neighbours(const std::vector<Ipv4Address>& only = {});

 private:
  explicit Netlink(FileDescriptor socket) : socket_{std::move(socket)} {}

  void begin(std::uint16_t type, std::uint16_t flags, std::string what, Bytes body);
  void attribute(std::uint16_t type, Bytes value);
  void attribute(std::uint16_t type, std::string_view text);
  void attribute_u32(std::uint16_t type, std::uint32_t value);
  void attribute_address(std::uint16_t type, Ipv4Address address);
  std::size_t open_nest(std::uint16_t type);
  void close_nest(std::size_t position);
  void append(Bytes data);
  void end();

  FileDescriptor socket_;
  Buffer requests_;
  std::size_t request_start_ = 0;
  std::vector<std::string> descriptions_;  // of each gathered request; its sequence number is its place here
};

/// Segmentation and checksum offloads of a link of the calling thread's namespace, switched off by the ethtool ioctl,
/// so that a capture shows frames as they would be on a cable. A driver that lacks one of them is no fault.
Result<void> switch_offloads_off(const std::string& link_name);

}  // namespace labnet::lab
