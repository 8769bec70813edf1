// Offer and answer through the exchange: each side agrees with the exchange alone, about the same codecs (RFC 3264).
//
//   caller --offer--> [own address, codecs as offered] --offer--> callee
//   caller <--answer-- [own address, codecs as answered] <--answer-- callee
#pragma once

#include <array>
#include <memory>
#include <string>
#include <string_view>

#include "common/base/result.hpp"
#include "common/sdp/difference.hpp"
#include "common/sdp/negotiation.hpp"
#include "servers/sip/media.hpp"

namespace labnet::sip_server {

/// Why a description is not taken: 400 for what is none, 488 with `warning` for what does not fit.
struct DescriptionRefusal {
  int status = 488;
  std::string reason;   // for the log: "no common codec: offered ...; we have ..."
  std::string warning;  // a value of Warning; empty with 400
};

/// 488: a description names addresses without interfaces, and a link-local one is none without.
DescriptionRefusal link_local_refusal(std::string_view address, const std::string& agent);

class Negotiation {
 public:
  /// agent       whose warnings they are: the exchange's domain
  /// session_id  a number that no other session of this exchange has
  Negotiation(MediaBridge& media, std::string agent, std::uint64_t session_id);

  /// A description that can be passed on as an offer. Before any port is taken for it.
  static Result<sdp::Description, DescriptionRefusal> read_offer(std::string_view text, const std::string& agent);

  /// A side's offer, of which read_offer is sure or as it came. Returns the offer to the other side.
  std::string pass_offer(Side from, sdp::Description offer);
  Result<std::string, DescriptionRefusal> pass_offer(Side from, std::string_view text);
  /// A side's answer to what pass_offer has given. Returns the answer to the other side; from now on both are
  /// connected. More than one may come: what a provisional response says is said again by the final one, and of several
  /// phones that ring each has an answer of its own (RFC 3261, section 13.2.1).
  Result<std::string, DescriptionRefusal> pass_answer(Side from, std::string_view text);
  /// The exchange's own answer to the caller, for what it plays itself. It holds from `connect` on.
  Result<std::string, DescriptionRefusal> answer(const sdp::Description& offer, const std::vector<sdp::Codec>& codecs);
  Result<std::string, DescriptionRefusal> answer(std::string_view offer, const std::vector<sdp::Codec>& codecs);
  /// Media go between the side and the exchange as agreed upon last.
  void connect(Side side) { media_.connect(side, agreements_[static_cast<std::size_t>(side)]); }
  /// No answer to the offer comes any more; what was agreed upon last holds.
  void close_offer();

  /// One side does not send, by agreement.
  bool is_on_hold() const;
  /// The first codec of what a side was agreed with; empty before.
  std::string codec() const;

 private:
  sdp::LocalAudio local(Side side, std::vector<sdp::Codec> codecs, sdp::Direction direction) const;
  DescriptionRefusal refusal(const sdp::Difference& difference) const;

  struct Offer {
    Side from;
    sdp::Description received;
    sdp::Description sent;
  };

  MediaBridge& media_;
  std::string agent_;
  std::array<sdp::LocalSession, 2> sessions_;
  std::unique_ptr<Offer> offer_;  // null: none is open, as it is for most of a call
  std::array<sdp::Agreement, 2> agreements_;
};

}  // namespace labnet::sip_server
