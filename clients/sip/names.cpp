#include "clients/sip/names.hpp"

#include <fmt/format.h>

#include "common/base/bytes.hpp"
#include "common/sip/via.hpp"

namespace labnet::sip_client {
namespace {

/// Six bits to a character, as in Base64 with the alphabet for URLs, without padding (RFC 4648, section 5).
std::string url_safe_text(Bytes octets) {
  constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  constexpr unsigned bits_of_character = 6;
  std::string text;
  std::uint32_t bits = 0;
  unsigned count = 0;
  for (const auto octet : octets) {
    bits = bits << 8 | std::to_integer<std::uint32_t>(octet);
    for (count += 8; count >= bits_of_character; count -= bits_of_character) {
      text += alphabet[bits >> (count - bits_of_character) & 0x3f];
    }
  }
  if (count > 0) text += alphabet[bits << (bits_of_character - count) & 0x3f];
  return text;
}

}  // namespace

std::string Names::tag() {
  return like_ == Like::zoiper ? fmt::format("{:08x}", static_cast<std::uint32_t>(random_()))
                               : fmt::format("{:016x}", random_());
}

std::string Names::branch() {
  const std::string_view middle = like_ == Like::zoiper ? "-524287-1---" : "";
  return fmt::format("{}{}{:016x}", sip::branch_magic, middle, random_());
}

std::string Names::call_id() {
  const auto first = random_();
  if (like_ != Like::zoiper) return fmt::format("{:016x}{:016x}", first, random_());
  Buffer octets;
  ByteWriter writer{octets};
  writer.u64(first);
  writer.u64(random_());
  return fmt::format("{}..", url_safe_text(octets));
}

std::string Names::cnonce() {
  return fmt::format("{:016x}", random_());
}

}  // namespace labnet::sip_client
