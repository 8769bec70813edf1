// What a capture shows of DNS over UDP: each question with its answer.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "common/base/address.hpp"
#include "common/packet/capture_file.hpp"
#include "common/packet/frame.hpp"

namespace labnet::scenario {

struct DnsAnswer {
  std::uint64_t number = 0;          // of the frame in the capture, from 1
  std::vector<std::string> flags{};  // those set, in the order of the header: "aa", "tc", "rd", "ra"
  std::string rcode{};
  std::vector<std::string> records{};  // of the answer section, as in a zone file
  std::string last_data{};             // the data of the last of them
  std::string referral{};              // without an answer: the zone whose servers are named, without the last dot
  std::uint16_t udp_bytes = 0;         // the length field of the UDP header: header and message
};

struct DnsExchange {
  std::uint64_t number = 0;
  packet::Timestamp time{};
  Ipv4Address client{}, server{};
  std::uint16_t client_port = 0;
  std::uint16_t id = 0;
  std::string name;  // as asked, without the last dot
  std::string type;
  bool has_edns = false;
  std::optional<DnsAnswer> answer{};  // the first one
};

/// The port of DNS servers (RFC 1035, section 4.2): what is taken for DNS is what comes from it or goes to it.
inline constexpr std::uint16_t dns_port = 53;

/// Takes frames that were taken apart one by one. What is no DNS message is passed over.
class DnsTableBuilder {
 public:
  static constexpr std::size_t exchanges_max = 100'000;

  void add(std::uint64_t number, packet::Timestamp time, const packet::Frame& frame);
  const std::vector<DnsExchange>& exchanges() const { return exchanges_; }

 private:
  using Key = std::tuple<Ipv4Address, std::uint16_t, Ipv4Address, std::uint16_t>;  // client, port, server, id

  std::vector<DnsExchange> exchanges_;
  std::map<Key, std::size_t> open_;
};

}  // namespace labnet::scenario
