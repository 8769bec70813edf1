// Quoted strings and folded lines, as they are meant (RFC 3261, section 25.1). How they are written is quoted() of
// common/base/text.hpp.
#pragma once

#include <string>
#include <string_view>

namespace labnet::sip {

/// What stands in the quotation marks: \" is ", \\ is \; a folded line inside is one space. A text without quotation
/// marks as it is, so that a value of a parameter may be given as it was sent.
std::string unquoted(std::string_view text);

/// A value in one line: CR LF and the white space around it become one space (RFC 3261, section 7.3.1).
std::string unfolded(std::string_view value);

}  // namespace labnet::sip
