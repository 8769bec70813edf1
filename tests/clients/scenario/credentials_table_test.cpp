// What a listener learns of who somebody is: from requests as a capture shows them.
#include "clients/scenario/credentials_table.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/http/digest.hpp"
#include "tests/clients/scenario/datagrams.hpp"
#include "tests/clients/scenario/segments.hpp"

namespace labnet::scenario {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

/// The requests of one connection, one segment each.
class Listener {
 public:
  Listener() { add(segments_.syn()); }
  Listener& hears(const std::string& request) {
    add(segments_.next(true, request));
    return *this;
  }
  Listener& hears_get(const std::string& fields) {
    return hears(fmt::format("GET / HTTP/1.1\r\nHost: web.lab\r\n{}\r\n", fields));
  }
  Listener& hears_form(const std::string& body, const std::string& type = "application/x-www-form-urlencoded") {
    return hears(
        fmt::format("POST /login HTTP/1.1\r\nHost: web.lab\r\nContent-Type: {}\r\nContent-Length: {}\r\n\r\n{}", type,
                    body.size(), body));
  }
  std::vector<SeenCredential> learns(const std::vector<SipMessage>& messages = {}) const {
    return credentials_of(builder_.exchanges(), messages);
  }
  const HttpExchange& last() const { return builder_.exchanges().back(); }

 private:
  void add(const packet::Frame& frame) { builder_.add(++number_, {}, frame); }

