// Permissions in letters.
#include "common/ftp/permissions.hpp"

#include <array>

namespace labnet::ftp {
namespace {

struct PermissionClass {
  unsigned shift;     // of its three bits
  unsigned special;   // its bit above
  char with_execute;  // the letter of that bit
  char without_execute;
};
constexpr std::array<PermissionClass, 3> permission_classes{
    {{6, 04000, 's', 'S'}, {3, 02000, 's', 'S'}, {0, 01000, 't', 'T'}}};
constexpr std::size_t letters_of_class = 3;

/// "r-s"
std::optional<unsigned> parse_class(std::string_view letters, const PermissionClass& who) {
  const bool may_read = letters[0] == 'r';
  const bool may_write = letters[1] == 'w';
  const bool is_special = letters[2] == who.with_execute || letters[2] == who.without_execute;
  const bool may_execute = letters[2] == 'x' || letters[2] == who.with_execute;
  if (!may_read && letters[0] != '-') return std::nullopt;
  if (!may_write && letters[1] != '-') return std::nullopt;
  if (!may_execute && !is_special && letters[2] != '-') return std::nullopt;
  const auto bits = (may_read ? 4u : 0u) | (may_write ? 2u : 0u) | (may_execute ? 1u : 0u);
  return bits << who.shift | (is_special ? who.special : 0u);
}

}  // namespace

std::string permission_text(unsigned mode) {
  std::string text;
  for (const auto& who : permission_classes) {
    const auto bits = mode >> who.shift;
    const bool is_special = (mode & who.special) != 0;
    text += (bits & 4) != 0 ? 'r' : '-';
    text += (bits & 2) != 0 ? 'w' : '-';
    if ((bits & 1) != 0) {
      text += is_special ? who.with_execute : 'x';
    } else {
      text += is_special ? who.without_execute : '-';
    }
  }
  return text;
}

std::optional<unsigned> parse_permissions(std::string_view text) {
  if (text.size() != permission_classes.size() * letters_of_class) return std::nullopt;
  unsigned mode = 0;
  for (const auto& who : permission_classes) {
    const auto bits = parse_class(text.substr(0, letters_of_class), who);
    if (!bits) return std::nullopt;
    mode |= *bits;
    text.remove_prefix(letters_of_class);
  }
  return mode;
}

}  // namespace labnet::ftp
