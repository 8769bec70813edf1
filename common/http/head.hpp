// What the heads of requests and of responses have in common: version, lines of fields, and what can be wrong.
//
//   GET /1.png HTTP/1.1 CR LF        the first line
//   Host: web.lab CR LF              a line for each field
//   CR LF                            the end of the head; the body follows
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "common/base/bytes.hpp"
#include "common/base/result.hpp"
#include "common/http/fields.hpp"

namespace labnet::http {

/// A minor version above 1 counts as 1.1 (RFC 9110, section 2.5).
enum class Version { http_1_0, http_1_1 };

enum class HeadFault {
  malformed_first_line,   // 400; a blank too many or too few, a method that is no token, an octet that must be encoded
  malformed_version,      // 400
  line_end,               // 400; a CR without LF, an LF without CR, or more than one empty line in front
  malformed_name,         // 400; a name that is empty or no token; a space in front of the colon, or no colon
  folded_line,            // 400; a line that begins with a space or tab, behind the first line too
  control_character,      // 400; in a value
  first_line_too_long,    // 414
  fields_too_large,       // 431; a line, their number or all of the head
  method_too_long,        // 501
  version_not_supported,  // 505; not HTTP/1
};
/// What a server answers: 400, 414, 431, 501 or 505. Then it closes: nobody knows where the next request begins.
int status_of(HeadFault fault);
/// For people: "space in front of the colon, or no name".
std::string_view describe(HeadFault fault);

/// nothing: the head is not whole, call again with more; otherwise its length in bytes, the empty line included
using HeadResult = Result<std::optional<std::size_t>, HeadFault>;

/// Where a line ends, CR LF included, or that this has not come, or why it is refused. What a Result says, but in two
/// registers: this is given for every line of every request.
class LineEnd {
 public:
  LineEnd(const char* place) : place_{place} {}  // null: has not come
  LineEnd(HeadFault fault) : fault_{fault}, refused_{true} {}

  bool has_come() const { return place_ != nullptr; }
  const char* place() const { return place_; }
  bool refused() const { return refused_; }
  HeadFault fault() const { return fault_; }

 private:
  const char* place_ = nullptr;
  HeadFault fault_{};
  bool refused_ = false;
};

/// One line at a time, where the last one may not be whole. Strict: CR LF alone ends a line (RFC 9112, section 2.2,
/// lets a recipient choose), since what two programs read differently is what requests are smuggled through.
class HeadLines {
 public:
  /// What is there of a line: up to the end of the input, or as far as a line may go.
  struct Line {
    const char* begin;
    const char* end;
  };

  void begin_head() { line_begin_ = searched_ = 0, limit_reached_ = false; }
  /// Nothing if the line's end has not come and the line was looked at before: then only what is new is searched.
  std::optional<Line> next(std::string_view head, std::size_t line_bytes_max);
  /// The line has an end behind `end`: the next one begins there.
  void accept(std::string_view head, const char* end);
  /// The line has none as far as it was given.
  void wait(std::string_view head) { searched_ = head.size(); }
  /// The last line was given as far as a line may go: if it has no end it is too long.
  bool limit_reached() const { return limit_reached_; }
  std::size_t line_begin() const { return line_begin_; }

 private:
  std::size_t line_begin_ = 0;
  std::size_t searched_ = 0;  // from the head's first byte: there is no LF between the line's first byte and here
  bool limit_reached_ = false;
};

/// `at` is the first character that does not belong to the line's text any more.
/// faults  line_end for a CR or LF alone; `other` for another character
LineEnd line_end_at(const char* at, const char* end, HeadFault other);

/// A field's line or the empty one, from its first byte; adds the field.
LineEnd read_field_line(const char* base, HeadLines::Line line, Fields& fields);

/// "HTTP/1.1", eight bytes.
Result<Version, HeadFault> parse_version(std::string_view text);
inline constexpr std::size_t version_bytes = 8;

/// All lines from the current one to the empty one.
HeadResult read_field_lines(std::string_view head, HeadLines& lines, Fields& fields);

}  // namespace labnet::http
