#include "common/files/tree_copy.hpp"

#include <fmt/format.h>

namespace labnet::files {

Result<void> copy_tree(const std::filesystem::path& from, const std::filesystem::path& to) {
  namespace fs = std::filesystem;
  std::error_code error;
  fs::create_directories(to, error);
  if (!error) {
    fs::copy(from, to, fs::copy_options::recursive | fs::copy_options::copy_symlinks | fs::copy_options::skip_existing,
             error);
  }
  if (!error) return {};
  return Error{fmt::format("cannot copy {} to {}: {}", from.string(), to.string(), error.message())};
}

}  // namespace labnet::files
