// Messages for tests, with the bytes that they are views of.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "common/sip/message.hpp"
#include "common/sip/writer.hpp"

namespace labnet::sip::test {

/// A message that was read; it stays where it was made.
class Received {
 public:
  explicit Received(std::string text) : text_{std::move(text)} {
    const auto result = message_.read(as_bytes(text_));
    if (!result) fault_ = result.error();
  }
  Received(const Received&) = delete;
  Received& operator=(const Received&) = delete;

  const Message& operator*() const { return message_; }
  const Message* operator->() const { return &message_; }
  const std::optional<Fault>& fault() const { return fault_; }

 private:
  std::string text_;
  Message message_;
  std::optional<Fault> fault_;
};

/// A response without a body and with nothing more than begin_response writes.
inline Buffer response_for(const Message& request, const ResponseParts& parts) {
  Buffer response;
  MessageWriter writer{response};
  writer.begin_response(request, parts);
  if (!writer.finish()) response.clear();
  return response;
}

/// Lines as they are sent, the empty one included.
inline std::string lines(std::initializer_list<std::string_view> all) {
  std::string text;
  for (const auto line : all) text.append(line).append("\r\n");
  return text + "\r\n";
}

/// What every request of the tests has but the line that a test is about.
inline std::string request_with(std::string_view more_lines, std::string_view method = "OPTIONS") {
  std::string text{method};
  text += " sip:102@sip.lab SIP/2.0\r\nVia: SIP/2.0/UDP 192.168.1.7:5061;branch=z9hG4bKa1;rport\r\n";
  text += "From: <sip:101@sip.lab>;tag=f1\r\nTo: <sip:102@sip.lab>\r\nCall-ID: c1@192.168.1.7\r\nCSeq: 7 ";
  text.append(method).append("\r\n").append(more_lines);
  return text + "\r\n";
}

/// As Zoiper 5 sends it.
inline std::string zoiper_invite() {
  constexpr std::string_view body =
      "v=0\r\no=Z 0 268427 IN IP4 192.168.1.7\r\ns=Z\r\nc=IN IP4 192.168.1.7\r\nt=0 0\r\n"
      "m=audio 8000 RTP/AVP 106 9 98 101 0 8 3\r\na=rtpmap:106 opus/48000/2\r\na=fmtp:106 sprop-maxcapturerate=16000; "
      "minptime=20; useinbandfec=1\r\na=rtpmap:98 telephone-event/48000\r\na=fmtp:98 0-16\r\n"
      "a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-16\r\na=sendrecv\r\n";
  auto text =
      lines({"INVITE sip:102@192.168.1.10;transport=UDP SIP/2.0",
             "Via: SIP/2.0/UDP 192.168.1.7:49152;branch=z9hG4bK-524287-1---7c3a1f0b8d2e4a66;rport", "Max-Forwards: 70",
             "Contact: <sip:101@192.168.1.7:49152;transport=UDP>", "To: <sip:102@192.168.1.10;transport=UDP>",
             "From: \"Alice\" <sip:101@192.168.1.10;transport=UDP>;tag=5f7b3a1c", "Call-ID: uX3vQm7Zk2bN8tYw1LrPzA..",
             "CSeq: 1 INVITE", "Allow: INVITE, ACK, CANCEL, BYE, NOTIFY, REFER, MESSAGE, OPTIONS, INFO, SUBSCRIBE",
             "Content-Type: application/sdp", "User-Agent: Z 5.6.4 v2.10.20.4_1",
             "Allow-Events: presence, kpml, talk, as-feature-event", "Content-Length: " + std::to_string(body.size())});
  return text.append(body);
}

}  // namespace labnet::sip::test
