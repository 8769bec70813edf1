// The handshake messages that travel in clear: Client Hello, Server Hello, and the certificates of TLS 1.2 (RFC 8446,
// section 4; RFC 5246, section 7.4).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "common/packet/tls_record.hpp"

namespace labnet::packet {

inline constexpr std::size_t tls_message_bytes_max = 64 * 1024;  // of a handshake message, without its header
inline constexpr std::size_t tls_server_name_bytes_max = 255;    // RFC 1035, section 2.3.4
inline constexpr std::uint16_t tls_1_2 = 0x0303, tls_1_3 = 0x0304;

/// HandshakeType of RFC 8446, section 4, and of RFC 5246, section 7.4.
enum class TlsMessageType : std::uint8_t {
  client_hello = 1,
  server_hello = 2,
  certificate = 11,
  server_key_exchange = 12,
  server_hello_done = 14,
};

struct TlsClientHello {
  std::vector<std::uint16_t> versions{};  // offered, the preferred first: of supported_versions, or else the only one
  std::vector<std::uint16_t> cipher_suites{};
  std::string server_name{};             // RFC 6066, section 3, as it was sent; empty: none is named
  std::vector<std::string> protocols{};  // ALPN (RFC 7301), the preferred first
  // Values of RFC 8701, which mean nothing and keep servers tolerant, are left out of the lists.

  bool operator==(const TlsClientHello&) const = default;
};

struct TlsServerHello {
  std::uint16_t version = 0;  // chosen: of supported_versions, or else legacy_version
  std::uint16_t cipher_suite = 0;
  std::string protocol{};          // ALPN; empty: none, or TLS 1.3, where it is encrypted
  bool takes_offered_key = false;  // pre_shared_key: in TLS 1.3 a session is resumed
  bool is_retry = false;           // HelloRetryRequest: the client is to say hello once more

  bool operator==(const TlsServerHello&) const = default;
};

/// body    of the message, without type and length
/// faults  malformed_message: whatever does not fit to the last byte; an extension that is there twice
Result<TlsClientHello, TlsFault> parse_tls_client_hello(Bytes body);
Result<TlsServerHello, TlsFault> parse_tls_server_hello(Bytes body);

/// Certificate of TLS 1.2 (RFC 5246, section 7.4.2): DER, the server's own first; views of the body.
Result<std::vector<Bytes>, TlsFault> parse_tls_certificates(Bytes body);

}  // namespace labnet::packet
