#include "servers/lab/netlink.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <linux/ethtool.h>
#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <linux/sockios.h>
#include <linux/veth.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace labnet::lab {
namespace {

template <class Struct>
Bytes bytes_of(const Struct& value) {
  return std::as_bytes(std::span{&value, 1});
}

// What the kernel sends in one datagram: up to a page of answers, or 32 KiB of a dump.
constexpr std::size_t answer_bytes_max = 32 * 1024;
using Answer = std::array<char, answer_bytes_max>;

/// Calls `each(header)` for every message of a datagram until it returns false.
void for_each_message(const Answer& answer, std::size_t length, auto&& each) {
  auto remaining = static_cast<unsigned>(length);
  const auto* header = reinterpret_cast<const nlmsghdr*>(answer.data());
  for (; NLMSG_OK(header, remaining); header = NLMSG_NEXT(header, remaining)) {
    if (!each(*header)) return;
  }
}

int error_of(const nlmsghdr& header) {
  return -static_cast<const nlmsgerr*>(NLMSG_DATA(&header))->error;
}

}  // namespace

Result<Netlink> Netlink::open() {
  FileDescriptor socket{::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE)};
  if (!socket) return system_error("cannot open a netlink socket");
  // Without the request echoed, all acknowledgements of a large batch fit the receive buffer.
  const int on = 1;
  setsockopt(socket.get(), SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof on);
  return Netlink{std::move(socket)};
}

void Netlink::append(Bytes data) {
  requests_.resize(NLMSG_ALIGN(requests_.size()));
  requests_.insert(requests_.end(), data.begin(), data.end());
}

void Netlink::begin(std::uint16_t type, std::uint16_t flags, std::string what, Bytes body) {
  requests_.resize(NLMSG_ALIGN(requests_.size()));
  request_start_ = requests_.size();
  nlmsghdr header{};
  header.nlmsg_type = type;
  header.nlmsg_flags = static_cast<std::uint16_t>(NLM_F_REQUEST | NLM_F_ACK | flags);
  header.nlmsg_seq = static_cast<std::uint32_t>(descriptions_.size());
  descriptions_.push_back(std::move(what));
  append(bytes_of(header));
  append(body);
}

void Netlink::end() {
  const auto length = static_cast<std::uint32_t>(requests_.size() - request_start_);
  std::memcpy(requests_.data() + request_start_, &length, sizeof length);  // nlmsg_len comes first
}

void Netlink::attribute(std::uint16_t type, Bytes value) {
  const rtattr header{static_cast<std::uint16_t>(RTA_LENGTH(value.size())), type};
  append(bytes_of(header));
  append(value);
}

void Netlink::attribute(std::uint16_t type, std::string_view text) {
  const std::string terminated{text};
  attribute(type, std::as_bytes(std::span{terminated.c_str(), terminated.size() + 1}));
}

void Netlink::attribute_u32(std::uint16_t type, std::uint32_t value) {
  attribute(type, bytes_of(value));
}

void Netlink::attribute_address(std::uint16_t type, Ipv4Address address) {
  attribute(type, bytes_of(htonl(address.value)));
}

std::size_t Netlink::open_nest(std::uint16_t type) {
  requests_.resize(NLMSG_ALIGN(requests_.size()));
  const auto position = requests_.size();
  attribute(type, Bytes{});
  return position;
}

void Netlink::close_nest(std::size_t position) {
  const auto length = static_cast<std::uint16_t>(requests_.size() - position);
  std::memcpy(requests_.data() + position, &length, sizeof length);  // rta_len comes first
}

void Netlink::set_up(int link_index) {
  ifinfomsg link{};
  link.ifi_index = link_index;
  link.ifi_flags = link.ifi_change = IFF_UP;
  begin(RTM_NEWLINK, 0, fmt::format("set link {} up", link_index), bytes_of(link));
  end();
}

