// One client whose octets travel within HTTP requests (common/rtmp/tunnel.hpp), whichever connections these come on.
//
//   HTTP connection, any worker          Tunnel, on the worker where it was opened         Connection
//     send 7, octets     -- post -->       input                       -- read_some -->     its session
//     200, octets        <-- post --       output, once all of the input is taken  <-- write
//
// A request counts once: the same number again is given the same answer, as its connection may have broken before the
// answer came. The next number is the only other one that is taken.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/net/quota.hpp"
#include "common/net/wakeup.hpp"
#include "common/rtmp/shared_bytes.hpp"
#include "common/rtmp/tunnel.hpp"
#include "servers/rtmp/config.hpp"
#include "servers/rtmp/transport.hpp"
#include "servers/rtmp/tunnel_intake.hpp"

namespace labnet::rtmp_server {

class Tunnels;

struct TunnelRequest {
  rtmp::TunnelVerb verb = rtmp::TunnelVerb::idle;  // send, idle or close
  std::uint32_t number = 0;
  Buffer octets{};  // of send
};

struct TunnelAnswer {
  enum class Kind : std::uint8_t {
    octets,     // `body`: delay and octets of RTMP
    gone,       // there is no such session, or no more
    bad_number  // neither the next one nor the last one
  };
  Kind kind = Kind::gone;
  rtmp::SharedBytes body{};
};
using TunnelAnswerer = std::function<void(TunnelAnswer)>;  // called once, on the tunnel's worker

class Tunnel final : public Transport {
 public:
  struct Options {
    std::string id;
    net::Endpoint peer;  // who has opened it; others may go on: proxies have many addresses
    std::chrono::milliseconds timeout{20'000};
    std::size_t request_bytes_max = 8 << 20;
    std::size_t response_bytes_max = 1 << 20;
  };
  /// owner  forgets it when it goes
  Tunnel(net::Worker& worker, std::shared_ptr<Tunnels> owner, net::Quota::Place place, Options options);
  ~Tunnel() override;

  const std::string& id() const { return options_.id; }
  /// What connections ask before a request is whole; never null. It may outlive the tunnel.
  const std::shared_ptr<TunnelIntake>& intake() const { return intake_; }

  /// On its worker.
  void take(TunnelRequest request, TunnelAnswerer answerer);
  /// The same: a request of it comes, or its answer goes, which may take longer than `Options::timeout`.
  void hold();
  void release();

  // For the connection.

  /// faults  closed: the client has said so, or has not asked for Options::timeout; deadline, stopped
  net::Task<Result<std::size_t, net::StreamFault>> read_some(std::span<std::byte> buffer,
                                                             net::Clock::time_point until) override;
  void interrupt_read() override;
  /// Taken as long as less waits than one answer may have.
  bool write_at_once(std::span<const Bytes> pieces) override;
  net::Task<Result<void, net::StreamFault>> write_steadily(std::span<const Bytes> pieces,
                                                           net::Timeout stall_timeout) override;
  /// Until the client has fetched what waits.
  net::Task<void> finish(net::Timeout timeout) override;
  void close() override;
  bool is_open() const override { return is_open_; }
  const net::Endpoint& peer() const override { return options_.peer; }

 private:
  bool is_input_taken() const { return input_used_ == input_.size(); }
  void forget_input();
  void answer();
  void give(const TunnelAnswer& answer);
  bool has_room() const { return output_.size() < options_.response_bytes_max; }

  std::shared_ptr<Tunnels> owner_;
  net::Quota::Place place_;
  Options options_;
  net::Executor executor_;
  bool is_open_ = true;
  bool is_closed_by_client_ = false;
  net::Clock::time_point asked_until_;  // then nobody is there any more,
  int held_ = 0;                        // unless something is on its way

  // The request that is under way, and the last one that was answered.
  std::vector<TunnelAnswerer> answerers_;  // of whoever has sent it; empty: none is under way
  std::shared_ptr<TunnelIntake> intake_;   // knows its number
  TunnelAnswer last_answer_;
  std::uint8_t delay_ = rtmp::tunnel_delay_min;

  Buffer input_;
  std::size_t input_used_ = 0;
  bool is_read_ = true;  // somebody waits in read_some, or will
  bool is_interrupted_ = false;
  Buffer output_;
  net::Wakeup reader_, writer_;
};

}  // namespace labnet::rtmp_server
