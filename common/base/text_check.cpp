#include "common/base/text_check.hpp"

#include <algorithm>

#include "common/base/utf8.hpp"

namespace labnet {
namespace {

/// How many bytes the character that begins like this has, if it is whole: 1 for what begins none.
std::size_t character_bytes(char first) {
  const auto octet = static_cast<unsigned char>(first);
  return octet >= 0xf0 ? 4 : octet >= 0xe0 ? 3 : octet >= 0xc0 ? 2 : 1;
}

bool is_text(std::string_view character) {
  return !is_control_character(character) || (character[0] >= '\t' && character[0] <= '\r');
}

}  // namespace

bool TextCheck::take(std::string_view piece) {
  while (!piece.empty()) {
    if (held_size_ == 0 && character_bytes(piece[0]) <= piece.size()) {
      const auto bytes = utf8_character_bytes(piece);
      if (bytes == 0 || !is_text(piece.substr(0, bytes))) return false;
      piece.remove_prefix(bytes);
      continue;
    }
    held_[held_size_++] = piece[0];
    piece.remove_prefix(1);
    const std::string_view held{held_.data(), held_size_};
    if (held.size() < character_bytes(held[0])) continue;
    if (utf8_character_bytes(held) == 0 || !is_text(held)) return false;
    held_size_ = 0;
  }
  return true;
}

}  // namespace labnet
