// Any octets as a query to a server with two zones: the reply, if there is one, is a message of a legal size, to that
// query, and says of itself what its octets say. The first octet chooses the options of the server.
#include <algorithm>

#include "common/dns/message.hpp"
#include "common/dns/query_view.hpp"
#include "servers/dns/answer.hpp"
#include "servers/dns/transfer.hpp"
#include "tests/servers/dns/zone_text.hpp"
#include "tests/support/require.hpp"

namespace {

using namespace labnet;
using namespace labnet::dns_server;
using test::require;
using Kind = Outcome::Kind;

constexpr std::string_view example_zone = R"($TTL 60
@ SOA ns admin 1 2 3 4 5
@ NS ns
@ NS ns.sub
@ MX 10 mail
@ MX 20 mail.sub
ns A 192.0.2.1
ns AAAA 2001:db8::1
mail A 192.0.2.2
www A 192.0.2.3
alias CNAME www
away CNAME www.elsewhere.
round CNAME and
and CNAME round
long CNAME a.very.deep.name.of.many.labels.that.is.not.short
_sip._udp SRV 1 2 5060 phone
phone A 192.0.2.4
*.wild TXT "any name below"
*.wild MX 5 mail
sub NS ns.sub
sub NS ns.elsewhere.
ns.sub A 192.0.2.5
odd\.name\000 TXT "a dot and a zero"
type65280 TYPE65280 \# 3 010203
)";

std::string large_zone() {
  std::string text = "$TTL 60\n@ SOA ns admin 1 2 3 4 5\n@ NS ns\n";
  for (int i = 0; i < 100; ++i) text += "many A 192.0.2." + std::to_string(i) + '\n';
  for (int i = 0; i < 20; ++i) text += "texts TXT \"" + std::string(200, static_cast<char>('a' + i)) + "\"\n";
  for (int i = 0; i < 12; ++i) text += "@ NS ns" + std::to_string(i) + "\nns" + std::to_string(i) + " A 192.0.2.9\n";
  return text + "alias CNAME many\n";
}

const ZoneSet& zones() {
  static const auto set =
      *ZoneSet::make({zone_of(std::string{example_zone}, "example."), zone_of(large_zone(), "large.")});
  return set;
}

AnswerOptions options_from(std::uint8_t bits) {
  static const Identity identity{"labnet", "host7"};
  AnswerOptions options;
  options.transport = (bits & 1) != 0 ? Transport::tcp : Transport::udp;
  options.recursion_available = (bits & 2) != 0;
  options.transfer_allowed = (bits & 4) != 0;
  options.udp_bytes_max = (bits & 8) != 0 ? dns::plain_udp_bytes_max : dns::edns_udp_bytes_default;
  options.identity = (bits & 16) != 0 ? &identity : nullptr;
  return options;
}

std::size_t bytes_max(Bytes query, const AnswerOptions& options) {
  if (options.transport == Transport::tcp) return dns::message_bytes_max;
  const auto view = dns::view_query(query);
  const auto taken = view && view->edns ? view->edns->datagram_bytes_max() : dns::plain_udp_bytes_max;
  return std::min(taken, std::max(options.udp_bytes_max, dns::plain_udp_bytes_max));
}

/// What holds for every reply, of data or without any.
void check_reply(Bytes query, Bytes reply, const Outcome& outcome, const AnswerOptions& options) {
  require(reply.size() <= bytes_max(query, options), "a reply is no larger than the client takes");
  const auto parsed = dns::parse_message(reply);
  require(parsed.has_value() && parsed->trailing_bytes == 0, "a reply is a message");
  const auto& message = parsed->message;
  require(reply[0] == query[0] && reply[1] == query[1], "a reply has the query's id");
  require(message.header.response, "a reply has QR");
  require(message.header.rcode == outcome.rcode, "the outcome has the reply's rcode");
  require(message.header.truncated == outcome.truncated, "the outcome knows of TC");
  const auto view = dns::view_query(query);
  if (!message.question) {
    require(message.answers.empty() && message.authorities.empty() && !message.edns,
            "without question, a header alone");
    return;
  }
  require(view.has_value(), "a question that cannot be read is not repeated");
  require(std::ranges::equal(view->question, reply.subspan(dns::header_bytes, view->question.size())),
          "the question is repeated octet by octet");
  require(message.edns.has_value() == view->edns.has_value(), "EDNS is answered with EDNS");
  require(!message.header.recursion_available || options.recursion_available, "RA only where it is available");
}

void check_transfer(Bytes query, const Zone* zone, const AnswerOptions& options) {
  const auto zones_of_set = zones().zones();
  const auto shared = std::ranges::find(zones_of_set, zone, [](const auto& one) { return one.get(); });
  require(shared != zones_of_set.end(), "what is transferred is a zone of the server");
  Transfer transfer{*shared, query, options};
  std::size_t records = 0;
  for (Buffer out; transfer.next(out); out.clear()) {
    const auto parsed = dns::parse_message(out);
    require(parsed.has_value() && !parsed->message.answers.empty(), "a message of a transfer has records");
    records += parsed->message.answers.size();
  }
  require(records == zone->record_count() + 1, "a transfer has each record once, and SOA twice");
}

void check_answer(Bytes query, const AnswerOptions& options) {
  const Buffer before{std::byte{1}, std::byte{2}};
  auto out = before;
  const auto outcome = answer(query, zones(), options, out);
  require(std::ranges::equal(before, Bytes{out}.first(before.size())), "what stood in the buffer is still there");
  const auto reply = Bytes{out}.subspan(before.size());
  const bool may_be_answered = query.size() >= dns::header_bytes && (query[2] & std::byte{0x80}) == std::byte{0};
  require((outcome.kind == Kind::ignored) == !may_be_answered, "replies and fragments are ignored, and nothing else");
  const bool has_reply = outcome.kind == Kind::replied || outcome.kind == Kind::resolve_rest;
  require(has_reply == !reply.empty(), "there are octets if there is a reply");
  if (has_reply) check_reply(query, reply, outcome, options);
  const bool resolves = outcome.kind == Kind::resolve || outcome.kind == Kind::resolve_rest;
  require(!resolves || options.recursion_available, "the resolver is for those who may use it");
  if (outcome.kind != Kind::transfer) return;
  require(options.transfer_allowed && options.transport == Transport::tcp, "who may have a zone gets it over TCP");
  check_transfer(query, outcome.zone, options);
}

void check_answer_without_data(Bytes query, const AnswerOptions& options) {
  const auto view = dns::view_query(query);
  if (!view) return;
  Buffer out;
  const auto outcome = answer_without_data(*view, dns::Rcode::servfail, options, out);
  check_reply(query, out, outcome, options);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const auto query = std::as_bytes(std::span{data, size}).subspan(1);
  const auto options = options_from(data[0]);
  check_answer(query, options);
  check_answer_without_data(query, options);
  return 0;
}
