// Replies as they travel, and as a client puts them together line by line.
#include "common/ftp/reply.hpp"

#include <gtest/gtest.h>

#include "common/base/text.hpp"
#include "common/ftp/limits.hpp"
#include "common/ftp/line.hpp"

namespace labnet::ftp {
namespace {

using namespace std::literals;

using Lines = std::vector<std::string>;

/// The lines of a wire text, without their ends.
std::vector<std::string> lines_of(std::string_view wire) {
  std::vector<std::string> lines;
  while (!wire.empty()) {
    const auto end = wire.find("\r\n");
    lines.emplace_back(wire.substr(0, end));
    wire.remove_prefix(end + 2);
  }
  return lines;
}

Result<std::optional<Reply>, ReplyFault> read(std::string_view wire) {
  ReplyReader reader;
  Result<std::optional<Reply>, ReplyFault> last{std::nullopt};
  for (const auto& line : lines_of(wire)) {
    EXPECT_TRUE(last && !*last) << "nothing ends a reply before " << line;
    last = reader.add_line(without_telnet(line));
  }
  return last;
}

TEST(FtpReply, OfOneLineHasItsCodeAndASpace) {
  EXPECT_EQ(to_wire({230, "Logged in"}), "230 Logged in\r\n");
  EXPECT_EQ(to_wire({200, ""}), "200 \r\n");
}

TEST(FtpReply, OfSeveralLinesHasAMinusInTheFirst) {
  EXPECT_EQ(to_wire({211, {"Features:", "MDTM", "SIZE", "End"}}), "211-Features:\r\n MDTM\r\n SIZE\r\n211 End\r\n");
  EXPECT_EQ(to_wire({214, {"a", "b"}}), "214-a\r\n214 b\r\n");
}

TEST(FtpReply, HasALineEndForEachLineWhateverStandsInThem) {
  EXPECT_EQ(to_wire({550, "a\r\n230 Logged in"}), "550 a??230 Logged in\r\n");
  EXPECT_EQ(to_wire({211, {"a\n", "\r\n211 End"s, "\0"s}}), "211-a?\r\n ??211 End\r\n211 ?\r\n");
}

TEST(FtpReply, DoublesTheOctetOfTelnet) {
  EXPECT_EQ(to_wire({257, "\"/\xff\""}), "257 \"/\xff\xff\"\r\n");
}

TEST(FtpReply, KnowsFromItsFirstDigitWhatItMeans) {
  EXPECT_TRUE((Reply{150, "Here it comes"}).is_preliminary());
  EXPECT_FALSE((Reply{226, "There it was"}).is_preliminary());
  EXPECT_TRUE((Reply{350, "Go on"}).is_positive());
  EXPECT_FALSE((Reply{425, "No connection"}).is_positive());
  EXPECT_FALSE((Reply{550, "No such file"}).is_positive());
}

TEST(FtpReplyReader, TakesAReplyOfOneLine) {
  EXPECT_EQ(**read("220 labnet FTP ready\r\n"), (Reply{220, "labnet FTP ready"}));
  EXPECT_EQ(**read("200 \r\n"), (Reply{200, ""}));
  EXPECT_EQ(**read("200  two spaces\r\n"), (Reply{200, " two spaces"}));
  EXPECT_EQ(**read("200\r\n"), (Reply{200, ""})) << "some servers leave out the space";
}

TEST(FtpReplyReader, WaitsForTheLineThatBeginsWithTheCodeAndASpace) {
  EXPECT_EQ(**read("211-Features:\r\n MDTM\r\n SIZE\r\n211 End\r\n"),
            (Reply{211, {"Features:", "MDTM", "SIZE", "End"}}));
  EXPECT_EQ(**read("123-First line\r\nSecond line\r\n  234 A line beginning with numbers\r\n123 The last line\r\n"),
            (Reply{123, {"First line", "Second line", " 234 A line beginning with numbers", "The last line"}}))
      << "RFC 959's own example";
  EXPECT_EQ(**read("211-a\r\n 211 indented\r\n230 another code\r\n2110\r\n21\r\n\r\n211\r\n"),
            (Reply{211, {"a", "211 indented", "230 another code", "2110", "21", "", ""}}));
}

TEST(FtpReplyReader, TakesTheCodeOffEveryLineThatHasIt) {
  EXPECT_EQ(**read("220-Welcome\r\n220-to the lab\r\n220-\r\n220 Ready\r\n"),
            (Reply{220, {"Welcome", "to the lab", "", "Ready"}}));
}

TEST(FtpReplyReader, BeginsAnewBehindAReply) {
  ReplyReader reader;
  EXPECT_EQ(*reader.add_line("220-a"), std::nullopt);
  EXPECT_EQ(**reader.add_line("220 b"), (Reply{220, {"a", "b"}}));
  EXPECT_EQ(**reader.add_line("331 c"), (Reply{331, "c"}));
}

TEST(FtpReplyReader, WantsACodeFrom100To599) {
  for (const auto line : {""sv, "2"sv, "22"sv, "099 a"sv, "600 a"sv, "-22 a"sv, "+22 a"sv, "2x0 a"sv, " 220 a"sv,
                          "2200 a"sv, "220a"sv, "220\ta"sv, "SSH-2.0-OpenSSH"sv, "\0\0\0 "sv, "\xff\xff\xff "sv}) {
    ReplyReader reader;
    EXPECT_EQ(reader.add_line(line).error(), ReplyFault::no_code) << line;
    EXPECT_EQ(**reader.add_line("220 a"), (Reply{220, "a"})) << "and goes on";
  }
  EXPECT_TRUE(ReplyReader{}.add_line("100 a"));
  EXPECT_TRUE(ReplyReader{}.add_line("599 a"));
}

TEST(FtpReplyReader, TakesAThousandLinesAndNotOneMore) {
  for (const bool is_one_more : {false, true}) {
    ReplyReader reader;
    EXPECT_EQ(*reader.add_line("211-first"), std::nullopt);
    const auto between = reply_lines_max - 2 + (is_one_more ? 1 : 0);
    for (std::size_t i = 0; i < between; ++i) EXPECT_EQ(*reader.add_line(" more"), std::nullopt);
    const auto last = reader.add_line("211 End");
    if (is_one_more) {
      EXPECT_EQ(last.error(), ReplyFault::too_many_lines);
      EXPECT_EQ(**reader.add_line("220 a"), (Reply{220, "a"})) << "and goes on";
    } else {
      EXPECT_EQ((*last)->lines.size(), reply_lines_max);
    }
  }
}

TEST(FtpReplyReader, ReadsBackWhatIsWritten) {
  for (const auto& lines : {Lines{""}, Lines{"a"}, Lines{" a"}, Lines{"a", "b"}, Lines{"", "", ""},
                            Lines{"211 a", "211 b", "211-c", "211 d"}, Lines{"-", "-", "-"}, Lines{" ", "  ", " "},
                            Lines{"\xff\xf4", "\xff", "país"}, Lines(reply_lines_max, "x")}) {
    const Reply reply{211, lines};
    EXPECT_EQ(**read(to_wire(reply)), reply);
  }
}

}  // namespace
}  // namespace labnet::ftp
