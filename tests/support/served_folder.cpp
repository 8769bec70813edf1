#include "tests/support/served_folder.hpp"

#include <filesystem>
#include <fstream>

namespace labnet::test {

ServedFolder::ServedFolder() {
  std::filesystem::permissions(folder_.path(), std::filesystem::perms{0755});
  std::filesystem::create_directory(root_);
}

std::string ServedFolder::write(const std::string& name, const std::string& text) const {
  const auto path = root_ + "/" + name;
  std::filesystem::create_directories(std::filesystem::path{path}.parent_path());
  std::ofstream{path, std::ios::binary} << text;
  return path;
}

std::string ServedFolder::read(const std::string& name) const {
  return read_file(root_ + "/" + name);
}

bool ServedFolder::has(const std::string& name) const {
  return std::filesystem::exists(std::filesystem::symlink_status(root_ + "/" + name));
}

}  // namespace labnet::test
