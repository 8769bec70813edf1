// Any octets as an RTP packet, and as a stream of packets of 16 octets each through everything that follows a source:
// relay, latch, counting, jitter buffer and keys.
#include <algorithm>
#include <array>
#include <cstdlib>

#include "common/rtp/jitter_buffer.hpp"
#include "common/rtp/latch.hpp"
#include "common/rtp/packet.hpp"
#include "common/rtp/payload_types.hpp"
#include "common/rtp/reception.hpp"
#include "common/rtp/relay.hpp"
#include "common/rtp/telephone_event.hpp"
#include "tests/support/require.hpp"

namespace {

using namespace labnet;
using test::require;

constexpr std::size_t piece_bytes = 16;

void check_packet(Bytes datagram) {
  const auto packet = rtp::parse_packet(datagram);
  const auto fault = rtp::fault_of(datagram);
  require(packet.has_value() == !fault, "both say the same");
  if (!packet) {
    require(packet.error() == *fault && !describe(*fault).empty(), "both say the same fault, in words too");
    return;
  }
  require(packet->header == rtp::header_of(datagram), "the header in place is that of the packet");
  require(rtp::kind_of(datagram) == rtp::DatagramKind::rtp || rtp::kind_of(datagram) == rtp::DatagramKind::rtcp,
          "it is of version 2");
  Buffer copy;
  ByteWriter out{copy};
  write(packet->header, out);
  require(rtp::parse_packet(copy)->header == packet->header, "a header is read as it was written");
}

/// All that follows one source.
class Followers {
 public:
  Followers() { latch_.expect(1); }

  void take(Bytes piece) {
    now_ += std::chrono::milliseconds{std::to_integer<int>(piece[0])};
    std::array<std::byte, piece_bytes> packet{};
    std::ranges::copy(piece, packet.begin());
    packet[0] = std::byte{0x80};
    const auto header = rtp::header_of(packet);
    const auto payload = Bytes{packet}.subspan(rtp::header_bytes);
    const auto from = std::to_integer<int>(piece[0]) % 3;
    const auto verdict = latch_.receive(from, header.ssrc, header.payload_type != 20, now_);
    require(verdict != rtp::LatchVerdict::closed, "it is open");
    require(verdict == rtp::LatchVerdict::stranger || latch_.peer() == from, "media go where they come from");
    play(header, payload);
    hear(header, payload);
    relay(packet);
  }

 private:
  void play(const rtp::Header& header, Bytes payload) {
    reception_.receive(header, now_);
    const auto ratio = reception_.total().loss_ratio();
    require(ratio >= 0 && ratio <= 1, "a part of all is lost");
    require(reception_.report().ssrc == header.ssrc, "the report is about the last source");
    buffer_.push(header, header.marker ? payload : Bytes{});
    require(buffer_.waiting() >= 0 && buffer_.waiting() <= rtp::frames_max, "so many wait and no more");
    for (int i = 0; i < header.payload_type % 4; ++i) {
      const auto pulled = buffer_.pull();
      require(pulled.turn == rtp::Turn::play || pulled.payload.empty(), "what is not played is empty");
    }
    require(buffer_.depth_target() >= 1 && buffer_.depth_target() <= rtp::JitterRules{}.depth_max, "it has a depth");
  }

  void hear(const rtp::Header& header, Bytes payload) {
    const auto event = rtp::parse_telephone_event(payload);
    require(rtp::parse_telephone_event(to_bytes(*event)) == event, "an event is read as it was written");
    const auto heard = events_.receive(header.timestamp, *event, now_);
    require(!heard || heard->begins || heard->ends, "what is heard begins or ends");
    events_.expire(now_);
  }

  void relay(std::span<std::byte> packet) {
    const auto before = rtp::header_of(packet);
    rewriter_.rewrite(packet, 8, now_);
    const auto after = rtp::header_of(packet);
    require(after.ssrc == 99 && after.payload_type == 8, "the relay's own SSRC");
    require(after.marker || !before.marker, "a marker is not lost");
    const auto step = static_cast<std::int16_t>(after.sequence - last_.sequence);
    require(!has_last_ || (step >= -rtp::misorder_max && step <= rtp::dropout_max), "no jump of sequence numbers");
    if (has_last_ && step < 1) return;
    require(!has_last_ || static_cast<std::int32_t>(after.timestamp - last_.timestamp) >= 0, "no step back in time");
    last_ = after;
    has_last_ = true;
  }

  rtp::Time now_{};
  rtp::SourceLatch<int> latch_;
  rtp::Reception reception_{8000};
  rtp::JitterBuffer buffer_;
  rtp::EventReceiver events_;
  rtp::RelayRewriter rewriter_{{.ssrc = 99, .sequence = 65000, .timestamp = 0xffffff00}};
  rtp::Header last_;
  bool has_last_ = false;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto octets = std::as_bytes(std::span{data, size});
  check_packet(octets);
  Followers followers;
  for (std::size_t i = 0; i + piece_bytes <= size; i += piece_bytes) followers.take(octets.subspan(i, piece_bytes));
  return 0;
}
