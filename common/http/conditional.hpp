// Conditional requests: RFC 9110, section 13, as one function.
#pragma once

#include <optional>
#include <string_view>

#include "common/http/date.hpp"
#include "common/http/entity_tag.hpp"
#include "common/http/fields.hpp"

namespace labnet::http {

/// What is there now, in the form (coding, language) in which this request would get it: each form has its own tag, or
/// a browser never gets 304 for the compressed one.
struct Representation {
  bool exists = true;  // false: nothing is there yet, as with PUT of a new file
  std::optional<EntityTag> tag{};
  std::optional<Time> modified{};
};

enum class Verdict {
  proceed,              // as if there were no condition
  not_modified,         // answer 304, with the fields that 200 would have had: ETag, Date, Vary, Cache-Control
  precondition_failed,  // answer 412, and change nothing
};

/// In the order of section 13.2.2: If-Match, else If-Unmodified-Since; then If-None-Match, else If-Modified-Since (this
/// one for GET and HEAD alone). To be asked only where the answer without conditions would be 2xx or 412
/// (section 13.2.1); not for CONNECT, OPTIONS and TRACE. Dates that are none are ignored.
///
/// now  see parse_date
Verdict evaluate_conditions(std::string_view method, const Fields& fields, const Representation& current, Time now);

/// True if Range is to be looked at: there is no If-Range, or it names what is there (section 13.1.5), by a strong tag
/// or by the exact date of the last change. To be asked after evaluate_conditions.
///
/// sent  the Date of the response: a last change less than a second before is no strong validator (section 8.8.2.2),
///       since there may be another one in the same second
bool if_range_holds(const Fields& fields, const Representation& current, Time sent);

}  // namespace labnet::http
