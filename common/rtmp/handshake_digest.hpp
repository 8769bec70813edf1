// Digests and signatures within a handshake: where they stand and how they are made.
//
//   schema 0 | time 4 | version 4 | key's block 764    | digest's block 764 |
//   schema 1 | time 4 | version 4 | digest's block 764 | key's block 764    |
//   digest's block | offset: four octets whose sum, modulo 728, says where | ... | digest 32 | ... |
//
// The digest is HMAC-SHA256 of the 1504 bytes around it.
#pragma once

#include <array>
#include <optional>
#include <span>

#include "common/rtmp/handshake.hpp"

namespace labnet::rtmp {

inline constexpr std::size_t handshake_digest_bytes = 32;
using HandshakeDigest = std::array<std::byte, handshake_digest_bytes>;
using HandshakeBytes = std::span<std::byte, handshake_bytes>;

enum class HandshakeRole : std::uint8_t { client, server };  // whose piece it is, and so whose key

/// The digest of a C1 or S1, and which schema it has; nothing if there is none that is right.
struct FoundDigest {
  HandshakeKind kind = HandshakeKind::simple;
  HandshakeDigest digest{};
};
std::optional<FoundDigest> find_digest(Bytes piece, HandshakeRole from);

/// Puts it into a C1 or S1 that is complete otherwise, and says what it is.
HandshakeDigest set_digest(HandshakeBytes piece, HandshakeKind schema, HandshakeRole from);

/// Of an S2 or C2, in its last 32 bytes: HMAC of the others, with a key made of what it answers to.
HandshakeDigest signature_of(Bytes piece, const HandshakeDigest& answered, HandshakeRole from);

/// Bytes that are different for each seed.
void fill(std::span<std::byte> bytes, HandshakeSeed& seed);

}  // namespace labnet::rtmp
