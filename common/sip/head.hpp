// The lines of a head: where the first line, each header and the empty line end (RFC 3261, sections 7.1 to 7.3).
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "common/sip/fault.hpp"
#include "common/sip/headers.hpp"

namespace labnet::sip {

struct Head {
  std::string_view first_line{};  // without CR LF
  std::size_t bytes = 0;          // of all of it, the empty line included; after a fault of its end, of what was read
  std::optional<Fault> fault{};   // the first one
};

/// text     a message from its first byte on, or as much as there is of it
/// headers  gets all lines that can be read, before a fault and behind it
/// faults   first_line_too_long, line_end, malformed_name, control_character, repeated_header, head_not_ended,
///          head_too_large, too_many_headers
Head read_head(std::string_view text, Headers& headers);

}  // namespace labnet::sip
