// Heads for tests, of their lines.
#pragma once

#include <string>
#include <string_view>

#include "common/http/request_head.hpp"
#include "common/http/response_head.hpp"

namespace labnet::http {

/// A head with the bytes that it is a view of; it stays where it was made.
template <class Reader>
class Parsed {
 public:
  explicit Parsed(std::string text) : text_{std::move(text)}, is_whole_{is_whole(reader_.read(as_bytes(text_)))} {}
  Parsed(const Parsed&) = delete;
  Parsed& operator=(const Parsed&) = delete;

  bool whole() const { return is_whole_; }
  const auto& head() const { return reader_.head(); }
  const Fields& fields() const { return reader_.head().fields(); }

 private:
  static bool is_whole(const HeadResult& result) { return result && *result; }

  std::string text_;
  Reader reader_;
  bool is_whole_;
};

/// lines  of fields, each with its CR LF
inline Parsed<RequestHeadReader> request(std::string_view lines, std::string_view first_line = "GET / HTTP/1.1") {
  return Parsed<RequestHeadReader>{std::string{first_line} + "\r\n" + std::string{lines} + "\r\n"};
}
inline Parsed<ResponseHeadReader> response(std::string_view lines, std::string_view first_line = "HTTP/1.1 200 OK") {
  return Parsed<ResponseHeadReader>{std::string{first_line} + "\r\n" + std::string{lines} + "\r\n"};
}

}  // namespace labnet::http
