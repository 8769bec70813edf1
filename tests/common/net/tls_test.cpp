// What both ends agree upon, and whom a client trusts.
#include "common/net/tls.hpp"

#include <openssl/err.h>

#include "common/base/text.hpp"
#include "tests/common/net/tls_ends.hpp"

namespace labnet::net {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;

class TlsOfVersion : public testing::TestWithParam<TlsVersion> {};
INSTANTIATE_TEST_SUITE_P(Versions, TlsOfVersion, both_versions, version_name);

TEST_P(TlsOfVersion, CarriesBothWaysAndTellsWhatWasAgreedUpon) {
  Authority root{"Root"};
  Authority authority{"Lab CA", root};
  const auto server = server_of({.identities = {authority.issue()}, .protocols = {"dot"}, .version_max = GetParam()});
  const auto client = client_of({.ca_path = root.path(), .protocols = {"dot"}, .version_min = GetParam()});
  run_task([&](Worker& worker) -> Task<void> {
    auto ends = co_await connect_ends(worker);
    EXPECT_FALSE(ends.client.is_secure());
    EXPECT_FALSE(ends.client.tls());
    const auto results = co_await shake_hands(worker, ends, server, client, "WWW.lab.");
    EXPECT_TRUE(results.first && results.second) << ends.client.explain(results.second.error());
    EXPECT_EQ(co_await pass_line(ends.client, ends.server, "to the server"), "to the server");
    EXPECT_EQ(co_await pass_line(ends.server, ends.client, "to the client"), "to the client");

    EXPECT_TRUE(ends.server.is_secure());
    const auto of_client = ends.client.tls();
    const auto of_server = ends.server.tls();
    for (const auto& one : {*of_client, *of_server}) {
      EXPECT_EQ(one.version, GetParam());
      EXPECT_THAT(one.cipher, HasSubstr(GetParam() == TlsVersion::tls_1_2 ? "TLS_ECDHE_ECDSA_WITH_AES" : "TLS_AES_"));
      EXPECT_EQ(one.group, "x25519");
      EXPECT_EQ(one.protocol, "dot");
      EXPECT_EQ(one.server_name, "www.lab");
      EXPECT_EQ(one.distrust, "");
      EXPECT_FALSE(one.is_resumed);
    }
    EXPECT_TRUE(of_server->peer_certificates.empty());
    if (of_client->peer_certificates.size() != 2) throw std::runtime_error{"expected the chain of two"};
    const auto& own = of_client->peer_certificates[0];
    EXPECT_EQ(own.subject, "CN=www.lab");
    EXPECT_EQ(own.issuer, "CN=Lab CA");
    EXPECT_THAT(own.names, ElementsAre("www.lab"));
    EXPECT_EQ(own.pem, server->certificates().front().pem);
    EXPECT_THAT(own.pem, testing::StartsWith("-----BEGIN CERTIFICATE-----\n"));
    EXPECT_EQ(own.sha256.size(), 64u);
    EXPECT_EQ(own.not_after - own.not_before, std::chrono::days{31});
    EXPECT_EQ(of_client->peer_certificates[1].subject, "CN=Lab CA");
    EXPECT_EQ(of_client->peer_certificates[1].issuer, "CN=Root");
  });
}

TEST(Tls, EndsWhereTheVersionsHaveNothingInCommon) {
  Authority authority{"Lab CA"};
  const auto server = server_of({.identities = {authority.issue()}, .version_max = TlsVersion::tls_1_2});
  const auto client = client_of({.ca_path = authority.path(), .version_min = TlsVersion::tls_1_3});
  run_task([&](Worker& worker) -> Task<void> {
    auto ends = co_await connect_ends(worker);
    const auto [accepted, connected] = co_await shake_hands(worker, ends, server, client);
    EXPECT_EQ(accepted.error(), StreamFault::tls_failed);
    EXPECT_EQ(ends.server.explain(accepted.error()), "the peer speaks no version of TLS that is allowed here");
    EXPECT_EQ(connected.error(), StreamFault::tls_failed);
    EXPECT_EQ(ends.client.explain(connected.error()), "the peer refuses with the TLS alert \"protocol version\"");
    EXPECT_FALSE(ends.client.tls());
  });
}

/// Which version a client that speaks both gets from that host, or what it is told.
std::string version_for(std::shared_ptr<const TlsServer> server, const TlsClientOptions& options,
                        std::string host_name) {
  const auto client = client_of(options);
  std::string version;
  run_task([&](Worker& worker) -> Task<void> {
    auto ends = co_await connect_ends(worker);
    const auto [accepted, connected] = co_await shake_hands(worker, ends, server, client, host_name);
    EXPECT_EQ(accepted.has_value(), connected.has_value());
    version = connected ? std::string{to_string(ends.client.tls()->version)} : ends.client.explain(connected.error());
  });
  return version;
}

TEST(Tls, SpeaksTheVersionsOfTheHostThatIsAskedFor) {
  Authority authority{"Lab CA"};
  const auto identity = [&](const std::string& name, TlsVersion lowest, TlsVersion highest) {
    auto one = authority.issue({.subject = name, .names = "DNS:" + name});
    one.version_min = lowest;
    one.version_max = highest;
    return one;
  };
  const auto old = identity("old.lab", TlsVersion::tls_1_2, TlsVersion::tls_1_2);
  const auto both = identity("both.lab", TlsVersion::tls_1_2, TlsVersion::tls_1_3);
  const auto modern = identity("modern.lab", TlsVersion::tls_1_3, TlsVersion::tls_1_3);
  const TlsClientOptions any{.ca_path = authority.path()};
  const TlsClientOptions only_1_2{.ca_path = authority.path(), .version_max = TlsVersion::tls_1_2};
  const TlsClientOptions only_1_3{.ca_path = authority.path(), .version_min = TlsVersion::tls_1_3};
  // Whichever is the first, whose context takes every client's first words.
  for (const auto& identities :
       {std::vector{old, both, modern}, std::vector{modern, both, old}, std::vector{both, modern, old}}) {
    const auto server = server_of({.identities = identities});
    EXPECT_EQ(version_for(server, any, "old.lab"), "TLS 1.2");
    EXPECT_EQ(version_for(server, any, "both.lab"), "TLS 1.3");
    EXPECT_EQ(version_for(server, any, "modern.lab"), "TLS 1.3");
    EXPECT_EQ(version_for(server, only_1_2, "both.lab"), "TLS 1.2");
    const std::string refused = "the peer refuses with the TLS alert \"protocol version\"";
    EXPECT_EQ(version_for(server, only_1_2, "modern.lab"), refused);
    EXPECT_EQ(version_for(server, only_1_3, "old.lab"), refused);
  }
  // A client that asks for none of them gets the first, with its versions.
  const TlsClientOptions lax{.must_be_trusted = false};
  EXPECT_EQ(version_for(server_of({.identities = {old, modern}}), lax, "unknown.lab"), "TLS 1.2");
}

TEST(Tls, HasNoHostWhoseVersionsTheServerDoesNotSpeak) {
  Authority authority{"Lab CA"};
  auto identity = authority.issue();
  identity.version_min = TlsVersion::tls_1_3;
  const auto made = TlsServer::make({.identities = {identity}, .version_max = TlsVersion::tls_1_2});
  EXPECT_EQ(made.error().message, "no TLS version is left: at least TLS 1.3 and at most TLS 1.2 are asked for");
}

/// The subject of the certificate that a client gets who asks for `host_name`.
std::string certificate_for(std::shared_ptr<const TlsServer> server, std::shared_ptr<const TlsClient> client,
                            std::string host_name) {
  std::string subject;
  run_task([&](Worker& worker) -> Task<void> {
    auto ends = co_await secured_ends(worker, server, client, host_name);
    subject = ends.client.tls()->peer_certificates.front().subject;
    EXPECT_EQ(ends.server.tls()->server_name, ends.client.tls()->server_name);
  });
  return subject;
}

TEST(Tls, PicksTheCertificateByTheNameThatIsAskedFor) {
  Authority authority{"Lab CA"};
  auto named = authority.issue({.subject = "named", .names = {}});
  named.host_names = {"Given.lab"};
  const auto server = server_of(
      {.identities = {authority.issue({.subject = "first", .names = "DNS:first.lab"}),
                      authority.issue({.subject = "second", .names = "DNS:second.lab,DNS:*.wild.lab"}), named}});
  const auto client = client_of({.must_be_trusted = false});
  EXPECT_EQ(certificate_for(server, client, "first.lab"), "CN=first");
  EXPECT_EQ(certificate_for(server, client, "SECOND.lab"), "CN=second");
  EXPECT_EQ(certificate_for(server, client, "any.wild.lab"), "CN=second");
  EXPECT_EQ(certificate_for(server, client, "two.labels.wild.lab"), "CN=first");
  EXPECT_EQ(certificate_for(server, client, "given.lab"), "CN=named");
  EXPECT_EQ(certificate_for(server, client, "unknown.lab"), "CN=first");
  EXPECT_EQ(certificate_for(server, client, "127.0.0.1"), "CN=first");
  EXPECT_EQ(certificate_for(server, client, ""), "CN=first");
}

/// What ALPN comes to: the protocol at both ends, or why the server refuses.
std::string protocol_of(Authority& authority, std::vector<std::string> of_server, std::vector<std::string> of_client) {
  const auto server = server_of({.identities = {authority.issue()}, .protocols = std::move(of_server)});
  const auto client = client_of({.ca_path = authority.path(), .protocols = std::move(of_client)});
  std::string agreed;
  run_task([&](Worker& worker) -> Task<void> {
    auto ends = co_await connect_ends(worker);
    const auto [accepted, connected] = co_await shake_hands(worker, ends, server, client);
    EXPECT_EQ(accepted.has_value(), connected.has_value());
    agreed = accepted ? ends.server.tls()->protocol : ends.server.explain(accepted.error());
    EXPECT_EQ(connected ? ends.client.tls()->protocol : agreed, agreed);
  });
  return agreed;
}

TEST(Tls, AgreesUponTheProtocolThatTheServerPrefers) {
  Authority authority{"Lab CA"};
  EXPECT_EQ(protocol_of(authority, {"h2", "http/1.1"}, {"http/1.1", "h2"}), "h2");
  EXPECT_EQ(protocol_of(authority, {"http/1.1"}, {"h2", "http/1.1"}), "http/1.1");
  EXPECT_EQ(protocol_of(authority, {"h2"}, {}), "");
  EXPECT_EQ(protocol_of(authority, {}, {"h2"}), "");
  EXPECT_EQ(protocol_of(authority, {"ftp"}, {"h2"}), "the peer offers no application protocol that is spoken here");
}

TEST(Tls, TakesNoHostNameThatATerminalWouldObey) {
  Authority authority{"Lab CA"};
  const auto server = server_of({.identities = {authority.issue()}});
  run_task([&](Worker& worker) -> Task<void> {
    BareTls bare{BareTls::Role::client};
    SSL_set_tlsext_host_name(bare.ssl(), "www\x1b[31m\xc2\x9b.lab");
    auto ends = co_await connect_ends(worker);
    const auto results = co_await both(worker, ends.server.accept_tls(server), bare.shake_hands(ends.client));
    EXPECT_TRUE(results.first && results.second);
    EXPECT_EQ(ends.server.tls()->server_name, "");
  });
}

TEST(Tls, LeavesNoErrorOfACertificateForTheNextConnection) {
  Authority authority{"Lab CA"};
  const auto server = server_of({.identities = {authority.issue({.names = "DER:05:00"})}});  // no list of names
  const auto client = client_of({.must_be_trusted = false});
  run_task([&](Worker& worker) -> Task<void> {
    const auto ends = co_await secured_ends(worker, server, client);
    EXPECT_TRUE(ends.client.tls()->peer_certificates.front().names.empty());
    EXPECT_EQ(ERR_peek_error(), 0u);
  });
}

struct Distrust {
  std::string why;        // the client's sentence
  std::string why_peer;   // the server's
  std::string tolerated;  // of a client that takes any certificate
};

/// What a client that trusts `ca_path` says of a server of that identity.
Distrust distrust_of(const TlsIdentity& identity, const std::string& ca_path, std::string host_name = "www.lab") {
  const auto server = server_of({.identities = {identity}});
  const auto strict = client_of({.ca_path = ca_path});
  const auto lax = client_of({.ca_path = ca_path, .must_be_trusted = false});
  Distrust distrust;
  run_task([&](Worker& worker) -> Task<void> {
    auto ends = co_await connect_ends(worker);
    const auto [accepted, connected] = co_await shake_hands(worker, ends, server, strict, host_name);
    EXPECT_EQ(connected.error(), StreamFault::certificate_not_trusted);
    distrust.why = ends.client.explain(connected.error());
    EXPECT_EQ(accepted.error(), StreamFault::tls_failed);
    distrust.why_peer = ends.server.explain(accepted.error());
    // Nothing goes on in plain text.
    EXPECT_FALSE(co_await ends.client.write("secret"));
    EXPECT_FALSE(co_await ends.client.read_line(100, test_limit));

    auto others = co_await secured_ends(worker, server, lax, host_name);
    distrust.tolerated = others.client.tls()->distrust;
    EXPECT_EQ(co_await pass_line(others.server, others.client, "all the same"), "all the same");
    const auto session = others.client.session();
    EXPECT_TRUE(session);
    others = co_await secured_ends(worker, server, lax, host_name, session);
    EXPECT_TRUE(others.client.tls()->is_resumed);
    EXPECT_EQ(others.client.tls()->distrust, distrust.tolerated) << "after resumption";
  });
  EXPECT_EQ(distrust.why, distrust.tolerated);
  return distrust;
}

TEST(TlsTrust, IsNotGivenToACertificateOfAnUnknownAuthority) {
  Authority authority{"Lab CA"};
  Authority other{"Other CA"};
  const auto distrust = distrust_of(authority.issue(), other.path());
  EXPECT_EQ(distrust.why,
            "the certificate of \"CN=www.lab\" is signed by \"CN=Lab CA\", which is not trusted; to trust it, give its "
            "certificate as the CA file");
  EXPECT_EQ(distrust.why_peer, "the peer refuses with the TLS alert \"unknown CA\"");
}

TEST(TlsTrust, IsNotGivenToACertificateOfAnotherHost) {
  Authority authority{"Lab CA"};
  const auto identity = authority.issue({.names = "DNS:www.lab,IP:192.0.2.1"});
  EXPECT_EQ(distrust_of(identity, authority.path(), "ftp.lab").why,
            "the certificate of \"CN=www.lab\" is for www.lab, 192.0.2.1, not for ftp.lab");
  EXPECT_EQ(distrust_of(identity, authority.path(), "192.0.2.2").why,
            "the certificate of \"CN=www.lab\" is for www.lab, 192.0.2.1, not for 192.0.2.2");
  const auto nameless = authority.issue({.names = "email:lab@www.lab"});
  EXPECT_THAT(distrust_of(nameless, authority.path(), "192.0.2.2").why, EndsWith(" is for no host, not for 192.0.2.2"));
}

TEST(TlsTrust, IsRefusedInWordsThatNoTerminalObeys) {
  Authority authority{"Lab CA"};
  Authority other{"Other CA"};
  const auto identity = authority.issue({.subject = "a\xc2\x9b"
                                                    "31m red \xc3\xa9\xc2\x85x"});
  EXPECT_THAT(distrust_of(identity, other.path()).why,
              testing::StartsWith("the certificate of \"CN=a\\xc2\\x9b31m red \xc3\xa9\\xc2\\x85x\" is signed by "));
}

TEST(TlsTrust, IsGivenToTheAddressThatACertificateNames) {
  Authority authority{"Lab CA"};
  const auto server = server_of({.identities = {authority.issue({.names = "IP:192.0.2.1,IP:2001:db8::1"})}});
  const auto client = client_of({.ca_path = authority.path()});
  EXPECT_EQ(certificate_for(server, client, "192.0.2.1"), "CN=www.lab");
  EXPECT_EQ(certificate_for(server, client, "2001:db8::1"), "CN=www.lab");
}

TEST(TlsTrust, EndsWithTheTimeOfACertificate) {
  Authority authority{"Lab CA"};
  const auto today = std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now());
  const auto expired = authority.issue({.begins_in = std::chrono::days{-40}, .ends_in = std::chrono::days{-10}});
  const auto distrust = distrust_of(expired, authority.path());
  EXPECT_EQ(distrust.why, "the certificate of \"CN=www.lab\" has expired: it was valid until " +
                              date_text(today - std::chrono::days{10}));
  EXPECT_EQ(distrust.why_peer, "the peer refuses with the TLS alert \"certificate expired\"");
  const auto early = authority.issue({.begins_in = std::chrono::days{10}, .ends_in = std::chrono::days{40}});
  EXPECT_EQ(distrust_of(early, authority.path()).why, "the certificate of \"CN=www.lab\" is not valid before " +
                                                          date_text(today + std::chrono::days{10}) +
                                                          "; is the clock right?");
}

