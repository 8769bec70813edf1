// Offer and answer (RFC 3264): what two sides agree on, for one stream of audio.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/sdp/codec.hpp"
#include "common/sdp/description.hpp"
#include "common/sdp/difference.hpp"

namespace labnet::sdp {

/// What this side has.
struct LocalAudio {
  AddressFamily family = AddressFamily::ip4;
  std::string address;          // where it receives
  std::uint16_t port = 0;       // RTP's, even; RTCP's is the next one
  std::vector<Codec> codecs{};  // in order of preference, telephone-event behind them
  Direction direction = Direction::sendrecv;
  std::optional<std::uint32_t> packet_time_ms{};
  bool rtcp_mux = false;  // offered, and accepted where it is offered
  std::string profile = "RTP/AVP";
  std::vector<Attribute> attributes{};  // further ones of an accepted or offered stream
  bool names_static_types = true;       // a=rtpmap also where the payload type says it all
};

/// Whose description it is. Its version goes on by one with each description that differs from the one before.
class LocalSession {
 public:
  /// name  s=
  LocalSession(std::string username, std::string session_id, std::uint64_t first_version = 1, std::string name = "-")
      : username_{std::move(username)},
        session_id_{std::move(session_id)},
        version_{first_version},
        name_{std::move(name)} {}

  /// Fills in s=, and o= of what is to be sent, address and family excepted.
  void stamp(Description& description);
  /// The one before; nothing before the first.
  const Description* last() const { return last_ ? &*last_ : nullptr; }

 private:
  std::string username_;
  std::string session_id_;
  std::uint64_t version_;
  std::string name_;
  std::optional<Description> last_;
};

/// What holds for the stream from now on, as this side sees it.
struct Agreement {
  std::vector<Codec> sending{};    // with the payload types that the other side wants; the first one is to be used
  std::vector<Codec> receiving{};  // with those that this side has named
  std::optional<Codec> sending_events{};    // telephone-event, if both have it
  std::optional<Codec> receiving_events{};  // its payload type may differ
  Direction direction = Direction::sendrecv;
  std::optional<Connection> remote{};  // nothing: hold, nothing is to be sent
  std::uint16_t remote_port = 0;
  std::uint16_t remote_rtcp_port = 0;
  bool rtcp_mux = false;
  std::optional<std::uint32_t> packet_time_ms{};  // that the other side would like
  std::size_t media_index = 0;                    // of the line m= that it is about

  bool operator==(const Agreement&) const = default;
};

/// One line m= with all codecs. Of a session that has sent a description before, the lines m= of that stay where they
/// were (RFC 3264, section 8), all but the audio refused.
Description make_offer(const LocalAudio& local, LocalSession& session);

struct Answered {
  Description answer;
  Agreement agreement;
};
/// As many lines m= as the offer, in its order: the first audio that fits is accepted, others are refused by port 0.
/// Codecs stand in the offer's order and have its payload types (RFC 3264, section 6.1).
/// faults  nothing fits: 488 with to_warning of it
Result<Answered, Difference> answer_offer(const Description& offer, const LocalAudio& local, LocalSession& session);

/// `offer` is what this side has sent.
/// faults  the answer refuses the stream, or names nothing that was offered: ACK, then BYE
Result<Agreement, Difference> apply_answer(const Description& offer, const Description& answer);

}  // namespace labnet::sdp
