// How much of what comes from outside is taken. Those of heads, chunks and fields stand in common/http/limits.hpp.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace labnet::http_client {

inline constexpr std::size_t url_bytes_max = 8192;
inline constexpr int informational_responses_max = 20;  // 1xx in front of the one that counts
inline constexpr int redirects_max_default = 20;
inline constexpr int answers_to_challenges_max = 2;  // 401: with credentials, and once more if a nonce was too old
/// Of the body of a response that is not the last one: more is not read, and the connection closed.
inline constexpr std::uint64_t passing_body_bytes_max = 1 << 20;
inline constexpr std::uint64_t download_bytes_max_default = std::uint64_t{1} << 40;
inline constexpr std::uint64_t decoded_bytes_max_default = std::uint64_t{1} << 30;  // that gzip becomes

// Of what is sent
inline constexpr std::size_t sent_with_head_bytes_max = 64 * 1024;    // a body up to that goes out with its head
inline constexpr std::uint64_t expects_continue_bytes = 1024 * 1024;  // a body from that on waits for 100 (Continue)
inline constexpr std::uint64_t given_bytes_max = 64 * 1024 * 1024;    // of what is held in memory: --data @FILE

/// Of what is there of a download, the last bytes, which come once more and must be the same.
inline constexpr std::uint64_t compared_bytes_max = 64 * 1024;

// Of cookies
inline constexpr std::size_t kept_cookies_max = 300;
inline constexpr std::size_t cookie_bytes_max = 4096;                  // name and value (RFC 6265, section 6.1)
inline constexpr std::size_t cookie_file_bytes_max = 4 * 1024 * 1024;  // all that are kept, at their largest
inline constexpr std::chrono::seconds cookie_age_max = std::chrono::hours{24 * 400};  // a longer one counts as this

// Of `browse`
inline constexpr std::size_t connections_per_host_max = 6;
inline constexpr std::size_t assets_max = 500;  // beside the page
inline constexpr std::uint64_t asset_bytes_max = std::uint64_t{64} << 20;
inline constexpr std::uint64_t visit_bytes_max = std::uint64_t{1} << 30;  // of all bodies together
inline constexpr std::size_t scanned_bytes_max = 8 << 20;    // of a page or a style, in which more is looked for
inline constexpr std::size_t reference_bytes_max = 4 << 20;  // of all URLs that a page and its styles name
inline constexpr std::size_t shown_url_columns = 200;
inline constexpr std::chrono::milliseconds ocsp_timeout{5'000};  // for each phase of a question to a CA
inline constexpr std::size_t candidates_max = 100;               // of one srcset

}  // namespace labnet::http_client
