#include "common/files/tree_copy.hpp"

#include <fmt/format.h>

namespace labnet::files {

Result<void> copy_tree(const std::filesystem::path& from, const std::filesystem::path& to) {
  namespace fs = std::filesystem;
  std::error_code error;
  fs::create_directories(to, error);
  fs::recursive_directory_iterator entry;
  if (!error) entry = fs::recursive_directory_iterator{from, error};
  for (; !error && entry != fs::recursive_directory_iterator{}; entry.increment(error)) {
    const auto copy = to / entry->path().lexically_relative(from);
    std::error_code not_there;
    if (fs::exists(fs::symlink_status(copy, not_there))) continue;
    if (entry->is_directory() && !entry->is_symlink()) {
      fs::create_directory(copy, entry->path(), error);
    } else {
      fs::copy(entry->path(), copy, fs::copy_options::copy_symlinks, error);
    }
    if (error) break;
  }
  if (!error) return {};
  return Error{fmt::format("cannot copy {} to {}: {}", from.string(), to.string(), error.message())};
}

}  // namespace labnet::files
