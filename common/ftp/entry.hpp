// What a listing tells of one file or folder.
//
// An entry that comes from a server is a stranger's word: a client that makes files by it looks for "/" and ".." in the
// name first.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace labnet::ftp {

/// UTC, whole seconds: what MDTM, MFMT and MLSD tell (RFC 3659, section 2.3).
using FileTime = std::chrono::sys_seconds;

enum class EntryKind { file, folder, this_folder, parent_folder, link, other };

/// What is not known stays empty: listings differ in what they tell.
/// kind  `link` is a symbolic one; `this_folder` and `parent_folder` are "." and "..", whatever their name is
struct Entry {
  std::string name;
  EntryKind kind = EntryKind::file;
  std::optional<std::uint64_t> bytes{};
  std::optional<FileTime> modified{};
  std::optional<unsigned> mode{};  // the permission bits, 0 to 07777
  std::string owner{}, group{};
  std::uint64_t links = 1;
  std::string target{};       // of a link
  std::string permissions{};  // RFC 3659, section 7.5.5: what this user may do with it, "adfrw"
  std::string unique{};       // the same for two names of one file (RFC 3659, section 7.5.2)

  bool operator==(const Entry&) const = default;
};

}  // namespace labnet::ftp
