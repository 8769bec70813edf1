#include "clients/sip/text_message.hpp"

#include <fmt/format.h>

#include <utility>

namespace labnet::sip_client {

TextMessage::TextMessage(PhoneTools tools, std::string_view to, std::string text)
    : tools_{tools},
      login_{tools.config},
      to_uri_{tools.config.address_of(to)},
      text_{std::move(text)},
      call_id_{tools.names.call_id()},
      from_tag_{tools.names.tag()} {}

void TextMessage::send(sip::TimePoint now) {
  if (text_.size() > text_bytes_max) return finish(413, "the text is too long");
  const auto& server = tools_.config.server;
  const auto via = tools_.via(server);
  const auto to = fmt::format("<{}>", to_uri_);
  const auto from = fmt::format("<{}>;tag={}", tools_.config.address(), from_tag_);
  Buffer request;
  sip::MessageWriter writer{request};
  const auto method = sip::name_of(sip::Method::message);
  writer.begin_request(
      {.method = method, .uri = to_uri_, .via = via, .to = to, .from = from, .call_id = call_id_, .cseq = ++cseq_});
  tools_.add_user_agent(writer);
  login_.write(writer, method, to_uri_, tools_.names);
  const auto bytes = writer.finish(text_type, as_bytes(std::string_view{text_}));
  client_ = bytes ? tools_.transactions.send(*bytes, server, now) : sip::ClientId::none;
  if (client_ == sip::ClientId::none) finish(503, describe(sip::NoResponse::not_transported));
}

void TextMessage::on_response(const sip::Message& response, sip::TimePoint now) {
  const auto status = response.status();
  if (status < 200) return;
  client_ = sip::ClientId::none;
  if (status != 401 && status != 407) return finish(status, reason_of(response));
  const auto verdict = login_.learn(response);
  if (verdict != Login::Verdict::try_again) return finish(status, Login::describe(verdict));
  send(now);
}

void TextMessage::on_no_response(sip::NoResponse reason) {
  client_ = sip::ClientId::none;
  finish(reason == sip::NoResponse::not_transported ? 503 : 408, describe(reason));
}

void TextMessage::finish(int status, std::string_view reason) {
  is_done_ = true;
  tools_.observer.on_message_sent(status, reason);
}

}  // namespace labnet::sip_client
