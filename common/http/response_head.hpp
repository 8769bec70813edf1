// The head of a response: "HTTP/1.1 200 OK" and its fields (RFC 9112, section 4).
#pragma once

#include <string_view>

#include "common/http/head.hpp"

namespace labnet::http {

/// Views of the bytes that were given last to the reader (or to `set_base`).
class ResponseHead {
 public:
  Version version() const { return version_; }
  int status() const { return status_; }                         // 100 to 599
  std::string_view reason() const { return reason_.in(base_); }  // often empty; says nothing to programs
  const Fields& fields() const { return fields_; }
  /// The buffer has moved: the head begins here now.
  void set_base(const char* base);

 private:
  friend class ResponseHeadReader;
  const char* base_ = nullptr;
  Place reason_;
  int status_ = 0;
  Version version_ = Version::http_1_1;
  Fields fields_;
};

/// As RequestHeadReader (request_head.hpp), which says how it is used.
class ResponseHeadReader {
 public:
  HeadResult read(Bytes input);
  const ResponseHead& head() const { return head_; }
  ResponseHead& head() { return head_; }
  void clear();

 private:
  enum class Stage { first_line, fields };

  LineEnd read_first_line(const char* base, HeadLines::Line line);
  LineEnd read_reason(const char* base, HeadLines::Line rest);
  HeadResult read_until_fields(std::string_view head);

  ResponseHead head_;
  HeadLines lines_;
  Stage stage_ = Stage::first_line;
};

}  // namespace labnet::http
