// The admin address of a service: HTTP for whoever watches over it.
//
//   GET /healthz   200 if each worker does what it is given within ping_deadline; else 503, and which one does not
//   GET /readyz    200 from `set_ready` on, until the program is told to end; else 503
//   GET /metrics   what all workers have counted (metrics.hpp); 503 if one of them does not answer
//
// HEAD is answered in the same way; 405 for other methods, 404 for other paths. One request a connection.
//
// It has a thread of its own, so that it answers while workers start, stand still or drain, and so that no request of
// its costs them more than the time in which each adds up its numbers. Whoever asks is not asked who he is: it belongs
// at a loopback address, or in a network of one's own.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "common/base/result.hpp"
#include "common/control/metrics.hpp"
#include "common/http/request_head.hpp"
#include "common/net/aside.hpp"
#include "common/net/ask_workers.hpp"
#include "common/net/listener.hpp"

namespace labnet::control {

// What a client may cost. More is refused, or ends the connection.
inline constexpr std::size_t admin_connections_max = 16;                   // 503 for the next one
inline constexpr std::size_t admin_head_bytes_max = 4096;                  // of a request: 431
inline constexpr std::chrono::milliseconds admin_request_timeout{5'000};   // for the whole head: 408
inline constexpr std::chrono::milliseconds admin_response_timeout{5'000};  // for the client to take all of it
inline constexpr std::chrono::milliseconds ping_deadline{1'000};           // for a worker

class Admin {
 public:
  /// What one worker has counted, called on its thread. What is the whole service's the first worker says: what several
  /// say is added up.
  using Measure = std::function<Metrics(const net::Worker&)>;

  /// Begins to answer: not ready.
  /// version  of the program, for labnet_build_info
  /// faults   the address is taken, or none of this host's
  static Result<std::unique_ptr<Admin>> open(net::Runtime& runtime, const net::Endpoint& endpoint, std::string version);
  ~Admin();
  Admin(const Admin&) = delete;

  /// The service answers. From the thread that will call Runtime::run, before that.
  /// measure  refers to nothing that goes before the runtime's run has ended
  void set_ready(Measure measure);

  /// With the port that the system has picked, if none was named. Scheme "http".
  const net::Endpoint& local() const { return local_; }

 private:
  struct Response;
  enum class Phase { starting, ready, draining };

  Admin(net::Runtime& runtime, std::string version);
  net::Task<void> serve(net::Stream stream);
  net::Task<Response> answer(const http::RequestHead& request);
  net::Task<Response> tell_health();
  net::Task<Response> tell_readiness();
  net::Task<Response> tell_metrics();

  net::Runtime& runtime_;
  std::string version_;
  net::Endpoint local_;
  // On the own thread, once it runs.
  Phase phase_ = Phase::starting;
  Measure measure_;
  net::Worker::Registration on_drain_;
  net::Aside aside_;
  std::unique_ptr<net::Listener> listener_;
};

}  // namespace labnet::control
