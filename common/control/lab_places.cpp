#include "common/control/lab_places.hpp"

#include <unistd.h>

#include <array>
#include <vector>

namespace labnet::control {
namespace {

namespace fs = std::filesystem;

/// Where the program finds the lab that comes with it: beside its sources, or installed.
constexpr std::array<std::string_view, 2> own_labs{"../../config/labredes71/lab.yaml",
                                                   "../share/labnet/labredes71/lab.yaml"};

}  // namespace

std::optional<fs::path> find_lab_file() {
  std::error_code ignored;
  const auto program = fs::read_symlink("/proc/self/exe", ignored).parent_path();
  std::vector<fs::path> places{"lab.yaml", "config/labredes71/lab.yaml"};
  for (const auto own : own_labs) places.push_back((program / own).lexically_normal());
  for (const auto& place : places) {
    if (access(place.c_str(), R_OK) == 0) return place;
  }
  return std::nullopt;
}

fs::path scenario_folder(const fs::path& lab_file) {
  return lab_file.parent_path() / "scenarios";
}

}  // namespace labnet::control
