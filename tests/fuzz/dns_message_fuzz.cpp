// Any octets: a message is parsed, written and parsed again, and both values are equal; the view that servers use
// agrees with the whole message.
#include <cstdlib>
#include <iostream>

#include "common/dns/message.hpp"
#include "common/dns/query_view.hpp"

namespace {

using namespace labnet;

void require(bool condition, const char* what) {
  if (condition) return;
  std::cerr << "finding: " << what << '\n';
  std::abort();
}

void check_rewritten(const dns::Message& message) {
  Buffer wire;
  dns::write_message(message, wire);
  require(wire.size() <= dns::message_bytes_max, "written within the limit");
  const auto again = dns::parse_message(wire);
  require(again.has_value(), "what was written can be parsed");
  if (again->message.header.truncated != message.header.truncated) return;  // compressed less than it came
  if (again->message.additionals.size() < message.additionals.size()) return;
  require(again->message == message, "parsed, written and parsed again is the same");
}

void check_view(const dns::QueryView& view, const dns::Message& message) {
  require(dns::Name{view.name} == message.question->name, "same name");
  require(view.type == message.question->type && view.dns_class == message.question->dns_class, "same question");
  require(view.edns.has_value() == message.edns.has_value(), "same EDNS");
}

void check_truncated(const dns::Message& message) {
  Buffer wire;
  dns::write_message(message, wire, dns::plain_udp_bytes_max);
  require(wire.size() <= dns::plain_udp_bytes_max, "truncated within the limit");
  require(dns::parse_message(wire).has_value(), "what was truncated can be parsed");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto wire = std::as_bytes(std::span{data, size});
  const auto view = dns::view_query(wire);
  const auto parsed = dns::parse_message(wire);
  if (!parsed) return 0;
  for (const auto& record : parsed->message.answers) (void)dns::to_text(record);
  check_rewritten(parsed->message);
  check_truncated(parsed->message);
  if (parsed->message.question && view) check_view(*view, parsed->message);
  return 0;
}
