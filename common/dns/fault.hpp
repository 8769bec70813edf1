// Why octets are not a DNS message. A server answers each of these with FORMERR, a resolver drops the reply.
#pragma once

#include <string_view>

#include <boost/assert/source_location.hpp>

namespace labnet::dns {

enum class WireFault {
  header_too_short,      // fewer than 12 octets
  truncated,             // a count or a length promises more octets than there are
  label_type,            // a length octet of 64 to 191: types 01 and 10 are not in use (RFC 6891, section 5)
  name_too_long,         // more than 255 octets, pointers followed
  pointer_not_backward,  // to itself, forward, past the end or into the header: a pointer names a *prior* occurrence
  too_many_pointers,     // more than compression_pointers_max in one name
  several_questions,     // QDCOUNT of 2 or more (RFC 9619)
  no_question,           // QDCOUNT of 0 in a query
  rdata_length,          // RDLENGTH is not what the fields of the type need
  rdata_value,           // a field holds what its type does not allow
  opt_outside_additional,
  opt_repeated,        // RFC 6891, section 6.1.1
  opt_owner_not_root,  // RFC 6891, section 6.1.2
  opt_options,         // an option runs past the OPT record
};

/// For a log line: "a compression pointer does not point backward".
std::string_view describe(WireFault fault);

/// Needed by boost::system::result to compile; the project tests a result before it uses it.
[[noreturn]] void throw_exception_from_error(WireFault fault, const boost::source_location& where);

}  // namespace labnet::dns
