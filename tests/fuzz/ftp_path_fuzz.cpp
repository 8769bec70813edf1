// Any two lines as a folder and a path in it: what comes out is absolute and normal, is what the C++ library makes of
// it, and never above the root; quoted, it comes back the same.
#include <filesystem>

#include "common/base/text.hpp"
#include "common/ftp/limits.hpp"
#include "common/ftp/path.hpp"
#include "tests/support/require.hpp"

namespace {

using namespace labnet;
using test::require;

void check_is_normal(std::string_view path) {
  require(path.starts_with('/') && path.size() <= ftp::path_bytes_max, "a path is absolute and not too long");
  require(path.find('\0') == path.npos, "a path has no NUL");
  if (path == "/") return;
  for (const auto component : split(path.substr(1), '/')) {
    require(!component.empty() && component != "." && component != "..", "a path has names alone");
    require(component.size() <= ftp::name_bytes_max, "a name is not too long");
  }
}

void check_is_right(std::string_view folder, std::string_view text, std::string_view path) {
  auto joined = text.starts_with('/') ? std::string{text} : std::string{folder} + '/' + std::string{text};
  joined.erase(0, joined.find_first_not_of('/'));  // of several, POSIX lets a system make something else than the root
  auto expected = std::filesystem::path{'/' + joined}.lexically_normal().string();
  if (expected.size() > 1 && expected.ends_with('/')) expected.pop_back();
  require(path == expected, "a path is what std::filesystem makes of it");
}

void check_parts(std::string_view path) {
  const auto folder = ftp::folder_of(path);
  const auto name = ftp::name_of(path);
  check_is_normal(folder);
  require(*ftp::resolve_path(folder, name) == path, "its folder and its name make a path");
  require(*ftp::resolve_path(path, "..") == folder, "above a path is its folder");
  require(*ftp::resolve_path("/elsewhere", path) == path, "a path stays what it is");
}

void check_quoted(std::string_view text) {
  require(ftp::path_from(ftp::quoted(text)) == text, "a quoted path comes back");
  require(ftp::path_from("It is " + ftp::quoted(text) + " now") == text, "a quoted path is found");
  if (const auto path = ftp::path_from(text)) require(path->size() + 2 <= text.size(), "a path stands in its text");
}

/// The path; of one that is none, the root.
std::string check_resolved(std::string_view folder, std::string_view text) {
  const auto path = ftp::resolve_path(folder, text);
  if (!path) return "/";
  check_is_normal(*path);
  check_is_right(folder, text, *path);
  check_parts(*path);
  return *path;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = as_text(std::as_bytes(std::span{data, size}));
  const auto end = std::min(text.find('\n'), text.size());
  const auto folder = check_resolved("/", text.substr(0, end));
  check_resolved(folder, text.substr(std::min(end + 1, text.size())));
  check_quoted(text);
  return 0;
}
