// Where the file of a lab and its scenarios are looked for when nobody names them.
#pragma once

#include <filesystem>
#include <optional>

namespace labnet::control {

/// lab.yaml in the current folder, else the lab that comes with the program. Nothing if neither is there.
std::optional<std::filesystem::path> find_lab_file();

/// The folder beside a lab file that holds its scenarios; it need not exist.
std::filesystem::path scenario_folder(const std::filesystem::path& lab_file);

}  // namespace labnet::control
