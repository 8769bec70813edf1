// Any octets: a message is parsed, written and parsed again, and both values are equal; the view that servers use
// agrees with the whole message; the rows that explain it hold each octet once.
#include <algorithm>

#include "common/dns/annotate.hpp"
#include "common/dns/message.hpp"
#include "common/dns/query_view.hpp"
#include "tests/support/require.hpp"

namespace {

using namespace labnet;
using test::require;

void check_rewritten(const dns::Message& message) {
  Buffer wire;
  dns::write_message(message, wire);
  require(wire.size() <= dns::message_bytes_max, "written within the limit");
  const auto again = dns::parse_message(wire);
  require(again.has_value() && again->trailing_bytes == 0, "what was written can be parsed");
  if (again->message.header.truncated != message.header.truncated) return;  // compressed less than it came
  if (again->message.additionals.size() < message.additionals.size()) return;
  require(again->message == message, "parsed, written and parsed again is the same");
  Buffer twice;
  dns::write_message(again->message, twice);
  require(twice == wire, "written again, the octets are the same");
}

void check_truncated(const dns::Message& message) {
  Buffer wire;
  dns::write_message(message, wire, dns::plain_udp_bytes_max);
  require(wire.size() <= dns::plain_udp_bytes_max, "truncated within the limit");
  const auto again = dns::parse_message(wire);
  require(again.has_value(), "what was truncated can be parsed");
  require(again->message.question == message.question, "what was truncated has its question");
  require(again->message.edns.has_value() == message.edns.has_value(), "what was truncated has its OPT record");
  const auto is_whole = again->message.answers.size() == message.answers.size() &&
                        again->message.authorities.size() == message.authorities.size();
  require(is_whole || again->message.header.truncated, "TC is set where answers were left out");
}

void check_view(const dns::QueryView& view, const dns::ParsedMessage& parsed) {
  const auto& message = parsed.message;
  require(std::ranges::equal(view.name.wire(), message.question->name.wire()), "same name");
  require(view.type == message.question->type && view.dns_class == message.question->dns_class, "same question");
  require(view.edns.has_value() == message.edns.has_value(), "same EDNS");
  require(!view.edns || *view.edns == *message.edns, "same fields of EDNS");
  require(view.trailing_bytes == parsed.trailing_bytes, "same octets behind the message");
}

void check_rows(Bytes wire) {
  const auto rows = dns::annotate(wire);
  require(rows.size() <= wire.size() + dns::annotated_rows_extra_max, "rows within the limit");
  std::size_t next = 0;
  for (const auto& row : rows) {
    require(row.offset == next, "rows follow one another without a gap");
    require(row.octets.empty() || row.octets.data() == wire.data() + next, "rows show the message itself");
    next += row.octets.size();
    const auto is_printable = [](char c) { return static_cast<unsigned char>(c) >= ' ' && c != 0x7f; };
    require(std::ranges::all_of(row.value, is_printable), "values are one line of printable text");
  }
  require(next == wire.size(), "rows hold the whole message");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto wire = std::as_bytes(std::span{data, size});
  check_rows(wire);
  const auto view = dns::view_query(wire);
  const auto parsed = dns::parse_message(wire);
  if (!parsed) return 0;
  require(view.has_value() == parsed->message.question.has_value(), "a message with a question has a view");
  if (view) check_view(*view, *parsed);
  check_rewritten(parsed->message);
  check_truncated(parsed->message);
  return 0;
}
