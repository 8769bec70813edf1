// A file that is being received: nobody sees it under its name before it is whole, and what was there before stays
// until then.
//
// It is written as ".NAME.part" in the folder of the final name, which it gets in one step. Cut off, it stays there
// (or goes, as the setting says), and a later upload may go on from it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/files/jail.hpp"

namespace labnet::files {

/// The name of the partial file of `name`: ".NAME.part"; for a name too long for that, cut, with a hash of the whole.
std::string partial_name(std::string_view name);
bool is_partial_name(std::string_view name);

enum class UploadStart {
  anew,    // a partial file that is there is overwritten
  at,      // behind the first `offset` bytes of the partial file if it has as many, else of the file
  append,  // behind all of the file, which is copied first; if there is none, of the partial file
           // both: through a link that stays within the jail, which the new file replaces
};

class Upload {
 public:
  struct Options {
    UploadStart start = UploadStart::anew;
    std::uint64_t offset = 0;   // of UploadStart::at
    bool may_replace = true;    // false: EEXIST if the file is there, at the beginning or at the end
    bool keeps_partial = true;  // if it is cut off
    mode_t mode = 0666;         // of a new file, before the umask; one that is replaced passes on its own (0777)
  };

  /// faults  EISDIR, ENOENT (no folder), EEXIST; ETXTBSY: another upload of the same file is under way; EINVAL: neither
  ///         file nor partial file has `offset` bytes, or what is there to go on from is no file; EXDEV, ELOOP, ENOSPC
  ///         and whatever else the system says
  static FileResult<Upload> begin(const Jail& jail, std::string_view path, const Options& options);
  Upload(Upload&& other) noexcept;
  Upload& operator=(Upload&&) = delete;
  /// Not published: the partial file stays or goes. An empty one goes always.
  ~Upload();

  /// The next byte is written at its position; the position may be moved by whoever writes (write, splice).
  int descriptor() const { return file_.get(); }
  /// How many bytes were there when it began.
  std::uint64_t first_byte() const { return first_byte_; }

  /// Gives it its name. Nobody sees anything in between.
  /// faults  EEXIST, EISDIR; ESTALE: somebody has removed the partial file, or put another in its place
  FileResult<void> publish();

 private:
  Upload() = default;
  bool has_its_name() const;  // of the partial file

  Jail::Place place_;
  std::string partial_;  // empty: nothing to tidy up
  FileDescriptor file_;
  std::uint64_t first_byte_ = 0;
  bool may_replace_ = true;
  bool keeps_partial_ = true;
};

/// How much of a cut upload is there to go on from, whether the file itself is there or not; nothing if there is no
/// partial file.
FileResult<std::optional<std::uint64_t>> partial_bytes(const Jail& jail, std::string_view path);

}  // namespace labnet::files
