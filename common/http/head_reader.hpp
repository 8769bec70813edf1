// Reads heads as their bytes come, one after the other.
#pragma once

#include "common/http/head.hpp"

namespace labnet::http {

/// What both kinds of heads have. Views of the bytes that were given last to the reader (or to `set_base`).
class Head {
 public:
  Version version() const { return version_; }
  const Fields& fields() const { return fields_; }
  /// The buffer has moved: the head begins here now.
  void set_base(const char* base) {
    base_ = base;
    fields_.set_base(base);
  }

 protected:
  template <class Kind>
  friend class HeadReader;

  const char* base_ = nullptr;
  Version version_ = Version::http_1_1;
  Fields fields_;
};

/// No allocation; one reader serves a connection, head after head.
/// Kind  a Head that reads its first line: `read_first_line`, and `empty_lines_max` in front of that
template <class Kind>
class HeadReader {
 public:
  /// input    the head from its first byte, as much of it as has come; the buffer may have moved since the last call,
  ///          but not have lost anything. What stands behind the head is not looked at
  /// returns  nothing: call again with more; the head's length in bytes, an empty line in front included (that one is
  ///          what some clients send behind a body). Then `head` is whole
  /// faults   the same for the same bytes, in whatever pieces they came; of a line that came in pieces it may be told
  ///          only when all of it is there
  HeadResult read(Bytes input) {
    const auto head = as_text(input);
    head_.set_base(head.data());
    if (!has_first_line_) {
      const auto line = read_until_fields(head);
      if (!line || !*line) return line;
      has_first_line_ = true;
    }
    return read_field_lines(head, lines_, head_.fields_);
  }
  const Kind& head() const { return head_; }
  Kind& head() { return head_; }
  /// For the next head.
  void clear() {
    head_.fields_.clear();
    lines_.begin_head();
    has_first_line_ = false;
    empty_lines_ = 0;
  }

 private:
  /// Gives where the fields begin.
  HeadResult read_until_fields(std::string_view head) {
    for (;;) {
      const auto line = lines_.next(head, first_line_bytes_max);
      if (!line) return std::nullopt;
      const auto end = head_.read_first_line(*line);
      if (end.refused()) return end.fault();
      if (!end.has_come() && lines_.limit_reached()) return HeadFault::first_line_too_long;
      if (!end.has_come()) {
        lines_.wait(head);
        return std::nullopt;
      }
      const bool is_empty = *line->begin == '\r';
      lines_.accept(head, end.place());
      if (!is_empty) return lines_.line_begin();
      if (++empty_lines_ > Kind::empty_lines_max) return HeadFault::line_end;
    }
  }

  Kind head_;
  HeadLines lines_;
  bool has_first_line_ = false;
  std::size_t empty_lines_ = 0;
};

}  // namespace labnet::http
