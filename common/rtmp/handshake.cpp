// The handshake of both sides.
#include "common/rtmp/handshake.hpp"

#include <algorithm>
#include <optional>

#include "common/rtmp/handshake_digest.hpp"
#include "common/rtmp/octets.hpp"

namespace labnet::rtmp {
namespace {

constexpr std::size_t version_at = 4;
// What clients and servers say that they are, if they speak with digests.
constexpr std::uint32_t player_version = 0x09007c02;    // 9.0.124.2, as FFmpeg does
constexpr std::uint32_t server_version = 0x04050001;    // 4.5.0.1
constexpr std::uint8_t server_version_with_digest = 3;  // the first octet, and higher

std::optional<HandshakeFault> fault_of_version(std::uint8_t octet) {
  constexpr std::uint8_t tls_alert = 0x15, tls_handshake = 0x16;
  switch (octet) {
    case handshake_version:
      return std::nullopt;
    case 6:
    case 8:
    case 9:
      return HandshakeFault::encrypted;
    case tls_alert:
    case tls_handshake:
      return HandshakeFault::tls;
    case 'C':  // CONNECT
    case 'D':  // DELETE
    case 'G':  // GET
    case 'H':  // HEAD, HTTP/1.1
    case 'O':  // OPTIONS
    case 'P':  // POST, PUT, PATCH, and HTTP/2's preface
      return HandshakeFault::http;
    default:
      return HandshakeFault::unknown_version;
  }
}

/// Takes the octet of C0 or S0 from the front of the input, which has one.
std::optional<HandshakeFault> take_version(Bytes& input) {
  const auto octet = octet_at(input.data());
  input = input.subspan(1);
  return fault_of_version(octet);
}

void begin_piece(HandshakeBytes piece, std::uint32_t time_ms, std::uint32_t version, HandshakeSeed& seed) {
  fill(piece, seed);
  put_u32(put_u32(piece.data(), time_ms), version);
}

/// A C2 or S2 that is signed.
std::array<std::byte, handshake_bytes> signed_piece(const HandshakeDigest& answered, HandshakeRole from,
                                                    HandshakeSeed& seed) {
  std::array<std::byte, handshake_bytes> piece{};
  fill(piece, seed);
  const auto signature = signature_of(piece, answered, from);
  std::ranges::copy(signature, piece.end() - static_cast<std::ptrdiff_t>(signature.size()));
  return piece;
}

void append(Buffer& out, Bytes bytes) {
  out.insert(out.end(), bytes.begin(), bytes.end());
}

}  // namespace

std::string_view describe(HandshakeKind kind) {
  switch (kind) {
    case HandshakeKind::simple:
      return "simple";
    case HandshakeKind::digest_schema_0:
      return "digest, schema 0";
    case HandshakeKind::digest_schema_1:
      return "digest, schema 1";
  }
  return "";
}

std::string_view describe(HandshakeFault fault) {
  switch (fault) {
    case HandshakeFault::encrypted:
      return "the version is that of RTMPE, which is not spoken here";
    case HandshakeFault::tls:
      return "TLS is spoken where plain RTMP is expected";
    case HandshakeFault::http:
      return "HTTP is spoken where RTMP is expected";
    case HandshakeFault::unknown_version:
      return "the first octet is no version of RTMP";
    case HandshakeFault::digest_mismatch:
      return "the server's digest is wrong";
    case HandshakeFault::signature_mismatch:
      return "the server's signature is wrong";
  }
  return "";
}

void HandshakePiece::take(Bytes& input) {
  const auto count = std::min(input.size(), handshake_bytes - size_);
  std::ranges::copy(input.first(count), bytes_.begin() + static_cast<std::ptrdiff_t>(size_));
  size_ += count;
  input = input.subspan(count);
}

Result<std::size_t, HandshakeFault> ServerHandshake::read(Bytes input, Buffer& out) {
  auto rest = input;
  while (!rest.empty() && state_ != State::done) {
    if (state_ == State::version) {
      if (const auto fault = take_version(rest)) return *fault;
      state_ = State::c1;
      continue;
    }
    piece_.take(rest);
    if (!piece_.is_whole()) continue;
    if (state_ == State::c1) answer(out);
    state_ = state_ == State::c1 ? State::c2 : State::done;
    piece_ = {};
  }
  return input.size() - rest.size();
}

/// S0, S1 and S2.
void ServerHandshake::answer(Buffer& out) {
  const auto c1 = piece_.bytes();
  const bool may_have_digest = u32_at(c1.data() + version_at) != 0;
  const auto found = may_have_digest ? find_digest(c1, HandshakeRole::client) : std::nullopt;
  if (found) kind_ = found->kind;
  std::array<std::byte, handshake_bytes> s1{};
  begin_piece(s1, time_ms_, found ? server_version : 0, seed_);
  if (found) set_digest(s1, found->kind, HandshakeRole::server);
  out.push_back(std::byte{handshake_version});
  append(out, s1);
  if (found) {
    append(out, signed_piece(found->digest, HandshakeRole::server, seed_));
  } else {
    append(out, c1);
  }
}

ClientHandshake::ClientHandshake(HandshakeKind offered, HandshakeSeed seed, std::uint32_t time_ms)
    : seed_{seed}, offered_{offered} {
  const bool has_digest = offered != HandshakeKind::simple;
  begin_piece(c1_, time_ms, has_digest ? player_version : 0, seed_);
  if (has_digest) set_digest(c1_, offered, HandshakeRole::client);
}

void ClientHandshake::start(Buffer& out) {
  out.push_back(std::byte{handshake_version});
  append(out, c1_);
}

Result<std::size_t, HandshakeFault> ClientHandshake::read(Bytes input, Buffer& out) {
  auto rest = input;
  while (!rest.empty() && state_ != State::done) {
    if (state_ == State::version) {
      if (const auto fault = take_version(rest)) return *fault;
      state_ = State::s1;
      continue;
    }
    piece_.take(rest);
    if (!piece_.is_whole()) continue;
    const auto taken = state_ == State::s1 ? take_s1(out) : check_s2();
    if (!taken) return taken.error();
    state_ = state_ == State::s1 ? State::s2 : State::done;
    piece_ = {};
  }
  return input.size() - rest.size();
}

/// Answers with C2: what has come, or signed if the server speaks with digests as well.
Result<void, HandshakeFault> ClientHandshake::take_s1(Buffer& out) {
  const auto s1 = piece_.bytes();
  if (offered_ == HandshakeKind::simple || octet_at(s1.data() + version_at) < server_version_with_digest) {
    append(out, s1);
    return {};
  }
  const auto found = find_digest(s1, HandshakeRole::server);
  if (!found) return HandshakeFault::digest_mismatch;
  kind_ = offered_;
  append(out, signed_piece(found->digest, HandshakeRole::client, seed_));
  return {};
}

Result<void, HandshakeFault> ClientHandshake::check_s2() const {
  if (kind_ == HandshakeKind::simple) return {};
  const auto s2 = piece_.bytes();
  const auto offered = find_digest(c1_, HandshakeRole::client);
  const auto signature = signature_of(s2, offered->digest, HandshakeRole::server);
  if (!std::ranges::equal(signature, s2.last(signature.size()))) return HandshakeFault::signature_mismatch;
  return {};
}

}  // namespace labnet::rtmp
