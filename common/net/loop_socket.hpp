// A connected socket that its worker's event loop watches, but for the time that another thread does its work: else all
// that comes and goes meanwhile would wake the worker, too.
#pragma once

#include <sys/socket.h>

#include "common/base/file_descriptor.hpp"
#include "common/net/stream.hpp"

namespace labnet::net {

/// Shows what Asio's event loop knows the socket by; null while it does not.
class WatchedSocket : public TcpSocket {
 public:
  explicit WatchedSocket(TcpSocket from) : TcpSocket{std::move(from)} {}
  auto& reactor_data() { return impl_.get_implementation().reactor_data_; }
};

class LoopSocket {
 public:
  explicit LoopSocket(TcpSocket from) : watched_{std::move(from)} {
    boost::system::error_code error;
    local_ = watched_.local_endpoint(error);
    watched_.native_non_blocking(true, error);
  }

  bool is_open() const { return watched_.is_open() || unwatched_; }
  /// -1 once it is closed.
  int descriptor() { return unwatched_ ? unwatched_.get() : watched_.native_handle(); }
  /// For waits; not while it has left the loop.
  WatchedSocket& watched() { return watched_; }
  /// As the system tells it: with an IPv6 socket an IPv4 address is a mapped one.
  const asio::ip::tcp::endpoint& local() const { return local_; }
  Executor executor() { return watched_.get_executor(); }

  /// Whatever waits for it ends.
  void leave_loop() {
    boost::system::error_code error;
    unwatched_ = FileDescriptor{watched_.release(error)};
  }
  /// False if the system refuses; then it is closed.
  bool return_to_loop() {
    boost::system::error_code error;
    FileDescriptor socket = std::move(unwatched_);
    watched_.assign(local_.protocol(), socket.get(), error);
    if (!error) socket.release();
    return !error;
  }

  void shut_down(int how) { ::shutdown(descriptor(), how); }
  void close() {
    boost::system::error_code ignored;
    watched_.close(ignored);
    unwatched_.reset();
  }

 private:
  WatchedSocket watched_;
  asio::ip::tcp::endpoint local_;
  FileDescriptor unwatched_;  // while it has left the loop
};

}  // namespace labnet::net
