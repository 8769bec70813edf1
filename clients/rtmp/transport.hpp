// What the octets of a connection travel by: a stream as it is, or HTTP requests (tunnel.hpp).
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <utility>

#include "common/base/bytes.hpp"
#include "common/base/result.hpp"
#include "common/net/stream.hpp"

namespace labnet::rtmp_client {

using net::Clock;
using net::Task;
using net::Timeout;

/// Each function is what net::Stream's of that name is.
class Transport {
 public:
  virtual ~Transport() = default;

  virtual Task<Result<std::size_t, net::StreamFault>> read_some(std::span<std::byte> buffer,
                                                                Clock::time_point until) = 0;
  virtual void interrupt_read() = 0;
  virtual Task<Result<void, net::StreamFault>> write_steadily(Bytes bytes, Timeout stall_timeout) = 0;
  virtual Task<void> finish(Timeout timeout) = 0;
  virtual void close() = 0;
  virtual const net::Endpoint& peer() const = 0;
  virtual std::string explain(net::StreamFault fault) const = 0;
};

class StreamTransport final : public Transport {
 public:
  explicit StreamTransport(net::Stream stream) : stream_{std::move(stream)} {}

  Task<Result<std::size_t, net::StreamFault>> read_some(std::span<std::byte> buffer, Clock::time_point until) override {
    return stream_.read_some(buffer, until);
  }
  void interrupt_read() override { stream_.interrupt_read(); }
  Task<Result<void, net::StreamFault>> write_steadily(Bytes bytes, Timeout stall_timeout) override {
    return stream_.write_steadily(bytes, stall_timeout);
  }
  Task<void> finish(Timeout timeout) override { return stream_.finish(timeout); }
  void close() override { stream_.close(); }
  const net::Endpoint& peer() const override { return stream_.peer(); }
  std::string explain(net::StreamFault fault) const override { return stream_.explain(fault); }

 private:
  net::Stream stream_;
};

}  // namespace labnet::rtmp_client
