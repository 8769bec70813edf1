// A whole DNS message as a value (RFC 1035, section 4): for clients, the resolver, tests and the analysis of captures.
// A server that only needs the question reads it with view_query (query_view.hpp) instead.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "common/base/bytes.hpp"
#include "common/base/result.hpp"
#include "common/dns/edns.hpp"
#include "common/dns/fault.hpp"
#include "common/dns/header.hpp"
#include "common/dns/name.hpp"
#include "common/dns/rdata.hpp"
#include "common/dns/types.hpp"

namespace labnet::dns {

struct Question {
  Name name;
  Type type = Type::a;
  Class dns_class = Class::in;

  bool operator==(const Question&) const = default;
};

struct Record {
  Name name;
  Class dns_class = Class::in;
  std::uint32_t ttl = 0;  // seconds
  Rdata data;

  Type type() const { return type_of(data); }
  bool operator==(const Record&) const = default;
};

struct Message {
  Header header;                     // with the whole rcode: the OPT record's upper bits are merged in
  std::optional<Question> question;  // more than one is not DNS any more (RFC 9619)
  std::vector<Record> answers;
  std::vector<Record> authorities;
  std::vector<Record> additionals;  // without the OPT record
  std::optional<Edns> edns;         // the OPT record

  bool operator==(const Message&) const = default;
};

struct ParsedMessage {
  Message message;
  std::size_t trailing_bytes = 0;  // behind the last record; tolerated, and worth a line in a log
};

/// What becomes of a record whose data has the form of its type and makes no sense (WireFault::rdata_value).
enum class OddData {
  is_a_fault,
  stays_octets,  // Unknown: it is passed on as it is, for whoever asked to judge (RFC 9460, section 4.3)
};

/// Reads a message of up to message_bytes_max octets: a datagram, or what stood behind the length over TCP.
Result<ParsedMessage, WireFault> parse_message(Bytes wire, OddData odd_data = OddData::is_a_fault);

/// Appends the message to `out` with names compressed and at most `bytes_max` octets, never fewer than
/// plain_udp_bytes_max: the header, the question and the OPT record always fit. RRsets that do not fit are left out
/// whole, and in the answer and authority sections that sets TC (RFC 2181, section 9).
void write_message(const Message& message, Buffer& out, std::size_t bytes_max = message_bytes_max);

/// As in a zone file: "web.labredes71.com. 3600 IN A 192.168.1.10".
std::string to_text(const Record& record);

}  // namespace labnet::dns
