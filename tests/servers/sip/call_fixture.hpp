// A call between two phones that a test plays.
#pragma once

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/servers/sip/played_network.hpp"

namespace labnet::sip_server {

inline ExchangeConfig config_of_calls() {
  ExchangeConfig config;
  config.users = {{"101", "secret"}, {"102", "geheim"}};
  config.extensions["600"] = {.status = 200, .announcement = Announcement::echo};
  config.extensions["601"] = {.status = 486};
  config.extensions["602"] = {.status = 180};
  config.extensions["603"] = {.status = 183, .announcement = Announcement::tone};
  config.extensions["service"] = {.status = 200, .announcement = Announcement::echo};
  config.open_extensions = {"service"};
  config.qualify_interval = std::chrono::seconds{0};
  return config;
}

/// 101 has the phone at 127.0.0.2, 102 the one at 127.0.0.3.
class SipCall : public testing::Test {
 protected:
  SipCall() {
    register_phone(network, "101", "secret", 2);
    register_phone(network, "102", "geheim", 3);
  }

  PhoneRequest invite(const std::string& callee = "102") const {
    return {.method = "INVITE",
            .uri = "sip:" + callee + "@labnet",
            .phone = 2,
            .from = "\"Ann\" <sip:101@labnet>;tag=a",
            .to = "<sip:" + callee + "@labnet>",
            .call_id = "call",
            .cseq = 1,
            .more = {"Contact: <sip:101@127.0.0.2:5060;ob>"},
            .body = description(2)};
  }
  void from_caller(const PhoneRequest& request) { network.arrive(text_of(request), phone_hop(2)); }
  /// A request of the caller within the call.
  PhoneRequest within(const std::string& method, int cseq, const std::string& body = {}) {
    return {.method = method,
            .uri = "sip:127.0.0.1:5060",
            .phone = 2,
            .from = "\"Ann\" <sip:101@labnet>;tag=a",
            .to = caller_dialog_to,
            .call_id = "call",
            .cseq = cseq,
            .more = {"Contact: <sip:101@127.0.0.2:5060;ob>"},
            .body = body};
  }
  /// A request of the callee within the call.
  PhoneRequest from_other_side(const std::string& method, int cseq, const std::string& body = {}) {
    return {.method = method,
            .uri = "sip:127.0.0.1:5060",
            .phone = 3,
            .from = header_of(to_callee, "To") + ";tag=b",
            .to = header_of(to_callee, "From"),
            .call_id = header_of(to_callee, "Call-ID"),
            .cseq = cseq,
            .more = {"Contact: <sip:102@127.0.0.3:5060>"},
            .body = body};
  }
  PhoneResponse callee_says(int status, const std::string& body = {}) const {
    return {.status = status, .to_tag = "b", .contact = "<sip:102@127.0.0.3:5060>", .body = body};
  }
  void callee_answers(const PhoneResponse& response) { network.arrive(answer_to(to_callee, response), phone_hop(3)); }
  /// INVITE, 180, 200, ACK.
  void establish() {
    from_caller(invite());
    to_callee = network.sent.at(1).text;
    network.take_sent();
    callee_answers(callee_says(180));
    callee_answers(callee_says(200, description(3)));
    for (const auto& sent : network.take_sent()) {
      if (sent.text.starts_with("SIP/2.0 200")) caller_dialog_to = header_of(sent.text, "To");
    }
    from_caller(within("ACK", 1));
    EXPECT_THAT(network.sent, testing::IsEmpty());
  }
  const CallRecord& record() const { return network.records.at(0); }

  PlayedNetwork network{config_of_calls()};
  std::string to_callee;         // the INVITE to 102
  std::string caller_dialog_to;  // with the exchange's tag
};

}  // namespace labnet::sip_server
