#include "common/rtmp/percent.hpp"

#include <cstdint>

#include "common/base/text.hpp"

namespace labnet::rtmp {

std::optional<std::string> percent_decode(std::string_view text) {
  std::string decoded;
  while (!text.empty()) {
    const auto escape = text.find('%');
    decoded += text.substr(0, escape);
    if (escape == text.npos) break;
    if (text.size() - escape < 3) return std::nullopt;
    const auto octet = parse_integer<std::uint8_t>(text.substr(escape + 1, 2), hexadecimal_base);
    if (!octet) return std::nullopt;
    decoded += static_cast<char>(*octet);
    text.remove_prefix(escape + 3);
  }
  return decoded;
}

}  // namespace labnet::rtmp
