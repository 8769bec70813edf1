// What the octets of one client travel by: a connection that is his alone, or HTTP requests (tunnel.hpp).
#pragma once

#include <cstddef>
#include <span>

#include "common/base/bytes.hpp"
#include "common/base/result.hpp"
#include "common/net/stream.hpp"

namespace labnet::rtmp_server {

/// Each function is what net::Stream's of that name is. They are called once for a read or for a batch of messages, not
/// for each of these.
class Transport {
 public:
  virtual ~Transport() = default;

  virtual net::Task<Result<std::size_t, net::StreamFault>> read_some(std::span<std::byte> buffer,
                                                                     net::Clock::time_point until) = 0;
  virtual void interrupt_read() = 0;

  virtual bool write_at_once(std::span<const Bytes> pieces) = 0;
  virtual net::Task<Result<void, net::StreamFault>> write_steadily(std::span<const Bytes> pieces,
                                                                   net::Timeout stall_timeout) = 0;

  virtual net::Task<void> finish(net::Timeout timeout) = 0;
  virtual void close() = 0;
  virtual bool is_open() const = 0;
  virtual const net::Endpoint& peer() const = 0;
};

class StreamTransport final : public Transport {
 public:
  explicit StreamTransport(net::Stream stream) : stream_{std::move(stream)} {}

  net::Task<Result<std::size_t, net::StreamFault>> read_some(std::span<std::byte> buffer,
                                                             net::Clock::time_point until) override {
    return stream_.read_some(buffer, until);
  }
  void interrupt_read() override { stream_.interrupt_read(); }
  bool write_at_once(std::span<const Bytes> pieces) override { return stream_.write_at_once(pieces); }
  net::Task<Result<void, net::StreamFault>> write_steadily(std::span<const Bytes> pieces,
                                                           net::Timeout stall_timeout) override {
    return stream_.write_steadily(pieces, stall_timeout);
  }
  net::Task<void> finish(net::Timeout timeout) override { return stream_.finish(timeout); }
  void close() override { stream_.close(); }
  bool is_open() const override { return stream_.is_open(); }
  const net::Endpoint& peer() const override { return stream_.peer(); }

 private:
  net::Stream stream_;
};

}  // namespace labnet::rtmp_server
