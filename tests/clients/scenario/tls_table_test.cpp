// The table of TLS connections that a capture shows.
#include "clients/scenario/tls_table.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/clients/scenario/segments.hpp"
#include "tests/common/packet/tls_handshakes.hpp"

namespace labnet::scenario {
namespace {

using namespace std::chrono_literals;
using packet::TlsContentType;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr packet::Timestamp first_hello{1'795'486'919s};

class TlsTable : public testing::Test {
 protected:
  void open(std::uint16_t port = 443) {
    segments_ = Segments{port};
    add(segments_.syn());
    add(segments_.syn_ack());
  }
  void say(bool is_from_client, std::string_view text) { add(segments_.next(is_from_client, text)); }
  /// segment_bytes  in one segment
  void say(const std::vector<packet::Flight>& flights, std::size_t segment_bytes = 1460) {
    for (const auto& flight : flights) {
      const auto all = flight.bytes();
      for (Bytes rest{all}; !rest.empty(); rest = rest.subspan(std::min(segment_bytes, rest.size()))) {
        add(segments_.next(flight.is_from_client, rest.first(std::min(segment_bytes, rest.size()))));
      }
    }
  }
  std::vector<TlsConnection> connections() const { return builder_.connections(); }
  bool last_is_tls() const { return builder_.is_tls(last_); }

 private:
  void add(const packet::Frame& frame) {
    last_ = frame;
    builder_.add(++number_, first_hello, last_);
  }

  TlsTableBuilder builder_;
  Segments segments_{443};
  packet::Frame last_;
  std::uint64_t number_ = 0;
};

TEST_F(TlsTable, ShowsWhoWasAskedForAndWhatWasAgreedUpon) {
  open(8443);
  say(packet::full_1_2);
  ASSERT_THAT(connections(), SizeIs(1));
  const auto connection = connections().front();
  EXPECT_EQ(connection.client, Segments::client);
  EXPECT_EQ(connection.server, Segments::server);
  EXPECT_EQ(connection.client_port, Segments::client_port);
  EXPECT_EQ(connection.server_port, 8443);
  EXPECT_EQ(connection.number, 3u);
  EXPECT_EQ(connection.server_name, "www.diario71.com");
  EXPECT_THAT(connection.offered_versions, ElementsAre("TLS 1.2"));
  EXPECT_THAT(connection.offered_protocols, ElementsAre("h2", "http/1.1"));
  EXPECT_EQ(connection.version, "TLS 1.2");
  EXPECT_EQ(connection.cipher_suite, "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384");
  EXPECT_EQ(connection.protocol, "http/1.1");
  EXPECT_EQ(connection.is_resumed, false);
  ASSERT_THAT(connection.certificates, SizeIs(1));
  EXPECT_EQ(connection.certificates[0].subject, "CN=diario71.com");
  EXPECT_THAT(connection.certificates[0].names, ElementsAre("diario71.com", "www.diario71.com"));
  EXPECT_EQ(connection.data_bytes_from_client(), 8u + 18 + 16);
  EXPECT_EQ(connection.data_bytes_from_server(), 8u + 19 + 16);
  EXPECT_TRUE(last_is_tls());
}

TEST_F(TlsTable, ShowsNoCertificatesOf13) {
  open();
  say(packet::full_1_3);
  ASSERT_THAT(connections(), SizeIs(1));
  EXPECT_THAT(connections()[0].offered_versions, ElementsAre("TLS 1.3", "TLS 1.2"));
  EXPECT_EQ(connections()[0].version, "TLS 1.3");
  EXPECT_THAT(connections()[0].certificates, IsEmpty());
}

TEST_F(TlsTable, IsTheSameWhateverTheSegments) {
  for (const std::size_t bytes : {1u, 2u, 3u, 50u, 100u}) {
    open();
    say(packet::resumed_1_2, bytes);
    ASSERT_FALSE(connections().empty());
    const auto connection = connections().back();
    EXPECT_EQ(connection.server_name, "www.diario71.com") << bytes;
    EXPECT_EQ(connection.is_resumed, true) << bytes;
  }
  EXPECT_THAT(connections(), SizeIs(5));  // on the same ports, one after the other
}

TEST_F(TlsTable, TakesUpAConnectionThatBecomesSecret) {
  open(21);
  say(false, "220 labnet FTP ready\r\n");
  say(true, "AUTH TLS\r\n");
  EXPECT_FALSE(last_is_tls());
  say(false, "234 go ahead\r\n");
  say(packet::full_1_3);
  EXPECT_TRUE(last_is_tls());
  ASSERT_THAT(connections(), SizeIs(1));
  EXPECT_EQ(connections()[0].server_port, 21);
  EXPECT_EQ(connections()[0].server_name, "www.diario71.com");
}

TEST_F(TlsTable, WhoSaysHelloFirstIsTheClient) {
  open(20);
  // A data connection of FTP in active mode: it was the server that connected.
  auto turned = packet::full_1_3;
  for (auto& flight : turned) flight.is_from_client = !flight.is_from_client;
  say(turned);
  ASSERT_THAT(connections(), SizeIs(1));
  EXPECT_EQ(connections()[0].client, Segments::server);
  EXPECT_EQ(connections()[0].server_port, Segments::client_port);
  EXPECT_EQ(connections()[0].version, "TLS 1.3");
}

TEST_F(TlsTable, BehindTooMuchInClearNobodyLooks) {
  open(80);
  say(true, std::string(TlsTableBuilder::clear_bytes_max, 'x'));
  say(packet::full_1_3);
  EXPECT_THAT(connections(), SizeIs(1));
  open(80);
  say(true, std::string(TlsTableBuilder::clear_bytes_max + 1, 'x'));
  say(packet::full_1_3);
  EXPECT_THAT(connections(), SizeIs(1));
  EXPECT_FALSE(last_is_tls());
}

TEST_F(TlsTable, WhatOnlyBeginsLikeTlsIsNone) {
  open();
  say(true, std::string{"\x16\x03\x01\x00\x04\x01\x00\x00\x00", 9});
  EXPECT_THAT(connections(), IsEmpty());
  EXPECT_FALSE(last_is_tls());
  open();
  say(true, "GET / HTTP/1.1\r\n\r\n");
  EXPECT_THAT(connections(), IsEmpty());
}

TEST_F(TlsTable, ShowsAHelloThatWasNotAnswered) {
  open();
  say({packet::full_1_3.front()});
  ASSERT_THAT(connections(), SizeIs(1));
  EXPECT_EQ(connections()[0].version, "");
  EXPECT_EQ(connections()[0].is_resumed, std::nullopt);
  EXPECT_THAT(connections()[0].from_server, IsEmpty());
}

}  // namespace
}  // namespace labnet::scenario
