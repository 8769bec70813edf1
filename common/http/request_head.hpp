// The head of a request: "GET /1.png HTTP/1.1" and its fields (RFC 9112, section 3).
#pragma once

#include <optional>
#include <span>
#include <string>
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

/// The head as it travels, the empty line included, with the fields in the order given. Nothing if something in it has
/// a character that must not be there: a line end in a value would make another field of what follows.
std::optional<std::string> request_head_text(std::string_view method, std::string_view target, Version version,
                                             std::span<const FieldText> fields);

}  // namespace labnet::http
