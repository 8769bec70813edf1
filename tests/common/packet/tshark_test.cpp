// tshark, another reader of the same files, agrees with what is written here.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <fstream>
#include <string>

#include "common/packet/frame.hpp"
#include "common/packet/pcap.hpp"
#include "common/packet/pcapng.hpp"
#include "tests/common/packet/frames.hpp"

namespace labnet::packet {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

std::string output_of(const std::string& command) {
  std::string output;
  auto* const pipe = popen(command.c_str(), "r");
  std::array<char, 4096> piece{};
  while (const auto count = std::fread(piece.data(), 1, piece.size(), pipe)) output.append(piece.data(), count);
  EXPECT_EQ(pclose(pipe), 0) << command;
  return output;
}

/// What tshark prints for a file with this content.
std::string tshark(const Buffer& file, const std::string& arguments) {
  const auto path = testing::TempDir() + "labnet_" + testing::UnitTest::GetInstance()->current_test_info()->name();
  std::ofstream{path, std::ios::binary} << as_text(file);
  const auto output = output_of("tshark -r '" + path + "' " + arguments + " 2>/dev/null");
  std::remove(path.c_str());
  return output;
}

TEST(Tshark, ReadsOurPcapFile) {
  Buffer file;
  append_pcap_header({}, file);
  for (const auto digits : all_frames) append_pcap_frame({}, {some_time, 2000, from_hex(digits)}, file);
  const auto output = tshark(file, "-T fields -e frame.time_epoch -e frame.len -e frame.cap_len -e frame.protocols");
  EXPECT_THAT(output, HasSubstr("1795486919.505570000\t2000\t42\teth:ethertype:arp\n"));
  EXPECT_THAT(output, HasSubstr("1795486919.505570000\t2000\t101\teth:ethertype:ip:udp:dns\n"));
  EXPECT_EQ(std::ranges::count(output, '\n'), 8);
}

TEST(Tshark, ReadsOurPcapngFileWithNamesAndComments) {
  Buffer file;
  append_block(SectionHeader{.application = "labnet"}, file);
  append_block(Interface{.name = "eth7"}, file);
  append_block(NameResolution{{{Ipv4Address{0xc0a80107}, {"dns.labredes71.com"}}}}, file);
  append_block(DecryptionSecrets{.secrets = "CLIENT_RANDOM 00 11\n"}, file);
  append_block(Packet{0, {some_time, 74, from_hex(echo_request)}, {"the first frame"}}, file);
  append_block(InterfaceStatistics{.time = some_time, .received = 1, .dropped_by_system = 0}, file);
  EXPECT_EQ(tshark(file, "-N n -T fields -e frame.time_epoch -e frame.interface_name -e frame.comment -e ip.dst_host"),
            "1795486919.505570123\teth7\tthe first frame\tdns.labredes71.com\n");
}

/// A frame made here from nothing, of one of the protocols above IPv4.
template <class Write>
Buffer made(std::uint8_t protocol, Write&& write_segment) {
  Buffer segment;
  ByteWriter segment_writer{segment};
  write_segment(segment_writer);
  Buffer datagram;
  ByteWriter datagram_writer{datagram};
  write(Ipv4{.protocol = protocol, .source = {0x0a000001}, .destination = {0x0a000002}, .payload = segment},
        datagram_writer);
  Buffer frame;
  ByteWriter frame_writer{frame};
  write(Ethernet{.type = Ethernet::type_ipv4, .payload = datagram}, frame_writer);
  return frame;
}

TEST(Tshark, FindsOurChecksumsRight) {
  const auto payload = as_bytes("odd");  // an odd number of bytes is the harder case
  const Ipv4Address source{0x0a000001};
  const Ipv4Address destination{0x0a000002};
  const auto options = from_hex("020405b4 0402");
  Buffer file;
  append_pcap_header({}, file);
  const auto append = [&](const Buffer& frame) {
    append_pcap_frame({}, {some_time, static_cast<std::uint32_t>(frame.size()), frame}, file);
  };
  append(made(Ipv4::protocol_icmp, [&](auto& out) { write(Icmp{.payload = payload}, out); }));
  append(made(Ipv4::protocol_udp, [&](auto& out) {
    write(Udp{.source_port = 5000, .destination_port = 6000, .payload = payload}, source, destination, out);
  }));
  append(made(Ipv4::protocol_tcp, [&](auto& out) {
    write(Tcp{.source_port = 5000, .destination_port = 6000, .flags = 2, .options = options, .payload = payload},
          source, destination, out);
  }));
  const auto output =
      tshark(file,
             "-o ip.check_checksum:TRUE -o udp.check_checksum:TRUE -o tcp.check_checksum:TRUE -T fields "
             "-e ip.checksum.status -e icmp.checksum.status -e udp.checksum.status -e tcp.checksum.status");
  EXPECT_EQ(output, "1\t1\t\t\n1\t\t1\t\n1\t\t\t1\n");  // 1: good
}

}  // namespace
}  // namespace labnet::packet
