#include "common/packet/tls_conversation.hpp"

#include <algorithm>

namespace labnet::packet {
namespace {

constexpr std::size_t message_header_bytes = 4;

std::size_t place_of(TlsContentType type) {
  return static_cast<std::size_t>(std::ranges::find(tls_content_types, type) - tls_content_types.begin());
}

}  // namespace

std::optional<bool> begins_with_client_hello(Bytes bytes) {
  constexpr auto type = static_cast<std::byte>(TlsContentType::handshake);
  constexpr std::byte version_major{3};
  if (!bytes.empty() && bytes[0] != type) return false;
  if (bytes.size() > 1 && bytes[1] != version_major) return false;
  if (bytes.size() < tls_beginning_bytes) return std::nullopt;
  const auto header = parse_tls_record_header(bytes);
  return header && *header && bytes[TlsRecordHeader::bytes] == static_cast<std::byte>(TlsMessageType::client_hello);
}

const TlsConversation::Count& TlsConversation::count(From from, TlsContentType type) const {
  return side(from).counts[place_of(type)];
}

std::optional<bool> TlsConversation::is_resumed() const {
  if (!server_hello_ || server_hello_->is_retry) return std::nullopt;
  if (server_hello_->version >= tls_1_3) return server_hello_->takes_offered_key;
  if (server_shows_who_it_is_) return false;
  return server_has_changed_cipher_ ? std::optional{true} : std::nullopt;
}

void TlsConversation::add(From from, Bytes bytes) {
  auto& one = side(from);
  while (!bytes.empty() && !one.has_lost_records) {
    const auto step = one.records.read(bytes);
    if (!step) {
      one.fault = step.error();
      one.has_lost_records = true;
      break;
    }
    bytes = bytes.subspan(step->used);
    const auto type = one.records.header().type;
    if (step->header) begin_record(from, type);
    if (step->fragment.empty()) continue;
    one.counts[place_of(type)].bytes += step->fragment.size();
    if (type == TlsContentType::handshake && one.is_in_clear) take_handshake(from, step->fragment);
  }
}

void TlsConversation::begin_record(From from, TlsContentType type) {
  auto& one = side(from);
  ++one.counts[place_of(type)].records;
  if (type != TlsContentType::change_cipher_spec) return;
  // Behind it handshake messages are encrypted, unless in TLS 1.3 the client is to say hello once more: there it has no
  // meaning (RFC 8446, appendix D.4).
  if (server_hello_ && server_hello_->is_retry) return;
  one.is_in_clear = false;
  if (from == From::server) server_has_changed_cipher_ = true;
}

void TlsConversation::take_handshake(From from, Bytes fragment) {
  auto& one = side(from);
  one.message.insert(one.message.end(), fragment.begin(), fragment.end());
  std::size_t used = 0;
  while (one.is_in_clear && one.message.size() - used >= message_header_bytes) {
    const auto rest = Bytes{one.message}.subspan(used);
    ByteReader reader{rest};
    const auto header = *reader.u32();
    const auto body_bytes = header & 0xffffff;
    Result<void, TlsFault> taken;
    if (body_bytes > tls_message_bytes_max) {
      taken = TlsFault::message_too_long;
    } else {
      const auto body = reader.take(body_bytes);
      if (!body) break;
      used += message_header_bytes + body_bytes;
      taken = take_message(from, static_cast<TlsMessageType>(header >> 24), *body);
    }
    if (!taken) {
      one.fault = taken.error();
      one.is_in_clear = false;
    }
  }
  one.message.erase(one.message.begin(), one.message.begin() + static_cast<std::ptrdiff_t>(used));
  if (!one.is_in_clear) one.message = {};
}

Result<void, TlsFault> TlsConversation::take_message(From from, TlsMessageType type, Bytes body) {
  if (from == From::server) return take_server_message(type, body);
  if (type != TlsMessageType::client_hello) return {};
  auto hello = parse_tls_client_hello(body);
  if (!hello) return hello.error();
  client_hello_ = *std::move(hello);
  return {};
}

Result<void, TlsFault> TlsConversation::take_server_message(TlsMessageType type, Bytes body) {
  switch (type) {
    case TlsMessageType::server_hello: {
      auto hello = parse_tls_server_hello(body);
      if (!hello) return hello.error();
      server_hello_ = *std::move(hello);
      break;
    }
    case TlsMessageType::certificate: {
      server_shows_who_it_is_ = true;
      const auto certificates = parse_tls_certificates(body);
      if (!certificates) return certificates.error();
      certificates_.clear();
      for (const auto one : *certificates) certificates_.emplace_back(one.begin(), one.end());
      break;
    }
    case TlsMessageType::server_key_exchange:
    case TlsMessageType::server_hello_done:
      server_shows_who_it_is_ = true;
      break;
    default:
      break;
  }
  return {};
}

}  // namespace labnet::packet
