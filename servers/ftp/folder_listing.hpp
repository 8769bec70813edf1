// What LIST, NLST and MLSD send: the entries of a folder, as lines.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "common/base/bytes.hpp"
#include "common/files/jail.hpp"

namespace labnet::ftp_server {

/// Piece by piece, on a thread for what blocks. Sorted by name if the folder is not larger than sorted_entries_max.
class FolderListing {
 public:
  struct Options {
    bool shows_hidden = false;  // names that begin with "."; the partial file of an upload is never shown without it
    bool shows_dot_files = false;
    std::string pattern{};     // of a shell, for the names; empty: all
    std::string only{};        // this one name
    bool names_alone = false;  // what else there is to tell of an entry is not looked up
  };
  using Line = std::function<std::string(const files::FolderReader::Entry&)>;  // without CR LF

  FolderListing(files::FolderReader folder, Options options, Line line)
      : folder_{std::move(folder)}, options_{std::move(options)}, line_{std::move(line)} {}

  /// The next lines, listing_piece_bytes of them or a little more, or none yet if reading takes its time.
  struct Piece {
    std::string text;
    bool is_last = false;
    boost::system::error_code error;  // of the file system; then it is the last
  };
  Piece next();

 private:
  bool is_shown(const std::string& name) const;
  files::FileResult<std::optional<files::FolderReader::Entry>> next_entry();

  files::FolderReader folder_;
  Options options_;
  Line line_;
  bool is_read_ = false;
  bool is_sorted_ = false;
  std::vector<files::FolderReader::Entry> entries_;
  std::size_t written_ = 0;
};

}  // namespace labnet::ftp_server
