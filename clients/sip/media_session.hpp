// A call's media on the network: two UDP ports, one timer of 20 ms, and a MediaStream between them.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "clients/sip/media_stream.hpp"
#include "common/base/address.hpp"
#include "common/base/result.hpp"
#include "common/net/datagram.hpp"
#include "common/net/runtime.hpp"
#include "common/rtp/latch.hpp"
#include "common/sdp/negotiation.hpp"

namespace labnet::sip_client {

/// Where RTP's port is looked for: an even one, RTCP's is the next. Not where a server of this project has its own.
inline constexpr std::uint16_t media_port_min = 30000;
inline constexpr std::uint16_t media_port_max = 39998;

/// Lives as long as whoever holds it, or as its tasks run: after `close` they end by themselves.
class MediaSession : public std::enable_shared_from_this<MediaSession> {
 public:
  /// local  the address at which media are received
  /// faults  no pair of ports is free there
  static Result<std::shared_ptr<MediaSession>> open(net::Worker& worker, const IpAddress& local,
                                                    std::unique_ptr<AudioSource> source, MediaOptions options);

  /// What this side offers and answers: G.711 of both laws and telephone-event, at this session's port.
  sdp::LocalAudio local_audio() const;

  /// After each offer and answer. The first one opens the path: one packet of one byte, of a type that nobody has.
  void agree(const sdp::Agreement& agreement);
  /// False: the other side takes no keys, or too many wait.
  bool press(char key) { return stream_.press(key); }
  /// One of the other side that came by signalling.
  void take_key(char key) { stream_.take_key(key); }
  bool has_ended() const { return stream_.has_ended() && !stream_.has_keys(); }
  /// The last report goes out, with BYE, and no further packet. What was measured stays. The ports stay open: what is
  /// still under way to them is nobody's fault, and the system would answer it by "port unreachable".
  void stop();
  /// The other side has stopped as well.
  bool has_heard_bye() const { return stream_.has_heard_bye(); }
  /// Nothing is received any more, and the ports are given back with the object. Without `stop` before it stops, too.
  void close();

  MediaReport report() const;
  audio::Samples recording() const { return stream_.recording(); }

 private:
  using UdpEndpoint = net::asio::ip::udp::endpoint;
  struct Private {};

 public:
  MediaSession(Private, net::Worker& worker, IpAddress local, std::unique_ptr<AudioSource> source,
               MediaOptions options);

 private:
  Result<void> bind();
  Result<void> bind_at(std::uint16_t port);
  net::Task<void> receive();
  net::Task<void> receive_rtcp();
  net::Task<void> pace();
  void on_packet(const net::Datagram& datagram);
  void on_tick(rtp::Time now);
  void send(net::DatagramSocket& socket, Bytes bytes, const std::optional<UdpEndpoint>& to);
  std::optional<UdpEndpoint> remote(std::uint16_t port) const;

  net::Worker& worker_;
  IpAddress local_;
  std::optional<std::uint16_t> wanted_port_;
  std::uint16_t port_ = 0;
  std::unique_ptr<net::DatagramSocket> rtp_, rtcp_;
  MediaStream stream_;
  rtp::SourceLatch<UdpEndpoint> latch_;
  sdp::Agreement agreement_;
  bool is_open_path_ = false;
  bool is_stopped_ = false;
  bool is_closed_ = false;
};

}  // namespace labnet::sip_client
