// The handshake of both sides, as machines that take bytes in any cut and say what to send (RTMP 1.0, section 5.2).
//
//   client                         server
//     | C0 (1) C1 (1536)             |     C0, S0: version 3
//     | ---------------------------> |     C1, S1: time (4), version or zero (4), random (1528)
//     |   S0 (1) S1 (1536) S2 (1536) |     S2, C2: what the other sent, or what is signed with its digest
//     | <--------------------------- |
//     | C2 (1536)                    |
//     | ---------------------------> |
//
// "Digest" is what Adobe never wrote down: a version that is not zero, and within the random part an HMAC-SHA256 of the
// rest with a key that everybody knows. Flash asks for it before it plays H.264; FFmpeg, as a player, checks it. There
// are two schemas for where it stands.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "common/base/bytes.hpp"
#include "common/base/result.hpp"

namespace labnet::rtmp {

inline constexpr std::uint8_t handshake_version = 3;
inline constexpr std::size_t handshake_bytes = 1536;  // of C1, C2, S1 and S2

enum class HandshakeKind : std::uint8_t {
  simple,
  digest_schema_0,  // the key's block stands first, the digest's behind it
  digest_schema_1,  // the digest's block stands first
};
/// "simple", "digest, schema 0"
std::string_view describe(HandshakeKind kind);

enum class HandshakeFault : std::uint8_t {
  encrypted,           // the version is 6, 8 or 9: RTMPE, which is not spoken here
  tls,                 // the first byte begins TLS: this is a port for RTMP, not RTMPS
  http,                // the first byte begins a method, or an answer, of HTTP: RTMPT, or a browser
  unknown_version,     // any other
  digest_mismatch,     // the server's version asks for a digest and there is none in S1
  signature_mismatch,  // S2 is not signed with the digest that we sent
};
/// For people: "the version is that of RTMPE, which is not spoken here"
std::string_view describe(HandshakeFault fault);

/// What random bytes are made of; not a secret, only different each time.
using HandshakeSeed = std::uint64_t;

/// One C1, C2, S1 or S2 as it comes in.
class HandshakePiece {
 public:
  /// Takes what it needs from the front of `input` and leaves the rest there.
  void take(Bytes& input);
  bool is_whole() const { return size_ == handshake_bytes; }
  Bytes bytes() const { return bytes_; }

 private:
  std::array<std::byte, handshake_bytes> bytes_{};
  std::size_t size_ = 0;
};

/// Answers with a digest if the client's is right, else simply: zero version, S2 = C1. Takes any C2.
///
///   ServerHandshake handshake{seed, time_ms};
///   for (;;) {
///     const auto used = handshake.read(arrived, out);   // then send `out`, and drop `used` bytes of what has arrived
///     if (handshake.is_done()) break;                   // what is left begins the chunk stream
///   }
class ServerHandshake {
 public:
  /// time_ms  goes into S1: any clock of milliseconds
  ServerHandshake(HandshakeSeed seed, std::uint32_t time_ms) : seed_{seed}, time_ms_{time_ms} {}

  /// input    what has come and is not used yet, in any cut
  /// out      what is to be sent now is appended: S0 S1 S2 at once, when C1 is whole
  /// returns  how many bytes are used; all of them until it is done, then none of what follows C2
  /// faults   encrypted, tls, http, unknown_version: close
  Result<std::size_t, HandshakeFault> read(Bytes input, Buffer& out);
  bool is_done() const { return state_ == State::done; }
  /// What is spoken; known when C1 has come.
  HandshakeKind kind() const { return kind_; }

 private:
  enum class State : std::uint8_t { version, c1, c2, done };
  void answer(Buffer& out);

  HandshakeSeed seed_;
  std::uint32_t time_ms_;
  State state_ = State::version;
  HandshakeKind kind_ = HandshakeKind::simple;
  HandshakePiece piece_;
};

/// Sends C0 C1, and C2 as soon as S1 has come. If it offered a digest and the server answers with one, it checks what
/// FFmpeg checks: the digest in S1 and the signature of S2. A server that answers simply is taken as it is.
class ClientHandshake {
 public:
  /// offered  simple, as OBS and librtmp do, or with a digest, as FFmpeg does
  ClientHandshake(HandshakeKind offered, HandshakeSeed seed, std::uint32_t time_ms);

  /// Appends C0 and C1.
  void start(Buffer& out);
  /// As the server's; appends C2.
  /// faults  close
  Result<std::size_t, HandshakeFault> read(Bytes input, Buffer& out);
  bool is_done() const { return state_ == State::done; }
  /// What is spoken: what was offered, or simple; known when S1 has come.
  HandshakeKind kind() const { return kind_; }

 private:
  enum class State : std::uint8_t { version, s1, s2, done };
  Result<void, HandshakeFault> take_s1(Buffer& out);
  Result<void, HandshakeFault> check_s2() const;

  HandshakeSeed seed_;
  State state_ = State::version;
  HandshakeKind offered_;
  HandshakeKind kind_ = HandshakeKind::simple;
  std::array<std::byte, handshake_bytes> c1_{};
  HandshakePiece piece_;
};

}  // namespace labnet::rtmp
