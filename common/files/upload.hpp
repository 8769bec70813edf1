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
  append,  // behind all of the file; if there is none, of the partial file
           // both: through a link that stays within the jail, which the new file replaces
};

/// What a power cut may do to an upload that was published.
enum class Durability {
  of_the_system,  // it is lost, or there and empty: the system writes to the disk when it likes
  of_the_disk,    // nothing: what was written is on the disk (fsync(2)) before the name is, and both before it returns
};

/// What it goes on from is copied into the partial file first, so that the file stays whole if the upload is cut off: a
/// large one takes its time, and so it is done in steps.
///
///   auto upload = Upload::begin(jail, path, options);
///   while (!upload->is_ready()) ...upload->copy_next()...
///   write(upload->descriptor(), ...);
///   upload->publish();
class Upload {
 public:
  struct Options {
    UploadStart start = UploadStart::anew;
    std::uint64_t offset = 0;   // of UploadStart::at
    bool may_replace = true;    // false: EEXIST if the file is there, at the beginning or at the end
    bool keeps_partial = true;  // if it is cut off
    mode_t mode = 0666;         // of a new file, before the umask; one that is replaced passes on its own (0777)
  };

  /// faults  EISDIR, ENOENT (no folder); EEXIST, also for what is neither file nor link; ETXTBSY: another upload of the
  /// same file is under way; EINVAL: neither
  ///         file nor partial file has `offset` bytes, or what is there to go on from is no file; EXDEV, ELOOP, ENOSPC
  ///         and whatever else the system says
  static FileResult<Upload> begin(const Jail& jail, std::string_view path, const Options& options);
  Upload(Upload&& other) noexcept;
  Upload& operator=(Upload&&) = delete;
  /// Not published: the partial file stays or goes. One that holds nothing but what was copied goes always.
  ~Upload();

  /// Before that nothing may be written.
  bool is_ready() const { return copied_ == to_copy_; }
  /// The next step: all of it where the file system lets two files share what they have in common (FICLONE), else at
  /// most copy_step_bytes.
  /// faults  ENODATA: the file has become shorter; ENOSPC and whatever else the system says
  FileResult<void> copy_next();
  static constexpr std::uint64_t copy_step_bytes = 4 << 20;

  /// The next byte is written at its position; the position may be moved by whoever writes (write, splice).
  int descriptor() const { return file_.get(); }
  /// How many bytes are there before the first that is written.
  std::uint64_t first_byte() const { return first_byte_; }

  /// Gives it its name. Nobody sees anything in between. With Durability::of_the_disk it takes as long as the disk
  /// does. faults  EEXIST, EISDIR; ESTALE: somebody has removed the partial file, or put another in its place; EIO: it
  /// has
  ///         not got onto the disk
  FileResult<void> publish(Durability durability = Durability::of_the_system);

 private:
  Upload() = default;
  bool has_its_name() const;  // of the partial file
  bool share_original();

  Jail::Place place_;
  std::string partial_;  // empty: nothing to tidy up
  FileDescriptor file_;
  FileDescriptor original_;    // what is copied
  std::uint64_t to_copy_ = 0;  // of it, from its beginning on
  std::uint64_t copied_ = 0;
  std::uint64_t first_byte_ = 0;
  bool may_replace_ = true;
  bool keeps_partial_ = true;
};

/// How much of a cut upload is there to go on from, whether the file itself is there or not; nothing if there is no
/// partial file.
FileResult<std::optional<std::uint64_t>> partial_bytes(const Jail& jail, std::string_view path);

}  // namespace labnet::files
