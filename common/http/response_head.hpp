// The head of a response: "HTTP/1.1 200 OK" and its fields (RFC 9112, section 4).
#pragma once

#include <string_view>

#include "common/http/head_reader.hpp"

namespace labnet::http {

class ResponseHead : public Head {
 public:
  int status() const { return status_; }                         // 100 to 599
  std::string_view reason() const { return reason_.in(base_); }  // often empty; says nothing to programs

 private:
  friend class HeadReader<ResponseHead>;
  static constexpr std::size_t empty_lines_max = 0;

  LineEnd read_first_line(HeadLines::Line line);
  LineEnd read_reason(HeadLines::Line rest);

  Place reason_;
  int status_ = 0;
};

using ResponseHeadReader = HeadReader<ResponseHead>;

}  // namespace labnet::http
