#include "tests/clients/sip/played_phone.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "common/sip/writer.hpp"

namespace labnet::sip_client {

void PlayedWire::settle() {
  while (!under_way_.empty()) {
    const auto message = std::move(under_way_.front());
    under_way_.pop_front();
    if (loses && loses(message)) continue;
    lines.push_back(message.first_line());
    const auto phone = phones_.find(sip::to_string(message.to));
    if (phone == phones_.end()) {
      sent.push_back(message);
    } else {
      phone->second->phone.receive(as_bytes(std::string_view{message.text}), message.from, now);
    }
  }
}

void PlayedWire::pass(sip::Duration time) {
  settle();
  const auto until = now + time;
  for (;;) {
    auto next = sip::never;
    for (const auto& [hop, phone] : phones_) next = std::min(next, phone->phone.next());
    if (next > until) break;
    now = std::max(now, next);
    for (const auto& [hop, phone] : phones_) {
      if (phone->phone.next() <= now) phone->phone.on_timer(now);
    }
    settle();
  }
  now = until;
}

PlayedPhone::PlayedPhone(PlayedWire& the_wire, unsigned number, PhoneConfig config)
    : wire{the_wire}, hop{hop_number(number)}, random_{number * 1000}, phone{std::move(config), {*this, *this, [this] {
                                                                                                   return ++random_;
                                                                                                 }}} {
  plan.audio = audio();
  wire.add(*this, hop);
}

bool PlayedPhone::send(Bytes message, const sip::Hop& to) {
  if (!is_broken) wire.put({hop, to, std::string{as_text(message)}});
  return !is_broken;
}

sdp::LocalAudio PlayedPhone::audio() const {
  return {.address = to_string(hop.address),
          .port = 40000,
          .codecs = {{.payload_type = 8, .name = "PCMA"},
                     {.payload_type = 0, .name = "PCMU"},
                     {.payload_type = 101, .name = "telephone-event", .parameters = "0-16"}}};
}

void PlayedPhone::on_registered(std::chrono::seconds granted) {
  told.push_back(fmt::format("registered {}", granted.count()));
}
void PlayedPhone::on_registration_failed(std::string_view why, std::chrono::seconds retry_in) {
  told.push_back(fmt::format("failed: {}; again in {}", why, retry_in.count()));
}
AnswerPlan PlayedPhone::on_incoming(PhoneCall& call) {
  current = &call;
  told.push_back("incoming " + call.remote_uri());
  return plan;
}
void PlayedPhone::on_ringing(PhoneCall&, int status) {
  told.push_back(fmt::format("ringing {}", status));
}
void PlayedPhone::on_media(PhoneCall&, const sdp::Agreement& agreement) {
  told.push_back(fmt::format("media {} {}", sdp::name_of(agreement.direction), agreement.sending.front().name));
}
void PlayedPhone::on_answered(PhoneCall&) {
  told.emplace_back("answered");
}
void PlayedPhone::on_end(PhoneCall&, const CallEnd& end) {
  current = nullptr;
  told.push_back(fmt::format("end {} {} {}", name_of(end.ender), end.status, end.reason));
}
void PlayedPhone::on_key(PhoneCall&, char key) {
  told.push_back(fmt::format("key {}", key));
}
void PlayedPhone::on_message(std::string_view from_uri, std::string_view text) {
  told.push_back(fmt::format("message {}: {}", from_uri, text));
}
void PlayedPhone::on_message_sent(int status, std::string_view) {
  told.push_back(fmt::format("message sent {}", status));
}

PhoneConfig config_of(unsigned number, const sip::Hop& server) {
  return {.user = std::to_string(99 + number),
          .password = "secret",
          .domain = "lab",
          .server = server,
          .expires = std::chrono::seconds{60}};
}

std::string header_of(const std::string& text, std::string_view name) {
  const auto at = text.find(fmt::format("\r\n{}: ", name));
  if (at == std::string::npos) return {};
  const auto begin = at + 2 + name.size() + 2;
  return text.substr(begin, text.find("\r\n", begin) - begin);
}

std::string answer_to(const std::string& request, const PlayedResponse& response) {
  sip::Message message;
  EXPECT_TRUE(message.read(as_bytes(std::string_view{request}))) << request;
  Buffer bytes;
  sip::MessageWriter writer{bytes};
  writer.begin_response(message, {.status = response.status, .to_tag = response.to_tag});
  for (const auto& line : response.headers) {
    const auto colon = line.find(": ");
    writer.header(std::string_view{line}.substr(0, colon), std::string_view{line}.substr(colon + 2));
  }
  const auto whole = response.body.empty()
                         ? writer.finish()
                         : writer.finish("application/sdp", as_bytes(std::string_view{response.body}));
  return std::string{as_text(*whole)};
}

std::string description(std::string_view direction, std::string_view formats) {
  return fmt::format(
      "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 20000 RTP/AVP {}\r\n"
      "a=rtpmap:101 telephone-event/8000\r\na={}\r\n",
      formats, direction);
}

}  // namespace labnet::sip_client
