// pcapng files: what is written is read back; both byte orders, every cut, every limit.
#include "common/packet/pcapng.hpp"

#include <gtest/gtest.h>

#include "tests/common/packet/frames.hpp"

namespace labnet::packet {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view big_endian_section = "0a0d0d0a 0000001c 1a2b3c4d 0001 0000 ffffffffffffffff 0000001c";
constexpr std::string_view big_endian_interface = "00000001 00000014 0001 0000 00000060 00000014";

/// All blocks of a file, or nothing after a fault.
std::vector<Block> read_all(PcapngReader& reader, Bytes file) {
  std::vector<Block> blocks;
  while (!file.empty()) {
    auto parsed = reader.next(file);
    if (!parsed || !*parsed) return {};
    file = file.subspan((*parsed)->size_bytes);
    blocks.push_back(std::move((*parsed)->block));
  }
  return blocks;
}

/// Reads `blocks` of hexadecimal digits up to the last, whose result it returns.
Result<std::optional<PcapngReader::Parsed>, FileFault> read_last(std::initializer_list<std::string_view> blocks) {
  PcapngReader reader;
  Result<std::optional<PcapngReader::Parsed>, FileFault> result = std::nullopt;
  for (const auto digits : blocks) result = reader.next(from_hex(digits));
  return result;
}

/// A packet's time when the interface has this if_tsresol and the packet these ticks.
Result<Timestamp, FileFault> time_of(std::string_view resolution, std::string_view ticks) {
  const auto interface =
      "00000001 00000020 0001 0000 00000060 0009 0001" + std::string{resolution} + "000000 0000 0000 00000020";
  const auto packet = "00000006 00000020 00000000" + std::string{ticks} + "00000000 00000000 00000020";
  const auto parsed = read_last({big_endian_section, interface, packet});
  if (!parsed) return parsed.error();
  return std::get<Packet>((*parsed)->block).frame.time;
}

TEST(Pcapng, IsReadBackAsItWasWritten) {
  const auto data = from_hex(arp_request);  // 42 bytes: two of padding follow
  Buffer file;
  append_block(SectionHeader{"a laptop", "Linux", "labnet", {"first", ""}}, file);
  append_block(Interface{.name = "eth0", .description = "pc1 on lan", .filter = "icmp"}, file);
  append_block(
      NameResolution{{{Ipv4Address{0xc0a80107}, {"dns.labredes71.com", "dns"}}, {*parse_ipv6("2001:db8::1"), {"six"}}}},
      file);
  append_block(DecryptionSecrets{.secrets = "CLIENT_RANDOM 00 11\n"}, file);
  append_block(Packet{0, {some_time, 1500, data}, {"the first frame", "seen at pc1"}}, file);
  append_block(InterfaceStatistics{.interface = 0, .time = some_time, .received = 5, .dropped_by_system = 0}, file);

  PcapngReader reader;
  const auto blocks = read_all(reader, file);
  ASSERT_EQ(blocks.size(), 6u);
  const auto& section = std::get<SectionHeader>(blocks[0]);
  EXPECT_EQ(section.hardware, "a laptop");
  EXPECT_EQ(section.operating_system, "Linux");
  EXPECT_EQ(section.application, "labnet");
  EXPECT_EQ(section.comments, (std::vector<std::string>{"first", ""}));
  const auto& interface = std::get<Interface>(blocks[1]);
  EXPECT_EQ(interface.name, "eth0");
  EXPECT_EQ(interface.description, "pc1 on lan");
  EXPECT_EQ(interface.filter, "icmp");
  EXPECT_EQ(interface.snap_bytes, snap_bytes_max);
  const auto& names = std::get<NameResolution>(blocks[2]).records;
  ASSERT_EQ(names.size(), 3u);
  EXPECT_EQ(to_string(std::get<Ipv4Address>(names[0].address)), "192.168.1.7");
  EXPECT_EQ(names[0].names, std::vector<std::string>{"dns.labredes71.com"});
  EXPECT_EQ(names[1].names, std::vector<std::string>{"dns"});
  EXPECT_EQ(to_string(std::get<Ipv6Address>(names[2].address)), "2001:db8::1");
  EXPECT_EQ(std::get<DecryptionSecrets>(blocks[3]).secrets, "CLIENT_RANDOM 00 11\n");
  const auto& packet = std::get<Packet>(blocks[4]);
  EXPECT_EQ(packet.frame.time, some_time);
  EXPECT_EQ(packet.frame.wire_bytes, 1500u);
  EXPECT_EQ(as_text(packet.frame.data), as_text(data));
  EXPECT_EQ(packet.comments, (std::vector<std::string>{"the first frame", "seen at pc1"}));
  const auto& statistics = std::get<InterfaceStatistics>(blocks[5]);
  EXPECT_EQ(statistics.time, some_time);
  EXPECT_EQ(statistics.received, 5u);
  EXPECT_EQ(statistics.dropped_by_system, 0u);
  EXPECT_FALSE(statistics.dropped);
}

TEST(Pcapng, WaitsUntilABlockIsComplete) {
  Buffer section;
  append_block(SectionHeader{}, section);
  for (std::size_t n = 0; n < section.size(); ++n) {
    const auto parsed = PcapngReader{}.next(Bytes{section}.first(n));
    ASSERT_TRUE(parsed) << n;
    EXPECT_FALSE(*parsed) << n;
  }
}

TEST(Pcapng, IsReadInBigEndianOrder) {
  PcapngReader reader;
  ASSERT_TRUE(*reader.next(from_hex(big_endian_section)));
  ASSERT_TRUE(*reader.next(from_hex(big_endian_interface)));
  // Without if_tsresol a time counts microseconds.
  const auto block = from_hex("00000006 00000024 00000000 00000001 00000002 00000003 00000004 aabbcc00 00000024");
  const auto parsed = *reader.next(block);
  ASSERT_TRUE(parsed);
  const auto& packet = std::get<Packet>(parsed->block);
  EXPECT_EQ(packet.frame.time, Timestamp{4'294'967'298us});
  EXPECT_EQ(packet.frame.data.size(), 3u);
  EXPECT_EQ(packet.frame.wire_bytes, 4u);
}

TEST(Pcapng, ANewSectionStartsWithItsOwnOrderAndNoInterfaces) {
  Buffer file = from_hex(big_endian_section);
  const auto interface = from_hex(big_endian_interface);
  file.insert(file.end(), interface.begin(), interface.end());
  append_block(SectionHeader{}, file);  // little-endian
  append_block(Interface{.name = "second"}, file);
  PcapngReader reader;
  ASSERT_EQ(read_all(reader, file).size(), 4u);
  ASSERT_EQ(reader.interfaces().size(), 1u);
  EXPECT_EQ(reader.interfaces()[0].name, "second");
}

TEST(Pcapng, ReadsTimesOfEveryResolution) {
  EXPECT_EQ(*time_of("09", "00000000 00000007"), Timestamp{7ns});
  EXPECT_EQ(*time_of("00", "00000000 00000007"), Timestamp{7s});
  EXPECT_EQ(*time_of("0c", "00000000 00001b58"), Timestamp{7ns});  // 7000 ps
  EXPECT_EQ(*time_of("7f", "ffffffff ffffffff"), Timestamp{});
  EXPECT_EQ(*time_of("81", "00000000 00000003"), Timestamp{1500ms});
  EXPECT_EQ(*time_of("a0", "00000001 80000000"), Timestamp{1500ms});
  EXPECT_EQ(*time_of("bf", "c0000000 00000000"), Timestamp{1500ms});
  EXPECT_EQ(*time_of("ff", "ffffffff ffffffff"), Timestamp{});
}

TEST(Pcapng, RejectsATimeThatDoesNotFit) {
  EXPECT_EQ(time_of("09", "80000000 00000000").error(), FileFault::bad_time);
  EXPECT_EQ(time_of("00", "00000002 540be400").error(), FileFault::bad_time);
  EXPECT_EQ(time_of("80", "ffffffff ffffffff").error(), FileFault::bad_time);
  EXPECT_EQ(*time_of("09", "7fffffff ffffffff"), Timestamp::max());
}

TEST(Pcapng, AddsTheTimeOffsetOfTheInterface) {
  const auto with_offset = [](std::string_view seconds) {
    const auto interface =
        "00000001 00000024 0001 0000 00000060 000e 0008" + std::string{seconds} + "0000 0000 00000024";
    return read_last(
        {big_endian_section, interface, "00000006 00000020 00000000 00000000 00000001 00000000 00000000 00000020"});
  };
  EXPECT_EQ(std::get<Packet>((*with_offset("00000000 00000002"))->block).frame.time, Timestamp{2s + 1us});
  EXPECT_EQ(std::get<Packet>((*with_offset("ffffffff ffffffff"))->block).frame.time, Timestamp{1us - 1s});
  EXPECT_EQ(with_offset("7fffffff ffffffff").error(), FileFault::bad_time);
  EXPECT_EQ(with_offset("80000000 00000000").error(), FileFault::bad_time);
}

TEST(Pcapng, ReadsASimplePacketBlock) {
  const auto parsed =
      read_last({big_endian_section, big_endian_interface, "00000003 00000014 00000003 aabbcc00 00000014"});
  ASSERT_TRUE(parsed && *parsed);
  EXPECT_EQ(std::get<Packet>((*parsed)->block).frame.wire_bytes, 3u);
}

TEST(Pcapng, SkipsBlocksAndOptionsItDoesNotKnow) {
  const auto parsed = read_last({big_endian_section, "00000bad 00000010 12345678 00000010"});
  EXPECT_EQ(std::get<UnknownBlock>((*parsed)->block).type, 0xbadu);
  const auto interface =
      read_last({big_endian_section, "00000001 0000001c 0001 0000 00000060 0077 0003 aabbcc00 0000001c"});
  EXPECT_TRUE(std::holds_alternative<Interface>((*interface)->block));
}

TEST(Pcapng, RejectsWhatDoesNotStartWithASection) {
  EXPECT_EQ(read_last({"00000001 00000014 0001 0000 00000060 00000014"}).error(), FileFault::not_a_capture);
  EXPECT_EQ(read_last({"0a0d0d0a 0000001c 1a2b3c4e 0001 0000 ffffffffffffffff 0000001c"}).error(),
            FileFault::not_a_capture);
  EXPECT_EQ(read_last({"0a0d0d0a 0000001c 1a2b3c4d 0002 0000 ffffffffffffffff 0000001c"}).error(),
            FileFault::unsupported_version);
}

TEST(Pcapng, RejectsALengthThatCannotBe) {
  for (const auto digits : {"00000001 00000008 00000000 00000000", "00000001 00000015 0001 0000 00000060 0000001500",
                            "00000001 00000014 0001 0000 00000060 00000018", "00000001 00000010 0001 0000 00000010",
                            "00000006 00000018 00000000 00000000 00000000 00000018", "0000000a 0000000c 0000000c",
                            "0000000a 00000014 544c534b 00000001 00000014", "00000005 00000010 00000000 00000010"}) {
    EXPECT_EQ(read_last({big_endian_section, big_endian_interface, digits}).error(), FileFault::bad_block_length)
        << digits;
  }
}

TEST(Pcapng, ABlockMayBeAsLongAsTheLimitAndNotFourBytesMore) {
  EXPECT_FALSE(*read_last({big_endian_section, "00000bad 01000000 00000000"}));  // 16 MiB: not all here yet
  EXPECT_EQ(read_last({big_endian_section, "00000bad 01000004 00000000"}).error(), FileFault::block_too_large);
}

TEST(Pcapng, AFrameMayBeAsLongAsTheLimitAndNotOneByteMore) {
  const Buffer data(snap_bytes_max + 1);
  Buffer file;
  append_block(SectionHeader{}, file);
  append_block(Interface{}, file);
  const auto packet_at = file.size();
  append_block(Packet{0, {some_time, snap_bytes_max + 1, data}, {}}, file);  // cut to the limit
  PcapngReader reader;
  ASSERT_EQ(read_all(reader, file).size(), 3u);
  file[packet_at + 20] = std::byte{1};  // the captured length: one more
  EXPECT_TRUE(read_all(reader, file).empty());
  EXPECT_EQ(reader.next(Bytes{file}.subspan(packet_at)).error(), FileFault::frame_too_large);
}

TEST(Pcapng, ASectionMayHaveSoManyInterfacesAndNotOneMore) {
  PcapngReader reader;
  ASSERT_TRUE(reader.next(from_hex(big_endian_section)));
  const auto interface = from_hex(big_endian_interface);
  for (std::size_t i = 0; i < interfaces_max; ++i) ASSERT_TRUE(reader.next(interface)) << i;
  EXPECT_EQ(reader.next(interface).error(), FileFault::too_many_interfaces);
}

TEST(Pcapng, RejectsAFrameFromAnInterfaceThatIsNotThere) {
  EXPECT_EQ(read_last({big_endian_section, "00000003 00000010 00000000 00000010"}).error(),
            FileFault::unknown_interface);
  EXPECT_EQ(read_last({big_endian_section, big_endian_interface,
                       "00000006 00000020 00000001 00000000 00000000 00000000 00000000 00000020"})
                .error(),
            FileFault::unknown_interface);
}

TEST(Pcapng, RejectsAnOptionThatRunsPastItsBlock) {
  EXPECT_EQ(read_last({big_endian_section, "00000001 00000018 0001 0000 00000060 0002 0005 00000018"}).error(),
            FileFault::bad_option);
  EXPECT_EQ(read_last({big_endian_section, "00000001 0000001c 0001 0000 00000060 0009 0002 06060000 0000001c"}).error(),
            FileFault::bad_option);
  EXPECT_EQ(read_last({big_endian_section, "00000004 00000014 0001 0002 c0a80000 00000014"}).error(),
            FileFault::bad_option);
}

TEST(Pcapng, CutsATextThatNoOptionHolds) {
  Buffer file;
  append_block(SectionHeader{.application = std::string(65'536, 'a')}, file);
  PcapngReader reader;
  EXPECT_EQ(std::get<SectionHeader>(read_all(reader, file).at(0)).application.size(), 65'535u);
}

}  // namespace
}  // namespace labnet::packet
