// What a session stands on: the control connection, and the data connections that go with it. An interface, so that a
// session can be played without a network.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "common/net/stream.hpp"

namespace labnet::ftp_server {

using net::FileTransferFault;
using net::Progress;
using net::StreamFault;
using net::Task;
using net::Timeout;

/// An open data connection.
class DataChannel {
 public:
  virtual ~DataChannel() = default;

  virtual Task<Result<void, StreamFault>> secure(Timeout timeout) = 0;
  /// After `secure`: the client is the one of the control connection, as it has resumed that one's session.
  virtual bool resumes_control_session() const = 0;

  virtual Task<Result<void, StreamFault>> write(Bytes bytes, Timeout stall_timeout) = 0;
  virtual Task<Result<std::size_t, StreamFault>> read_some(std::span<std::byte> buffer, Timeout stall_timeout) = 0;
  virtual Task<Result<void, FileTransferFault>> send_file(int file, std::uint64_t offset, std::uint64_t bytes,
                                                          Timeout stall_timeout, Progress& progress) = 0;
  virtual Task<Result<void, FileTransferFault>> receive_file(int file, std::uint64_t bytes_max, Timeout stall_timeout,
                                                             Progress& progress) = 0;
  /// In order: with TLS by close_notify, then FIN.
  virtual Task<void> finish() = 0;
  /// Whatever is under way ends with a fault.
  virtual void abort() = 0;
  virtual net::Endpoint peer() const = 0;
  /// A sentence about a fault.
  virtual std::string explain(StreamFault fault) const = 0;
};

/// A listening socket for one data connection. Closed when it goes.
class PassiveSocket {
 public:
  virtual ~PassiveSocket() = default;
  virtual std::uint16_t port() const = 0;
  /// The one that was welcome, which may have come already. Once.
  virtual Task<Result<std::unique_ptr<DataChannel>, StreamFault>> accept(Timeout timeout) = 0;
  /// Ends a wait in `accept`.
  virtual void close() = 0;
};

/// What makes one data connection, to a port of the client's.
class ActiveSocket {
 public:
  virtual ~ActiveSocket() = default;
  virtual net::Endpoint target() const = 0;
  virtual Task<Result<std::unique_ptr<DataChannel>, StreamFault>> connect(Timeout timeout) = 0;
  /// Ends a wait in `connect`, and one that begins later.
  virtual void close() = 0;
};

class Transport {
 public:
  virtual ~Transport() = default;

  virtual const net::Endpoint& local() const = 0;
  virtual const net::Endpoint& peer() const = 0;

  virtual Task<Result<std::string, StreamFault>> read_line(Timeout timeout) = 0;
  /// The `read_line` that waits at the moment ends with `deadline`; nothing is lost.
  virtual void interrupt_read() = 0;
  virtual Task<Result<void, StreamFault>> write(std::string_view text) = 0;
  /// Discards what was read and not used yet.
  virtual Task<Result<void, StreamFault>> secure(Timeout timeout) = 0;
  virtual bool is_secure() const = 0;
  /// Gives the client a ticket for one more data connection. Not while a write is under way.
  virtual void offer_session() = 0;
  virtual Task<void> finish() = 0;
  virtual void close() = 0;

  /// From now on it accepts: the first one that is welcome, and none behind it; all others are closed as they come.
  /// is_welcome  is not called any more once the socket has gone
  using IsWelcome = std::function<bool(const net::Endpoint& peer)>;
  virtual Result<std::unique_ptr<PassiveSocket>> listen(IsWelcome is_welcome) = 0;
  /// At the address of `peer`, with the scope that one of a link's has there.
  virtual std::unique_ptr<ActiveSocket> connect_to(std::uint16_t port) = 0;
  /// A sentence about a fault.
  virtual std::string explain(StreamFault fault) const = 0;
};

}  // namespace labnet::ftp_server
