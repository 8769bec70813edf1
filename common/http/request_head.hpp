// The head of a request: "GET /1.png HTTP/1.1" and its fields (RFC 9112, section 3).
#pragma once

#include <string_view>

#include "common/http/head.hpp"

namespace labnet::http {

/// Views of the bytes that were given last to the reader (or to `set_base`).
class RequestHead {
 public:
  std::string_view method() const { return method_.in(base_); }  // a token; GET and get are two
  std::string_view target() const { return target_.in(base_); }  // visible ASCII, one at least; see target.hpp
  Version version() const { return version_; }
  const Fields& fields() const { return fields_; }
  /// The buffer has moved: the head begins here now.
  void set_base(const char* base);

 private:
  friend class RequestHeadReader;
  const char* base_ = nullptr;
  Place method_, target_;
  Version version_ = Version::http_1_1;
  Fields fields_;
};

/// Reads one head as its bytes come. No allocation; one reader serves a connection, head after head.
class RequestHeadReader {
 public:
  /// input    the head from its first byte, as much of it as has come; the buffer may have moved since the last call,
  ///          but not have lost anything. What stands behind the head is not looked at
  /// returns  nothing: call again with more; the head's length in bytes, an empty line in front included (that one is
  ///          what some clients send behind a body). Then `head` is whole
  /// faults   the same for the same bytes, in whatever pieces they came; of a line that came in pieces it may be told
  ///          only when all of it is there
  HeadResult read(Bytes input);
  const RequestHead& head() const { return head_; }
  RequestHead& head() { return head_; }
  /// For the next head.
  void clear();

 private:
  enum class Stage { first_line, fields };

  LineEnd read_first_line(const char* base, HeadLines::Line line);
  LineEnd read_target(const char* base, HeadLines::Line rest);
  LineEnd read_version(HeadLines::Line rest);
  HeadResult read_until_fields(std::string_view head);

  RequestHead head_;
  HeadLines lines_;
  Stage stage_ = Stage::first_line;
  std::size_t empty_lines_ = 0;
};

}  // namespace labnet::http
