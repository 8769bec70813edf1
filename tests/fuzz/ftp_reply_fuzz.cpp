// Any octets as the lines that a client reads from a server, and as the text of replies that tell an address or a path:
// replies are put together within their limits, written with one line end for each line, and read back the same.
#include "common/base/text.hpp"
#include "common/ftp/data_address.hpp"
#include "common/ftp/limits.hpp"
#include "common/ftp/line.hpp"
#include "common/ftp/reply.hpp"
#include "tests/support/require.hpp"

namespace {

using namespace labnet;
using ftp::Reply;
using ftp::ReplyReader;
using test::require;

/// Feeds all lines of what `to_wire` gave; each but the last has to leave the reply open.
Reply read_back(std::string_view wire) {
  ReplyReader reader;
  while (true) {
    const auto end = wire.find("\r\n");
    require(end != wire.npos, "a reply does not end before its last line");
    const auto line = wire.substr(0, end);
    require(ftp::is_one_line(line), "a line has one line end");
    const auto reply = reader.add_line(ftp::without_telnet(line));
    require(reply.has_value(), "what is written can be read");
    wire.remove_prefix(end + 2);
    if (!*reply) continue;
    require(wire.empty(), "a reply ends with its last line");
    return **reply;
  }
}

void check_written(const Reply& reply) {
  const auto again = read_back(to_wire(reply));
  require(again.code == reply.code && again.lines.size() == reply.lines.size(), "a reply has its code and its lines");
  for (std::size_t i = 0; i < reply.lines.size(); ++i) {
    require(again.lines[i] == ftp::one_line(reply.lines[i]), "a line comes back, but for what would end it");
  }
}

void check_read(std::string_view text) {
  ReplyReader reader;
  for (const auto line : split(text, '\n')) {
    const auto reply = reader.add_line(line);
    if (!reply || !*reply) continue;
    require((*reply)->code >= 100 && (*reply)->code <= 599, "a code is from 100 to 599");
    require(!(*reply)->lines.empty() && (*reply)->lines.size() <= ftp::reply_lines_max, "lines are not too many");
    check_written(**reply);
  }
}

/// Lines that somebody wants to send.
void check_any_lines(std::string_view text) {
  Reply reply;
  reply.code = 211;
  for (const auto line : split(text, '\f')) {
    if (reply.lines.size() < ftp::reply_lines_max) reply.lines.emplace_back(line);
  }
  check_written(reply);
}

void check_addresses(std::string_view text) {
  if (const auto address = ftp::parse_passive_reply(text)) {
    require(address->port != 0, "227 has a port");
    const auto numbers = ftp::port_argument(std::get<Ipv4Address>(address->address), address->port);
    require(ftp::parse_passive_reply("Entering Passive Mode (" + numbers + ")") == address,
            "227 is read back the same");
  }
  if (const auto port = ftp::parse_extended_passive_reply(text)) {
    require(*port != 0, "229 has a port");
    require(ftp::parse_extended_passive_reply(ftp::extended_passive_text(*port)) == port, "229 is read back the same");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = as_text(std::as_bytes(std::span{data, size}));
  check_read(text);
  check_any_lines(text);
  check_addresses(text);
  return 0;
}
