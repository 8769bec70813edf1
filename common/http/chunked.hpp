// The chunked coding, read and written (RFC 9112, section 7.1).
//
//   1a;name=value CR LF       the chunk's length in hexadecimal digits, and extensions, which nobody needs
//   26 octets CR LF
//   0 CR LF                   the last one
//   Name: value CR LF         trailers: read, checked and dropped
//   CR LF
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/bytes.hpp"
#include "common/base/result.hpp"

namespace labnet::http {

enum class ChunkFault {
  no_length,            // 400; the line does not begin with a hexadecimal digit, or has something else behind them
  length_too_large,     // 413; more than 64 bits hold
  malformed_extension,  // 400; not ";name=value", or a control character in it: an LF hidden there ends the line for
                        // some
  extensions_too_long,  // 400; of one line or of all together: octets that cost and say nothing
  line_end,             // 400; no CR LF behind a length or behind a chunk
  malformed_trailer,    // 400
  trailers_too_long,    // 431
};
int status_of(ChunkFault fault);
std::string_view describe(ChunkFault fault);

/// Takes the coding off a body as its bytes come, without copying and without a buffer of its own.
class ChunkedDecoder {
 public:
  struct Step {
    std::size_t used = 0;   // bytes of the input that are done with
    Bytes data;             // of these, what belongs to the body: a view of the input, may be empty
    bool finished = false;  // the body and its trailers are at their end; what follows is the next message's
  };

  /// input    what has come and is not used yet. A part of a line is used, too: nothing need be kept
  /// returns  at most one run of the body's bytes: call again with the rest until nothing is left of the input. Nothing
  ///          is used without input, and after the end
  /// faults   close the connection
  Result<Step, ChunkFault> decode(Bytes input);
  bool finished() const { return stage_ == Stage::finished; }
  /// What the body has had so far without the coding.
  std::uint64_t body_bytes() const { return body_bytes_; }

 private:
  enum class Stage { first_digit, digits, extension, length_lf, data, data_cr, data_lf, trailer, finished };

  Result<Stage, ChunkFault> step(char c);
  Result<Stage, ChunkFault> add_digit(unsigned digit);
  Result<Stage, ChunkFault> on_digits(char c);
  Result<Stage, ChunkFault> on_extension(char c);
  Result<Stage, ChunkFault> on_trailer(char c);
  Step take_data(Bytes input);

  /// Where a character stands in an extension: ";" name "=" value, with spaces around ";" and "=".
  enum class Extension {
    before_semicolon,
    before_name,
    name,
    before_equals,
    before_value,
    value,
    quoted,
    escaped,
    behind_quoted
  };
  std::optional<Extension> next_in_extension(char c) const;
  bool extension_may_end() const;

  /// Where a character stands in the trailers.
  enum class Trailer { line_begin, name, value, lf, last_lf };
  std::optional<Trailer> next_in_trailer(char c) const;

  Stage stage_ = Stage::first_digit;
  Extension extension_ = Extension::before_semicolon;
  Trailer trailer_ = Trailer::line_begin;
  std::uint64_t chunk_left_bytes_ = 0;
  std::uint64_t body_bytes_ = 0;
  std::size_t line_bytes_ = 0;
  std::size_t extensions_bytes_ = 0;
  std::size_t trailers_bytes_ = 0;
};

/// What stands in front of a chunk: "1a" CR LF. Behind the chunk stands `chunk_end`.
class ChunkLine {
 public:
  /// bytes  1 or more: a chunk of none is the last
  explicit ChunkLine(std::uint64_t bytes);
  std::string_view text() const { return {text_.data(), size_}; }

 private:
  static constexpr std::size_t bytes_max = 18;  // sixteen digits, CR LF
  std::array<char, bytes_max> text_;
  std::size_t size_ = 0;
};
inline constexpr std::string_view chunk_end = "\r\n";
inline constexpr std::string_view last_chunk = "0\r\n\r\n";  // without trailers

/// A whole chunk; nothing for no data, since that would end the body.
std::string chunk(std::string_view data);

}  // namespace labnet::http
