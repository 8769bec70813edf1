// Paths as clients write them; "/" is the root of what they may see.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/base/result.hpp"

namespace labnet::ftp {

enum class PathFault {
  too_long,       // more than path_bytes_max, or name_bytes_max in a component: answer 553 or 550
  not_permitted,  // a NUL, which ends a path for the system: answer 501
};

/// An absolute path without ".", ".." and double slashes: "/", "/home/samurt123/1.png". A ".." at the root stays there.
/// By words alone: symbolic links are followed later, and never out of the root (files::Jail). A backslash, a percent
/// sign and octets that are no UTF-8 are letters like any other.
///
/// folder  an absolute path of that kind, against which `text` is read if it does not begin with "/"
/// text    may be empty: the folder itself
Result<std::string, PathFault> resolve_path(std::string_view folder, std::string_view text);

/// The folder that a path stands in, for paths as `resolve_path` gives them; "/" for "/" itself. A view of `path`.
std::string_view folder_of(std::string_view path);
/// The last component; empty for "/". A view of `path`.
std::string_view name_of(std::string_view path);

/// In quotation marks, those within doubled, as replies 257 tell it (RFC 959, appendix II).
std::string quoted(std::string_view path);
/// The reverse, for clients: the first path in quotation marks in the text of a reply 257. Nothing if there is none.
std::optional<std::string> path_from(std::string_view text);

}  // namespace labnet::ftp
