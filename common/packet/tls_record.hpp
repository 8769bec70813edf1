// TLS records: what can be read of them without keys (RFC 8446, section 5.1; RFC 5246, section 6.2).
//
//     |0     |8            |24           |40
//     | type |   version   |   length    | fragment, `length` bytes: in clear, or for those who have the keys
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "common/base/bytes.hpp"
#include "common/base/result.hpp"

namespace labnet::packet {

enum class TlsContentType : std::uint8_t {
  change_cipher_spec = 20,
  alert = 21,
  handshake = 22,
  application_data = 23,
  heartbeat = 24,  // RFC 6520
};
inline constexpr std::array tls_content_types{TlsContentType::handshake, TlsContentType::change_cipher_spec,
                                              TlsContentType::alert, TlsContentType::application_data,
                                              TlsContentType::heartbeat};
/// "application_data", as the RFC spells it.
std::string_view name_of(TlsContentType type);

enum class TlsFault {
  unknown_content_type,  // no record begins there
  unknown_version,       // likewise
  record_too_long,       // longer than any version allows
  empty_record,          // of a type that is never empty
  malformed_message,     // a handshake message whose lengths do not fit, or with a field that is not as it must be
  message_too_long,      // tls_message_bytes_max
};
std::string_view describe(TlsFault fault);

struct TlsRecordHeader {
  static constexpr std::size_t bytes = 5;
  static constexpr std::size_t fragment_bytes_max = (1 << 14) + 2048;  // TLS 1.2, section 6.2.3; 1.3 has less

  TlsContentType type = TlsContentType::handshake;
  std::uint16_t version = 0;  // 0x0303 since TLS 1.2; an older one in the first Client Hello; not the version chosen
  std::uint16_t fragment_bytes = 0;

  bool operator==(const TlsRecordHeader&) const = default;
};

/// Nothing if there are less than 5 bytes.
Result<std::optional<TlsRecordHeader>, TlsFault> parse_tls_record_header(Bytes input);

/// Tells records apart as their bytes come. Keeps no more of them than a header.
class TlsRecordReader {
 public:
  struct Step {
    std::size_t used = 0;                     // bytes of the input that are done with
    std::optional<TlsRecordHeader> header{};  // a record begins
    Bytes fragment{};                         // of the current record; a view of the input
  };
  /// input    what has come and is not used yet
  /// returns  at most one event: call again with the rest until nothing is left of the input
  /// faults   what follows is no record: nothing more can be told apart
  Result<Step, TlsFault> read(Bytes input);

  const TlsRecordHeader& header() const { return header_; }

 private:
  TlsRecordHeader header_{};
  std::array<std::byte, TlsRecordHeader::bytes> begin_{};  // of a header that has not come whole
  std::size_t begin_bytes_ = 0;
  std::size_t missing_bytes_ = 0;  // of the current record's fragment
};

}  // namespace labnet::packet
