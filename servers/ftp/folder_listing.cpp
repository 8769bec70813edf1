#include "servers/ftp/folder_listing.hpp"

#include <fnmatch.h>

#include <algorithm>
#include <chrono>

#include "common/files/upload.hpp"
#include "servers/ftp/limits.hpp"

namespace labnet::ftp_server {
namespace {

constexpr auto slice_time = std::chrono::milliseconds{20};  // of a thread that others wait for, too
constexpr std::size_t entries_per_look_at_the_clock = 64;

}  // namespace

bool FolderListing::is_shown(const std::string& name) const {
  if (!options_.only.empty()) return name == options_.only;
  if (!options_.shows_hidden && files::is_partial_name(name)) return false;
  if (!options_.shows_hidden && !options_.shows_dot_files && name.starts_with('.')) return false;
  return options_.pattern.empty() || ::fnmatch(options_.pattern.c_str(), name.c_str(), FNM_PERIOD) == 0;
}

files::FileResult<std::optional<files::FolderReader::Entry>> FolderListing::next_entry() {
  using Entry = files::FolderReader::Entry;
  if (!options_.names_alone) return folder_.next();
  auto name = folder_.next_name();
  if (!name) return name.error();
  if (!*name) return std::optional<Entry>{};
  return std::optional{Entry{std::move(**name), {}, {}}};
}

FolderListing::Piece FolderListing::next() {
  Piece piece;
  const auto until = std::chrono::steady_clock::now() + slice_time;
  for (std::size_t count = 1; !is_read_; ++count) {
    if (count % entries_per_look_at_the_clock == 0 && std::chrono::steady_clock::now() >= until) return piece;
    auto entry = next_entry();
    if (!entry) return {std::move(piece.text), true, entry.error()};
    is_read_ = !*entry;
    if (is_read_) break;
    if (!is_shown((*entry)->name)) continue;
    entries_.push_back(**std::move(entry));
    if (entries_.size() > sorted_entries_max) break;
  }
  if (!is_sorted_) std::ranges::sort(entries_, {}, &files::FolderReader::Entry::name);
  is_sorted_ = true;
  while (written_ < entries_.size() && piece.text.size() < listing_piece_bytes) {
    piece.text += line_(entries_[written_++]);
    piece.text += "\r\n";
  }
  if (written_ < entries_.size()) return piece;
  // What was too much to be sorted at once goes on behind it.
  entries_.clear();
  written_ = 0;
  is_sorted_ = false;
  piece.is_last = is_read_;
  return piece;
}

}  // namespace labnet::ftp_server