void Netlink::add_bridge(const std::string& name, int index) {
  ifinfomsg link{};
  link.ifi_index = index;
  link.ifi_flags = link.ifi_change = IFF_UP;
  begin(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, "create bridge " + name, bytes_of(link));
  attribute(IFLA_IFNAME, name);
  const auto info = open_nest(IFLA_LINKINFO);
  attribute(IFLA_INFO_KIND, "bridge");
  const auto data = open_nest(IFLA_INFO_DATA);
  // A bridge that listens to group membership would send queries of its own into the students' captures.
  const std::uint8_t off = 0;
  attribute(IFLA_BR_MCAST_SNOOPING, bytes_of(off));
  close_nest(data);
  close_nest(info);
  end();
}

void Netlink::add_cable(const LinkEnd& here, const LinkEnd& there, int there_namespace) {
  ifinfomsg link{};
  link.ifi_index = here.index;
  link.ifi_flags = link.ifi_change = IFF_UP;
  begin(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, fmt::format("create cable {} to {}", here.name, there.name),
        bytes_of(link));
  attribute(IFLA_IFNAME, here.name);
  if (here.mac) attribute(IFLA_ADDRESS, bytes_of(here.mac->octets));
  const auto info = open_nest(IFLA_LINKINFO);
  attribute(IFLA_INFO_KIND, "veth");
  const auto data = open_nest(IFLA_INFO_DATA);
  const auto peer = open_nest(VETH_INFO_PEER);
  ifinfomsg peer_link{};
  peer_link.ifi_index = there.index;
  append(bytes_of(peer_link));
  attribute(IFLA_IFNAME, there.name);
  if (there.mac) attribute(IFLA_ADDRESS, bytes_of(there.mac->octets));
  attribute_u32(IFLA_NET_NS_FD, static_cast<std::uint32_t>(there_namespace));
  close_nest(peer);
  close_nest(data);
  close_nest(info);
  end();
}

void Netlink::add_port(int link_index, int bridge_index) {
  ifinfomsg link{};
  link.ifi_index = link_index;
  link.ifi_flags = link.ifi_change = IFF_UP;
  begin(RTM_NEWLINK, 0, fmt::format("make link {} a port of bridge {}", link_index, bridge_index), bytes_of(link));
  attribute_u32(IFLA_MASTER, static_cast<std::uint32_t>(bridge_index));
  end();
}

void Netlink::add_address(int link_index, Ipv4Address address, int prefix_bits) {
  ifaddrmsg message{};
  message.ifa_family = AF_INET;
  message.ifa_prefixlen = static_cast<std::uint8_t>(prefix_bits);
  message.ifa_index = static_cast<std::uint32_t>(link_index);
  begin(RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, "add address " + to_string(address), bytes_of(message));
  attribute_address(IFA_LOCAL, address);
  attribute_address(IFA_ADDRESS, address);
  if (prefix_bits < 31) attribute_address(IFA_BROADCAST, Ipv4Subnet{address, prefix_bits}.broadcast());
  end();
}

void Netlink::add_route(const Ipv4Subnet& destination, Ipv4Address gateway) {
  rtmsg message{};
  message.rtm_family = AF_INET;
  message.rtm_dst_len = static_cast<std::uint8_t>(destination.prefix_bits);
  message.rtm_table = RT_TABLE_MAIN;
  message.rtm_protocol = RTPROT_STATIC;
  message.rtm_scope = RT_SCOPE_UNIVERSE;
  message.rtm_type = RTN_UNICAST;
  begin(RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL,
        fmt::format("add route to {} by way of {}", to_string(destination), to_string(gateway)), bytes_of(message));
  if (destination.prefix_bits > 0) attribute_address(RTA_DST, destination.network);
  attribute_address(RTA_GATEWAY, gateway);
  end();
}

