// Where what is written to a path goes: a file is replaced in one step, anything else is written to as it is.
#pragma once

#include <filesystem>
#include <optional>

#include "common/base/file_descriptor.hpp"
#include "common/base/result.hpp"

namespace labnet::files {

/// The path itself, or where the symbolic links at its end lead, be anything there or not: whoever replaces that leaves
/// the links as they are. A link of /proc to what a process has open (/proc/self/fd/1, to which /dev/stdout leads)
/// names no file that could be replaced, so that it is the end of the way.
///
/// faults  links that lead round in a circle
Result<std::filesystem::path> follow_links(const std::filesystem::path& path);

/// A device, a pipe, or what is open in a process already, to be written to as it comes. Nothing: there is a regular
/// file or a folder, or nothing. Blocks until somebody reads a pipe that has a name.
Result<std::optional<FileDescriptor>> open_unless_regular(const std::filesystem::path& path);

}  // namespace labnet::files
