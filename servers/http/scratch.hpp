// Copies of what clients may change, for a service that leaves what it was given as it is.
#pragma once

#include <filesystem>

#include "common/base/result.hpp"
#include "servers/http/config.hpp"

namespace labnet::http_server {

/// Copies the roots of sites that take uploads and the files of comments to a folder, unless they are there from a time
/// before, and has the configuration use the copies.
Result<void> work_on_copies(Config& config, const std::filesystem::path& folder);

}  // namespace labnet::http_server
