// One line for one frame.
#include "clients/capture/frame_line.hpp"

#include <fmt/format.h>

#include <ctime>

#include "common/packet/frame.hpp"

namespace labnet::capture {
namespace {

using packet::Arp;
using packet::Ethernet;
using packet::Frame;
using packet::Ipv4;

struct Line {
  std::string source;
  std::string destination;
  std::string protocol;
  std::string words{};
};

std::string arp_words(const Arp& arp) {
  if (arp.operation == Arp::reply) return fmt::format("{} is at {}", to_string(arp.sender), to_string(arp.sender_mac));
  if (arp.is_gratuitous()) return fmt::format("{} announces itself", to_string(arp.sender));
  return fmt::format("who has {}? tell {}", to_string(arp.target), to_string(arp.sender));
}

std::string icmp_words(const packet::Icmp& icmp, std::uint8_t ttl) {
  const auto words = packet::describe_icmp(icmp.type, icmp.code);
  if (!icmp.is_echo()) return words;
  return fmt::format("{}, id {}, seq {}, ttl {}", words, icmp.identifier, icmp.sequence_number, ttl);
}

std::string ether_type_name(std::uint16_t type) {
  if (type == Ethernet::type_ipv6) return "IPv6";
  if (type < Ethernet::type_min) return "LLC";
  return fmt::format("0x{:04x}", type);
}

std::string with_port(Ipv4Address address, std::uint16_t port) {
  return fmt::format("{}:{}", to_string(address), port);
}

Line ip_line(const Frame& frame) {
  const auto& ip = *frame.ipv4;
  if (frame.udp) {
    return {with_port(ip.source, frame.udp->source_port), with_port(ip.destination, frame.udp->destination_port), "UDP",
            fmt::format("{} bytes of data", frame.udp->payload.size())};
  }
  if (frame.tcp) {
    auto words = packet::describe_flags(frame.tcp->flags);
    if (!frame.payload.empty()) words += fmt::format(", {} bytes of data", frame.payload.size());
    return {with_port(ip.source, frame.tcp->source_port), with_port(ip.destination, frame.tcp->destination_port), "TCP",
            words};
  }
  Line line{to_string(ip.source), to_string(ip.destination), fmt::format("IP protocol {}", ip.protocol)};
  if (ip.protocol == Ipv4::protocol_icmp) line.protocol = "ICMP";
  if (frame.icmp) line.words = icmp_words(*frame.icmp, ip.ttl);
  if (ip.fragment_offset_bytes != 0) line.words = fmt::format("fragment, from byte {}", ip.fragment_offset_bytes);
  return line;
}

Line to_line(const packet::CapturedFrame& captured, packet::LinkType link_type) {
  if (link_type != packet::LinkType::ethernet)
    return {"?", "?", fmt::format("link type {}", static_cast<int>(link_type))};
  const auto frame = packet::parse_frame(captured.data);
  if (!frame.ethernet) return {"?", "?", "cut frame"};
  auto line = frame.ipv4 ? ip_line(frame)
                         : Line{to_string(frame.ethernet->source), to_string(frame.ethernet->destination),
                                frame.arp ? "ARP" : ether_type_name(frame.ethernet->type)};
  if (frame.arp) line.words = arp_words(*frame.arp);
  if (frame.fault) line.words = packet::describe(*frame.fault);
  return line;
}

}  // namespace

std::string frame_line(const packet::CapturedFrame& frame, packet::LinkType link_type,
                       std::chrono::seconds utc_offset) {
  using namespace std::chrono;
  const auto time = floor<microseconds>(frame.time + utc_offset);
  const hh_mm_ss clock{time - floor<days>(time)};
  const auto line = to_line(frame, link_type);
  const auto text = fmt::format("{:02}:{:02}:{:02}.{:06}  {} -> {}  {}  {}", clock.hours().count(),
                                clock.minutes().count(), clock.seconds().count(), clock.subseconds().count(),
                                line.source, line.destination, line.protocol, frame.wire_bytes);
  return line.words.empty() ? text : text + "  " + line.words;
}

std::chrono::seconds local_utc_offset(packet::Timestamp time) {
  const auto seconds =
      static_cast<std::time_t>(std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count());
  std::tm local{};
  ::localtime_r(&seconds, &local);
  return std::chrono::seconds{local.tm_gmtoff};
}

}  // namespace labnet::capture
