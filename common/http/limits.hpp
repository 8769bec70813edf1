// How long things may be in a message, and how many of them there may be. What is above is refused; of lists that say
// only what somebody would like, it is passed over.
#pragma once

#include <cstddef>
#include <cstdint>

namespace labnet::http {

// Of a head
inline constexpr std::size_t method_bytes_max = 32;        // a longer one is none that anybody implements: 501
inline constexpr std::size_t first_line_bytes_max = 8192;  // CR LF included; RFC 9112, section 3, asks for 8000: 414
inline constexpr std::size_t field_line_bytes_max = 8192;  // CR LF included: 431
inline constexpr std::size_t head_bytes_max = 32768;       // all of it, the empty line included: 431
inline constexpr std::size_t fields_max = 100;             // lines: 431
inline constexpr std::size_t empty_lines_before_max = 1;   // in front of a request (RFC 9112, section 2.2): 400

// Of a body
inline constexpr std::size_t chunk_line_bytes_max = 256;          // extensions and CR LF included: 400
inline constexpr std::size_t chunk_extensions_bytes_max = 16384;  // of all chunks of a body together: 400
inline constexpr std::size_t trailer_bytes_max = 8192;            // all lines, the empty one included: 431

// Of what stands in targets and fields
inline constexpr std::size_t ranges_max = 16;          // of one Range field; more are not worth an answer in parts
inline constexpr std::size_t form_pairs_max = 1000;    // of a query or a form
inline constexpr std::size_t list_elements_max = 100;  // that a list with weights is looked through
inline constexpr std::size_t parameters_max = 16;      // of a media type or of credentials
inline constexpr std::size_t cookies_max = 100;        // of one request

// Of multipart/form-data
inline constexpr std::size_t boundary_bytes_max = 70;     // RFC 2046, section 5.1.1
inline constexpr std::size_t part_head_bytes_max = 4096;  // of one part, the empty line included
inline constexpr std::size_t parts_max = 1000;

}  // namespace labnet::http
