// The lines of MLSD and MLST: "type=file;size=3121;modify=20260213101500; 1.png" (RFC 3659, section 7).
#pragma once

#include <array>
#include <bitset>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/result.hpp"
#include "common/ftp/entry.hpp"

namespace labnet::ftp {

enum class Fact { type, size, modify, perm, unix_mode, unix_owner, unix_group, unique };
inline constexpr std::size_t fact_count = 8;
/// In the order of `Fact`, as they are written.
inline constexpr std::array<std::string_view, fact_count> fact_names{"type",      "size",       "modify",     "perm",
                                                                     "UNIX.mode", "UNIX.owner", "UNIX.group", "unique"};

/// Those that a session wants (OPTS MLST).
class FactSet {
 public:
  static FactSet all();
  bool has(Fact fact) const { return facts_.test(static_cast<std::size_t>(fact)); }
  void add(Fact fact) { facts_.set(static_cast<std::size_t>(fact)); }
  bool operator==(const FactSet&) const = default;

 private:
  std::bitset<fact_count> facts_;
};

/// "type;size;perm;" of OPTS MLST: the facts known of those asked for, in any case, with or without the last ";".
FactSet parse_facts_wanted(std::string_view text);
/// "type;size;modify;" as the reply to OPTS MLST tells it.
std::string names_of(const FactSet& facts);
/// For FEAT: all that there are, those in the set with "*": "type*;size*;modify;perm;..." (RFC 3659, section 7.8).
std::string feature_text(const FactSet& facts);

/// Without CR LF. Facts that the entry does not have are left out, and those that cannot be told in a line of facts: an
/// owner "domain users", as a space would end the facts. "?" stands for NUL, CR and LF in the name.
std::string fact_line(const Entry& entry, const FactSet& facts);
/// The same behind what `text` holds: a listing of many is one text.
void append_fact_line(std::string& text, const Entry& entry, const FactSet& facts);

enum class FactFault {
  no_name,  // there is no space, or nothing behind it
  syntax,   // a fact without "="; a size, time or mode that is none
};
/// line  without CR LF, and for MLST without the space that it begins with. Facts that are not known are passed over,
///       and of a mode what says which kind of file it is
Result<Entry, FactFault> parse_fact_line(std::string_view line);

/// "20260213101500", for MDTM, MFMT and facts (RFC 3659, section 2.3). A time outside the years 1 to 9999 is told as
/// the first or the last second of these.
std::string time_value(FileTime time);
/// Fractions of a second are cut off. Nothing for what is no date of the calendar or not in these years; a leap second
/// counts as the next.
std::optional<FileTime> parse_time_value(std::string_view text);

}  // namespace labnet::ftp
