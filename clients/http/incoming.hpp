// What has come on a connection and is not used yet.
#pragma once

#include <algorithm>

#include "common/base/bytes.hpp"
#include "common/http/limits.hpp"
#include "common/net/stream.hpp"

namespace labnet::http_client {

/// One run of bytes, long enough for the longest head.
class Incoming {
 public:
  static constexpr std::size_t room_bytes = 2 * http::head_bytes_max;

  Bytes bytes() const { return Bytes{room_}.subspan(begin_, end_ - begin_); }
  bool empty() const { return begin_ == end_; }
  void use(std::size_t count) { begin_ += count; }
  void clear() { begin_ = end_ = 0; }

  /// At least one byte more, behind what is there. There is room as long as that is no longer than a head.
  net::Task<Result<std::size_t, net::StreamFault>> more(net::Stream& stream, net::Timeout timeout) {
    if (room_.empty()) room_.resize(room_bytes);
    std::copy(room_.begin() + begin_, room_.begin() + end_, room_.begin());
    end_ -= begin_;
    begin_ = 0;
    const auto count = co_await stream.read_some(std::span{room_}.subspan(end_), timeout);
    if (count) end_ += *count;
    co_return count;
  }

 private:
  Buffer room_;
  std::size_t begin_ = 0, end_ = 0;
};

}  // namespace labnet::http_client
