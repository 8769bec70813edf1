#include "clients/http/cookie_file.hpp"

#include <cerrno>
#include <fstream>

#include "clients/http/limits.hpp"
#include "common/base/utf8.hpp"
#include "common/files/part_file.hpp"

namespace labnet::http_client {

Result<CookieJar> read_cookies(const std::filesystem::path& path, http::Time now) {
  const auto shown = printable(path.string());
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
  return files::write_whole(path, cookies.file_text());
}

}  // namespace labnet::http_client
