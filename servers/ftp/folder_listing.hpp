// What LIST, NLST and MLSD send: the entries of a folder, as lines.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/files/jail.hpp"

namespace labnet::ftp_server {

/// Piece by piece, on a thread for what blocks. Names are read and sorted, as many as listing_names_bytes_max holds,
/// before the first is looked up: that is all that stays in memory while a client takes its time.
class FolderListing {
 public:
  struct Options {
    bool shows_hidden = false;  // names that begin with "."; the partial file of an upload is never shown without it
    bool shows_dot_files = false;
    std::string pattern{};     // of a shell, for the names; empty: all
    std::string only{};        // this one name
    bool names_alone = false;  // what else there is to tell of an entry is not looked up
  };
  using Line = std::function<void(std::string& text, files::FolderReader::Entry)>;  // appends it, without CR LF

  FolderListing(files::FolderReader folder, Options options, Line line);

  /// The next lines, listing_piece_bytes of them or a little more, or fewer or none yet if the disk takes its time.
  struct Piece {
    std::string text;
    bool is_last = false;
    boost::system::error_code error;  // of the file system; then it is the last
  };
  Piece next();

 private:
  using Clock = std::chrono::steady_clock;
  struct Place {  // of a name within `names_`
    std::uint32_t start, length;
  };

  bool is_shown(std::string_view name) const;
  files::FileResult<void> read_names(Clock::time_point until);
  void add(std::string_view name);
  std::string_view name_at(Place place) const;
  bool is_full() const;
  files::FileResult<std::optional<files::FolderReader::Entry>> look_up(std::string name) const;
  Piece write_lines(Clock::time_point until);

  files::FolderReader folder_;
  Options options_;
  Line line_;
  bool is_at_end_ = false;  // of the folder
  bool is_writing_ = false;
  std::string names_;          // each with a NUL behind it
  std::vector<Place> places_;  // in the order in which they are written
  std::size_t written_ = 0;
};

}  // namespace labnet::ftp_server
