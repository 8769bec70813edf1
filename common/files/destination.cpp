#include "common/files/destination.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/magic.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>

#include "common/base/utf8.hpp"

namespace labnet::files {
namespace {

constexpr int links_max = 40;  // as the kernel follows

std::filesystem::path folder_of(const std::filesystem::path& path) {
  return path.has_parent_path() ? path.parent_path() : std::filesystem::path{"."};
}

bool is_link(const std::filesystem::path& path) {
  std::error_code ignored;
  return std::filesystem::symlink_status(path, ignored).type() == std::filesystem::file_type::symlink;
}

bool is_in_proc(const std::filesystem::path& path) {
  struct statfs about {};
  return ::statfs(folder_of(path).c_str(), &about) == 0 && about.f_type == PROC_SUPER_MAGIC;
}

/// Of this process: 1 of /proc/self/fd/1.
std::optional<int> own_descriptor(const std::filesystem::path& path) {
  std::error_code ignored;
  const auto own = std::filesystem::canonical("/proc/self/fd", ignored);
  if (std::filesystem::canonical(folder_of(path), ignored) != own) return std::nullopt;
  const auto name = path.filename().string();
  int number = -1;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
  return error == std::errc{} && end == name.data() + name.size() ? std::optional{number} : std::nullopt;
}

/// Its position is that of whoever opened it: what is written goes behind what is there, and not over it.
FileDescriptor open_as_it_is(const std::filesystem::path& path) {
  if (const auto own = own_descriptor(path)) return FileDescriptor{::fcntl(*own, F_DUPFD_CLOEXEC, 0)};
  return FileDescriptor{::open(path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC | O_NOCTTY)};
}

bool is_to_be_replaced(const std::filesystem::path& path) {
  using Type = std::filesystem::file_type;
  std::error_code ignored;
  const auto type = std::filesystem::status(path, ignored).type();
  return type == Type::regular || type == Type::directory || type == Type::not_found || type == Type::none;
}

}  // namespace

Result<std::filesystem::path> follow_links(const std::filesystem::path& path) {
  auto end = path;
  for (int i = 0; i < links_max; ++i) {
    if (!is_link(end) || is_in_proc(end)) return end;
    std::error_code error;
    const auto next = std::filesystem::read_symlink(end, error);
    if (error) return system_error("cannot read the link " + printable(end.string()), error.value());
    end = next.is_absolute() ? next : folder_of(end) / next;
  }
  return system_error("cannot follow " + printable(path.string()), ELOOP);
}

Result<std::optional<FileDescriptor>> open_unless_regular(const std::filesystem::path& path) {
  const auto end = follow_links(path);
  if (!end) return end.error();
  if (!is_link(*end) && is_to_be_replaced(*end)) return std::optional<FileDescriptor>{};
  auto file = open_as_it_is(*end);
  if (!file) return system_error("cannot write to " + printable(path.string()), errno);
  return std::optional{std::move(file)};
}

}  // namespace labnet::files
