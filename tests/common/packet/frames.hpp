// Frames read from a veth pair by tcpdump, for the tests of several parts; and bytes from hexadecimal digits.
#pragma once

#include <string_view>

#include "common/base/bytes.hpp"
#include "common/base/text.hpp"

namespace labnet::packet {

/// Digits in pairs; spaces are skipped.
inline Buffer from_hex(std::string_view digits) {
  Buffer bytes;
  std::string pair;
  for (const char c : digits) {
    if (c == ' ') continue;
    pair += c;
    if (pair.size() < 2) continue;
    bytes.push_back(static_cast<std::byte>(*parse_integer<std::uint8_t>(pair, 16)));
    pair.clear();
  }
  return bytes;
}

// 192.168.1.6 (14:85:7f:9d:ab:5c) asks who has 192.168.1.7 (00:0c:29:8d:07:ce), and gets the answer.
inline constexpr std::string_view arp_request =
    "ffffffffffff14857f9dab5c0806 0001080006040001 14857f9dab5cc0a80106 000000000000c0a80107";
inline constexpr std::string_view arp_reply =
    "14857f9dab5c000c298d07ce0806 0001080006040002 000c298d07cec0a80107 14857f9dab5cc0a80106";
// ping -c 1 -t 128 -s 32: identifier 0x1815, sequence number 1.
inline constexpr std::string_view echo_request =
    "000c298d07ce14857f9dab5c0800 4500003c30be4000800146a5c0a80106c0a80107 080018d218150001"
    "def4046b0000000021f7090000000000101112131415161718191a1b1c1d1e1f";
inline constexpr std::string_view echo_reply =
    "14857f9dab5c000c298d07ce0800 4500003cc90c000040012e57c0a80107c0a80106 000020d218150001"
    "def4046b0000000021f7090000000000101112131415161718191a1b1c1d1e1f";
// A DNS query to a port where nobody listens, and what came back.
inline constexpr std::string_view dns_query =
    "000c298d07ce14857f9dab5c0800 450000571cfd00004011da3bc0a80106c0a80107 99ab00350043ab74"
    "50470120000100000000000103646e730a6c61627265646573373103636f6d000001000100002904d000000000000c000a0008"
    "1682ec2cce805875";
inline constexpr std::string_view port_unreachable =
    "14857f9dab5c000c298d07ce0800 45c00073c90e000040012d5ec0a80107c0a80106 030380af00000000"
    "450000571cfd00004011da3bc0a80106c0a80107 99ab00350043ab74"
    "50470120000100000000000103646e730a6c61627265646573373103636f6d000001000100002904d000000000000c000a0008"
    "1682ec2cce805875";
// A connection that was refused: SYN, and RST with ACK.
inline constexpr std::string_view tcp_syn =
    "000c298d07ce14857f9dab5c0800 4500003c00eb40004006b673c0a80106c0a80107 c0300050f83d78a400000000a002faf0a89f0000"
    "020405b40402080af5c9f9e1000000000103030a";
inline constexpr std::string_view tcp_rst =
    "14857f9dab5c000c298d07ce0800 45000028000040004006b772c0a80107c0a80106 0050c03000000000f83d78a550140000fb0e0000";

inline constexpr std::string_view all_frames[] = {arp_request, arp_reply,        echo_request, echo_reply,
                                                  dns_query,   port_unreachable, tcp_syn,      tcp_rst};

inline constexpr Timestamp some_time{std::chrono::seconds{1'795'486'919} + std::chrono::nanoseconds{505'570'123}};

}  // namespace labnet::packet