TEST(TlsTrust, IsGivenToASingleCertificateByGivingIt) {
  Authority authority{"Lab CA"};
  const auto identity = authority.issue();
  const auto client = client_of({.ca_path = identity.certificate_path});
  EXPECT_EQ(certificate_for(server_of({.identities = {identity}}), client, "www.lab"), "CN=www.lab");
}

TEST(TlsTrust, InTheAuthoritiesOfTheSystemBeginsWithTheFirstConnection) {
  Authority authority{"Lab CA"};
  const auto file = authority.folder().path() + "/system.crt";
  const auto server = server_of({.identities = {authority.issue()}});
  ::setenv("SSL_CERT_FILE", file.c_str(), 1);
  const auto client = client_of({});
  authority.folder().write("system.crt", test::read_file(authority.path()));  // it was not there before
  EXPECT_EQ(certificate_for(server, client, "www.lab"), "CN=www.lab");

  // Further ones stand beside them, for those who ask for it.
  Authority further{"Further CA"};
  const auto further_server = server_of({.identities = {further.issue()}});
  const auto trusting = client_of({.also_trusted = {"/nowhere/ca.crt", further.path()}});
  EXPECT_EQ(certificate_for(server, trusting, "www.lab"), "CN=www.lab");
  EXPECT_EQ(certificate_for(further_server, trusting, "www.lab"), "CN=www.lab");
  run_task([&](Worker& worker) -> Task<void> {
    auto ends = co_await connect_ends(worker);
    const auto [accepted, connected] = co_await shake_hands(worker, ends, further_server, client);
    EXPECT_EQ(connected.error(), StreamFault::certificate_not_trusted);
  });
  ::unsetenv("SSL_CERT_FILE");
}

