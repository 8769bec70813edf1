// Permissions in letters, as `ls -l` shows them: "rwxr-sr-t".
//
// Three for the owner, three for the group, three for all others. The letter for "may execute" also tells of one bit
// above these nine: setuid "s", setgid "s", sticky "t"; in capitals where it may not be executed.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace labnet::ftp {

inline constexpr unsigned permission_bits = 07777;

/// Bits above these are left out.
std::string permission_text(unsigned mode);
/// Nine letters and nothing else.
std::optional<unsigned> parse_permissions(std::string_view text);

}  // namespace labnet::ftp
