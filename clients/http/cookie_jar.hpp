// The cookies of a run (RFC 6265, section 5), kept in memory; cookie_file.hpp brings them to the next run.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "clients/http/url.hpp"
#include "common/http/date.hpp"
#include "common/http/fields.hpp"

namespace labnet::http_client {

class CookieJar {
 public:
  /// Takes what a response to `url` sets. Passed over is what is for a host that is not the sender's, or for a whole
  /// public suffix (public_suffix.hpp), and what is secure and came in plain text.
  void take(const Url& url, const http::Fields& response, http::Time now);

  /// A value of Cookie: longer paths first; nothing if there are none for that URL.
  std::optional<std::string> value_for(const Url& url, http::Time now) const;

  std::size_t size() const { return cookies_.size(); }

  /// All of them as a file, line by line; see cookie_file.hpp.
  std::string file_text() const;
  /// Takes those of a file. False if it is none: its first line says what it is.
  bool add_file(std::string_view text, http::Time now);

 private:
  struct Cookie {
    std::string name, value;
    std::string domain;           // in small letters
    bool is_of_one_host = false;  // not of those below the domain
    std::string path;
    bool is_secure = false;
    std::optional<http::Time> ends;

    bool is_same(const Cookie& other) const {
      return name == other.name && domain == other.domain && path == other.path;
    }
    bool is_for(const Url& url) const;
  };
  static std::optional<Cookie> parse_line(std::string_view line);

  void put(Cookie cookie, http::Time now);

  std::vector<Cookie> cookies_;
};

}  // namespace labnet::http_client
