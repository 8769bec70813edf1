// What can be read of TLS without keys: real handshakes whole, cut and spoilt.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/packet/tls_conversation.hpp"
#include "common/packet/tls_names.hpp"
#include "tests/common/packet/tls_handshakes.hpp"

namespace labnet::packet {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using From = TlsConversation::From;

constexpr std::size_t record_and_message_header_bytes = TlsRecordHeader::bytes + 4;

From sender_of(const Flight& flight) {
  return flight.is_from_client ? From::client : From::server;
}

/// piece_bytes  into how much each flight is cut
TlsConversation listen(const std::vector<Flight>& flights, std::size_t piece_bytes = SIZE_MAX) {
  TlsConversation conversation;
  for (const auto& flight : flights) {
    const auto all = flight.bytes();
    for (Bytes bytes{all}; !bytes.empty(); bytes = bytes.subspan(std::min(piece_bytes, bytes.size()))) {
      conversation.add(sender_of(flight), bytes.first(std::min(piece_bytes, bytes.size())));
    }
  }
  return conversation;
}

/// The first message of the first record of a flight, without its header.
Buffer first_message(const Flight& flight) {
  const auto bytes = flight.bytes();
  ByteReader reader{Bytes{bytes}.subspan(TlsRecordHeader::bytes)};
  const auto body = *reader.u32() & 0xffffff;
  const auto view = *reader.take(body);
  return {view.begin(), view.end()};
}

Buffer client_hello() {
  return first_message(full_1_3.front());
}

/// A handshake record.
Buffer record(std::uint8_t message_type, Bytes body, std::optional<std::size_t> told_bytes = {}) {
  Buffer bytes;
  ByteWriter out{bytes};
  const auto size = told_bytes.value_or(body.size());
  out.u8(22);
  out.u16(0x0301);
  out.u16(static_cast<std::uint16_t>(4 + body.size()));
  out.u32(static_cast<std::uint32_t>(message_type << 24 | size));
  out.bytes(body);
  return bytes;
}

TEST(Tls, ShowsWhatBothEndsAgreedUpon) {
  struct Case {
    const std::vector<Flight>& flights;
    std::uint16_t version;
    std::string suite, protocol;
    bool is_resumed;
    std::size_t certificates;
  };
  for (const auto& one : {Case{full_1_3, tls_1_3, "TLS_AES_256_GCM_SHA384", "", false, 0},
                          Case{resumed_1_3, tls_1_3, "TLS_AES_256_GCM_SHA384", "", true, 0},
                          Case{retried_1_3, tls_1_3, "TLS_AES_256_GCM_SHA384", "", false, 0},
                          Case{full_1_2, tls_1_2, "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", "http/1.1", false, 1},
                          Case{resumed_1_2, tls_1_2, "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", "http/1.1", true, 0}}) {
    for (const std::size_t piece_bytes : {std::size_t{1}, std::size_t{7}, std::size_t{100}, SIZE_MAX}) {
      const auto conversation = listen(one.flights, piece_bytes);
      ASSERT_TRUE(conversation.client_hello());
      EXPECT_EQ(conversation.client_hello()->server_name, "www.diario71.com");
      EXPECT_THAT(conversation.client_hello()->protocols, ElementsAre("h2", "http/1.1"));
      ASSERT_TRUE(conversation.server_hello());
      EXPECT_EQ(conversation.server_hello()->version, one.version);
      EXPECT_EQ(tls_cipher_suite_name(conversation.server_hello()->cipher_suite), one.suite);
      EXPECT_EQ(conversation.server_hello()->protocol, one.protocol);
      EXPECT_FALSE(conversation.server_hello()->is_retry);
      EXPECT_EQ(conversation.is_resumed(), one.is_resumed);
      EXPECT_THAT(conversation.certificates(), SizeIs(one.certificates));
      EXPECT_FALSE(conversation.fault(From::client));
      EXPECT_FALSE(conversation.fault(From::server));
    }
  }
}

TEST(Tls, ShowsWhichVersionsAreOffered) {
  EXPECT_THAT(listen(full_1_3).client_hello()->versions, ElementsAre(tls_1_3, tls_1_2));
  EXPECT_THAT(listen(full_1_2).client_hello()->versions, ElementsAre(tls_1_2));
}

TEST(Tls, CountsRecordsAndBytesOfEachKind) {
  const auto conversation = listen(full_1_2);
  using Type = TlsContentType;
  std::size_t bytes = 0;
  for (const auto& flight : full_1_2) bytes += flight.is_from_client ? flight.bytes().size() : 0;
  std::size_t counted = 0;
  for (const auto type : tls_content_types) {
    const auto& count = conversation.count(From::client, type);
    counted += count.bytes + count.records * TlsRecordHeader::bytes;
  }
  EXPECT_EQ(counted, bytes);
  EXPECT_EQ(conversation.count(From::client, Type::handshake).records, 3u);  // Client Hello, key exchange, Finished
  EXPECT_EQ(conversation.count(From::client, Type::change_cipher_spec), (TlsConversation::Count{1, 1}));
  // Eight bytes of nonce in front, sixteen of tag behind.
  EXPECT_EQ(conversation.count(From::client, Type::application_data), (TlsConversation::Count{1, 8 + 18 + 16}));
  EXPECT_EQ(conversation.count(From::server, Type::application_data), (TlsConversation::Count{1, 8 + 19 + 16}));
  EXPECT_EQ(conversation.count(From::server, Type::alert).records, 1u);
}

TEST(Tls, TakesAConnectionThatIsCutAtAnyByte) {
  for (const auto* flights : {&full_1_3, &resumed_1_3, &retried_1_3, &full_1_2, &resumed_1_2}) {
    TlsConversation conversation;
    std::size_t hello_bytes = 0, position = 0;
    const auto first = flights->front().bytes();
    for (const auto& flight : *flights) {
      for (const auto octet : flight.bytes()) {
        conversation.add(sender_of(flight), Bytes{&octet, 1});
        ++position;
        EXPECT_FALSE(conversation.fault(From::client));
        EXPECT_FALSE(conversation.fault(From::server));
        if (hello_bytes == 0 && conversation.client_hello()) hello_bytes = position;
        if (!conversation.server_hello()) {
          EXPECT_EQ(conversation.is_resumed(), std::nullopt);
        }
      }
    }
    EXPECT_EQ(hello_bytes, first.size());
  }
}

TEST(Tls, RefusesAHelloThatIsCutOrHasMore) {
  const auto hello = client_hello();
  ASSERT_TRUE(parse_tls_client_hello(hello));
  for (std::size_t size = 0; size < hello.size(); ++size) {
    // Without extensions it would be one of TLS 1.2, if it ended where these begin.
    const auto cut = parse_tls_client_hello(Bytes{hello}.first(size));
    if (cut) {
      EXPECT_THAT(cut->server_name, IsEmpty()) << size;
      EXPECT_THAT(cut->protocols, IsEmpty()) << size;
    }
  }
  auto more = hello;
  more.push_back(std::byte{0});
  EXPECT_EQ(parse_tls_client_hello(more).error(), TlsFault::malformed_message);

  const auto answer = first_message(full_1_2[1]);
  ASSERT_TRUE(parse_tls_server_hello(answer));
  std::size_t readable = 0;
  for (std::size_t size = 0; size < answer.size(); ++size) {
    readable += parse_tls_server_hello(Bytes{answer}.first(size)).has_value() ? 1 : 0;
  }
  EXPECT_EQ(readable, 1u);  // where the extensions begin
}

/// A Client Hello with these extensions.
Buffer hello_with(const std::vector<std::pair<std::uint16_t, Buffer>>& extensions, std::size_t session_id_bytes = 0) {
  Buffer list;
  ByteWriter all{list};
  for (const auto& [type, data] : extensions) {
    all.u16(type);
    all.u16(static_cast<std::uint16_t>(data.size()));
    all.bytes(data);
  }
  Buffer hello;
  ByteWriter out{hello};
  out.u16(tls_1_2);
  out.bytes(Buffer(32));
  out.u8(static_cast<std::uint8_t>(session_id_bytes));
  out.bytes(Buffer(session_id_bytes));
  out.bytes(from_hex("0006 0a0a 1301 c02f 01 00"));
  out.u16(static_cast<std::uint16_t>(list.size()));
  out.bytes(list);
  return hello;
}

Buffer server_name(const std::string& name) {
  Buffer data;
  ByteWriter out{data};
  out.u16(static_cast<std::uint16_t>(3 + name.size()));
  out.u8(0);
  out.u16(static_cast<std::uint16_t>(name.size()));
  out.text(name);
  return data;
}

TEST(Tls, LeavesOutValuesThatMeanNothing) {
  const auto hello = parse_tls_client_hello(
      hello_with({{43, from_hex("06 2a2a 0304 0303")}, {16, from_hex("0009 02 5a5a 02 6832 02 7a7b")}, {0x8a8a, {}}}));
  ASSERT_TRUE(hello);
  EXPECT_THAT(hello->versions, ElementsAre(tls_1_3, tls_1_2));
  EXPECT_THAT(hello->cipher_suites, ElementsAre(0x1301, 0xc02f));
  EXPECT_THAT(hello->protocols, ElementsAre("h2", "z{"));
}

TEST(Tls, RefusesExtensionsThatAreNotAsTheyMustBe) {
  EXPECT_TRUE(parse_tls_client_hello(hello_with({})));
  EXPECT_EQ(parse_tls_client_hello(hello_with({{0, server_name("a.example")}}))->server_name, "a.example");
  const auto refuses = [](const std::vector<std::pair<std::uint16_t, Buffer>>& extensions) {
    return !parse_tls_client_hello(hello_with(extensions));
  };
  EXPECT_TRUE(refuses({{0, server_name("a")}, {0, server_name("a")}}));  // twice
  EXPECT_TRUE(refuses({{0, from_hex("0008 00 0001 61 00 0001 62")}}));   // two names
  EXPECT_TRUE(refuses({{0, from_hex("0000")}}));                         // none
  EXPECT_TRUE(refuses({{0, from_hex("0003 00 0000")}}));                 // an empty one
  EXPECT_TRUE(refuses({{0, from_hex("0004 00 0001 61 00")}}));           // more behind it
  EXPECT_TRUE(refuses({{16, from_hex("0001 00")}}));                     // an empty protocol
  EXPECT_TRUE(refuses({{43, from_hex("03 0304 03")}}));                  // half a version
  EXPECT_TRUE(refuses({{43, from_hex("00")}}));                          // no version
}

TEST(Tls, OnePastEachLimitIsRefused) {
  const auto with_name = [](std::size_t bytes) {
    return parse_tls_client_hello(hello_with({{0, server_name(std::string(bytes, 'x'))}}));
  };
  EXPECT_TRUE(with_name(tls_server_name_bytes_max));
  EXPECT_FALSE(with_name(tls_server_name_bytes_max + 1));
  EXPECT_TRUE(parse_tls_client_hello(hello_with({}, 32)));
  EXPECT_FALSE(parse_tls_client_hello(hello_with({}, 33)));

  const auto fault_of = [](Bytes bytes) {
    TlsConversation conversation;
    conversation.add(From::client, bytes);
    return conversation.fault(From::client);
  };
  EXPECT_EQ(fault_of(record(1, {}, tls_message_bytes_max)), std::nullopt);  // the rest is still to come
  EXPECT_EQ(fault_of(record(1, {}, tls_message_bytes_max + 1)), TlsFault::message_too_long);
  EXPECT_EQ(fault_of(from_hex("17 0303 4800")), std::nullopt);
  EXPECT_EQ(fault_of(from_hex("17 0303 4801")), TlsFault::record_too_long);
}

TEST(Tls, TellsWhyItReadsNoFurther) {
  const auto fault_of = [](std::string_view digits) {
    TlsConversation conversation;
    conversation.add(From::server, from_hex(digits));
    return conversation.fault(From::server);
  };
  EXPECT_EQ(fault_of("17 0303 0000"), std::nullopt);  // hides how much there is
  EXPECT_EQ(fault_of("16 0303 0000"), TlsFault::empty_record);
  EXPECT_EQ(fault_of("19 0303 0001"), TlsFault::unknown_content_type);
  EXPECT_EQ(fault_of("16 0203 0001"), TlsFault::unknown_version);
  EXPECT_EQ(fault_of("16 0305 0001"), TlsFault::unknown_version);
  EXPECT_EQ(fault_of("16 0303 0004 02000000"), TlsFault::malformed_message);
  EXPECT_EQ(fault_of("16 0303 0007 0b000003 000001"), TlsFault::malformed_message);
}

TEST(Tls, GoesOnCountingBehindAMessageThatItCannotRead) {
  TlsConversation conversation;
  conversation.add(From::client, from_hex("16 0303 0004 01000000"));
  conversation.add(From::client, from_hex("17 0303 0002 abcd"));
  EXPECT_EQ(conversation.fault(From::client), TlsFault::malformed_message);
  EXPECT_EQ(conversation.count(From::client, TlsContentType::application_data), (TlsConversation::Count{1, 2}));
  EXPECT_FALSE(conversation.client_hello());
}

TEST(Tls, ReadsAMessageThatComesInSeveralRecords) {
  const auto hello = client_hello();
  TlsConversation conversation;
  Buffer message;
  ByteWriter out{message};
  out.u32(static_cast<std::uint32_t>(1 << 24 | hello.size()));
  out.bytes(hello);
  for (const auto octet : message) {
    conversation.add(From::client, from_hex("16 0301 0001"));
    conversation.add(From::client, Bytes{&octet, 1});
  }
  ASSERT_TRUE(conversation.client_hello());
  EXPECT_EQ(conversation.client_hello()->server_name, "www.diario71.com");
  EXPECT_EQ(conversation.count(From::client, TlsContentType::handshake).records, message.size());
}

TEST(Tls, IsKnownByItsFirstBytes) {
  const auto bytes = full_1_3.front().bytes();
  for (std::size_t size = 0; size < tls_beginning_bytes; ++size) {
    EXPECT_EQ(begins_with_client_hello(Bytes{bytes}.first(size)), std::nullopt) << size;
  }
  EXPECT_EQ(begins_with_client_hello(bytes), true);
  EXPECT_EQ(begins_with_client_hello(full_1_3[1].bytes()), false);  // Server Hello
  for (const std::string_view text : {"GET / HTTP/1.1\r\n", "\x16\x03\x09zzz", "\x17\x03\x03zzz", "\x16x"}) {
    EXPECT_EQ(begins_with_client_hello(as_bytes(text)), false);
  }
}

TEST(Tls, CallsNumbersByTheirNames) {
  EXPECT_EQ(tls_version_name(0x0303), "TLS 1.2");
  EXPECT_EQ(tls_version_name(0x7f1c), "0x7f1c");
  EXPECT_EQ(tls_cipher_suite_name(0x1301), "TLS_AES_128_GCM_SHA256");
  EXPECT_EQ(tls_cipher_suite_name(0x1399), "0x1399");
}

}  // namespace
}  // namespace labnet::packet
