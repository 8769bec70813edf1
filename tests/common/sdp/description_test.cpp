// Tests of descriptions, read and written.
#include "common/sdp/description.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "common/sdp/limits.hpp"

namespace labnet::sdp {
namespace {

constexpr std::string_view start = "v=0\r\no=- 1 1 IN IP4 10.0.0.1\r\ns=-\r\nt=0 0\r\n";

std::string with(std::string_view lines) {
  return fmt::format("{}{}", start, lines);
}

FaultKind fault_of(std::string_view text) {
  const auto description = parse_description(text);
  EXPECT_FALSE(description) << text;
  return description ? FaultKind{} : description.error().kind;
}

/// RFC 8866, section 5, with a line of each type.
constexpr std::string_view everything =
    "v=0\r\n"
    "o=jdoe 3724394400 3724394405 IN IP4 198.51.100.1\r\n"
    "s=Call to John Smith\r\n"
    "i=SDP Offer #1\r\n"
    "u=http://www.jdoe.example.com/home.html\r\n"
    "e=Jane Doe <jane@jdoe.example.com>\r\n"
    "p=+1 617 555-6011\r\n"
    "c=IN IP4 233.252.0.1/127/3\r\n"
    "b=AS:128\r\n"
    "t=3724394400 3724398000\r\n"
    "r=7d 1h 0 25h\r\n"
    "t=0 0\r\n"
    "z=3724394400 -1h\r\n"
    "k=prompt\r\n"
    "a=recvonly\r\n"
    "x=of another time\r\n"
    "m=audio 49170 RTP/AVP 0\r\n"
    "m=video 51372/2 RTP/AVP 99\r\n"
    "i=the picture\r\n"
    "c=IN IP6 2001:db8::2\r\n"
    "b=TIAS:64000\r\n"
    "k=clear:abc\r\n"
    "a=rtpmap:99 h263-1998/90000\r\n"
    "a=sendonly\r\n"
    "y=\r\n";

TEST(Description, IsWrittenAsItWasRead) {
  const auto description = parse_description(everything);
  ASSERT_TRUE(description) << describe(description.error());
  EXPECT_EQ(to_text(*description), everything);
  EXPECT_TRUE(parse_description(to_text(*description)) == description);
}

TEST(Description, HasEachLineInItsPlace) {
  const auto description = parse_description(everything);
  ASSERT_TRUE(description);
  EXPECT_EQ(description->origin.username, "jdoe");
  EXPECT_EQ(description->origin.version, 3724394405u);
  EXPECT_EQ(description->name, "Call to John Smith");
  EXPECT_EQ(description->connection->address, "233.252.0.1");
  EXPECT_EQ(description->connection->suffix, "/127/3");
  EXPECT_EQ(description->timings[0].repeats.size(), 1u);
  EXPECT_TRUE(description->has("recvonly"));
  EXPECT_EQ(description->unknown, (std::vector<Line>{{'x', "of another time"}}));
  ASSERT_EQ(description->media.size(), 2u);
  const auto& video = description->media[1];
  EXPECT_EQ(video.port, 51372);
  EXPECT_EQ(video.port_count, 2);
  EXPECT_EQ(video.connection->family, AddressFamily::ip6);
  EXPECT_EQ(video.value_of("rtpmap"), "99 h263-1998/90000");
  EXPECT_EQ(video.value_of("sendonly"), "");
  EXPECT_FALSE(video.has("SENDONLY"));
  EXPECT_EQ(video.unknown.size(), 1u);
}

TEST(Description, MayHaveBareLineEndsAndNoneAtTheEnd) {
  for (const std::string_view end : {"", "\n", "\r\n", "\r\n\r\n"}) {
    const auto text = fmt::format("v=0\no=- 1 1 IN IP4 10.0.0.1\ns=-\nt=0 0\nm=audio 8000 RTP/AVP 8{}", end);
    const auto description = parse_description(text);
    ASSERT_TRUE(description);
    EXPECT_EQ(description->media[0].formats, std::vector<std::string>{"8"});
  }
}

TEST(Description, MayLackNameAndTime) {
  const auto description = parse_description("v=0\r\no=- 1 1 IN IP4 10.0.0.1\r\n");
  ASSERT_TRUE(description);
  EXPECT_EQ(to_text(*description), start);
  EXPECT_TRUE(parse_description("v=0\r\no=- 1 1 IN IP4 10.0.0.1\r\ns=\r\n") == description);
}

TEST(Description, MayHaveNamesForAddresses) {
  const auto description = parse_description("v=0\r\no=- 1 1 IN IP4 phone-1.lab\r\nc=IN IP6 phone.lab\r\n");
  ASSERT_TRUE(description);
  EXPECT_EQ(description->origin.address, "phone-1.lab");
}

TEST(Description, IsReadAsZoiperSendsIt) {
  const auto description = parse_description(
      "v=0\r\no=Z 0 1 IN IP4 192.168.1.20\r\ns=Z\r\nc=IN IP4 192.168.1.20\r\nt=0 0\r\nm=audio 8000 RTP/AVP 8 101\r\n"
      "a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-16\r\na=sendrecv\r\n");
  ASSERT_TRUE(description);
  EXPECT_EQ(description->media[0].profile, "RTP/AVP");
}

TEST(Description, BeginsWithItsVersion) {
  EXPECT_EQ(fault_of(""), FaultKind::not_a_line);
  EXPECT_EQ(fault_of("o=- 1 1 IN IP4 10.0.0.1\r\n"), FaultKind::bad_version);
  EXPECT_EQ(fault_of("v=1\r\no=- 1 1 IN IP4 10.0.0.1\r\n"), FaultKind::bad_version);
  EXPECT_EQ(fault_of("v=0\r\ns=-\r\n"), FaultKind::missing_origin);
}

TEST(Description, IsMadeOfLines) {
  for (const std::string_view line : {"\r\nm=audio 1 RTP/AVP 0", "nothing", "m", "m audio", "=x", "1=x"}) {
    EXPECT_EQ(fault_of(with(line)), FaultKind::not_a_line) << line;
  }
  EXPECT_EQ(fault_of(with("i=a\rb\r\n")), FaultKind::not_a_line);
  EXPECT_EQ(fault_of(with(std::string_view{"i=a\0b\r\n", 7})), FaultKind::not_a_line);
}

TEST(Description, IsRefusedWhereALineDoesNotSayWhatItShould) {
  for (const std::string_view line : {"c=IN IP4",
                                      "c=IN IP4 10.0.0.1 x",
                                      "c=IN IP5 10.0.0.1",
                                      "c=ATM IP4 10.0.0.1",
                                      "c=IN IP4 10.0.0.256",
                                      "c=IN IP4 ::1",
                                      "c=IN IP6 :::",
                                      "c=IN IP4 /127",
                                      "t=0",
                                      "t=a b",
                                      "t=0 18446744073709551616",
                                      "b=128",
                                      "b=AS:x",
                                      "b=:1",
                                      "a=",
                                      "a=:x",
                                      "m=audio",
                                      "m=audio 8000 RTP/AVP",
                                      "m=audio 65536 RTP/AVP 0",
                                      "m=audio x RTP/AVP 0",
                                      "m=audio 8000/0 RTP/AVP 0",
                                      "m=audio 8000/ RTP/AVP 0",
                                      "m=audio -1 RTP/AVP 0"}) {
    EXPECT_EQ(fault_of(with(line)), FaultKind::malformed) << line;
  }
  for (const std::string_view origin : {"", "- 1 1 IN IP4", "- x 1 IN IP4 10.0.0.1", "- 1 x IN IP4 10.0.0.1"}) {
    EXPECT_EQ(fault_of(fmt::format("v=0\r\no={}\r\n", origin)), FaultKind::malformed) << origin;
  }
}

TEST(Description, HasSomeLinesOnceAndSomeInTheSessionOnly) {
  for (const std::string_view line : {"v=0", "o=- 1 1 IN IP4 10.0.0.1", "s=x"}) {
    EXPECT_EQ(fault_of(with(line)), FaultKind::repeated) << line;
  }
  for (const std::string_view line : {"i=x", "u=x", "z=x", "k=x", "c=IN IP4 10.0.0.1"}) {
    EXPECT_EQ(fault_of(with(fmt::format("{}\r\n{}\r\n", line, line))), FaultKind::repeated) << line;
  }
  for (const std::string_view line : {"v=0", "o=x", "s=x", "u=x", "e=x", "p=x", "t=0 0", "r=x", "z=x"}) {
    EXPECT_EQ(fault_of(with(fmt::format("m=audio 1 RTP/AVP 0\r\n{}\r\n", line))), FaultKind::out_of_place) << line;
  }
  EXPECT_EQ(fault_of("v=0\r\no=- 1 1 IN IP4 10.0.0.1\r\nr=x\r\n"), FaultKind::out_of_place);
  EXPECT_TRUE(parse_description(with("i=x\r\nm=audio 1 RTP/AVP 0\r\ni=x\r\nm=audio 1 RTP/AVP 0\r\ni=x\r\n")));
}

TEST(Description, IsAsLongAsMayBeAndNoLonger) {
  const std::string line_end = "\r\n";
  EXPECT_TRUE(parse_description(with("i=" + std::string(line_bytes_max - 2, 'x') + line_end)));
  EXPECT_EQ(fault_of(with("i=" + std::string(line_bytes_max - 1, 'x') + line_end)), FaultKind::too_long);

  std::string lines, media, formats = "m=audio 1 RTP/AVP";
  for (std::size_t i = 0; i < lines_max - 4; ++i) lines += "a=x\r\n";
  EXPECT_TRUE(parse_description(with(lines)));
  EXPECT_EQ(fault_of(with(lines + "a=x\r\n")), FaultKind::too_long);
  for (std::size_t i = 0; i < media_max; ++i) media += "m=audio 1 RTP/AVP 0\r\n";
  EXPECT_TRUE(parse_description(with(media)));
  EXPECT_EQ(fault_of(with(media + "m=audio 1 RTP/AVP 0\r\n")), FaultKind::too_long);
  for (std::size_t i = 0; i < formats_max; ++i) formats += " 0";
  EXPECT_TRUE(parse_description(with(formats)));
  EXPECT_EQ(fault_of(with(formats + " 0")), FaultKind::too_long);

  std::string all{start};
  while (all.size() < description_bytes_max) {
    all += "a=" + std::string(std::min(description_bytes_max - all.size() - 3, line_bytes_max - 2), 'x') + "\n";
    if (description_bytes_max - all.size() < 4) all.append(description_bytes_max - all.size(), '\n');
  }
  EXPECT_EQ(all.size(), description_bytes_max);
  EXPECT_TRUE(parse_description(all));
  EXPECT_EQ(fault_of(all + "\n"), FaultKind::too_long);
}

TEST(Fault, NamesItsLine) {
  EXPECT_EQ(describe(parse_description(with("b=128\r\n")).error()),
            "line 5 of the description does not say what it should");
  EXPECT_EQ(describe(Fault{FaultKind::missing_origin}), "the description has no o=");
}

TEST(Connection, IsUnspecifiedIfItIsZero) {
  EXPECT_TRUE((Connection{AddressFamily::ip4, "0.0.0.0"}).is_unspecified());
  EXPECT_TRUE((Connection{AddressFamily::ip6, "::"}).is_unspecified());
  EXPECT_FALSE((Connection{AddressFamily::ip4, "10.0.0.1"}).is_unspecified());
  EXPECT_FALSE((Connection{AddressFamily::ip4, "phone.lab"}).is_unspecified());
}

}  // namespace
}  // namespace labnet::sdp
