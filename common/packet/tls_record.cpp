#include "common/packet/tls_record.hpp"

#include <algorithm>

namespace labnet::packet {
namespace {

constexpr std::uint8_t version_major = 3, version_minor_max = 4;  // SSL 3.0 to TLS 1.3

}  // namespace

std::string_view name_of(TlsContentType type) {
  switch (type) {
    case TlsContentType::change_cipher_spec:
      return "change_cipher_spec";
    case TlsContentType::alert:
      return "alert";
    case TlsContentType::handshake:
      return "handshake";
    case TlsContentType::application_data:
      return "application_data";
    case TlsContentType::heartbeat:
      return "heartbeat";
  }
  return "unknown";
}

std::string_view describe(TlsFault fault) {
  switch (fault) {
    case TlsFault::unknown_content_type:
      return "what follows is no record: there is no such content type";
    case TlsFault::unknown_version:
      return "what follows is no record: there is no such version";
    case TlsFault::record_too_long:
      return "a record is longer than any version allows";
    case TlsFault::empty_record:
      return "a record is empty that must not be";
    case TlsFault::malformed_message:
      return "a handshake message is malformed";
    case TlsFault::message_too_long:
      return "a handshake message is longer than is read here";
  }
  return "unknown fault";
}

Result<std::optional<TlsRecordHeader>, TlsFault> parse_tls_record_header(Bytes input) {
  ByteReader reader{input};
  if (input.size() < TlsRecordHeader::bytes) return std::optional<TlsRecordHeader>{};
  TlsRecordHeader header;
  header.type = static_cast<TlsContentType>(*reader.u8());
  header.version = *reader.u16();
  header.fragment_bytes = *reader.u16();
  if (std::ranges::find(tls_content_types, header.type) == tls_content_types.end()) {
    return TlsFault::unknown_content_type;
  }
  if (header.version >> 8 != version_major || (header.version & 0xff) > version_minor_max) {
    return TlsFault::unknown_version;
  }
  if (header.fragment_bytes > TlsRecordHeader::fragment_bytes_max) return TlsFault::record_too_long;
  // Application data may be empty, to hide how much there is (RFC 5246, section 6.2.1).
  if (header.fragment_bytes == 0 && header.type != TlsContentType::application_data) return TlsFault::empty_record;
  return std::optional{header};
}

Result<TlsRecordReader::Step, TlsFault> TlsRecordReader::read(Bytes input) {
  Step step;
  if (missing_bytes_ > 0) {
    step.fragment = input.first(std::min(missing_bytes_, input.size()));
    step.used = step.fragment.size();
    missing_bytes_ -= step.used;
    return step;
  }
  step.used = std::min(begin_.size() - begin_bytes_, input.size());
  std::ranges::copy(input.first(step.used), begin_.begin() + static_cast<std::ptrdiff_t>(begin_bytes_));
  begin_bytes_ += step.used;
  if (begin_bytes_ < begin_.size()) return step;
  const auto header = parse_tls_record_header(begin_);
  if (!header) return header.error();
  begin_bytes_ = 0;
  header_ = **header;
  missing_bytes_ = header_.fragment_bytes;
  step.header = header_;
  return step;
}

}  // namespace labnet::packet
