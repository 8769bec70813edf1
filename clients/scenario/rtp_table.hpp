// What a capture shows of RTP: streams of packets, each of one source to one port.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "common/base/address.hpp"
#include "common/packet/capture_file.hpp"
#include "common/packet/frame.hpp"
#include "common/rtp/reception.hpp"

namespace labnet::scenario {

/// The packets of one payload type of a stream.
struct RtpPayload {
  std::uint8_t type = 0;
  std::uint64_t packets = 0;
  std::uint32_t frame_bytes_min = 0, frame_bytes_max = 0;  // on the wire
};

struct RtpStream {
  Ipv4Address source{}, destination{};
  std::uint16_t source_port = 0, destination_port = 0;
  std::uint32_t ssrc = 0;
  std::uint64_t number = 0;  // of the first frame with media, from 1
  packet::Timestamp time{};
  std::vector<RtpPayload> payloads{};  // that have an encoding, in the order of their first packets
  std::uint64_t packets = 0;           // of them
  std::uint64_t lost = 0;              // by the sequence numbers
  std::uint64_t duplicates = 0;
  std::uint64_t markers = 0;
  bool begins_with_marker = false;
  double jitter_ms = 0;
  /// The first packet of a type that nobody has (RFC 3551, section 6), which opens the path.
  struct Opening {
    std::uint64_t number = 0;
    std::uint8_t type = 0;
    std::uint32_t frame_bytes = 0;
  };
  std::optional<Opening> opening{};

  /// Nothing has come before it.
  bool is_opened_first() const { return opening && opening->number < number; }
};

/// "PCMA (8)", "101"
std::string payload_type_text(std::uint8_t type);

/// Takes frames that were taken apart one by one. RTP has no mark of its own: a stream is what has the form of RTP at
/// unprivileged ports, and of one source two packets whose numbers follow each other (RFC 3550, A.1).
class RtpTableBuilder {
 public:
  static constexpr std::size_t streams_max = 10'000;  // those that turn out to be none among them

  /// wire_bytes  of the frame
  /// returns     true if it may belong to a stream
  bool add(std::uint64_t number, packet::Timestamp time, std::uint32_t wire_bytes, const packet::Frame& frame);
  /// In the order of their first frames with media.
  std::vector<RtpStream> streams() const;

  struct Frames {
    std::uint64_t first = 0;  // number of the first one
    std::uint64_t count = 0;
  };
  Frames frames_of_streams() const { return frames_of(true); }
  /// Those that have only looked like RTP.
  Frames frames_of_others() const { return frames_of(false); }

  /// True for a whole compound packet (RFC 3550, section 6.1).
  static bool is_rtcp(const packet::Frame& frame);

 private:
  using Key = std::tuple<Ipv4Address, std::uint16_t, Ipv4Address, std::uint16_t, std::uint32_t>;
  struct Candidate {
    RtpStream stream;
    Frames frames;
    std::optional<std::uint16_t> sequence{};  // of the last packet
    bool is_stream = false;
    std::optional<rtp::Reception> reception{};
  };
  static void add_media(Candidate& candidate, std::uint64_t number, packet::Timestamp time, std::uint32_t wire_bytes,
                        const rtp::Header& header);
  Frames frames_of(bool streams) const;

  std::map<Key, Candidate> candidates_;
};

}  // namespace labnet::scenario
