#include "clients/sip/media_session.hpp"

#include <chrono>
#include <utility>

#include <boost/asio/steady_timer.hpp>

#include "clients/sip/addresses.hpp"
#include "common/net/deadline.hpp"
#include "common/net/random.hpp"

namespace labnet::sip_client {
namespace {

using namespace std::chrono_literals;
using net::Task;

constexpr auto frame_time = 20ms;
constexpr auto behind_max = 500ms;  // then the time that was lost, as of a laptop that slept, is not made up for
constexpr int port_attempts = 64;
constexpr net::DatagramOptions media_datagrams{.datagram_bytes_max = 2048, .reply_bytes_max = 64};

/// Whoever holds the session keeps it alive while the task runs.
Task<void> run_while_held(std::shared_ptr<MediaSession> held, Task<void> task) {
  co_await std::move(task);
  held.reset();
}

}  // namespace

MediaSession::MediaSession(Private, net::Worker& worker, IpAddress local, std::unique_ptr<AudioSource> source,
                           MediaOptions options)
    : worker_{worker},
      local_{std::move(local)},
      wanted_port_{options.port},
      stream_{std::move(source), std::move(options), [] { return net::random_number<std::uint32_t>(); }} {}

Result<std::shared_ptr<MediaSession>> MediaSession::open(net::Worker& worker, const IpAddress& local,
                                                         std::unique_ptr<AudioSource> source, MediaOptions options) {
  auto session = std::make_shared<MediaSession>(Private{}, worker, local, std::move(source), std::move(options));
  if (const auto bound = session->bind(); !bound) return bound.error();
  worker.spawn(run_while_held(session, session->receive()));
  worker.spawn(run_while_held(session, session->receive_rtcp()));
  return session;
}

Result<void> MediaSession::bind() {
  if (wanted_port_ && bind_at(*wanted_port_)) return {};
  Result<void> last{Error{"no port is free"}};
  for (int attempt = 0; attempt < port_attempts && !last; ++attempt) {
    constexpr int pairs = (media_port_max - media_port_min) / 2 + 1;
    last = bind_at(static_cast<std::uint16_t>(media_port_min + 2 * (net::random_number<std::uint32_t>() % pairs)));
  }
  return last;
}

Result<void> MediaSession::bind_at(std::uint16_t port) {
  const net::Endpoint first{"udp", net::to_asio(local_), port};
  const net::Endpoint second{"udp", net::to_asio(local_), static_cast<std::uint16_t>(port + 1)};
  auto media = net::DatagramSocket::open(worker_, first, media_datagrams);
  if (!media) return media.error();
  auto reports = net::DatagramSocket::open(worker_, second, media_datagrams);
  if (!reports) return reports.error();
  port_ = port;
  rtp_ = *std::move(media);
  rtcp_ = *std::move(reports);
  return {};
}

sdp::LocalAudio MediaSession::local_audio() const {
  const bool is_v4 = std::holds_alternative<Ipv4Address>(local_);
  return {.family = is_v4 ? sdp::AddressFamily::ip4 : sdp::AddressFamily::ip6,
          .address = to_string(local_),
          .port = port_,
          .codecs = {{.payload_type = 8, .name = "PCMA"},
                     {.payload_type = 0, .name = "PCMU"},
                     {.payload_type = 101, .name = "telephone-event", .parameters = "0-16"}}};
}

std::optional<MediaSession::UdpEndpoint> MediaSession::remote(std::uint16_t port) const {
  if (!agreement_.remote || port == 0) return std::nullopt;
  boost::system::error_code error;
  const auto address = net::asio::ip::make_address(agreement_.remote->address, error);
  return error ? std::nullopt : std::optional{UdpEndpoint{address, port}};
}

void MediaSession::agree(const sdp::Agreement& agreement) {
  if (is_stopped_) return;
  agreement_ = agreement;
  stream_.agree(agreement);
  latch_.expect(remote(agreement.remote_port));
  if (std::exchange(is_open_path_, true)) return;
  send(*rtp_, stream_.opening_packet(), latch_.peer());
  worker_.spawn(run_while_held(shared_from_this(), pace()));
}

void MediaSession::stop() {
  if (std::exchange(is_stopped_, true)) return;
  if (is_open_path_) {
    const auto report = stream_.last_report(net::Clock::now(), std::chrono::system_clock::now());
    send(*rtcp_, report, remote(agreement_.remote_rtcp_port));
  }
  latch_.close();
}

void MediaSession::close() {
  stop();
  if (std::exchange(is_closed_, true)) return;
  rtp_->stop();
  rtcp_->stop();
}

MediaReport MediaSession::report() const {
  auto report = stream_.report();
  report.strangers = latch_.strangers() + latch_.foreign_ssrcs();
  return report;
}

void MediaSession::send(net::DatagramSocket& socket, Bytes bytes, const std::optional<UdpEndpoint>& to) {
  if (!to) return;
  // What the system does not take is lost, as on any wire.
  (void)socket.send_to(bytes, net::Peer{.address = *to});
}

Task<void> MediaSession::receive() {
  co_await rtp_->serve([this](const net::Datagram& datagram, std::span<std::byte>) {
    on_packet(datagram);
    return std::size_t{0};
  });
}

void MediaSession::on_packet(const net::Datagram& datagram) {
  if (datagram.is_cut || rtp::fault_of(datagram.bytes)) return;
  const auto header = rtp::header_of(datagram.bytes);
  const auto now = net::Clock::now();
  const bool is_agreed = stream_.is_agreed(header.payload_type);
  if (latch_.receive(datagram.peer.address, header.ssrc, is_agreed, now) != rtp::LatchVerdict::relay) return;
  stream_.receive(datagram.bytes, now);
}

Task<void> MediaSession::receive_rtcp() {
  co_await rtcp_->serve([this](const net::Datagram& datagram, std::span<std::byte>) {
    // Numbers alone, and of the other side's host alone.
    const auto expected = remote(agreement_.remote_rtcp_port);
    if (!datagram.is_cut && expected && expected->address() == datagram.peer.address.address()) {
      stream_.receive_rtcp(datagram.bytes, net::Clock::now(), std::chrono::system_clock::now());
    }
    return std::size_t{0};
  });
}

Task<void> MediaSession::pace() {
  net::asio::basic_waitable_timer<net::Clock, net::asio::wait_traits<net::Clock>, net::Executor> timer{
      worker_.executor()};
  auto next = net::Clock::now();
  while (!is_stopped_ && !worker_.is_stopping()) {
    const auto now = net::Clock::now();
    on_tick(now);
    next += frame_time;
    if (now - next > behind_max) next = now;
    timer.expires_at(next);
    co_await timer.async_wait(net::as_result);
  }
}

void MediaSession::on_tick(rtp::Time now) {
  if (const auto packet = stream_.next(now)) send(*rtp_, *packet, latch_.peer());
  if (const auto report = stream_.next_report(now, std::chrono::system_clock::now())) {
    send(*rtcp_, *report, remote(agreement_.remote_rtcp_port));
  }
}

}  // namespace labnet::sip_client
