// "%41" in addresses and in the arguments of streams (RFC 3986, section 2.1).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace labnet::rtmp {

/// Escapes taken off, once; nothing if there are not two hexadecimal digits behind a "%".
std::optional<std::string> percent_decode(std::string_view text);

}  // namespace labnet::rtmp
