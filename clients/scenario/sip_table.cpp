#include "clients/scenario/sip_table.hpp"

#include <fmt/format.h>

#include <functional>

#include "common/base/text.hpp"
#include "common/sdp/codec.hpp"
#include "common/sip/authorization.hpp"
#include "common/sip/header_name.hpp"
#include "common/sip/methods.hpp"
#include "common/sip/name_address.hpp"
#include "common/sip/status.hpp"

namespace labnet::scenario {
namespace {

constexpr std::string_view version_of_sip = "SIP/2.0";

/// A status line begins with the version, a request line ends with it (RFC 3261, section 7).
bool begins_like_message(std::string_view text) {
  const auto line = text.substr(0, text.find("\r\n"));
  return line.size() < text.size() && (line.starts_with(version_of_sip) || line.ends_with(version_of_sip));
}

bool is_at_port(const auto& layer) {
  return layer.source_port == sip_port || layer.destination_port == sip_port;
}

std::optional<SipMedia> media_of(const sip::Message& message) {
  const auto description = sdp::parse_description(as_text(message.body()));
  if (!description) return std::nullopt;
  for (const auto& media : description->media) {
    if (media.kind != "audio" || media.port == 0) continue;
    const auto connection = sdp::connection_of(*description, media);
    SipMedia found{.address = connection ? connection->address : std::string{}, .port = media.port};
    for (const auto& codec : sdp::codecs_of(media)) found.codecs.push_back(sdp::to_text(codec));
    return found;
  }
  return std::nullopt;
}

std::size_t contacts_in(const sip::Message& message) {
  const auto contacts = sip::parse_name_addresses(message.headers(), sip::HeaderName::contact);
  return contacts ? contacts->size() : 0;
}

std::vector<digest::Credentials> credentials_in(const sip::Message& message) {
  std::vector<digest::Credentials> found;
  for (const auto name : {sip::HeaderName::authorization, sip::HeaderName::proxy_authorization}) {
    message.headers().for_each(name, [&](std::string_view value) {
      if (auto credentials = sip::parse_authorization(value)) found.push_back(*std::move(credentials));
    });
  }
  return found;
}

}  // namespace

std::string SipMessage::name() const {
  return status == 0 ? method : fmt::format("{} {}", status, method);
}

bool SipMessage::is_named(std::string_view text) const {
  return text == name() || (status != 0 && text == std::to_string(status));
}

bool is_sip_message_name(std::string_view text) {
  const auto words = split(text, ' ');
  const auto status = parse_integer<int>(words.front());
  const bool is_status = status && *status >= sip::status_min && *status <= sip::status_max;
  const bool is_method = sip::method_of(words.back()) != sip::Method::other;
  return words.size() == 1 ? is_status || is_method : words.size() == 2 && is_status && is_method;
}

void SipTableBuilder::add(std::uint64_t number, packet::Timestamp time, const packet::Frame& frame) {
  if (!frame.ipv4 || !is_sip(frame)) return;
  SipMessage message{
      .number = number, .time = time, .source = frame.ipv4->source, .destination = frame.ipv4->destination};
  if (frame.udp) {
    message.source_port = frame.udp->source_port;
    message.destination_port = frame.udp->destination_port;
    if (!sip::is_keep_alive(frame.udp->payload)) add_message(std::move(message), frame.udp->payload);
    return;
  }
  message.source_port = frame.tcp->source_port;
  message.destination_port = frame.tcp->destination_port;
  message.is_by_tcp = true;
  add_segment(std::move(message), *frame.tcp);
}

void SipTableBuilder::add_segment(SipMessage message, const packet::Tcp& segment) {
  const std::pair key{End{message.source, message.source_port}, End{message.destination, message.destination_port}};
  auto known = directions_.find(key);
  if (known == directions_.end() || segment.has(packet::Tcp::flag_syn)) {
    if (known == directions_.end() && directions_.size() == connections_max) return;
    known = directions_.insert_or_assign(key, Direction{}).first;
  }
  auto& direction = known->second;
  const auto bytes = direction.stream.add(segment);
  if (bytes.empty() || direction.is_lost) return;
  auto& unfinished = direction.unfinished;
  unfinished.insert(unfinished.end(), bytes.begin(), bytes.end());
  for (;;) {
    const auto piece = direction.splitter.next(unfinished);
    direction.is_lost = !piece || unfinished.size() > unfinished_bytes_max;
    if (direction.is_lost) {
      ++unreadable_;
      unfinished.clear();
      return;
    }
    if (piece->kind == sip::Piece::Kind::none) return;
    const Buffer whole{unfinished.begin(), unfinished.begin() + static_cast<std::ptrdiff_t>(piece->bytes)};
    unfinished.erase(unfinished.begin(), unfinished.begin() + static_cast<std::ptrdiff_t>(piece->bytes));
    if (piece->kind == sip::Piece::Kind::message) add_message(message, whole);
  }
}

void SipTableBuilder::add_message(SipMessage message, Bytes bytes) {
  sip::Message read;
  if (!read.read(bytes)) {
    ++unreadable_;
    return;
  }
  if (messages_.size() == messages_max) return;
  message.method = read.method_text();
  if (read.is_response()) {
    message.status = read.status();
    message.reason = read.reason();
  } else {
    message.request_uri = read.request_uri_text();
    message.credentials = credentials_in(read);
  }
  message.call_id = read.call_id();
  message.cseq = read.cseq().number;
  message.from = read.from().uri_text;
  message.to = read.to().uri_text;
  message.contacts = contacts_in(read);
  message.media = media_of(read);
  const auto hash = std::hash<std::string_view>{}(as_text(bytes));
  const auto seen =
      seen_.emplace(End{message.source, message.source_port}, End{message.destination, message.destination_port}, hash);
  message.is_repeat = !seen.second;
  messages_.push_back(std::move(message));
}

bool SipTableBuilder::is_sip(const packet::Frame& frame) {
  if (frame.tcp) return is_at_port(*frame.tcp) && !frame.tcp->payload.empty();
  return frame.udp && (is_at_port(*frame.udp) || begins_like_message(as_text(frame.udp->payload)));
}

}  // namespace labnet::scenario
