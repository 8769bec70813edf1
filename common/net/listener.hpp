// The accept loop of a TCP service.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "common/base/file_descriptor.hpp"
#include "common/base/result.hpp"
#include "common/net/endpoint.hpp"
#include "common/net/quota.hpp"
#include "common/net/runtime.hpp"
#include "common/net/stream.hpp"

namespace labnet::net {

struct ListenerOptions {
  int backlog = 1024;  // connections that wait to be accepted; the system's net.core.somaxconn may cut it
  /// False: the port is this listener's alone, and another one there is a fault.
  bool shares_port = true;
  /// Shared by the listeners of all workers; without one nothing is limited.
  std::shared_ptr<Quota> quota;
  /// What a client is told before its connection is closed because of `quota`: sent once without waiting, as far as the
  /// system takes it. Empty: nothing.
  std::function<std::string(Full)> on_full;
};

/// How long a listener waits before it tries again when the system has no descriptor or no memory left for another
/// connection (EMFILE, ENFILE, ENOBUFS, ENOMEM). The waiting client is served then, if it has not gone.
constexpr std::chrono::milliseconds accept_pause{100};
/// At most one line in the log in this time about it.
constexpr std::chrono::seconds accept_log_interval{10};

/// One worker's listening socket.
///
///   auto listener = net::Listener::open(worker, *net::parse_endpoint("tcp://127.0.0.1:5300"), {.count = count});
///   worker.spawn((*listener)->serve([](net::Stream stream) -> net::Task<void> { ... }));
class Listener {
 public:
  using Handler = std::function<Task<void>(Stream)>;

  /// Binds with SO_REUSEADDR and SO_REUSEPORT, so that each worker has a listener of its own at the same port.
  /// IPv6 takes IPv6 alone.
  static Result<std::unique_ptr<Listener>> open(Worker& worker, const Endpoint& endpoint, ListenerOptions options = {});
  /// Uses a socket that listens already, as one handed in.
  static Result<std::unique_ptr<Listener>> adopt(Worker& worker, FileDescriptor socket, ListenerOptions options = {});

  /// Accepts until the worker is to stop or `stop` is called, and spawns `handler` for each connection, with
  /// TCP_NODELAY set. The object must live until then; the handler's tasks may live on.
  Task<void> serve(Handler handler);
  void stop();

  /// A single connection, as for an FTP data connection: not counted, no pause.
  /// faults  deadline, stopped, not_possible
  Task<Result<Stream, StreamFault>> accept_one(Timeout timeout);

  const Endpoint& local() const { return local_; }

 private:
  using Acceptor = asio::basic_socket_acceptor<asio::ip::tcp, Executor>;

  Listener(Worker& worker, Acceptor acceptor, ListenerOptions options);
  static Result<std::unique_ptr<Listener>> prepare(Worker& worker, Acceptor acceptor, ListenerOptions options);
  void admit(TcpSocket socket, const asio::ip::tcp::endpoint& peer, const Handler& handler);
  void refuse(TcpSocket& socket, Full full);
  Task<void> pause(const boost::system::error_code& error);

  Worker& worker_;
  Acceptor acceptor_;
  ListenerOptions options_;
  Endpoint local_;
  asio::basic_waitable_timer<Clock, asio::wait_traits<Clock>, Executor> pause_timer_;
  Clock::time_point silent_until_{};
  bool stopped_ = false;
  Worker::Registration on_stop_;
};

}  // namespace labnet::net
