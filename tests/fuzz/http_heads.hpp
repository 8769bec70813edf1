// What the fuzz targets of heads have in common: a head at once and in pieces, and promises about fields.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "common/http/characters.hpp"
#include "common/http/head.hpp"
#include "tests/support/require.hpp"

namespace labnet::test {

/// The first of the sizes that the reader is given, growing by `piece_bytes`, with which it comes to an end; each time
/// in a buffer of its own, so that a view of an old one is found by the sanitizer.
template <class Reader>
http::HeadResult read_in_pieces(Reader& reader, std::string_view head, std::size_t piece_bytes,
                                std::vector<char>& buffer) {
  for (std::size_t size = 0;; size = std::min(size + piece_bytes, head.size())) {
    std::vector<char> moved{head.begin(), head.begin() + static_cast<std::ptrdiff_t>(size)};
    buffer.swap(moved);
    auto result = reader.read(as_bytes({buffer.data(), buffer.size()}));
    if (!result || *result || size == head.size()) return result;
  }
}

/// A fault of a line that is not whole may be told later, never another one.
inline void check_same(const http::HeadResult& in_pieces, const http::HeadResult& at_once) {
  if (!in_pieces) {
    require(at_once.has_error() && at_once.error() == in_pieces.error(), "in pieces a head is refused for the same");
  } else if (*in_pieces) {
    require(at_once.has_value() && *at_once == *in_pieces, "in pieces a head is as long");
  } else {
    require(at_once.has_error() || !*at_once, "at once a head is not whole either");
  }
}

inline void check_fields(const http::Fields& fields) {
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const auto [name, value] = fields[i];
    require(http::is_token(name), "a name is a token");
    require(http::is_value(value), "a value has no control characters");
    require(trim(value) == value, "a value has no spaces at its ends");
    require(fields.find(name).has_value() && fields.count(name) > 0, "a field is found under its name");
    require(fields.combined(name)->size() >= value.size(), "all values of a name are in one");
  }
  require(fields.size() <= http::fields_max, "there are no more fields than may be");
}

}  // namespace labnet::test
