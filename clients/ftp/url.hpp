// Where a file lies: "ftp://samurt123:password@ftp.labredes71.com/1.png" (RFC 1738, section 3.2; RFC 3986).
//
//   ftp://host/music/1.mp3        below the folder where the login leads: "music/1.mp3"
//   ftp://host//srv/1.mp3         from the server's root on: "/srv/1.mp3"
//   ftp://host/%2Fsrv/1.mp3       the same, as RFC 1738 writes it
//   ftp://host/notes.txt;type=a   as text (TYPE A); "i" as it is, "d" a folder
//   ftps://host/                  TLS from the first byte on, port 990
//
// The path goes to the server whole, in one command, and not folder by folder with CWD: so "%2F" is a slash like any
// other. All that is not "%" and two digits stands for itself, spaces, UTF-8, "?" and "#" included: FTP knows neither
// queries nor fragments.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/result.hpp"
#include "common/ftp/parameters.hpp"

namespace labnet::ftp_client {

struct Url {
  bool is_ftps = false;
  std::string user{};  // empty: none was given
  std::optional<std::string> password{};
  std::string host{};  // a name or an address, an IPv6 one without brackets
  std::uint16_t port = 21;
  std::string path{};  // decoded, without the slash behind the host; may be empty
  std::optional<ftp::Representation> representation{};

  bool operator==(const Url&) const = default;
};

/// faults  a sentence that says what was expected, and never holds the password
Result<Url> parse_url(std::string_view text);

/// Of a path as above: "music" of "music/1.mp3", "/" of "/1.mp3", nothing of "1.mp3".
std::string folder_of(std::string_view path);
/// "1.mp3" of "music/1.mp3"; empty if the path ends with a slash.
std::string name_of(std::string_view path);
/// The name in the folder, which may be empty, "/" or end with a slash.
std::string path_in(std::string_view folder, std::string_view name);

}  // namespace labnet::ftp_client
