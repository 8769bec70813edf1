// What a capture shows of SIP in clear: each message, by UDP or TCP.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "common/base/address.hpp"
#include "common/digest/digest.hpp"
#include "common/packet/capture_file.hpp"
#include "common/packet/frame.hpp"
#include "common/packet/tcp_reassembly.hpp"
#include "common/sip/message.hpp"
#include "common/sip/stream_splitter.hpp"

namespace labnet::scenario {

/// The audio that a message offers or accepts.
struct SipMedia {
  std::string address;
  std::uint16_t port = 0;
  std::vector<std::string> codecs{};  // "PCMA/8000", in order
};

struct SipMessage {
  std::uint64_t number = 0;  // of the frame in which it ended, from 1
  packet::Timestamp time{};
  Ipv4Address source{}, destination{};
  std::uint16_t source_port = 0, destination_port = 0;
  bool is_by_tcp = false;
  std::string method{};  // of a response: that of the request it answers
  int status = 0;        // 0: it is a request
  std::string reason{};  // of a response, as it was sent
  std::string request_uri{};
  std::string call_id{}, from{}, to{};  // the latter two are URIs
  std::uint32_t cseq = 0;
  std::size_t contacts = 0;                        // how many: of a 200 to REGISTER all phones of the number
  std::optional<SipMedia> media{};                 // of the first audio that is not refused
  std::vector<digest::Credentials> credentials{};  // of a request
  bool is_repeat = false;                          // the same message from and to the same ports was there before

  /// "INVITE", "401 REGISTER"
  std::string name() const;
  /// Its Contacts are all phones of a number (RFC 3261, section 10.3, step 8).
  bool tells_bindings() const { return status == 200 && method == "REGISTER"; }
  /// Whether a text means it: a method a request, a status a response, a status and a method one to such a request.
  bool is_named(std::string_view text) const;
};

/// What `is_named` could be true for.
bool is_sip_message_name(std::string_view text);

/// The port of SIP servers without TLS (RFC 3261, section 19.1.2).
inline constexpr std::uint16_t sip_port = 5060;

/// Takes frames that were taken apart one by one. Of UDP a message is known by its first line, whatever the ports, as
/// phones have any; of TCP by the server's port.
class SipTableBuilder {
 public:
  static constexpr std::size_t messages_max = 100'000;
  static constexpr std::size_t connections_max = 10'000;
  static constexpr std::size_t unfinished_bytes_max = 256 * 1024;  // of a message by TCP that has not ended yet

  void add(std::uint64_t number, packet::Timestamp time, const packet::Frame& frame);
  const std::vector<SipMessage>& messages() const { return messages_; }
  /// How many began like a message, or were sent to the port of SIP, and could not be read.
  std::uint64_t unreadable() const { return unreadable_; }

  /// True if what the frame carries is a message, or a part of one. Call it after `add`.
  static bool is_sip(const packet::Frame& frame);

 private:
  using End = std::pair<Ipv4Address, std::uint16_t>;
  struct Direction {
    packet::TcpReassembly stream;
    sip::StreamSplitter splitter;
    Buffer unfinished;
    bool is_lost = false;  // nobody knows where the next message begins
  };
  void add_segment(SipMessage message, const packet::Tcp& segment);
  void add_message(SipMessage message, Bytes bytes);

  std::vector<SipMessage> messages_;
  std::uint64_t unreadable_ = 0;
  std::map<std::pair<End, End>, Direction> directions_;  // from, to
  std::set<std::tuple<End, End, std::size_t>> seen_;     // from, to, hash of the bytes
};

}  // namespace labnet::scenario
