// The head of a request: "GET /1.png HTTP/1.1" and its fields (RFC 9112, section 3).
#pragma once

#include <string_view>

#include "common/http/head_reader.hpp"

namespace labnet::http {

class RequestHead : public Head {
 public:
  std::string_view method() const { return method_.in(base_); }  // a token; GET and get are two
  std::string_view target() const { return target_.in(base_); }  // visible ASCII, one at least; see target.hpp

 private:
  friend class HeadReader<RequestHead>;
  static constexpr std::size_t empty_lines_max = empty_lines_before_max;

  LineEnd read_first_line(HeadLines::Line line);
  LineEnd read_target(HeadLines::Line rest);
  LineEnd read_version(HeadLines::Line rest);

  Place method_, target_;
};

using RequestHeadReader = HeadReader<RequestHead>;

}  // namespace labnet::http
