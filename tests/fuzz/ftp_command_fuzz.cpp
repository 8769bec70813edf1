// Any octets as a command line, as a command that somebody wants to send, and as the arguments that are more than a
// name: what is read is well formed, what is written is one line and is read back the same.
#include <algorithm>

#include "common/ftp/command.hpp"
#include "common/ftp/data_address.hpp"
#include "common/ftp/line.hpp"
#include "common/ftp/parameters.hpp"
#include "tests/support/require.hpp"

namespace {

using namespace labnet;
using ftp::Command;
using test::require;

bool is_capital(char c) {
  return c >= 'A' && c <= 'Z';
}

void check_telnet(std::string_view line) {
  const auto text = ftp::without_telnet(line);
  require(text.size() <= line.size(), "without Telnet's commands a line is no longer");
  require(ftp::without_telnet(ftp::with_telnet(line)) == line, "what is doubled comes back");
  const auto is_iac = [](char c) { return c == '\xff'; };
  if (std::ranges::none_of(line, is_iac)) require(text == line, "without IAC nothing changes");
}

void check_written(const Command& command) {
  const auto wire = to_wire(command);
  if (!wire) return;
  require(wire->ends_with("\r\n"), "a command has a line end");
  const std::string_view line{wire->data(), wire->size() - 2};
  require(ftp::is_one_line(line), "a command has one line end");
  const auto again = ftp::parse_command(ftp::without_telnet(line));
  require(again.has_value() && again->argument == command.argument, "a command is read back with its argument");
  require(again->verb.size() == command.verb.size(), "a command is read back with its verb");
}

void check_addresses(std::string_view argument) {
  if (const auto address = ftp::parse_port(argument)) {
    require(address->port != 0 && family_of(*address) == ftp::Family::ipv4, "PORT has an IPv4 address and a port");
    const auto text = ftp::port_argument(std::get<Ipv4Address>(address->address), address->port);
    require(ftp::parse_port(text) == address, "PORT is read back the same");
  }
  if (const auto address = ftp::parse_eprt(argument)) {
    require(address->port != 0, "EPRT has a port");
    const auto again = ftp::parse_eprt(ftp::eprt_argument(*address));
    require(again.has_value() && *again == *address, "EPRT is read back the same");
  }
}

void check_parameters(std::string_view argument) {
  if (ftp::parse_type(argument)) require(ftp::is_one_line(argument), "a type is printable");
  require(!ftp::parse_mode(argument) || argument.size() == 1, "a mode is one letter");
  require(!ftp::parse_structure(argument) || argument.size() == 1, "a structure is one letter");
  if (const auto offset = ftp::parse_offset(argument))
    require(*offset <= INT64_MAX, "an offset is one of the system's");
}

void check_line(std::string_view line) {
  const auto command = ftp::parse_command(line);
  if (!command) return;
  require(command->verb.size() == 3 || command->verb.size() == 4, "a verb has three or four letters");
  require(std::ranges::all_of(command->verb, is_capital), "a verb is in capitals");
  require(ftp::is_one_line(command->argument), "an argument is one line");
  require(line.ends_with(command->argument), "an argument is what stands behind the verb");
  require(to_wire(*command).has_value(), "what is read can be written");
  check_written(*command);
  check_addresses(command->argument);
  check_parameters(command->argument);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = as_text(std::as_bytes(std::span{data, size}));
  check_telnet(text);
  check_line(text);
  check_line(ftp::without_telnet(text));
  check_written({"STOR", std::string{text}});
  check_written({std::string{text}, "1.png"});
  check_addresses(text);
  check_parameters(text);
  return 0;
}
