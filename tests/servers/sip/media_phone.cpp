#include "tests/servers/sip/media_phone.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <future>

namespace labnet::sip_server {
namespace {

FileDescriptor phone_socket(Ipv4Address host, std::uint16_t& port) {
  FileDescriptor socket{::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
  MediaAddress own{host, 0};
  socklen_t bytes = own.bytes();
  if (::bind(socket.get(), own.data(), bytes) != 0 || ::getsockname(socket.get(), own.data(), &bytes) != 0) {
    std::abort();
  }
  port = own.port();
  return socket;
}

std::optional<Buffer> next_datagram(int socket, std::chrono::milliseconds time) {
  pollfd ready{socket, POLLIN, 0};
  if (::poll(&ready, 1, static_cast<int>(time.count())) != 1) return std::nullopt;
  Buffer bytes(media_packet_bytes_max);
  const auto count = ::recv(socket, bytes.data(), bytes.size(), 0);
  if (count < 0) return std::nullopt;
  bytes.resize(static_cast<std::size_t>(count));
  return bytes;
}

}  // namespace

bool comes_true(const std::function<bool()>& condition) {
  const auto until = std::chrono::steady_clock::now() + wait_for_it;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > until) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds{2});
  }
  return true;
}

MediaPhone::MediaPhone(std::uint32_t ssrc, Ipv4Address host)
    : next{.payload_type = rtp_pcma, .marker = true, .sequence = 65530, .timestamp = 0xffffff00, .ssrc = ssrc},
      host_{host},
      rtp_{phone_socket(host, port_)},
      rtcp_{phone_socket(host, rtcp_port_)} {}

void MediaPhone::call(const MediaBridge& bridge, Side side) {
  relay_ = {bridge.address(side), bridge.port(side)};
  relay_rtcp_ = {bridge.address(side), static_cast<std::uint16_t>(bridge.port(side) + 1)};
}

rtp::Header MediaPhone::send(std::uint8_t payload_type) {
  next.payload_type = payload_type;
  const auto sent = next;
  const Buffer payload(160, static_cast<std::byte>(sent.sequence));
  send(sent, payload);
  next.marker = false;
  ++next.sequence;
  next.timestamp += 160;
  return sent;
}

void MediaPhone::send(const rtp::Header& header, Bytes payload) {
  Buffer packet;
  ByteWriter out{packet};
  rtp::write(header, out);
  out.bytes(payload);
  send_raw(packet);
}

void MediaPhone::send_raw(Bytes datagram) {
  ::sendto(rtp_.get(), datagram.data(), datagram.size(), 0, relay_.data(), relay_.bytes());
}

void MediaPhone::send_rtcp(const std::vector<rtp::RtcpPacket>& packets) {
  Buffer datagram;
  ByteWriter out{datagram};
  rtp::write_compound(packets, out);
  ::sendto(rtcp_.get(), datagram.data(), datagram.size(), 0, relay_rtcp_.data(), relay_rtcp_.bytes());
}

std::optional<Buffer> MediaPhone::hear(std::chrono::milliseconds time) {
  return next_datagram(rtp_.get(), time);
}

std::optional<std::vector<rtp::RtcpPacket>> MediaPhone::hear_rtcp(std::chrono::milliseconds time) {
  const auto datagram = next_datagram(rtcp_.get(), time);
  if (!datagram) return std::nullopt;
  auto packets = rtp::parse_compound(*datagram);
  EXPECT_TRUE(packets.has_value());
  if (!packets) return std::nullopt;
  return *std::move(packets);
}

audio::SampleBuffer MediaPhone::hear_sound(std::size_t packets, audio::Law law) {
  audio::SampleBuffer samples;
  for (std::size_t i = 0; i < packets; ++i) {
    const auto packet = hear();
    if (!packet) break;
    const auto sound = audio::decoded(law, rtp::parse_packet(*packet)->payload);
    samples.insert(samples.end(), sound.begin(), sound.end());
  }
  return samples;
}

sdp::Agreement agreement_with(const MediaPhone& phone, const AgreedWith& agreed) {
  sdp::Agreement agreement;
  agreement.sending = agreed.sending;
  agreement.receiving = agreed.receiving;
  if (agreed.sending_events != 0) agreement.sending_events = events_codec(agreed.sending_events);
  if (agreed.receiving_events != 0) agreement.receiving_events = events_codec(agreed.receiving_events);
  agreement.direction = agreed.direction;
  agreement.remote = sdp::Connection{.address = "127.0.0.1"};
  agreement.remote_port = phone.port();
  agreement.remote_rtcp_port = phone.rtcp_port();
  return agreement;
}

RunningRelay::RunningRelay(const MediaConfig& config, unsigned workers)
    : runtime_{{.workers = workers, .drain = std::chrono::milliseconds{1000}}} {
  auto made = MediaRelay::make(runtime_.workers(), config);
  if (!made) throw std::runtime_error{made.error().message};
  relay_ = *std::move(made);
  thread_ = std::jthread{[this] { runtime_.run(); }};
}

MediaConfig RunningRelay::test_config() {
  MediaConfig config;
  config.port_min = 24000;
  config.port_max = 27999;
  config.port_rest = std::chrono::milliseconds{0};
  config.port_linger = std::chrono::milliseconds{0};
  return config;
}

void RunningRelay::stop() {
  if (!thread_.joinable()) return;
  runtime_.stop();
  thread_.join();
}

void RunningRelay::settle() {
  for (auto& worker : runtime_.workers()) {
    std::promise<void> done;
    worker.post([&] { done.set_value(); });
    ASSERT_EQ(done.get_future().wait_for(wait_for_it), std::future_status::ready);
  }
}

RelayedCall::RelayedCall(RunningRelay& relay, const AgreedWith& caller_agreed, const AgreedWith& callee_agreed)
    : bridge{relay.open()} {
  if (!bridge) throw std::runtime_error{"no port is free"};
  caller.call(*bridge, Side::caller);
  callee.call(*bridge, Side::callee);
  bridge->connect(Side::caller, agreement_with(caller, caller_agreed));
  bridge->connect(Side::callee, agreement_with(callee, callee_agreed));
  relay.settle();
}

void RelayedCall::open_paths() {
  caller.send();
  EXPECT_TRUE(callee.hear());
  callee.send();
  EXPECT_TRUE(caller.hear());
}

}  // namespace labnet::sip_server
