// The chunked coding as a machine of single characters, so that every cut is the same; data are taken in runs.
#include "common/http/chunked.hpp"

#include <algorithm>
#include <charconv>

#include "common/base/text.hpp"
#include "common/http/characters.hpp"
#include "common/http/limits.hpp"

namespace labnet::http {
namespace {

/// Sixteen or more for what is no digit.
unsigned digit_value(char c) {
  if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a') + 10;
  if (c >= 'A' && c <= 'F') return static_cast<unsigned>(c - 'A') + 10;
  return hexadecimal_base;
}

}  // namespace

int status_of(ChunkFault fault) {
  switch (fault) {
    case ChunkFault::length_too_large:
      return 413;
    case ChunkFault::trailers_too_long:
      return 431;
    default:
      return 400;
  }
}

std::string_view describe(ChunkFault fault) {
  switch (fault) {
    case ChunkFault::no_length:
      return "a chunk's length is no hexadecimal number";
    case ChunkFault::length_too_large:
      return "a chunk's length is too large";
    case ChunkFault::malformed_extension:
      return "a chunk's extension is malformed";
    case ChunkFault::extensions_too_long:
      return "the chunks' extensions are too long";
    case ChunkFault::line_end:
      return "a chunk or its line does not end with CR LF";
    case ChunkFault::malformed_trailer:
      return "a trailer is malformed";
    case ChunkFault::trailers_too_long:
      return "the trailers are too long";
  }
  return "";
}

Result<ChunkedDecoder::Step, ChunkFault> ChunkedDecoder::decode(Bytes input) {
  std::size_t used = 0;
  while (used < input.size() && !finished()) {
    if (stage_ == Stage::data) {
      auto taken = take_data(input.subspan(used));
      taken.used += used;
      return taken;
    }
    const auto stage = step(as_text(input)[used]);
    if (!stage) return stage.error();
    stage_ = *stage;
    ++used;
  }
  return Step{used, {}, finished()};
}

ChunkedDecoder::Step ChunkedDecoder::take_data(Bytes input) {
  const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(chunk_left_bytes_, input.size()));
  chunk_left_bytes_ -= size;
  body_bytes_ += size;
  if (chunk_left_bytes_ == 0) stage_ = Stage::data_cr;
  return {size, input.first(size), false};
}

/// One character that is none of the data.
Result<ChunkedDecoder::Stage, ChunkFault> ChunkedDecoder::step(char c) {
  switch (stage_) {
    case Stage::first_digit:
      chunk_left_bytes_ = line_bytes_ = 0;
      extension_ = Extension::before_semicolon;
      if (digit_value(c) >= hexadecimal_base) return ChunkFault::no_length;
      return add_digit(digit_value(c));
    case Stage::digits:
      return on_digits(c);
    case Stage::extension:
      return on_extension(c);
    case Stage::length_lf:
      if (c != '\n') return ChunkFault::line_end;
      return chunk_left_bytes_ == 0 ? Stage::trailer : Stage::data;
    case Stage::data_cr:
      if (c != '\r') return ChunkFault::line_end;
      return Stage::data_lf;
    case Stage::data_lf:
      if (c != '\n') return ChunkFault::line_end;
      return Stage::first_digit;
    case Stage::trailer:
      return on_trailer(c);
    case Stage::data:
    case Stage::finished:
      break;
  }
  return stage_;
}

Result<ChunkedDecoder::Stage, ChunkFault> ChunkedDecoder::add_digit(unsigned digit) {
  constexpr std::uint64_t highest_before = UINT64_MAX / hexadecimal_base;
  if (chunk_left_bytes_ > highest_before) return ChunkFault::length_too_large;
  if (++line_bytes_ > chunk_line_bytes_max - chunk_end.size()) return ChunkFault::extensions_too_long;
  chunk_left_bytes_ = chunk_left_bytes_ * hexadecimal_base + digit;
  if (chunk_left_bytes_ > UINT64_MAX - body_bytes_) return ChunkFault::length_too_large;
  return Stage::digits;
}

Result<ChunkedDecoder::Stage, ChunkFault> ChunkedDecoder::on_digits(char c) {
  if (digit_value(c) < hexadecimal_base) return add_digit(digit_value(c));
  if (c == '\r') return Stage::length_lf;
  if (c == '\n') return ChunkFault::line_end;
  if (c != ';' && !is_blank(c)) return ChunkFault::no_length;
  return on_extension(c);
}

