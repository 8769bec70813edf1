// Commands read and written; what is none, and what must not become two.
#include "common/ftp/command.hpp"

#include <gtest/gtest.h>

#include "common/ftp/limits.hpp"
#include "common/ftp/line.hpp"

namespace labnet::ftp {
namespace {

using namespace std::literals;

CommandFault fault_of(std::string_view line) {
  return parse_command(line).error();
}

TEST(FtpCommand, HasItsVerbInCapitals) {
  EXPECT_EQ(*parse_command("RETR 1.png"), (Command{"RETR", "1.png"}));
  EXPECT_EQ(*parse_command("retr 1.png"), (Command{"RETR", "1.png"}));
  EXPECT_EQ(*parse_command("CdUp"), (Command{"CDUP", ""}));
  EXPECT_EQ(*parse_command("pwd "), (Command{"PWD", ""}));
}

TEST(FtpCommand, KeepsEverySpaceBehindTheFirst) {
  EXPECT_EQ(parse_command("STOR Adivinar el país.pptx")->argument, "Adivinar el país.pptx");
  EXPECT_EQ(parse_command("STOR  begins with one")->argument, " begins with one");
  EXPECT_EQ(parse_command("STOR ends with one ")->argument, "ends with one ");
  EXPECT_EQ(parse_command("STOR    ")->argument, "   ");
}

TEST(FtpCommand, TakesEveryOctetOfANameButThree) {
  EXPECT_EQ(parse_command("CWD \t\x01\x7f\x80\xff\"")->argument, "\t\x01\x7f\x80\xff\"");
  EXPECT_EQ(fault_of("CWD a\0b"sv), CommandFault::control_character);
  EXPECT_EQ(fault_of("CWD a\r"), CommandFault::control_character);
  EXPECT_EQ(fault_of("CWD a\r\nDELE b"), CommandFault::control_character);
  EXPECT_EQ(fault_of("CWD \0"sv), CommandFault::control_character);
}

TEST(FtpCommand, OfNothingButSpacesIsNone) {
  EXPECT_EQ(fault_of(""), CommandFault::empty);
  EXPECT_EQ(fault_of("   "), CommandFault::empty);
}

TEST(FtpCommand, BeginsWithThreeOrFourLetters) {
  for (const auto line :
       {"A"sv, "AB"sv, "ABCDE"sv, "PASVX 1"sv, " PWD"sv, "PW1"sv, "PWD\t"sv, "PWD\r"sv, "PW\0"sv, "\0\0\0\0"sv,
        "\xff\xf4\xff\xf2"sv, "país"sv, "GET / HTTP/1.1x"sv.substr(3), "[[[["sv, "@@@ a"sv}) {
    EXPECT_EQ(fault_of(line), CommandFault::not_a_verb) << line;
  }
}

TEST(FtpCommand, IsReadAtTheLongestLineThereIs) {
  const auto line = "CWD " + std::string(command_line_bytes_max - 6, 'x');
  EXPECT_EQ(parse_command(line)->argument.size(), command_line_bytes_max - 6);
  EXPECT_EQ(fault_of(std::string(command_line_bytes_max - 2, 'x')), CommandFault::not_a_verb);
  EXPECT_EQ(fault_of(std::string(command_line_bytes_max - 2, ' ')), CommandFault::empty);
}

TEST(FtpCommand, IsWrittenWithOneLineEnd) {
  EXPECT_EQ(*to_wire(Command{"PWD", ""}), "PWD\r\n");
  EXPECT_EQ(*to_wire(Command{"RETR", "1.png"}), "RETR 1.png\r\n");
  EXPECT_EQ(*to_wire(Command{"RETR", "\xff"}), "RETR \xff\xff\r\n");
}

TEST(FtpCommand, IsNotWrittenIfItWouldBeTwo) {
  EXPECT_EQ(to_wire(Command{"RETR", "a\r\nDELE b"}).error(), CommandFault::control_character);
  EXPECT_EQ(to_wire(Command{"RETR", "a\nDELE b"}).error(), CommandFault::control_character);
  EXPECT_EQ(to_wire(Command{"RETR", "a\0"s}).error(), CommandFault::control_character);
  EXPECT_EQ(to_wire(Command{"PWD\r\nDELE", "b"}).error(), CommandFault::not_a_verb);
  EXPECT_EQ(to_wire(Command{"DELE a", "b"}).error(), CommandFault::not_a_verb);
  EXPECT_EQ(to_wire(Command{}).error(), CommandFault::not_a_verb);
}

TEST(FtpCommand, ComesBackAsItWasWritten) {
  for (const auto* argument : {"", " ", " a", "a ", "Adivinar el país.pptx", "\"quotes\"", "\xff\xf4", "\t"}) {
    const Command command{"STOR", argument};
    auto wire = *to_wire(command);
    wire.resize(wire.size() - 2);
    EXPECT_EQ(*parse_command(without_telnet(wire)), command) << argument;
  }
}

}  // namespace
}  // namespace labnet::ftp
