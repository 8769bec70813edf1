#include "common/rtmp/handshake_digest.hpp"

#include <algorithm>

#include "common/base/text.hpp"
#include "common/crypto/hash.hpp"

namespace labnet::rtmp {
namespace {

// Both keys end with the same 32 octets; digests of C1 and S1 are made with what stands before them.
constexpr std::string_view player_words = "Genuine Adobe Flash Player 001";
constexpr std::string_view server_words = "Genuine Adobe Flash Media Server 001";
constexpr std::array<std::uint8_t, 32> key_end{0xf0, 0xee, 0xc2, 0x4a, 0x80, 0x68, 0xbe, 0xe8, 0x2e, 0x00, 0xd0,
                                               0xd1, 0x02, 0x9e, 0x7e, 0x57, 0x6e, 0xec, 0x5d, 0x2d, 0x29, 0x80,
                                               0x6f, 0xab, 0x93, 0xb8, 0xe6, 0x36, 0xcf, 0xeb, 0x31, 0xae};

constexpr std::size_t time_and_version_bytes = 8;
constexpr std::size_t block_bytes = 764;
constexpr std::size_t offset_bytes = 4;
constexpr std::size_t offsets = block_bytes - offset_bytes - handshake_digest_bytes;  // 728

std::string_view words_of(HandshakeRole role) {
  return role == HandshakeRole::client ? player_words : server_words;
}

Buffer whole_key_of(HandshakeRole role) {
  const auto words = as_bytes(words_of(role));
  const auto end = std::as_bytes(std::span{key_end});
  Buffer key{words.begin(), words.end()};
  key.insert(key.end(), end.begin(), end.end());
  return key;
}

HandshakeDigest hmac(Bytes key, Bytes bytes) {
  const auto code = crypto::hmac(crypto::HashMethod::sha256, key, bytes);
  HandshakeDigest digest{};
  std::ranges::copy(code, digest.begin());
  return digest;
}

std::size_t digest_position(Bytes piece, HandshakeKind schema) {
  const auto block = time_and_version_bytes + (schema == HandshakeKind::digest_schema_0 ? block_bytes : 0);
  std::size_t sum = 0;
  for (const auto octet : piece.subspan(block, offset_bytes)) sum += std::to_integer<std::size_t>(octet);
  return block + offset_bytes + sum % offsets;
}

/// Of what stands around it.
HandshakeDigest digest_of(Bytes piece, std::size_t position, HandshakeRole from) {
  const auto before = piece.first(position);
  const auto behind = piece.subspan(position + handshake_digest_bytes);
  Buffer around{before.begin(), before.end()};
  around.insert(around.end(), behind.begin(), behind.end());
  return hmac(as_bytes(words_of(from)), around);
}

}  // namespace

std::optional<FoundDigest> find_digest(Bytes piece, HandshakeRole from) {
  for (const auto schema : {HandshakeKind::digest_schema_0, HandshakeKind::digest_schema_1}) {
    const auto position = digest_position(piece, schema);
    const auto digest = digest_of(piece, position, from);
    if (std::ranges::equal(digest, piece.subspan(position, handshake_digest_bytes))) return FoundDigest{schema, digest};
  }
  return std::nullopt;
}

HandshakeDigest set_digest(HandshakeBytes piece, HandshakeKind schema, HandshakeRole from) {
  const auto position = digest_position(piece, schema);
  const auto digest = digest_of(piece, position, from);
  std::ranges::copy(digest, piece.begin() + static_cast<std::ptrdiff_t>(position));
  return digest;
}

HandshakeDigest signature_of(Bytes piece, const HandshakeDigest& answered, HandshakeRole from) {
  const auto key = hmac(whole_key_of(from), answered);
  return hmac(key, piece.first(handshake_bytes - handshake_digest_bytes));
}

/// SplitMix64.
void fill(std::span<std::byte> bytes, HandshakeSeed& seed) {
  while (!bytes.empty()) {
    seed += 0x9e3779b97f4a7c15U;
    auto mixed = seed;
    mixed = (mixed ^ mixed >> 30U) * 0xbf58476d1ce4e5b9U;
    mixed = (mixed ^ mixed >> 27U) * 0x94d049bb133111ebU;
    mixed ^= mixed >> 31U;
    const auto drawn = std::as_bytes(std::span{&mixed, 1});
    const auto count = std::min(bytes.size(), drawn.size());
    std::ranges::copy(drawn.first(count), bytes.begin());
    bytes = bytes.subspan(count);
  }
}

}  // namespace labnet::rtmp