Result<ChunkedDecoder::Stage, ChunkFault> ChunkedDecoder::on_extension(char c) {
  if (c == '\n') return ChunkFault::line_end;
  if (c == '\r') {
    if (!extension_may_end()) return ChunkFault::malformed_extension;
    return Stage::length_lf;
  }
  if (++line_bytes_ > chunk_line_bytes_max - chunk_end.size()) return ChunkFault::extensions_too_long;
  if (++extensions_bytes_ > chunk_extensions_bytes_max) return ChunkFault::extensions_too_long;
  const auto next = next_in_extension(c);
  if (!next) return ChunkFault::malformed_extension;
  extension_ = *next;
  return Stage::extension;
}

/// RFC 9112, section 7.1.1. Nothing if the character may not stand there.
std::optional<ChunkedDecoder::Extension> ChunkedDecoder::next_in_extension(char c) const {
  switch (extension_) {
    case Extension::before_semicolon:
    case Extension::behind_quoted:
      if (c == ';') return Extension::before_name;
      return is_blank(c) ? std::optional{Extension::before_semicolon} : std::nullopt;
    case Extension::before_name:
      if (is_token_character(c)) return Extension::name;
      return is_blank(c) ? std::optional{extension_} : std::nullopt;
    case Extension::name:
      if (is_token_character(c)) return extension_;
      [[fallthrough]];
    case Extension::before_equals:
      if (c == '=') return Extension::before_value;
      if (c == ';') return Extension::before_name;
      return is_blank(c) ? std::optional{Extension::before_equals} : std::nullopt;
    case Extension::before_value:
      if (c == quote) return Extension::quoted;
      if (is_token_character(c)) return Extension::value;
      return is_blank(c) ? std::optional{extension_} : std::nullopt;
    case Extension::value:
      if (is_token_character(c)) return extension_;
      if (c == ';') return Extension::before_name;
      return is_blank(c) ? std::optional{Extension::before_semicolon} : std::nullopt;
    case Extension::quoted:
      if (c == quote) return Extension::behind_quoted;
      if (c == escape) return Extension::escaped;
      return is_value_character(c) ? std::optional{extension_} : std::nullopt;
    case Extension::escaped:
      return is_value_character(c) ? std::optional{Extension::quoted} : std::nullopt;
  }
  return std::nullopt;
}

/// Not behind spaces, which stand only around ";" and "=", not behind a length either: "1a  " CR LF is what some old
/// servers send, and RFC 9112 has no place for it.
bool ChunkedDecoder::extension_may_end() const {
  return extension_ == Extension::name || extension_ == Extension::value || extension_ == Extension::behind_quoted;
}

Result<ChunkedDecoder::Stage, ChunkFault> ChunkedDecoder::on_trailer(char c) {
  if (++trailers_bytes_ > trailer_bytes_max) return ChunkFault::trailers_too_long;
  const auto next = next_in_trailer(c);
  if (!next) return ChunkFault::malformed_trailer;
  const bool is_at_end = trailer_ == Trailer::last_lf;
  trailer_ = *next;
  return is_at_end ? Stage::finished : Stage::trailer;
}

std::optional<ChunkedDecoder::Trailer> ChunkedDecoder::next_in_trailer(char c) const {
  switch (trailer_) {
    case Trailer::line_begin:
      if (c == '\r') return Trailer::last_lf;
      return is_token_character(c) ? std::optional{Trailer::name} : std::nullopt;
    case Trailer::name:
      if (c == ':') return Trailer::value;
      return is_token_character(c) ? std::optional{trailer_} : std::nullopt;
    case Trailer::value:
      if (c == '\r') return Trailer::lf;
      return is_value_character(c) ? std::optional{trailer_} : std::nullopt;
    case Trailer::lf:
    case Trailer::last_lf:
      return c == '\n' ? std::optional{Trailer::line_begin} : std::nullopt;
  }
  return std::nullopt;
}

ChunkLine::ChunkLine(std::uint64_t bytes) {
  const auto digits = std::to_chars(text_.data(), text_.data() + text_.size(), bytes, hexadecimal_base);
  const auto end = std::ranges::copy(chunk_end, digits.ptr).out;
  size_ = static_cast<std::size_t>(end - text_.data());
}

std::string chunk(std::string_view data) {
  std::string coded;
  if (data.empty()) return coded;
  coded += ChunkLine{data.size()}.text();
  coded += data;
  coded += chunk_end;
  return coded;
}

}  // namespace labnet::http
