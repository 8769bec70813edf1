// UDP for those who answer: batches of datagrams. Those who ask use ConnectedDatagram.
#pragma once

#include <netinet/in.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>

#include <boost/asio/ip/udp.hpp>
#include <boost/asio/steady_timer.hpp>

#include "common/base/bytes.hpp"
#include "common/base/file_descriptor.hpp"
#include "common/base/result.hpp"
#include "common/net/endpoint.hpp"
#include "common/net/fault.hpp"
#include "common/net/runtime.hpp"

namespace labnet::net {

/// Whom to answer. A value: keep it to answer later.
struct Peer {
  asio::ip::udp::endpoint address;
  /// Which of our addresses was asked, and so must answer. All zero where the socket is bound to that one address.
  /// An IPv4 address stands in the first four octets.
  std::array<std::uint8_t, 16> asked{};
};

struct Datagram {
  Bytes bytes;          // lives until the handler returns
  bool is_cut = false;  // it was longer than `datagram_bytes_max`: the rest is lost
  const Peer& peer;
};

struct DatagramOptions {
  std::size_t datagram_bytes_max = 4096;  // of one received
  std::size_t reply_bytes_max = 4096;     // of one that the handler writes; at most 65535
  std::size_t receive_queue_bytes = 0;    // asked of the system (SO_RCVBUF); 0 leaves the system's default
};

/// How many datagrams the system gives or takes in one call, and how many calls are made before others have their turn.
constexpr std::size_t batch_datagrams_max = 64;
constexpr int batches_per_turn_max = 8;

/// One worker's socket of a UDP service.
///
///   auto socket = net::DatagramSocket::open(worker, *net::parse_endpoint("udp://127.0.0.1:5300"));
///   worker.spawn((*socket)->serve([](const net::Datagram& query, std::span<std::byte> reply) { ...; return bytes; }));
///
/// The worker owns its buffers; nothing is allocated for a datagram.
class DatagramSocket {
 public:
  /// Answers at once: writes to `reply` and returns how many bytes that are, 0 for no answer (or for one that
  /// `send_to` gives later). An exception is logged and leaves that datagram without an answer.
  using Handler = std::function<std::size_t(const Datagram&, std::span<std::byte> reply)>;

  struct Counters {
    std::uint64_t received = 0;
    std::uint64_t sent = 0;
    std::uint64_t unsent = 0;  // the system took none: no route, refused, too long, queue full
  };

  /// Binds with SO_REUSEPORT, so that each worker has a socket of its own at the same port. IPv6 takes IPv6 alone.
  static Result<std::unique_ptr<DatagramSocket>> open(Worker& worker, const Endpoint& endpoint,
                                                      const DatagramOptions& options = {});
  /// Uses a socket that is bound already, as one handed in.
  static Result<std::unique_ptr<DatagramSocket>> adopt(Worker& worker, FileDescriptor socket,
                                                       const DatagramOptions& options = {});
  ~DatagramSocket();

  /// Receives until the worker is to stop or `stop` is called. The object must live until then. Once at a time.
  Task<void> serve(Handler handler);
  void stop();

  /// Sends now, or not at all: false if the system does not take it.
  bool send_to(Bytes bytes, const Peer& peer);

  Endpoint local() const { return local_; }
  const Counters& counters() const { return counters_; }

 private:
  struct Batch;

  DatagramSocket(Worker& worker, asio::basic_datagram_socket<asio::ip::udp, Executor> socket,
                 const DatagramOptions& options);
  static Result<std::unique_ptr<DatagramSocket>> prepare(Worker& worker,
                                                         asio::basic_datagram_socket<asio::ip::udp, Executor> socket,
                                                         const DatagramOptions& options);
  bool handle(const Datagram& datagram, const Handler& handler, std::span<std::byte> reply, std::size_t& reply_bytes);
  bool send_replies();  // false: the system's queue is full, try again later

  asio::basic_datagram_socket<asio::ip::udp, Executor> socket_;
  DatagramOptions options_;
  Endpoint local_;
  bool tells_asked_address_ = false;  // bound to a wildcard
  bool stopped_ = false;
  Counters counters_;
  Counts& worker_counts_;
  std::unique_ptr<Batch> batch_;
  Worker::Registration on_stop_;
};

}  // namespace labnet::net
