// Where a CA is kept: its certificate and its key, replaced together or not at all, whoever else does the same at that
// moment and whenever it is killed.
//
//     FOLDER/        mode 0700
//       ca.crt       the certificate, for everybody who is to trust it
//       ca.key       the key, mode 0600
//       lock         held by whoever reads (shared) or writes (alone)
//       ca.key.new, ca.crt.new    the next pair. It counts once ca.crt.new is there, which comes last: whoever finds it
//                    puts both in place, if the one who wrote them has not come so far. ca.key.new alone is nothing.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "common/base/file_descriptor.hpp"
#include "common/base/result.hpp"

namespace labnet::ca {

/// Limit of ca.crt and of ca.key.
constexpr std::size_t file_bytes_max = 64 << 10;

/// PEM.
struct Pair {
  std::string certificate, key;
};

/// Whose CA it is: what faults call it, and what helps.
struct Role {
  std::string_view name;
  std::string_view variable;  // of the environment: names its folder
  std::string_view remedy;    // what helps if nothing else does; ends many faults
  bool is_for_good;           // a power cut must not harm it
};
/// The user's own, which people trust in their browsers.
inline constexpr Role lab_role{"the lab CA", "LABNET_CA_DIR", "make a new one with \"labnet ca --renew\"", true};
/// That of a lab's outside world, which goes with the lab.
inline constexpr Role outside_role{"the outside CA", "LABNET_OUTSIDE_CA_DIR",
                                   "start the lab anew with \"labnet down\" and \"labnet up\"", false};

/// $LABNET_CA_DIR, else $XDG_DATA_HOME/labnet/ca, else ~/.local/share/labnet/ca.
Result<std::filesystem::path> usual_folder();
/// $LABNET_OUTSIDE_CA_DIR, which a lab gives to its services. A fault says what to do where there is no lab.
Result<std::filesystem::path> outside_folder();

class Folder {
 public:
  explicit Folder(std::filesystem::path path, const Role& role = lab_role) : path_{std::move(path)}, role_{role} {}

  const std::filesystem::path& path() const { return path_; }
  const Role& role() const { return role_; }
  std::filesystem::path certificate() const { return path_ / "ca.crt"; }
  std::filesystem::path key() const { return path_ / "ca.key"; }

  /// The pair; nothing if there is neither of the two.
  /// faults  one of the two is missing or cannot be read; others may read the key; somebody keeps the lock for too long
  Result<std::optional<Pair>> read() const;

  /// The certificate alone, whatever is with the key; nothing if it cannot be read.
  std::optional<std::string> certificate_text() const;

  using Make = std::function<Result<Pair>()>;
  /// The pair; if there is none, what `make` gives is written first. Of several that do this at once one makes it.
  Result<Pair> read_or_make(const Make& make) const;

  /// Puts a pair in the place of what is there, whatever that is.
  Result<void> replace(const Pair& pair) const;

 private:
  Result<FileDescriptor> lock_alone() const;
  Result<void> write(const Pair& pair) const;
  Result<void> put_in_place() const;
  Result<std::optional<Pair>> read_files() const;

  std::filesystem::path path_;
  Role role_;
};

}  // namespace labnet::ca
