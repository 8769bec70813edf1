// The body of a request, as it comes.
#pragma once

#include <cstdint>
#include <optional>

#include "common/base/bytes.hpp"
#include "common/base/result.hpp"
#include "common/http/body_decoder.hpp"
#include "common/net/stream.hpp"
#include "servers/http/config.hpp"

namespace labnet::http_server {

/// Why a body has not come to its end. Nobody knows where the next request would begin.
struct BodyFault {
  int status = 400;  // what to answer, if anybody is there to read it
  std::string_view explanation;
};

class BodyReader {
 public:
  /// already  what was read behind the head; must stay in place until `next` has returned all of it
  /// expects_continue  the client waits for 100 before it sends anything (RFC 9110, section 10.1.1)
  BodyReader(net::Stream& stream, const LimitsConfig& limits, http::Framing framing, Bytes already,
             bool expects_continue);

  /// Some bytes, which stay until the next call; none at the end.
  net::Task<Result<Bytes, BodyFault>> next();
  /// Reads on and throws away, `bytes_max` at most, for `time_max`. False if the end was not reached.
  net::Task<bool> discard(std::uint64_t bytes_max, std::chrono::milliseconds time_max);
  /// As `next`, but many small pieces (chunks) as one, for whoever has something to do for each: a write to the disk.
  /// Waits until there are `body_block_bytes`, or the end.
  net::Task<Result<Bytes, BodyFault>> next_block();

  bool is_finished() const { return decoder_.finished(); }
  /// As far as it is known before the end.
  std::optional<std::uint64_t> announced_bytes() const;

  /// Once it is finished: what belongs to the next request. How much of `already` was the body's, and what was read
  /// beyond that.
  std::size_t used_of_already() const { return already_bytes_ - already_.size(); }
  Bytes beyond() const { return read_; }

 private:
  net::Task<std::optional<BodyFault>> read_some();
  Result<Bytes, BodyFault> decode(Bytes& input);

  net::Stream& stream_;
  const LimitsConfig& limits_;
  http::BodyDecoder decoder_;
  std::size_t already_bytes_;
  Bytes already_;
  bool expects_continue_;
  Buffer buffer_;
  Bytes read_;  // of it, not decoded yet
  Buffer block_;
  net::Clock::time_point begun_ = net::Clock::now();
  net::Clock::time_point until_ = net::Clock::time_point::max();
};

}  // namespace labnet::http_server