Result<void> Netlink::commit(int tolerated_error) {
  const auto descriptions = std::exchange(descriptions_, {});
  const auto requests = std::exchange(requests_, {});
  if (requests.empty()) return {};
  if (send(socket_.get(), requests.data(), requests.size(), 0) < 0) return system_error("cannot talk to the kernel");
  std::optional<Error> fault;
  Answer answer;
  for (std::size_t acknowledged = 0; acknowledged < descriptions.size();) {
    const auto length = recv(socket_.get(), answer.data(), answer.size(), 0);
    if (length < 0) return system_error("no answer from the kernel");
    for_each_message(answer, static_cast<std::size_t>(length), [&](const nlmsghdr& header) {
      if (header.nlmsg_type != NLMSG_ERROR) return true;
      ++acknowledged;
      const auto error = error_of(header);
      if (error != 0 && error != tolerated_error && !fault)
        fault = system_error("cannot " + descriptions.at(header.nlmsg_seq), error);
      return true;
    });
  }
  if (fault) return *fault;
  return {};
}

namespace {

Buffer octets_of(Ipv4Address address) {
  Buffer octets;
  ByteWriter{octets}.u32(address.value);
  return octets;
}

}  // namespace

Result<int> Netlink::flush_neighbours(const std::vector<Ipv4Address>& only) {
  struct Entry {
    ndmsg head;
    Buffer address;
  };
  std::vector<Entry> entries;
  ndmsg query{};
  query.ndm_family = AF_INET;
  begin(RTM_GETNEIGH, NLM_F_DUMP, "list neighbours", bytes_of(query));
  end();
  const auto requests = std::exchange(requests_, {});
  descriptions_.clear();
  if (send(socket_.get(), requests.data(), requests.size(), 0) < 0) return system_error("cannot list neighbours");
  Answer answer;
  for (bool done = false; !done;) {
    const auto length = recv(socket_.get(), answer.data(), answer.size(), 0);
    if (length < 0) return system_error("cannot list neighbours");
    for_each_message(answer, static_cast<std::size_t>(length), [&](const nlmsghdr& header) {
      if (header.nlmsg_type == NLMSG_DONE || header.nlmsg_type == NLMSG_ERROR) done = true;
      if (header.nlmsg_type != RTM_NEWNEIGH) return !done;
      const auto* neighbour = static_cast<const ndmsg*>(NLMSG_DATA(&header));
      const auto* attribute = reinterpret_cast<const rtattr*>(neighbour + 1);
      auto remaining = static_cast<unsigned>(NLMSG_PAYLOAD(&header, sizeof *neighbour));
      for (; RTA_OK(attribute, remaining); attribute = RTA_NEXT(attribute, remaining)) {
        if (attribute->rta_type != NDA_DST || (neighbour->ndm_state & (NUD_NOARP | NUD_PERMANENT)) != 0) continue;
        const auto* data = static_cast<const std::byte*>(RTA_DATA(attribute));
        Buffer address(data, data + RTA_PAYLOAD(attribute));
        if (only.empty() || std::ranges::find(only, address, octets_of) != only.end()) {
          entries.push_back({*neighbour, std::move(address)});
        }
      }
      return true;
    });
  }
  for (const auto& entry : entries) {
    begin(RTM_DELNEIGH, 0, "forget a neighbour", bytes_of(entry.head));
    attribute(NDA_DST, Bytes{entry.address});
    end();
  }
  // An entry may expire between the two requests: that it is not there any more is what was asked for.
  if (const auto committed = commit(ENOENT); !committed) return committed.error();
  return static_cast<int>(entries.size());
}

Result<void> switch_offloads_off(const std::string& link_name) {
  const FileDescriptor socket{::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
  if (!socket) return system_error("cannot switch offloads off");
  for (const std::uint32_t feature : {ETHTOOL_STXCSUM, ETHTOOL_SSG, ETHTOOL_STSO, ETHTOOL_SGSO, ETHTOOL_SGRO}) {
    ethtool_value value{feature, 0};
    ifreq request{};
    link_name.copy(request.ifr_name, IFNAMSIZ - 1);
    request.ifr_data = reinterpret_cast<char*>(&value);
    if (ioctl(socket.get(), SIOCETHTOOL, &request) < 0 && errno != EOPNOTSUPP) {
      return system_error("cannot switch offloads of " + link_name + " off");
    }
  }
  return {};
}

}  // namespace labnet::lab
