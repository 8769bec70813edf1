#include "common/packet/tls_hello.hpp"

#include <algorithm>
#include <set>

namespace labnet::packet {
namespace {

constexpr std::size_t random_bytes = 32, session_id_bytes_max = 32;

// ExtensionType (RFC 8446, section 4.2; RFC 7301)
constexpr std::uint16_t extension_server_name = 0, extension_protocols = 16, extension_pre_shared_key = 41,
                        extension_supported_versions = 43;

/// Random of a HelloRetryRequest (RFC 8446, section 4.1.3): SHA-256 of "HelloRetryRequest".
constexpr std::array<std::uint8_t, random_bytes> retry_random{
    0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91,
    0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c};

/// 0x0a0a, 0x1a1a... (RFC 8701, section 2)
bool means_nothing(std::uint16_t value) {
  return (value & 0x0f0f) == 0x0a0a && value >> 8 == (value & 0xff);
}

/// Reads the parts of a message. Once something does not fit it has failed, and gives nothing any more.
class MessageReader {
 public:
  explicit MessageReader(Bytes bytes) : reader_{bytes} {}

  std::uint8_t u8() { return keep(reader_.u8()); }
  std::uint16_t u16() { return keep(reader_.u16()); }
  std::uint32_t u24() {
    const std::uint32_t high = u8();
    return high << 16 | u16();
  }
  Bytes take(std::size_t count) { return keep(reader_.take(count)); }
  /// A vector behind its length (RFC 8446, section 3.4).
  Bytes vector8(std::size_t bytes_min, std::size_t bytes_max = 0xff) { return vector(u8(), bytes_min, bytes_max); }
  Bytes vector16(std::size_t bytes_min) { return vector(u16(), bytes_min, 0xffff); }
  Bytes vector24(std::size_t bytes_min) { return vector(u24(), bytes_min, 0xffffff); }

  bool has_more() const { return !has_failed_ && !reader_.at_end(); }
  /// All was read, and all was as it must be.
  bool is_done() const { return !has_failed_ && reader_.at_end(); }
  bool has_failed() const { return has_failed_; }

 private:
  template <class T>
  T keep(std::optional<T> value) {
    if (!value) has_failed_ = true;
    return has_failed_ ? T{} : *value;
  }
  Bytes vector(std::size_t count, std::size_t bytes_min, std::size_t bytes_max) {
    if (count < bytes_min || count > bytes_max) has_failed_ = true;
    return take(count);
  }

  ByteReader reader_;
  bool has_failed_ = false;
};

using Numbers = std::vector<std::uint16_t>;

/// False if half a number is left over.
bool read_numbers(Bytes bytes, Numbers& numbers) {
  MessageReader reader{bytes};
  while (reader.has_more()) {
    const auto number = reader.u16();
    if (!means_nothing(number)) numbers.push_back(number);
  }
  return reader.is_done();
}

/// ServerNameList of RFC 6066, section 3.
bool read_server_name(Bytes data, std::string& name) {
  constexpr std::uint8_t type_host_name = 0;
  MessageReader extension{data};
  MessageReader names{extension.vector16(1)};
  while (names.has_more()) {
    const auto type = names.u8();
    const auto text = as_text(names.vector16(1));
    if (type != type_host_name) continue;
    if (!name.empty() || text.size() > tls_server_name_bytes_max) return false;
    name = text;
  }
  return names.is_done() && extension.is_done();
}

/// ProtocolNameList of RFC 7301, section 3.1.
bool read_protocols(Bytes data, std::vector<std::string>& protocols) {
  MessageReader extension{data};
  MessageReader names{extension.vector16(2)};
  while (names.has_more()) {
    const auto name = as_text(names.vector8(1));
    const auto may_mean_nothing = name.size() == 2;
    if (may_mean_nothing && means_nothing(MessageReader{as_bytes(name)}.u16())) continue;
    protocols.emplace_back(name);
  }
  return names.is_done() && extension.is_done();
}

/// work(type, data) for each; false if it says no, if one is there twice, or if they do not fit.
template <class Work>
bool read_extensions(MessageReader& message, Work&& work) {
  if (!message.has_more()) return message.is_done();  // before TLS 1.3 there may be none, not even their length
  MessageReader extensions{message.vector16(0)};
  std::set<std::uint16_t> seen;
  while (extensions.has_more()) {
    const auto type = extensions.u16();
    const auto data = extensions.vector16(0);
    if (extensions.has_failed() || !seen.insert(type).second || !work(type, data)) return false;
  }
  return extensions.is_done() && message.is_done();
}

}  // namespace

Result<TlsClientHello, TlsFault> parse_tls_client_hello(Bytes body) {
  TlsClientHello hello;
  MessageReader message{body};
  const auto legacy_version = message.u16();
  message.take(random_bytes);
  message.vector8(0, session_id_bytes_max);
  const auto has_suites = read_numbers(message.vector16(2), hello.cipher_suites);
  message.vector8(1);  // compression methods
  const auto has_extensions = read_extensions(message, [&](std::uint16_t type, Bytes data) {
    if (type == extension_server_name) return read_server_name(data, hello.server_name);
    if (type == extension_protocols) return read_protocols(data, hello.protocols);
    if (type != extension_supported_versions) return true;
    MessageReader extension{data};
    return read_numbers(extension.vector8(2), hello.versions) && extension.is_done();
  });
  if (!has_suites || !has_extensions) return TlsFault::malformed_message;
  if (hello.versions.empty()) hello.versions.push_back(legacy_version);
  return hello;
}

Result<TlsServerHello, TlsFault> parse_tls_server_hello(Bytes body) {
  TlsServerHello hello;
  MessageReader message{body};
  hello.version = message.u16();
  hello.is_retry = std::ranges::equal(message.take(random_bytes), std::as_bytes(std::span{retry_random}));
  message.vector8(0, session_id_bytes_max);
  hello.cipher_suite = message.u16();
  message.u8();  // compression method
  std::vector<std::string> protocols;
  const auto has_extensions = read_extensions(message, [&](std::uint16_t type, Bytes data) {
    MessageReader extension{data};
    switch (type) {
      case extension_supported_versions:
        hello.version = extension.u16();
        return extension.is_done();
      case extension_pre_shared_key:
        hello.takes_offered_key = true;
        return true;
      case extension_protocols:
        return read_protocols(data, protocols) && protocols.size() == 1;
      default:
        return true;
    }
  });
  if (!has_extensions) return TlsFault::malformed_message;
  if (!protocols.empty()) hello.protocol = protocols.front();
  return hello;
}

Result<std::vector<Bytes>, TlsFault> parse_tls_certificates(Bytes body) {
  std::vector<Bytes> certificates;
  MessageReader message{body};
  MessageReader list{message.vector24(0)};
  while (list.has_more()) certificates.push_back(list.vector24(1));
  if (!list.is_done() || !message.is_done()) return TlsFault::malformed_message;
  return certificates;
}

}  // namespace labnet::packet
