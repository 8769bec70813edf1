// A folder with all that is in it, once more.
#pragma once

#include <filesystem>

#include "common/base/result.hpp"

namespace labnet::files {

/// Copies files, folders and symbolic links (as they are). What is at `to` already stays: a service that starts anew
/// goes on with what it had.
Result<void> copy_tree(const std::filesystem::path& from, const std::filesystem::path& to);

}  // namespace labnet::files
