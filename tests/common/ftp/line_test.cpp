// What Telnet puts into a line, cut anywhere, and what would end a line.
#include "common/ftp/line.hpp"

#include <gtest/gtest.h>

namespace labnet::ftp {
namespace {

TEST(FtpLine, IsOneWithoutNulCrAndLf) {
  EXPECT_TRUE(is_one_line(""));
  EXPECT_TRUE(is_one_line("Adivinar el país.pptx\t\xff"));
  for (const auto* text : {"a\r", "\n", "a\nb"}) EXPECT_FALSE(is_one_line(text));
  EXPECT_FALSE(is_one_line(std::string_view{"a\0b", 3}));
}

TEST(FtpLine, HasAQuestionMarkForWhatWouldEndIt) {
  EXPECT_EQ(one_line(std::string_view{"a\0b\r\nDELE c", 11}), "a?b??DELE c");
}

TEST(FtpWithoutTelnet, TakesOutWhatClientsSendBeforeAbor) {
  EXPECT_EQ(without_telnet("\xff\xf4\xff\xf2"
                           "ABOR"),
            "ABOR");
}

TEST(FtpWithoutTelnet, TakesTheOptionOutWithItsCommand) {
  for (const auto* line : {"\xff\xfb\x01USER", "\xff\xfc\x01USER", "\xff\xfd\x01USER", "\xff\xfe\x01USER"}) {
    EXPECT_EQ(without_telnet(line), "USER");
  }
  EXPECT_EQ(without_telnet("\xff\xfd\xff"
                           "a"),
            "a")
      << "option 255 is an option like any other";
}

TEST(FtpWithoutTelnet, ADoubledIacIsOneOctet) {
  EXPECT_EQ(without_telnet("CWD \xff\xff"), "CWD \xff");
  EXPECT_EQ(without_telnet("\xff\xff\xff\xff\xf4"), "\xff\xff\xf4") << "no command begins in the middle of a pair";
}

TEST(FtpWithoutTelnet, AnIacThatBeginsNoCommandStays) {
  EXPECT_EQ(without_telnet("CWD \xff"
                           "a"),
            "CWD \xff"
            "a");
  EXPECT_EQ(without_telnet("CWD \xff"), "CWD \xff");
  EXPECT_EQ(without_telnet("\xff\xef"), "\xff\xef") << "239 is no command, 240 is";
  EXPECT_EQ(without_telnet("\xff\xf0"), "");
}

TEST(FtpWithoutTelnet, SequencesCutAnywhereHarmNothingBehindThem) {
  const std::string line =
      "\xff\xf4\xff\xf2\xff\xfb\x01"
      "ABOR";
  for (std::size_t size = 0; size <= line.size(); ++size) {
    const auto text = without_telnet(line.substr(0, size));
    const auto is_alone = size == 1 || size == 3 || size == 5;  // an IAC with nothing behind it
    EXPECT_EQ(text, is_alone ? "\xff" : std::string{"ABOR"}.substr(0, size < 7 ? 0 : size - 7)) << size << " octets";
  }
}

TEST(FtpWithTelnet, ComesBackAsItWas) {
  std::string text;
  for (int octet = 0; octet < 256; ++octet) text += static_cast<char>(octet);
  text += "\xff\xff\xf4\xff";
  EXPECT_EQ(without_telnet(with_telnet(text)), text);
  EXPECT_EQ(with_telnet("\xff"), "\xff\xff");
}

}  // namespace
}  // namespace labnet::ftp
