// Any octets as what two ends say to each other in TLS: pieces, each behind a byte for who sends it (odd: the server)
// and two for its length. And as single messages.
#include <algorithm>

#include "common/packet/tls_conversation.hpp"
#include "common/packet/tls_names.hpp"
#include "tests/support/require.hpp"

namespace {

using namespace labnet;
using namespace labnet::packet;
using test::require;
using From = TlsConversation::From;

/// piece_bytes  into how much each piece is cut once more
TlsConversation listen(Bytes input, std::size_t piece_bytes) {
  TlsConversation conversation;
  ByteReader reader{input};
  while (!reader.at_end()) {
    const auto from = (*reader.u8() & 1) != 0 ? From::server : From::client;
    const auto size = reader.u16().value_or(0);
    auto bytes = *reader.take(std::min<std::size_t>(size, reader.remaining()));
    for (; !bytes.empty(); bytes = bytes.subspan(std::min(piece_bytes, bytes.size()))) {
      conversation.add(from, bytes.first(std::min(piece_bytes, bytes.size())));
    }
  }
  return conversation;
}

void check_conversation(Bytes input) {
  const auto whole = listen(input, SIZE_MAX);
  const auto cut = listen(input, 1);
  for (const auto from : {From::client, From::server}) {
    require(whole.fault(from) == cut.fault(from), "the same fault, however the bytes are cut");
    for (const auto type : tls_content_types) {
      require(whole.count(from, type) == cut.count(from, type), "the same records, however the bytes are cut");
      require(whole.count(from, type).bytes <= input.size(), "no more bytes than there are");
    }
  }
  require(whole.client_hello() == cut.client_hello(), "the same Client Hello, however the bytes are cut");
  require(whole.server_hello() == cut.server_hello(), "the same Server Hello, however the bytes are cut");
  require(whole.certificates() == cut.certificates(), "the same certificates, however the bytes are cut");
  require(whole.is_resumed() == cut.is_resumed(), "the same session, however the bytes are cut");
}

void check_messages(Bytes body) {
  if (const auto hello = parse_tls_client_hello(body)) {
    require(!hello->versions.empty(), "some version is offered");
    require(hello->server_name.size() <= tls_server_name_bytes_max, "a name has its limit");
    for (const auto suite : hello->cipher_suites) require(!tls_cipher_suite_name(suite).empty(), "it has a name");
  }
  if (const auto hello = parse_tls_server_hello(body)) {
    require(!tls_version_name(hello->version).empty(), "it has a name");
  }
  if (const auto certificates = parse_tls_certificates(body)) {
    std::size_t bytes = 3;
    for (const auto one : *certificates) bytes += 3 + one.size();
    require(bytes == body.size(), "a list of certificates is all of its message");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto input = std::as_bytes(std::span{data, size});
  check_conversation(input);
  check_messages(input);
  // Behind the heads of the piece, of the record and of the message.
  constexpr std::size_t body_position = 3 + TlsRecordHeader::bytes + 4;
  if (input.size() > body_position) check_messages(input.subspan(body_position));
  return 0;
}
