// The lines of LIST, which no RFC fixes: what `ls -l` prints, as all clients understand it.
//
//   -rw-r--r--   1 samurt123 samurt123     3121 Feb 13 10:15 1.png
//   drwxr-xr-x   2 samurt123 samurt123     4096 Feb 13  2025 music
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/ftp/entry.hpp"

namespace labnet::ftp {

/// The one in front of the permissions: "-", "d", "l"; "p" for all else, of which clients need to know no more than
/// that it is no file.
char letter_of(EntryKind kind);

/// Without CR LF; months in English, times in UTC. Clients find the columns by counting words: what is not known is
/// "?", 0 or 1970, and "_" stands for spaces and commas in an owner's name. "?" stands for NUL, CR and LF in names.
///
/// now  decides whether the time of day or the year is shown: the time of day for the half year before it
std::string list_line(const Entry& entry, FileTime now);

/// What a line of LIST tells: of `ls -l`, or of Windows ("02-13-26  10:15AM  <DIR>  music"). The name is all that
/// stands one space behind the date, so it may begin with a space. Nothing for a line that tells of no entry, such as
/// "total 12".
///
/// now  for dates without a year: it is the last year that puts them no more than a day ahead, as the server may be in
///      another time zone
std::optional<Entry> parse_list_line(std::string_view line, FileTime now);

}  // namespace labnet::ftp
