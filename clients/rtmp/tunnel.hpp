// RTMP within HTTP (RTMPT), client's side: see common/rtmp/tunnel.hpp.
//
//   read_some  <-- incoming --+   a task that sends what there is, or asks whether   POST /send/ID/N, /idle/ID/N
//   write      --> outgoing --+   there is anything: one request after the other     <-> server
#pragma once

#include <optional>
#include <string>

#include "clients/rtmp/poster.hpp"
#include "clients/rtmp/transport.hpp"
#include "common/net/runtime.hpp"
#include "common/net/wakeup.hpp"
#include "common/rtmp/tunnel.hpp"

namespace labnet::rtmp_client {

class Tunnel final : public Transport {
 public:
  /// Asks for a session, and begins to ask what it has to say.
  /// faults  a sentence: nobody answers, or no server that knows of tunnels
  static Task<Result<std::shared_ptr<Tunnel>>> open(net::Worker& worker, Poster poster);

  const std::string& id() const { return id_; }

  /// faults  closed: the server has ended the session; deadline, by itself or by interrupt_read; not_possible:
  /// `explain`
  ///         knows more
  Task<Result<std::size_t, net::StreamFault>> read_some(std::span<std::byte> buffer, Clock::time_point until) override;
  void interrupt_read() override;
  /// Until the rest of what has been written is no more than one request may wait for.
  Task<Result<void, net::StreamFault>> write_steadily(Bytes bytes, Timeout stall_timeout) override;
  /// Sends what is left, then says goodbye.
  Task<void> finish(Timeout timeout) override;
  void close() override;
  const net::Endpoint& peer() const override { return poster_.peer(); }
  std::string explain(net::StreamFault fault) const override;

  Tunnel(net::Worker& worker, Poster poster, std::string id);  // for open

 private:
  static Task<void> run(std::shared_ptr<Tunnel> self);
  Task<void> exchange();
  bool has_to_ask() const;
  void take(Poster::Answer answer);
  void end(net::StreamFault fault, std::string why);

  Poster poster_;
  std::string id_;
  std::uint32_t number_ = 0;
  Buffer outgoing_, incoming_;
  std::size_t incoming_used_ = 0;
  Clock::time_point ask_at_ = Clock::time_point::max();  // if there is nothing to send; the client speaks first
  bool is_finishing_ = false, is_reading_ = false, is_interrupted_ = false;
  std::optional<net::StreamFault> fault_;  // it has ended
  std::string why_;
  net::Wakeup asker_, reader_, writer_;
};

}  // namespace labnet::rtmp_client
