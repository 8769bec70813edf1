// A phone that a server calls, which the test plays.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "tests/clients/sip/played_phone.hpp"

namespace labnet::sip_client {

/// 101's phone, which a played server calls.
struct Called : testing::Test {
  std::string request(std::string_view method, int cseq, std::string_view body = {}, std::string_view to_tag = {},
                      std::string_view media_type = "application/sdp", std::string_view more = {}) {
    std::string text{method};
    text += " sip:101@127.0.0.2 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:5060;branch=z9hG4bK" + std::to_string(cseq) +
            std::string{method} + "\r\nFrom: <sip:102@lab>;tag=f\r\nTo: <sip:101@lab>" +
            (to_tag.empty() ? std::string{} : ";tag=" + std::string{to_tag}) +
            "\r\nCall-ID: c\r\nContact: <sip:127.0.0.1:5060>\r\nCSeq: " + std::to_string(cseq) + " " +
            std::string{method} + "\r\n";
    text += more;
    if (!body.empty()) text += "Content-Type: " + std::string{media_type} + "\r\n";
    return text + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string{body};
  }
  /// What the phone answers to it; the last message.
  std::string answer_of(const std::string& text) {
    phone.hear(text);
    wire.settle();
    const auto sent = wire.take_sent();
    return sent.empty() ? std::string{} : sent.back().text;
  }
  static std::string tag_of(const std::string& response) {
    const auto to = header_of(response, "To");
    return to.substr(to.find("tag=") + 4);
  }
  /// Up to the ACK; the phone's tag.
  std::string talk() {
    const auto ok = answer_of(request("INVITE", 1, description()));
    auto tag = tag_of(ok);
    answer_of(request("ACK", 1, {}, tag));
    phone.take_told();
    return tag;
  }
  PlayedWire wire;
  PlayedPhone phone{wire, 2, config_of(2)};
};

}  // namespace labnet::sip_client
