// The handshake: both sides with each other and with what real ones sent, in every cut.
#include "common/rtmp/handshake.hpp"

#include <gtest/gtest.h>

#include "common/rtmp/handshake_digest.hpp"
#include "tests/common/rtmp/octets.hpp"

namespace labnet::rtmp {
namespace {

using test::buffer_of;
using test::counted;
using test::octets;
using test::pieces_of;
using test::vector_file;

constexpr std::size_t c0_c1_bytes = 1 + handshake_bytes;
constexpr std::size_t s0_s1_s2_bytes = 1 + 2 * handshake_bytes;

/// What a side says to a stream, and how much of it is the handshake's.
struct Said {
  Buffer out;
  std::size_t used = 0;
  std::optional<HandshakeFault> fault;

  bool operator==(const Said&) const = default;
};
template <class Side>
Said say(Side& side, Bytes stream, std::size_t piece_bytes) {
  Said said;
  for (const auto size : pieces_of(stream.size(), piece_bytes)) {
    const auto used = side.read(stream.subspan(said.used, std::min(size, stream.size() - said.used)), said.out);
    if (!used) {
      said.fault = used.error();
      return said;
    }
    said.used += *used;
    if (side.is_done()) break;
  }
  return said;
}

Said server_says(const Buffer& stream, HandshakeKind* kind = nullptr) {
  ServerHandshake at_once{1, 1000}, singly{1, 1000};
  const auto said = say(at_once, stream, stream.size());
  EXPECT_EQ(say(singly, stream, 1), said) << "octet by octet";
  if (kind) *kind = at_once.kind();
  return said;
}

Buffer client_hello(HandshakeKind kind) {
  ClientHandshake client{kind, 7, 5};
  Buffer out;
  client.start(out);
  return out;
}

TEST(RtmpHandshake, AnswersASimpleClientSimply) {
  const auto hello = client_hello(HandshakeKind::simple);
  ASSERT_EQ(hello.size(), c0_c1_bytes);
  EXPECT_EQ(buffer_of(Bytes{hello}.subspan(0, 9)), octets("03 00000005 00000000"));
  HandshakeKind kind{};
  const auto said = server_says(hello, &kind);
  EXPECT_EQ(kind, HandshakeKind::simple);
  ASSERT_EQ(said.out.size(), s0_s1_s2_bytes);
  EXPECT_EQ(buffer_of(Bytes{said.out}.first(9)), octets("03 000003e8 00000000")) << "S0, time, version zero";
  EXPECT_EQ(buffer_of(Bytes{said.out}.last(handshake_bytes)), buffer_of(Bytes{hello}.subspan(1))) << "S2 is C1";
}

TEST(RtmpHandshake, BothSidesAgreeInEveryKindAndCut) {
  for (const auto kind : {HandshakeKind::simple, HandshakeKind::digest_schema_0, HandshakeKind::digest_schema_1}) {
    for (const std::size_t piece_bytes : {1, 7, 1535, 1536, 1537, 4000}) {
      ClientHandshake client{kind, 7, 5};
      ServerHandshake server{8, 6};
      Buffer to_server;
      client.start(to_server);
      const auto answer = say(server, to_server, piece_bytes);
      const auto end = say(client, answer.out, piece_bytes);
      EXPECT_EQ(end.fault, std::nullopt) << describe(kind);
      EXPECT_TRUE(client.is_done());
      EXPECT_FALSE(server.is_done());
      EXPECT_EQ(end.out.size(), handshake_bytes);
      EXPECT_EQ(say(server, end.out, piece_bytes).used, handshake_bytes);
      EXPECT_TRUE(server.is_done());
      EXPECT_EQ(server.kind(), kind);
      EXPECT_EQ(client.kind(), kind);
    }
  }
}

TEST(RtmpHandshake, LeavesWhatFollowsC2ToTheChunkReader) {
  const auto stream = test::operator+(client_hello(HandshakeKind::simple), counted(handshake_bytes + 100));
  const auto said = server_says(stream);
  EXPECT_EQ(said.used, c0_c1_bytes + handshake_bytes);
  EXPECT_EQ(said.fault, std::nullopt) << "any C2 will do";
}

TEST(RtmpHandshake, SendsC2BeforeS2HasCome) {
  ClientHandshake client{HandshakeKind::simple, 7, 5};
  const auto s0_s1 = test::operator+(octets("03"), counted(handshake_bytes));
  EXPECT_EQ(say(client, s0_s1, 100).out, counted(handshake_bytes)) << "and it is S1";
  EXPECT_FALSE(client.is_done());
}

TEST(RtmpHandshake, TellsWhatElseIsSpoken) {
  EXPECT_EQ(server_says(octets("06")).fault, HandshakeFault::encrypted);
  EXPECT_EQ(server_says(octets("08")).fault, HandshakeFault::encrypted);
  EXPECT_EQ(server_says(octets("09")).fault, HandshakeFault::encrypted);
  EXPECT_EQ(server_says(octets("16 03 01")).fault, HandshakeFault::tls);
  EXPECT_EQ(server_says(buffer_of(as_bytes("POST /open/1 HTTP/1.1"))).fault, HandshakeFault::http);
  EXPECT_EQ(server_says(buffer_of(as_bytes("GET / HTTP/1.1"))).fault, HandshakeFault::http);
  EXPECT_EQ(server_says(octets("00")).fault, HandshakeFault::unknown_version);
  EXPECT_EQ(server_says(octets("04")).fault, HandshakeFault::unknown_version);
  ClientHandshake client{HandshakeKind::simple, 7, 5};
  EXPECT_EQ(say(client, buffer_of(as_bytes("HTTP/1.1 400 Bad Request")), 1).fault, HandshakeFault::http);
  for (const auto fault :
       {HandshakeFault::encrypted, HandshakeFault::tls, HandshakeFault::http, HandshakeFault::unknown_version,
        HandshakeFault::digest_mismatch, HandshakeFault::signature_mismatch})
    EXPECT_FALSE(describe(fault).empty());
}

TEST(RtmpHandshake, TakesADigestThatIsWrongForASimpleClient) {
  auto hello = client_hello(HandshakeKind::digest_schema_1);
  hello.back() ^= std::byte{1};
  HandshakeKind kind{};
  const auto said = server_says(hello, &kind);
  EXPECT_EQ(kind, HandshakeKind::simple);
  EXPECT_EQ(buffer_of(Bytes{said.out}.subspan(5, 4)), octets("00000000"));
}

TEST(RtmpHandshake, FindsADigestWhereverItsOffsetPutsIt) {
  for (const auto schema : {HandshakeKind::digest_schema_0, HandshakeKind::digest_schema_1}) {
    for (const std::string_view offset : {"00000000", "ffffffff", "00000001", "ff00ffd9", "ff80ff59"}) {
      std::array<std::byte, handshake_bytes> piece{};
      HandshakeSeed seed = 3;
      fill(piece, seed);
      const std::size_t block = schema == HandshakeKind::digest_schema_0 ? 772 : 8;
      std::ranges::copy(octets(offset), piece.begin() + static_cast<std::ptrdiff_t>(block));
      const auto digest = set_digest(piece, schema, HandshakeRole::client);
      const auto found = find_digest(piece, HandshakeRole::client);
      ASSERT_TRUE(found) << offset;
      EXPECT_EQ(found->digest, digest);
      EXPECT_EQ(found->kind, schema);
      EXPECT_FALSE(find_digest(piece, HandshakeRole::server)) << "the keys differ";
    }
  }
}

TEST(RtmpHandshake, ClientChecksDigestAndSignature) {
  for (const std::size_t wrong : {std::size_t{100}, 1 + handshake_bytes + 100, s0_s1_s2_bytes - 1}) {
    ClientHandshake client{HandshakeKind::digest_schema_0, 7, 5};
    ServerHandshake server{8, 6};
    Buffer to_server;
    client.start(to_server);
    auto answer = say(server, to_server, 1).out;
    answer[wrong] ^= std::byte{1};
    const auto expected = wrong == 100 ? HandshakeFault::digest_mismatch : HandshakeFault::signature_mismatch;
    EXPECT_EQ(say(client, answer, 500).fault, expected) << wrong;
  }
}

TEST(RtmpHandshake, ClientThatOffersADigestTakesASimpleAnswer) {
  ClientHandshake client{HandshakeKind::digest_schema_1, 7, 5};
  const auto answer = test::operator+(octets("03 00000000 00000000"), counted(2 * handshake_bytes - 8));
  const auto said = say(client, answer, 9);
  EXPECT_EQ(said.fault, std::nullopt);
  EXPECT_TRUE(client.is_done());
  EXPECT_EQ(client.kind(), HandshakeKind::simple);
}

TEST(RtmpHandshake, SaysDifferentThingsForDifferentSeeds) {
  Buffer one, other, same;
  ClientHandshake{HandshakeKind::simple, 1, 5}.start(one);
  ClientHandshake{HandshakeKind::simple, 2, 5}.start(other);
  ClientHandshake{HandshakeKind::simple, 1, 5}.start(same);
  EXPECT_NE(one, other);
  EXPECT_EQ(one, same);
}

// Of real ones: as a player FFmpeg signs its C2, and nginx its S2.

TEST(RtmpHandshake, ReadsTheDigestOfFfmpeg) {
  HandshakeKind kind{};
  EXPECT_EQ(server_says(vector_file("ffmpeg-publish.client"), &kind).used, 1 + 2 * handshake_bytes);
  EXPECT_EQ(kind, HandshakeKind::digest_schema_1);
  server_says(vector_file("rtmpsink-publish-late.client"), &kind);
  EXPECT_EQ(kind, HandshakeKind::simple);
  server_says(vector_file("rtmp2sink-publish.client"), &kind);
  EXPECT_EQ(kind, HandshakeKind::simple);
}

TEST(RtmpHandshake, MakesTheSignaturesThatNginxAndFfmpegMade) {
  const auto client = vector_file("ffmpeg-play.client"), server = vector_file("ffmpeg-play.server");
  const auto c1 = Bytes{client}.subspan(1, handshake_bytes), c2 = Bytes{client}.subspan(1537, handshake_bytes);
  const auto s1 = Bytes{server}.subspan(1, handshake_bytes), s2 = Bytes{server}.subspan(1537, handshake_bytes);
  const auto of_client = find_digest(c1, HandshakeRole::client), of_server = find_digest(s1, HandshakeRole::server);
  ASSERT_TRUE(of_client);
  ASSERT_TRUE(of_server);
  EXPECT_EQ(of_client->kind, of_server->kind);
  const auto in_s2 = signature_of(s2, of_client->digest, HandshakeRole::server);
  EXPECT_EQ(buffer_of(in_s2), buffer_of(s2.last(handshake_digest_bytes)));
  const auto in_c2 = signature_of(c2, of_server->digest, HandshakeRole::client);
  EXPECT_EQ(buffer_of(in_c2), buffer_of(c2.last(handshake_digest_bytes)));
}

}  // namespace
}  // namespace labnet::rtmp