  HttpTableBuilder builder_;
  Segments segments_{http_port};
  std::uint64_t number_ = 0;
};

TEST(Credentials, AreReadOfAForm) {
  const auto learns = Listener{}.hears_form("user=ann&password=top%20secret+%26&go=Login").learns();
  ASSERT_THAT(learns, SizeIs(1));
  EXPECT_EQ(learns[0].way, CredentialWay::form);
  EXPECT_EQ(learns[0].number, 2u);
  EXPECT_EQ(learns[0].client, Segments::client);
  EXPECT_EQ(learns[0].server, Segments::server);
  EXPECT_EQ(learns[0].host, "web.lab");
  EXPECT_EQ(learns[0].target, "/login");
  EXPECT_EQ(learns[0].user, "ann");
  EXPECT_EQ(learns[0].password, "top secret &");
  EXPECT_EQ(learns[0].times, 1u);
}

TEST(Credentials, AreReadOfSipToo) {
  const digest::Credentials digest{
      .user = "101", .realm = "lab", .nonce = "n1", .uri = "sip:lab", .response = "0123456789abcdef0123456789abcdef"};
  const auto request = [&](std::string_view method, std::string_view branch, std::string_view header) {
    return fmt::format(
        "{0} sip:lab SIP/2.0\r\nVia: SIP/2.0/UDP 172.20.10.1:40000;branch=z9hG4bK{1}\r\nFrom: <sip:101@lab>;tag=a\r\n"
        "To: <sip:101@lab>\r\nCall-ID: c\r\nCSeq: 1 {0}\r\n{2}: {3}\r\n\r\n",
        method, branch, header, digest::to_text(digest));
  };
  const DatagramEnds ends{{0xac140a01}, {0xac140a0c}, 40'000, sip_port};
  SipTableBuilder builder;
  std::uint64_t number = 0;
  for (const auto& text : {request("REGISTER", "1", "Authorization"), request("REGISTER", "1", "Authorization"),
                           request("INVITE", "2", "Proxy-Authorization")}) {
    const auto frame = datagram_frame(ends, text);
    builder.add(++number, {}, packet::parse_frame(frame));
  }
  const auto learns = credentials_of({}, builder.messages());
  ASSERT_THAT(learns, SizeIs(1));
  EXPECT_EQ(learns[0].way, CredentialWay::digest);
  EXPECT_TRUE(learns[0].is_by_sip);
  EXPECT_EQ(learns[0].number, 1u);
  EXPECT_EQ(to_string(learns[0].client), "172.20.10.1");
  EXPECT_EQ(to_string(learns[0].server), "172.20.10.12");
  EXPECT_EQ(learns[0].where(), "REGISTER sip:lab");
  EXPECT_EQ(learns[0].user, "101");
  EXPECT_EQ(learns[0].realm, "lab");
  EXPECT_EQ(learns[0].nonce, "n1");
  EXPECT_EQ(learns[0].response, digest.response);
  EXPECT_EQ(learns[0].times, 2u) << "the one that was sent again counts once";
}

TEST(Credentials, OfHttpAndSipStandInTheOrderOfTheirFrames) {
  Listener listener;
  listener.hears_form("user=ann&password=secret");
  SipMessage message;
  message.number = 1;
  message.credentials.push_back({.user = "101", .realm = "lab", .nonce = "n", .uri = "sip:lab"});
  const auto learns = listener.learns({message});
  ASSERT_THAT(learns, SizeIs(2));
  EXPECT_EQ(learns[0].user, "101");
  EXPECT_EQ(learns[1].user, "ann");
}

TEST(Credentials, AreKnownByTheNamesOfFields) {
  const auto password_in = [](const std::string& form) {
    const auto learns = Listener{}.hears_form(form).learns();
    return learns.empty() ? "-" : learns[0].user + "/" + learns[0].password;
  };
  EXPECT_EQ(password_in("usuario=ann&contrase%C3%B1a=x"), "ann/x");
  EXPECT_EQ(password_in("email=a%40b.c&newPassword=x"), "a@b.c/x");
  EXPECT_EQ(password_in("name=ann&user_pin=1234"), "ann/1234");
  EXPECT_EQ(password_in("clave=x"), "/x");
  EXPECT_EQ(password_in("id=7&login=ann&pwd=x"), "ann/x");
  EXPECT_EQ(password_in("shipping=fast&name=ann&comment=nice"), "-");
  EXPECT_EQ(password_in("password"), "/");
  EXPECT_EQ(password_in("password=%zz"), "-");
}

TEST(Credentials, AreReadOfAFormInParts) {
  const std::string body =
      "--x\r\nContent-Disposition: form-data; name=\"user\"\r\n\r\nann\r\n"
      "--x\r\nContent-Disposition: form-data; name=\"password\"\r\n\r\ntop secret\r\n--x--\r\n";
  const auto learns = Listener{}.hears_form(body, "multipart/form-data; boundary=x").learns();
  ASSERT_THAT(learns, SizeIs(1));
  EXPECT_EQ(learns[0].user, "ann");
  EXPECT_EQ(learns[0].password, "top secret");
}

TEST(Credentials, AreReadOfBasic) {
  const auto learns = Listener{}
                          .hears_get("Authorization: Basic YW5uOnNlY3JldA==\r\n")
                          .hears_get("Authorization: Basic YW5uOnNlY3JldA==\r\n")
                          .hears_get("Authorization: Basic ?\r\n")
                          .learns();
  ASSERT_THAT(learns, SizeIs(1));
  EXPECT_EQ(learns[0].way, CredentialWay::basic);
  EXPECT_EQ(learns[0].user, "ann");
  EXPECT_EQ(learns[0].password, "secret");
  EXPECT_EQ(learns[0].times, 2u);
}

TEST(Credentials, OfDigestAreAHash) {
  digest::Credentials digest{.user = "ann", .realm = "lab", .nonce = "n1", .uri = "/", .cnonce = "c"};
  digest.response = digest::response_of(digest, "GET", digest::secret_of(digest.algorithm, "ann", "lab", "secret"));
  Listener listener;
  listener.hears_get("Authorization: " + digest::to_text(digest) + "\r\n");
  digest.nonce = "n2";
  listener.hears_get("Authorization: " + digest::to_text(digest) + "\r\n");
  const auto learns = listener.learns();
  ASSERT_THAT(learns, SizeIs(1));
  EXPECT_EQ(learns[0].way, CredentialWay::digest);
  EXPECT_EQ(learns[0].user, "ann");
  EXPECT_EQ(learns[0].password, "");
  EXPECT_FALSE(learns[0].has_password());
  EXPECT_EQ(learns[0].realm, "lab");
  EXPECT_EQ(learns[0].nonce, "n1");
  EXPECT_EQ(learns[0].times, 2u);
}

TEST(Credentials, AreCookiesOfSessions) {
  const auto learns = Listener{}
                          .hears_get("Cookie: theme=dark; session=81b0; csrftoken=1; connect.sid=a=b\r\n")
                          .hears_get("Cookie: session=81b0\r\n")
                          .hears_get("Cookie: session=other\r\n")
                          .learns();
  std::vector<std::string> cookies;
  for (const auto& one : learns) cookies.push_back(fmt::format("{} {} {}", name_of(one.way), one.cookie, one.times));
  EXPECT_THAT(cookies, ElementsAre("cookie session=81b0 2", "cookie connect.sid=a=b 1", "cookie session=other 1"));
}

TEST(Credentials, OfAFormThatIsTooLongAreNotKept) {
  const auto form_of = [](std::size_t bytes) {
    const std::string begin = "password=";
    Listener listener;
    listener.hears_form(begin + std::string(bytes - begin.size(), 'x'));
    return listener.last().form.size();
  };
  EXPECT_EQ(form_of(HttpTableBuilder::form_bytes_max), HttpTableBuilder::form_bytes_max);
  EXPECT_EQ(form_of(HttpTableBuilder::form_bytes_max + 1), 0u);
}

TEST(Credentials, OfFormsOnlySoMuchIsKept) {
  Listener listener;
  const std::string form = "password=" + std::string(HttpTableBuilder::form_bytes_max - 9, 'x');
  for (std::size_t i = 0; i < HttpTableBuilder::forms_bytes_max / HttpTableBuilder::form_bytes_max; ++i) {
    listener.hears_form(form);
    ASSERT_EQ(listener.last().form.size(), form.size());
  }
  EXPECT_THAT(listener.hears_form("password=x").last().form, IsEmpty());
}

TEST(Credentials, AreNoMoreThanSoMany) {
  std::vector<HttpExchange> exchanges(credentials_max + 1);
  for (std::size_t i = 0; i < exchanges.size(); ++i) exchanges[i].fields = {{"Cookie", fmt::format("session={}", i)}};
  EXPECT_THAT(credentials_of(exchanges), SizeIs(credentials_max));
}

TEST(Credentials, AreNoneWhereThereAreNone) {
  EXPECT_THAT(Listener{}.hears_get("").hears_form("comment=nice").hears_form("password=x", "text/plain").learns(),
              IsEmpty());
}

}  // namespace
}  // namespace labnet::scenario
