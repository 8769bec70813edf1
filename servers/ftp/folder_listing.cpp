#include "servers/ftp/folder_listing.hpp"

#include <fnmatch.h>

#include <algorithm>

#include "common/files/upload.hpp"
#include "servers/ftp/limits.hpp"

namespace labnet::ftp_server {
namespace {

constexpr auto slice_time = std::chrono::milliseconds{20};  // of a thread that others wait for, too
constexpr std::size_t entries_per_look_at_the_clock = 64;
constexpr std::size_t listing_line_bytes = 512;  // as most are, at the most: what is reserved for the last of a piece

}  // namespace

FolderListing::FolderListing(files::FolderReader folder, Options options, Line line)
    : folder_{std::move(folder)}, options_{std::move(options)}, line_{std::move(line)} {
  if (options_.only.empty()) return;
  add(options_.only);
  is_at_end_ = true;
}

bool FolderListing::is_shown(std::string_view name) const {
  if (!options_.shows_hidden && files::is_partial_name(name)) return false;
  if (!options_.shows_hidden && !options_.shows_dot_files && name.starts_with('.')) return false;
  return options_.pattern.empty() || ::fnmatch(options_.pattern.c_str(), name.data(), FNM_PERIOD) == 0;
}

void FolderListing::add(std::string_view name) {
  places_.push_back({static_cast<std::uint32_t>(names_.size()), static_cast<std::uint32_t>(name.size())});
  names_ += name;
  names_ += '\0';
}

bool FolderListing::is_full() const {
  return names_.size() + places_.size() * sizeof places_.front() >= listing_names_bytes_max;
}

std::string_view FolderListing::name_at(Place place) const {
  return std::string_view{names_}.substr(place.start, place.length);
}

files::FileResult<void> FolderListing::read_names(Clock::time_point until) {
  for (std::size_t count = 1; !is_at_end_ && !is_full(); ++count) {
    if (count % entries_per_look_at_the_clock == 0 && Clock::now() >= until) return {};
    const auto name = folder_.next_name();
    if (!name) return name.error();
    is_at_end_ = !*name;
    if (*name && is_shown(**name)) add(**name);
  }
  std::ranges::sort(places_, {}, [&](Place place) { return name_at(place); });
  is_writing_ = true;
  return {};
}

files::FileResult<std::optional<files::FolderReader::Entry>> FolderListing::look_up(std::string name) const {
  if (!options_.names_alone) return folder_.look_up(std::move(name));
  return std::optional{files::FolderReader::Entry{std::move(name), {}, {}}};
}

FolderListing::Piece FolderListing::next() {
  const auto until = Clock::now() + slice_time;
  if (!is_writing_) {
    const auto read = read_names(until);
    if (!read) return {{}, true, read.error()};
  }
  return is_writing_ ? write_lines(until) : Piece{};
}

FolderListing::Piece FolderListing::write_lines(Clock::time_point until) {
  Piece piece;
  piece.text.reserve(listing_piece_bytes + listing_line_bytes);
  for (std::size_t count = 1; written_ < places_.size() && piece.text.size() < listing_piece_bytes; ++count) {
    if (count % entries_per_look_at_the_clock == 0 && Clock::now() >= until) return piece;
    auto entry = look_up(std::string{name_at(places_[written_++])});
    if (!entry) return {std::move(piece.text), true, entry.error()};
    if (!*entry) continue;  // it has gone
    line_(piece.text, *std::move(*entry));
    piece.text += "\r\n";
  }
  if (written_ < places_.size()) return piece;
  piece.is_last = is_at_end_;
  // What was too much to be sorted at once goes on behind it.
  names_.clear();
  places_.clear();
  written_ = 0;
  is_writing_ = false;
  return piece;
}

}  // namespace labnet::ftp_server
