// Each header alone: read from real frames, written back to the same bytes, cut at every byte.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/packet/checksum.hpp"
#include "common/packet/frame.hpp"
#include "tests/common/packet/frames.hpp"

namespace labnet::packet {
namespace {

Bytes behind(const Buffer& frame, std::size_t bytes) {
  return Bytes{frame}.subspan(bytes);
}
constexpr std::size_t ip_header_end = 34;

TEST(InternetChecksum, OfTheExampleOfRfc1071) {
  const auto bytes = from_hex("0001 f203 f4f5 f6f7");
  EXPECT_EQ(internet_checksum(bytes), static_cast<std::uint16_t>(~0xddf2));
}

TEST(InternetChecksum, TakesALastOddByteAsTheUpperHalfOfAWord) {
  EXPECT_EQ(internet_checksum(from_hex("0102 03")), internet_checksum(from_hex("0102 0300")));
  EXPECT_EQ(internet_checksum({}), 0xffff);
}

TEST(InternetChecksum, FoldsCarriesUntilNoneIsLeft) {
  const Buffer ones(65'536, std::byte{0xff});
  EXPECT_EQ(internet_checksum(ones), 0);
}

TEST(Ethernet, ReadsAndWritesAHeader) {
  const auto bytes = from_hex(echo_request);
  const auto frame = parse_ethernet(bytes);
  ASSERT_TRUE(frame);
  EXPECT_EQ(to_string(frame->destination), "00:0c:29:8d:07:ce");
  EXPECT_EQ(to_string(frame->source), "14:85:7f:9d:ab:5c");
  EXPECT_EQ(frame->type, Ethernet::type_ipv4);
  EXPECT_EQ(frame->payload.size(), 60u);
  Buffer written;
  ByteWriter writer{written};
  write(*frame, writer);
  EXPECT_EQ(written, bytes);
}

TEST(Ethernet, IsTruncatedBeforeByte14) {
  const auto bytes = from_hex(echo_request);
  for (std::size_t n = 0; n < 14; ++n) EXPECT_EQ(parse_ethernet(Bytes{bytes}.first(n)).error(), HeaderFault::truncated);
  EXPECT_TRUE(parse_ethernet(Bytes{bytes}.first(14)));
}

TEST(Arp, ReadsAndWritesRequestAndReply) {
  for (const auto digits : {arp_request, arp_reply}) {
    const auto bytes = from_hex(digits);
    const auto arp = parse_arp(behind(bytes, 14));
    ASSERT_TRUE(arp);
    EXPECT_FALSE(arp->is_gratuitous());
    Buffer written;
    ByteWriter writer{written};
    write(*arp, writer);
    EXPECT_EQ(as_text(written), as_text(behind(bytes, 14)));
  }
  const auto bytes = from_hex(arp_reply);
  const auto reply = *parse_arp(behind(bytes, 14));
  EXPECT_EQ(reply.operation, Arp::reply);
  EXPECT_EQ(to_string(reply.sender), "192.168.1.7");
  EXPECT_EQ(to_string(reply.sender_mac), "00:0c:29:8d:07:ce");
  EXPECT_EQ(to_string(reply.target), "192.168.1.6");
  EXPECT_EQ(to_string(reply.target_mac), "14:85:7f:9d:ab:5c");
}

TEST(Arp, IsTruncatedBeforeByte28AndLeavesPaddingAlone) {
  auto bytes = from_hex(arp_reply);
  for (std::size_t n = 0; n < 28; ++n) {
    EXPECT_EQ(parse_arp(behind(bytes, 14).first(n)).error(), HeaderFault::truncated) << n;
  }
  bytes.resize(60);
  EXPECT_TRUE(parse_arp(behind(bytes, 14)));
}

TEST(Arp, OfOtherHardwareIsNotSupported) {
  EXPECT_EQ(parse_arp(from_hex("0006 0800 0604 0001")).error(), HeaderFault::not_supported);
  EXPECT_EQ(parse_arp(from_hex("0001 86dd 0604 0001")).error(), HeaderFault::not_supported);
  EXPECT_EQ(parse_arp(from_hex("0001 0800 0804 0001")).error(), HeaderFault::not_supported);
}

TEST(Ipv4, ReadsEveryFieldAndWritesTheSameBytes) {
  const auto bytes = from_hex(echo_request);
  const auto datagram = parse_ipv4_datagram(behind(bytes, 14));
  ASSERT_TRUE(datagram);
  EXPECT_EQ(datagram->total_bytes, 60);
  EXPECT_EQ(datagram->identification, 0x30be);
  EXPECT_TRUE(datagram->dont_fragment);
  EXPECT_FALSE(datagram->is_fragment());
  EXPECT_EQ(datagram->ttl, 128);
  EXPECT_EQ(datagram->protocol, Ipv4::protocol_icmp);
  EXPECT_EQ(datagram->checksum, Checksum::right);
  EXPECT_EQ(to_string(datagram->source), "192.168.1.6");
  EXPECT_EQ(to_string(datagram->destination), "192.168.1.7");
  Buffer written;
  ByteWriter writer{written};
  write(*datagram, writer);
  EXPECT_EQ(as_text(written), as_text(behind(bytes, 14)));
}

TEST(Ipv4, IsTruncatedInsideTheHeaderAndWholeOnlyWithAllItsPayload) {
  const auto bytes = from_hex(echo_request);
  for (std::size_t n = 0; n < 60; ++n) {
    const auto datagram = parse_ipv4_datagram(behind(bytes, 14).first(n));
    if (n < 20) {
      EXPECT_EQ(datagram.error(), HeaderFault::truncated) << n;
    } else {
      EXPECT_FALSE(datagram->is_whole()) << n;
      EXPECT_EQ(datagram->payload.size(), n - 20);
    }
  }
}

TEST(Ipv4, LeavesOutTheBytesBehindItsTotalLength) {
  auto bytes = from_hex(tcp_rst);  // 54 bytes; a network card pads it to 60
  bytes.resize(60);
  const auto datagram = parse_ipv4_datagram(behind(bytes, 14));
  EXPECT_EQ(datagram->payload.size(), 20u);
  EXPECT_TRUE(datagram->is_whole());
}

TEST(Ipv4, TakesAllThereIsWhenTheTotalLengthIsZero) {
  auto bytes = from_hex(tcp_syn);
  bytes[16] = bytes[17] = std::byte{0};
  const auto datagram = parse_ipv4_datagram(behind(bytes, 14));
  EXPECT_EQ(datagram->payload.size(), 40u);
  EXPECT_EQ(datagram->checksum, Checksum::wrong);
}

TEST(Ipv4, RejectsWhatCannotBe) {
  auto bytes = from_hex(echo_request);
  bytes[14] = std::byte{0x65};
  EXPECT_EQ(parse_ipv4_datagram(behind(bytes, 14)).error(), HeaderFault::bad_version);
  bytes[14] = std::byte{0x44};
  EXPECT_EQ(parse_ipv4_datagram(behind(bytes, 14)).error(), HeaderFault::bad_length);
  bytes[14] = std::byte{0x45};
  bytes[17] = std::byte{19};
  EXPECT_EQ(parse_ipv4_datagram(behind(bytes, 14)).error(), HeaderFault::bad_length);
}

TEST(Ipv4, WritesOptionsPaddedAndReadsThemBack) {
  const auto options = from_hex("9404 0000 01");  // router alert, and a lone no-operation
  const auto payload = from_hex("aabbcc");
  Ipv4 datagram{.protocol = 253, .source = {1}, .destination = {2}, .options = options, .payload = payload};
  datagram.more_fragments = true;
  datagram.fragment_offset_bytes = 1480;
  Buffer written;
  ByteWriter writer{written};
  write(datagram, writer);
  const auto read = parse_ipv4_datagram(written);
  ASSERT_TRUE(read);
  EXPECT_EQ(as_text(read->options), (std::string_view{"\x94\x04\0\0\x01\0\0\0", 8}));
  EXPECT_EQ(as_text(read->payload), as_text(payload));
  EXPECT_EQ(read->checksum, Checksum::right);
  EXPECT_TRUE(read->more_fragments);
  EXPECT_EQ(read->fragment_offset_bytes, 1480);
  EXPECT_EQ(read->total_bytes, 31);
}

TEST(Ipv4, LeavesOutOptionsThatDoNotFit) {
  const Buffer options(Ipv4::options_bytes_max + 1, std::byte{1});
  Buffer written;
  ByteWriter writer{written};
  write(Ipv4{.options = options}, writer);
  EXPECT_EQ(written.size(), 60u);
  EXPECT_EQ(parse_ipv4_datagram(written)->options.size(), Ipv4::options_bytes_max);
}

TEST(Ipv4, WritesNothingPastTheLimitOfTheBuffer) {
  for (std::size_t limit = 0; limit < 23; ++limit) {
    const auto payload = from_hex("aabbcc");
    Buffer written;
    ByteWriter writer{written, limit};
    write(Ipv4{.payload = payload}, writer);
    EXPECT_TRUE(writer.overflowed()) << limit;
    EXPECT_LE(written.size(), limit);
  }
}

TEST(Icmp, ReadsAndWritesEchoes) {
  for (const auto digits : {echo_request, echo_reply}) {
    const auto bytes = from_hex(digits);
    const auto message = parse_icmp(behind(bytes, ip_header_end));
    ASSERT_TRUE(message);
    EXPECT_TRUE(message->is_echo());
    EXPECT_EQ(message->identifier, 0x1815);
    EXPECT_EQ(message->sequence_number, 1);
    EXPECT_EQ(message->payload.size(), 32u);
    EXPECT_EQ(message->checksum, Checksum::right);
    Buffer written;
    ByteWriter writer{written};
    write(*message, writer);
    EXPECT_EQ(as_text(written), as_text(behind(bytes, ip_header_end)));
  }
}

TEST(Icmp, CutShortHasAWrongChecksumOrNoHeader) {
  const auto bytes = from_hex(echo_reply);
  for (std::size_t n = 0; n < 8; ++n) {
    EXPECT_EQ(parse_icmp(behind(bytes, ip_header_end).first(n)).error(), HeaderFault::truncated);
  }
  EXPECT_EQ(parse_icmp(behind(bytes, ip_header_end).first(8))->checksum, Checksum::wrong);
}

TEST(Icmp, HasWordsForEveryKindOfError) {
  EXPECT_EQ(describe_icmp(3, 1), "Destination host unreachable");
  EXPECT_EQ(describe_icmp(3, 3), "Destination port unreachable");
  EXPECT_EQ(describe_icmp(3, 15), "Precedence cutoff in effect");
  EXPECT_EQ(describe_icmp(3, 16), "ICMP type 3, code 16");
  EXPECT_EQ(describe_icmp(11, 0), "Time to live exceeded");
  EXPECT_EQ(describe_icmp(42, 1), "ICMP type 42, code 1");
}

TEST(Udp, ReadsAndWritesADatagram) {
  const auto bytes = from_hex(dns_query);
  const auto datagram = parse_udp(behind(bytes, ip_header_end));
  ASSERT_TRUE(datagram);
  EXPECT_EQ(datagram->source_port, 39339);
  EXPECT_EQ(datagram->destination_port, 53);
  EXPECT_EQ(datagram->length_bytes, 67);
  EXPECT_EQ(datagram->payload.size(), 59u);
  Buffer written;
  ByteWriter writer{written};
  write(*datagram, *parse_ipv4("192.168.1.6"), *parse_ipv4("192.168.1.7"), writer);
  EXPECT_EQ(as_text(written), as_text(behind(bytes, ip_header_end)));
}

TEST(Udp, IsTruncatedBeforeByte8AndCannotBeShorterThanItsHeader) {
  auto bytes = from_hex("0035 0035 0007 0000");
  for (std::size_t n = 0; n < 8; ++n) EXPECT_EQ(parse_udp(Bytes{bytes}.first(n)).error(), HeaderFault::truncated);
  EXPECT_EQ(parse_udp(bytes).error(), HeaderFault::bad_length);
  bytes[5] = std::byte{8};
  EXPECT_EQ(parse_udp(bytes)->checksum, Checksum::absent);
}

TEST(Udp, NeverWritesAChecksumOfZero) {
  // With nothing but zeros and this port the sum is 0xffff, of which the complement would be zero.
  Buffer written;
  ByteWriter writer{written};
  write(Udp{.source_port = 0xffff - 17 - 8 - 8}, {}, {}, writer);
  EXPECT_EQ(as_text(Bytes{written}.subspan(6)), "\xff\xff");
}

TEST(Tcp, ReadsAndWritesSegments) {
  for (const auto digits : {tcp_syn, tcp_rst}) {
    const auto bytes = from_hex(digits);
    const auto datagram = *parse_ipv4_datagram(behind(bytes, 14));
    const auto segment = parse_tcp(datagram.payload);
    ASSERT_TRUE(segment);
    Buffer written;
    ByteWriter writer{written};
    write(*segment, datagram.source, datagram.destination, writer);
    EXPECT_EQ(as_text(written), as_text(datagram.payload));
  }
  const auto bytes = from_hex(tcp_syn);
  const auto syn = *parse_tcp(behind(bytes, ip_header_end));
  EXPECT_EQ(syn.source_port, 49200);
  EXPECT_EQ(syn.destination_port, 80);
  EXPECT_EQ(syn.sequence_number, 0xf83d78a4u);
  EXPECT_EQ(syn.window, 64'240);
  EXPECT_TRUE(syn.has(Tcp::flag_syn));
  EXPECT_FALSE(syn.has(Tcp::flag_ack));
  EXPECT_EQ(describe_flags(syn.flags), "SYN");
  EXPECT_EQ(describe_flags(Tcp::flag_syn | Tcp::flag_ack), "SYN, ACK");
  EXPECT_EQ(describe_flags(0), "");
}

TEST(Tcp, IsTruncatedInsideTheHeaderOptionsIncluded) {
  const auto bytes = from_hex(tcp_syn);
  for (std::size_t n = 0; n < 40; ++n) {
    EXPECT_EQ(parse_tcp(behind(bytes, ip_header_end).first(n)).error(), HeaderFault::truncated) << n;
  }
  auto short_offset = bytes;
  short_offset[ip_header_end + 12] = std::byte{0x40};
  EXPECT_EQ(parse_tcp(behind(short_offset, ip_header_end)).error(), HeaderFault::bad_length);
}

TEST(TcpOptions, AreReadFromASynOfLinux) {
  const auto bytes = from_hex(tcp_syn);
  const auto options = parse_tcp_options(parse_tcp(behind(bytes, ip_header_end))->options);
  ASSERT_TRUE(options);
  EXPECT_EQ(options->maximum_segment_size, 1460);
  EXPECT_TRUE(options->sack_permitted);
  EXPECT_EQ(options->window_scale, 10);
  ASSERT_TRUE(options->timestamps);
  EXPECT_EQ(options->timestamps->value, 4'123'654'625u);
  EXPECT_EQ(options->timestamps->echo_reply, 0u);
}

TEST(TcpOptions, WithALengthThatCannotBeAreAFault) {
  for (const auto digits : {"02", "0201", "0200", "0203ff", "02040102ff", "030400 00", "080a0000", "04030000"}) {
    EXPECT_EQ(parse_tcp_options(from_hex(digits)).error(), HeaderFault::bad_length) << digits;
  }
  EXPECT_TRUE(parse_tcp_options({}));
  EXPECT_TRUE(parse_tcp_options(from_hex("00ff")));            // nothing counts behind the end of the list
  EXPECT_TRUE(parse_tcp_options(from_hex("01fd06abcdef01")));  // a kind that is not known is skipped
}

}  // namespace
}  // namespace labnet::packet
