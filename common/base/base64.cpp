// Groups of 24 bits: three octets there, four characters here.
#include "common/base/base64.hpp"

#include <cstdint>

namespace labnet {
namespace {

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

}  // namespace

std::string base64(Bytes octets) {
  std::string text;
  while (!octets.empty()) {
    const auto taken = octets.first(octets.size() < 3 ? octets.size() : 3);
    std::uint32_t group = 0;
    for (std::size_t i = 0; i < 3; ++i)
      group = group << 8 | (i < taken.size() ? std::to_integer<unsigned>(taken[i]) : 0);
    for (std::size_t i = 0; i < 4; ++i) text += i <= taken.size() ? alphabet[group >> (18 - 6 * i) & 63] : '=';
    octets = octets.subspan(taken.size());
  }
  return text;
}

std::optional<Buffer> parse_base64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  Buffer octets;
  while (!text.empty()) {
    // Only the last group may hold fewer than three octets.
    const std::size_t padding = text.size() > 4 ? 0 : text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
    std::uint32_t group = 0;
    for (std::size_t i = 0; i < 4; ++i) {
      const auto value = i < 4 - padding ? alphabet.find(text[i]) : 0;
      if (value == alphabet.npos) return std::nullopt;
      group = group << 6 | static_cast<std::uint32_t>(value);
    }
    if ((group & ((1u << (8 * padding)) - 1)) != 0) return std::nullopt;
    for (std::size_t i = 0; i < 3 - padding; ++i)
      octets.push_back(static_cast<std::byte>(group >> (16 - 8 * i) & 0xff));
    text.remove_prefix(4);
  }
  return octets;
}

}  // namespace labnet
