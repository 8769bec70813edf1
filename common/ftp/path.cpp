// Paths by words alone.
#include "common/ftp/path.hpp"

#include "common/base/text.hpp"
#include "common/ftp/limits.hpp"

namespace labnet::ftp {
namespace {

/// One component further, or back, from a path whose root is "".
void walk(std::string& path, std::string_view component) {
  if (component.empty() || component == ".") return;
  if (component == "..") {
    if (!path.empty()) path.resize(path.rfind('/'));
    return;
  }
  path += '/';
  path += component;
}

}  // namespace

Result<std::string, PathFault> resolve_path(std::string_view folder, std::string_view text) {
  if (text.find('\0') != text.npos) return PathFault::not_permitted;
  std::string path;
  if (!text.starts_with('/') && folder != "/") path = folder;
  for (const auto component : split(text, '/')) {
    if (component.size() > name_bytes_max) return PathFault::too_long;
    walk(path, component);
  }
  if (path.size() > path_bytes_max) return PathFault::too_long;
  return path.empty() ? "/" : path;
}

std::string_view folder_of(std::string_view path) {
  const auto slash = path.rfind('/');
  return slash == 0 ? path.substr(0, 1) : path.substr(0, slash);
}

std::string_view name_of(std::string_view path) {
  return path.substr(path.rfind('/') + 1);
}

std::string quoted(std::string_view path) {
  std::string text = "\"";
  for (const char c : path) text.append(c == '"' ? 2 : 1, c);
  return text + '"';
}

std::optional<std::string> path_from(std::string_view text) {
  const auto open = text.find('"');
  if (open == text.npos) return std::nullopt;
  std::string path;
  for (auto i = open + 1; i < text.size(); ++i) {
    if (text[i] == '"' && !text.substr(i + 1).starts_with('"')) return path;
    if (text[i] == '"') ++i;
    path += text[i];
  }
  return std::nullopt;  // the closing one is missing
}

}  // namespace labnet::ftp