TEST(TlsTrust, InFurtherAuthoritiesStandsBesideThatInAFile) {
  Authority own{"Own CA"};
  Authority of_lab{"Lab CA"};
  const auto client = client_of({.ca_path = own.path(), .also_trusted = {of_lab.path()}});
  EXPECT_EQ(certificate_for(server_of({.identities = {own.issue()}}), client, "www.lab"), "CN=www.lab");
  EXPECT_EQ(certificate_for(server_of({.identities = {of_lab.issue()}}), client, "www.lab"), "CN=www.lab");
}

TEST(TlsTrust, NeedsAHostName) {
  Authority authority{"Lab CA"};
  const auto client = client_of({.ca_path = authority.path()});
  run_task([&](Worker& worker) -> Task<void> {
    auto ends = co_await connect_ends(worker);
    const auto connected = co_await ends.client.connect_tls(client, "", test_limit);
    EXPECT_EQ(connected.error(), StreamFault::not_possible);
  });
}

TEST(TlsServer, IsReplacedWithoutAnEndToItsConnections) {
  Authority authority{"Lab CA"};
  const auto client = client_of({.ca_path = authority.path()});
  auto serving = server_of({.identities = {authority.issue()}});
  const auto old_serial = serving->certificates().front().serial;
  run_task([&](Worker& worker) -> Task<void> {
    auto ends = co_await secured_ends(worker, serving, client);
    serving = server_of({.identities = {authority.issue()}});
    auto new_ends = co_await secured_ends(worker, serving, client);
    EXPECT_EQ(co_await pass_line(ends.client, ends.server, "still here"), "still here");
    EXPECT_EQ(ends.client.tls()->peer_certificates.front().serial, old_serial);
    EXPECT_EQ(new_ends.client.tls()->peer_certificates.front().serial, serving->certificates().front().serial);
    EXPECT_NE(serving->certificates().front().serial, old_serial);
    EXPECT_NE(ends.server.tls_server(), serving);
    EXPECT_EQ(new_ends.server.tls_server(), serving);
  });
}

}  // namespace
}  // namespace labnet::net
