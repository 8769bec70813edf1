// What a server tells of a folder, put together line by line: from MLSD, LIST or NLST. Sans I/O.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.hpp"
#include "common/ftp/entry.hpp"

namespace labnet::ftp_client {

enum class ListingKind {
  facts,      // MLSD (RFC 3659)
  ls,         // LIST
  name_only,  // NLST
};

/// Names are a stranger's word (common/ftp/entry.hpp). The folder itself and the one above are left out.
class Listing {
 public:
  /// now  for dates without a year
  Listing(ListingKind kind, ftp::FileTime now) : kind_{kind}, now_{now} {}

  /// A line that tells of nothing is passed over, and counted if it was to tell of something.
  /// faults  listing_entries_max
  Result<void> add_line(std::string_view line);

  const std::vector<ftp::Entry>& entries() const { return entries_; }
  std::vector<ftp::Entry> take_entries() { return std::move(entries_); }
  std::size_t lines_not_understood() const { return lines_not_understood_; }

 private:
  ListingKind kind_;
  ftp::FileTime now_;
  std::vector<ftp::Entry> entries_;
  std::size_t lines_not_understood_ = 0;
};

/// For people: a line for each entry, by name: kind and permissions, size, time (UTC), name.
std::string to_text(const std::vector<ftp::Entry>& entries);
/// The names alone, as they are but for what would confuse a terminal.
std::string to_names(const std::vector<ftp::Entry>& entries);
/// [{"name":"1.png","kind":"file","bytes":62631,"modified":"2026-02-13T10:15:00Z","mode":"0644",...}]; what is not
/// known is left out. In a name that is no UTF-8 the octets that are none stand as \x1b.
std::string to_json(const std::vector<ftp::Entry>& entries);

}  // namespace labnet::ftp_client
