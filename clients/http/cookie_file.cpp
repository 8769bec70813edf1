#include "clients/http/cookie_file.hpp"

#include <cerrno>
#include <fstream>

#include "clients/http/limits.hpp"
#include "common/base/utf8.hpp"
#include "common/base/write_all.hpp"
#include "common/files/destination.hpp"
#include "common/files/part_file.hpp"

namespace labnet::http_client {

Result<CookieJar> read_cookies(const std::filesystem::path& path, http::Time now) {
  const auto shown = printable(path.string());
  std::error_code ignored;
  const auto status = std::filesystem::status(path, ignored);
  if (std::filesystem::exists(status) && std::filesystem::is_other(status)) return CookieJar{};
  errno = 0;
  std::ifstream file{path, std::ios::binary};
  if (!file && errno == ENOENT) return CookieJar{};
  std::string text(cookie_file_bytes_max + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (file.gcount() == 0 && !file.eof()) return system_error("cannot read " + shown);
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (text.empty()) return CookieJar{};
  if (text.size() > cookie_file_bytes_max) return Error{shown, " is too large for a file of cookies"};
  CookieJar cookies;
  if (!cookies.add_file(text, now)) {
    return Error{shown, " is no file of cookies; another name is needed, or that one removed"};
  }
  return cookies;
}

Result<void> write_cookies(const std::filesystem::path& path, const CookieJar& cookies) {
  const auto device = files::open_unless_regular(path);
  if (!device) return device.error();
  if (*device) {
    const auto error_number = write_all((*device)->get(), as_bytes(cookies.file_text()));
    return error_number == 0 ? Result<void>{}
                             : system_error("cannot write to " + printable(path.string()), error_number);
  }
  const auto file = files::follow_links(path);
  return file ? files::write_whole(*file, cookies.file_text()) : file.error();
}

}  // namespace labnet::http_client
