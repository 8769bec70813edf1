// Cookies in a file from one run to the next, in Netscape's format, which curl reads and writes, too:
//
//   # Netscape HTTP Cookie File
//   web.lab    FALSE    /    TRUE    0    session    81b0c5      apart by tabs: the domain, whether the hosts below it
//                                                                 get it too, the path, whether only TLS may carry it,
//                                                                 when it ends (seconds since 1970; 0: it is of a
//                                                                 session, which the file prolongs), name, value
#pragma once

#include <filesystem>

#include "clients/http/cookie_jar.hpp"
#include "common/base/result.hpp"

namespace labnet::http_client {

/// An empty jar if there is no such file or what is no file, or nothing in it. Those that have ended are left out, and
/// so are lines that are no cookie. faults  it cannot be read, is too large, or is no file of this kind: it is not to
/// be overwritten
Result<CookieJar> read_cookies(const std::filesystem::path& path, http::Time now);

/// In place of what was there; to a device or a pipe as it is.
Result<void> write_cookies(const std::filesystem::path& path, const CookieJar& cookies);

}  // namespace labnet::http_client
