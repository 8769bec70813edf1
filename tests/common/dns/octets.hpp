// Messages for tests, written as hexadecimal text with blanks where the reader wants them.
#pragma once

#include <string>
#include <string_view>

#include "common/base/bytes.hpp"
#include "common/base/text.hpp"
#include "common/dns/name.hpp"

namespace labnet::dns {

inline Buffer octets(std::string_view hexadecimal) {
  std::string digits;
  for (const char c : hexadecimal) {
    if (c != ' ' && c != '\n') digits += c;
  }
  Buffer result;
  for (std::size_t i = 0; i < digits.size(); i += 2) {
    result.push_back(static_cast<std::byte>(parse_integer<std::uint8_t>(digits.substr(i, 2), 16).value()));
  }
  return result;
}

inline Name name(std::string_view text) {
  return parse_name(text).value();
}

inline Record record(std::string_view owner, Rdata data) {
  return {name(owner), Class::in, 3600, std::move(data)};
}

}  // namespace labnet::dns
