// The CA and what it signs, as OpenSSL's own programs see them.
#include "common/ca/authority.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <filesystem>

#include "common/base/calendar.hpp"
#include "common/base/text.hpp"
#include "common/log/clock.hpp"
#include "tests/support/child.hpp"

namespace labnet::ca {
namespace {

namespace fs = std::filesystem;
using std::chrono::days;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::MatchesRegex;
using testing::Not;
using testing::StartsWith;

constexpr std::chrono::sys_seconds today = std::chrono::sys_days{std::chrono::year{2026} / 3 / 1};

class CaAuthority : public testing::Test {
 protected:
  Authority open(std::chrono::sys_seconds now = seconds_now()) const {
    auto opened = Authority::open(path_, now);
    EXPECT_TRUE(opened) << opened.error().message;
    return *std::move(opened);
  }
  std::string refusal(std::chrono::sys_seconds now = seconds_now()) const {
    const auto opened = Authority::open(path_, now);
    return opened ? "nothing is wrong" : opened.error().message;
  }
  static std::string openssl(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "openssl");
    const auto outcome = test::run(arguments);
    return outcome.output + outcome.errors;
  }
  std::string text_of(const std::string& pem) const {
    return openssl({"x509", "-in", temporary_.write("shown.crt", pem), "-noout", "-text"});
  }
  /// "OK", or what openssl says.
  std::string verify(const std::string& pem, std::vector<std::string> options) const {
    const auto leaf = temporary_.write("leaf.crt", pem);
    options.insert(options.begin(), {"verify", "-x509_strict", "-purpose", "sslserver", "-CAfile", path_ / "ca.crt"});
    options.push_back(leaf);
    const auto said = openssl(options);
    return said == leaf + ": OK\n" ? "OK" : said;
  }
  static std::string issue_refusal(const Authority& authority, const std::vector<std::string>& names,
                                   const std::vector<IpAddress>& addresses = {}) {
    const auto leaf = authority.issue(names, addresses);
    return leaf ? "nothing is wrong" : leaf.error().message;
  }

  test::TemporaryFolder temporary_;
  fs::path path_ = fs::path{temporary_.path()} / "ca";
};

TEST_F(CaAuthority, IsOneByEveryRule) {
  const auto authority = open();
  const auto text = text_of(authority.certificate_pem());
  EXPECT_THAT(text, HasSubstr("Public Key Algorithm: id-ecPublicKey"));
  EXPECT_THAT(text, HasSubstr("NIST CURVE: P-256"));
  EXPECT_THAT(text, HasSubstr("Signature Algorithm: ecdsa-with-SHA256"));
  EXPECT_THAT(text, HasSubstr("X509v3 Basic Constraints: critical\n                CA:TRUE, pathlen:0"));
  EXPECT_THAT(text,
              HasSubstr("X509v3 Key Usage: critical\n                Digital Signature, Certificate Sign, CRL Sign"));
  EXPECT_THAT(text, HasSubstr("X509v3 Subject Key Identifier: \n"));
  EXPECT_THAT(text, HasSubstr("X509v3 Name Constraints: critical\n                Permitted:\n"));
  EXPECT_THAT(text, HasSubstr("DNS:labredes71.com"));
  EXPECT_EQ(verify(authority.certificate_pem(), {"-purpose", "any"}), "OK");
  EXPECT_EQ(openssl({"x509", "-in", path_ / "ca.crt", "-noout", "-checkend", "0"}), "Certificate will not expire\n");
  EXPECT_EQ(openssl({"pkey", "-in", path_ / "ca.key", "-check", "-noout"}), "Key is valid\n");
}

TEST_F(CaAuthority, TellsItsNameItsFingerprintAndItsTime) {
  const auto authority = open(today);
  const auto file = (path_ / "ca.crt").string();
  EXPECT_THAT(authority.subject(), MatchesRegex(R"(CN=labnet lab CA of [^@]+(@[^@]+)? \([0-9a-f]{6}\))"));
  EXPECT_EQ("subject=" + authority.subject() + "\n",
            openssl({"x509", "-in", file, "-noout", "-subject", "-nameopt", "RFC2253"}));
  auto fingerprint = openssl({"x509", "-in", file, "-noout", "-fingerprint", "-sha256"});
  std::erase(fingerprint, ':');
  EXPECT_THAT(fingerprint, testing::EndsWith(to_upper(authority.sha256()) + "\n"));
  EXPECT_EQ(authority.not_before(), today - clock_tolerance);
  EXPECT_EQ(authority.not_after(), today - clock_tolerance + authority_lifetime);
  EXPECT_THAT(openssl({"x509", "-in", file, "-noout", "-enddate"}), HasSubstr("notAfter=Feb 28 00:00:00 2036 GMT"));
}

TEST_F(CaAuthority, HasALongSerialNumberAndNameThatNoOtherHas) {
  std::vector<std::string> serials, names;
  for (int i = 0; i < 4; ++i) {
    const auto authority = *Authority::renew(path_);
    serials.push_back(openssl({"x509", "-in", path_ / "ca.crt", "-noout", "-serial"}));
    names.push_back(authority.subject());
  }
  std::ranges::sort(serials);
  std::ranges::sort(names);
  EXPECT_EQ(std::ranges::adjacent_find(serials), serials.end());
  EXPECT_EQ(std::ranges::adjacent_find(names), names.end());
  EXPECT_GT(std::ranges::max(serials, {}, &std::string::size).size(), std::string{"serial="}.size() + 28);
}

TEST_F(CaAuthority, HasANameThatFitsHoweverLongThatOfItsUserIs) {
  ::setenv("LOGNAME", (std::string(200, 'x') + "\n\xc3\xa9").c_str(), 1);
  const auto authority = open();
  ::unsetenv("LOGNAME");
  EXPECT_THAT(authority.subject(), MatchesRegex(R"(CN=labnet lab CA of x+ \([0-9a-f]{6}\))"));
  EXPECT_EQ(authority.subject().size(), std::string{"CN="}.size() + 64);
}

TEST_F(CaAuthority, SignsWhatClientsAccept) {
  const auto authority = open();
  const auto leaf = authority.issue({"ftps.labredes71.com", "*.web.lab", "xn--mnchen-3ya.lab"},
                                    {*parse_ipv4("192.168.1.12"), *parse_ipv6("2001:db8::1")});
  ASSERT_TRUE(leaf) << leaf.error().message;
  EXPECT_EQ(verify(leaf->certificate_pem, {"-verify_hostname", "ftps.labredes71.com"}), "OK");
  EXPECT_EQ(verify(leaf->certificate_pem, {"-verify_hostname", "any.web.lab"}), "OK");
  EXPECT_EQ(verify(leaf->certificate_pem, {"-verify_hostname", "xn--mnchen-3ya.lab"}), "OK");
  EXPECT_EQ(verify(leaf->certificate_pem, {"-verify_ip", "192.168.1.12"}), "OK");
  EXPECT_EQ(verify(leaf->certificate_pem, {"-verify_ip", "2001:db8::1"}), "OK");
  EXPECT_THAT(verify(leaf->certificate_pem, {"-verify_hostname", "ftp.labredes71.com"}),
              HasSubstr("hostname mismatch"));
  EXPECT_THAT(verify(leaf->certificate_pem, {"-purpose", "sslclient"}), HasSubstr("unsuitable certificate purpose"));

  const auto text = text_of(leaf->certificate_pem);
  EXPECT_THAT(text, HasSubstr("Subject: CN = ftps.labredes71.com"));
  EXPECT_THAT(text, HasSubstr("X509v3 Basic Constraints: critical\n                CA:FALSE"));
  EXPECT_THAT(text, HasSubstr("X509v3 Key Usage: critical\n                Digital Signature\n"));
  EXPECT_THAT(text, HasSubstr("X509v3 Extended Key Usage: \n                TLS Web Server Authentication\n"));
  EXPECT_THAT(text,
              HasSubstr("DNS:ftps.labredes71.com, DNS:*.web.lab, DNS:xn--mnchen-3ya.lab, IP Address:192.168.1.12, "
                        "IP Address:2001:DB8:0:0:0:0:0:1"));
  EXPECT_THAT(text, AllOf(HasSubstr("X509v3 Subject Key Identifier:"), HasSubstr("X509v3 Authority Key Identifier:")));
}

TEST_F(CaAuthority, SignsWithAKeyOfTheLeafsOwnAndSendsItselfAlong) {
  const auto authority = open();
  const auto leaf = *authority.issue({"www.lab"}, {});
  const auto file = temporary_.write("www.crt", leaf.certificate_pem);
  const auto key = temporary_.write("www.key", leaf.key_pem);
  EXPECT_EQ(openssl({"x509", "-in", file, "-noout", "-pubkey"}), openssl({"pkey", "-in", key, "-pubout"}));
  EXPECT_NE(authority.issue({"www.lab"}, {})->key_pem, leaf.key_pem);
  EXPECT_THAT(leaf.key_pem, StartsWith("-----BEGIN PRIVATE KEY-----"));
  EXPECT_THAT(leaf.certificate_pem, testing::EndsWith(test::read_file(path_ / "ca.crt")));
}

TEST_F(CaAuthority, SignsForAddressesAlone) {
  const auto leaf = *open().issue({}, {*parse_ipv4("203.0.113.9")});
  EXPECT_EQ(verify(leaf.certificate_pem, {"-verify_ip", "203.0.113.9"}), "OK");
}

TEST_F(CaAuthority, LetsNoLeafOutliveItself) {
  const auto authority = open(today);
  const auto leaf = *authority.issue({"www.lab"}, {}, today + days{30});
  EXPECT_EQ(leaf.not_after, today + days{30} - clock_tolerance + leaf_lifetime - std::chrono::seconds{1});
  const auto late = authority.not_after() - days{10};
  EXPECT_EQ(authority.issue({"www.lab"}, {}, late)->not_after, authority.not_after());
  EXPECT_EQ(authority.issue({"www.lab"}, {}, authority.not_after())->not_after, authority.not_after());
  // Nor be born before it.
  const auto early = authority.issue({"www.lab"}, {}, authority.not_before());
  const auto end = std::to_string(authority.not_before().time_since_epoch().count());
  EXPECT_EQ(verify(early->certificate_pem, {"-attime", end}), "OK");
}

TEST_F(CaAuthority, NamesEachNameOnce) {
  const auto leaf = *open().issue({"www.lab", "WWW.lab", "www.lab"}, {});
  EXPECT_THAT(text_of(leaf.certificate_pem), HasSubstr("\n                DNS:www.lab\n"));
}

TEST_F(CaAuthority, HasLimits) {
  const auto authority = open();
  EXPECT_EQ(issue_refusal(authority, {}), "a certificate needs a name or an address that it is for");
  EXPECT_EQ(issue_refusal(authority, std::vector<std::string>(names_max, "www.lab")), "nothing is wrong");
  EXPECT_EQ(issue_refusal(authority, std::vector<std::string>(names_max + 1, "www.lab")),
            "a certificate holds at most 100 names");
  const IpAddress address = *parse_ipv4("127.0.0.1");
  EXPECT_EQ(issue_refusal(authority, {}, std::vector<IpAddress>(addresses_max, address)), "nothing is wrong");
  EXPECT_EQ(issue_refusal(authority, {}, std::vector<IpAddress>(addresses_max + 1, address)),
            "a certificate holds at most 100 addresses");
  EXPECT_EQ(issue_refusal(authority, {"www lab"}),
            "\"www lab\": expected a host name such as ftps.labredes71.com, or *.labredes71.com for all below it");

  const auto longest = std::string(63, 'a') + "." + std::string(63, 'b') + "." + std::string(63, 'c') + "." +
                       std::string(57, 'd') + ".lab";
  const auto leaf = authority.issue({longest}, {});
  ASSERT_TRUE(leaf) << leaf.error().message;
  EXPECT_EQ(verify(leaf->certificate_pem, {"-verify_hostname", longest}), "OK");

  EXPECT_TRUE(Authority::renew(path_, std::vector<std::string>(domains_max, "example.edu")));
  EXPECT_EQ(Authority::renew(path_, std::vector<std::string>(domains_max + 1, "example.edu")).error().message,
            "expected at most 50 domains");
}

TEST_F(CaAuthority, VouchesForNobodyOutsideItsDomains) {
  const auto authority = open();
  EXPECT_THAT(
      issue_refusal(authority, {"www.lab", "www.bing.com"}),
      AllOf(StartsWith("the lab CA may not vouch for www.bing.com, only for names at or below labredes71.com, "),
            HasSubstr("; \"labnet ca --renew --domain www.bing.com\" makes one that may")));
  EXPECT_THAT(issue_refusal(authority, {"*.bing.com"}), HasSubstr("--domain bing.com\""));
  EXPECT_FALSE(authority.may_vouch_for("collab"));
}

TEST_F(CaAuthority, IsNotBelievedOutsideItsDomainsWhoeverHasItsKey) {
  open();
  const auto key = temporary_.path() + "/forged.key", request = temporary_.path() + "/forged.csr";
  openssl({"req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key, "-subj",
           "/CN=forged", "-out", request});
  const auto forge = [&](const std::string& name) {
    const auto extensions =
        temporary_.write("forged.ext", "subjectAltName=DNS:" + name +
                                           "\nbasicConstraints=CA:FALSE\nsubjectKeyIdentifier=hash\n"
                                           "authorityKeyIdentifier=keyid\n");
    const auto file = temporary_.path() + "/forged.crt";
    openssl({"x509", "-req", "-in", request, "-CA", path_ / "ca.crt", "-CAkey", path_ / "ca.key", "-set_serial", "7",
             "-days", "30", "-extfile", extensions, "-out", file});
    return test::read_file(file);
  };
  EXPECT_EQ(verify(forge("www.labredes71.com"), {}), "OK");
  EXPECT_THAT(verify(forge("www.bing.com"), {}), HasSubstr("permitted subtree violation"));
}

TEST_F(CaAuthority, IsGivenFurtherDomains) {
  const auto authority = *Authority::renew(path_, {"uni.example.edu", "other.edu"});
  EXPECT_EQ(issue_refusal(authority, {"ftp.uni.example.edu", "other.edu", "www.labredes71.com"}), "nothing is wrong");
  EXPECT_THAT(issue_refusal(open(), {"example.edu"}), HasSubstr("uni.example.edu, other.edu; \"labnet ca"));
  const auto leaf = *authority.issue({"ftp.uni.example.edu"}, {});
  EXPECT_EQ(verify(leaf.certificate_pem, {"-verify_hostname", "ftp.uni.example.edu"}), "OK");
  EXPECT_THAT(Authority::renew(path_, {"*.edu"}).error().message, HasSubstr("expected a domain"));
  EXPECT_THAT(Authority::renew(path_, {"a,b"}).error().message, StartsWith("\"a,b\": expected a host name"));
  EXPECT_EQ(open().sha256(), authority.sha256()) << "what is refused changes nothing";
}

TEST_F(CaAuthority, ExpiresInWordsThatHelp) {
  const auto authority = open(today);
  const auto file = (path_ / "ca.crt").string();
  EXPECT_EQ(refusal(authority.not_after()), "nothing is wrong");
  EXPECT_EQ(
      refusal(authority.not_after() + std::chrono::seconds{1}),
      "the lab CA " + file + " has expired: it was valid until 2036-02-28; make a new one with \"labnet ca --renew\"");
  EXPECT_EQ(refusal(authority.not_before() - std::chrono::seconds{1}),
            "the lab CA " + file +
                " is not valid before 2026-02-28; set the clock right, or make a new one with \"labnet ca --renew\"");
  const auto later = authority.not_after() + days{1};
  EXPECT_TRUE(Authority::renew(path_, {}, later));
  EXPECT_EQ(refusal(later), "nothing is wrong");
}

TEST_F(CaAuthority, IsRefusedWithAnothersKey) {
  open();
  const auto key = test::read_file(path_ / "ca.key");
  ASSERT_TRUE(Authority::renew(path_));
  temporary_.write("ca/ca.key", key);
  EXPECT_EQ(refusal(), "the lab CA's key " + (path_ / "ca.key").string() + " is not that of its certificate " +
                           (path_ / "ca.crt").string() +
                           "; put the right one back, or make a new one with \"labnet ca --renew\"");
}

TEST_F(CaAuthority, IsRefusedDamaged) {
  open();
  const auto certificate = test::read_file(path_ / "ca.crt"), key = test::read_file(path_ / "ca.key");
  temporary_.write("ca/ca.crt", certificate.substr(0, certificate.size() / 2));
  EXPECT_EQ(refusal(), "the lab CA's certificate " + (path_ / "ca.crt").string() +
                           " is damaged; put it back, or make a new one with \"labnet ca --renew\"");
  temporary_.write("ca/ca.crt", certificate);
  temporary_.write("ca/ca.key", "");
  EXPECT_THAT(refusal(),
              StartsWith("the lab CA's key " + (path_ / "ca.key").string() + " is damaged, or a passphrase"));
}

TEST_F(CaAuthority, OfSomebodysOwnMayStandThereIfItIsOne) {
  fs::create_directories(path_);
  const auto put = [&](const std::string& algorithm, const std::string& extension) {
    openssl({"req", "-x509", "-newkey", algorithm, "-nodes", "-subj", "/CN=Own CA", "-days", "20", "-addext", extension,
             "-keyout", path_ / "ca.key", "-out", path_ / "ca.crt"});
    fs::permissions(path_ / "ca.key", fs::perms{0600});
  };
  for (const auto* const algorithm : {"rsa:2048", "ed25519"}) {
    put(algorithm, "keyUsage=critical,keyCertSign");
    ASSERT_EQ(refusal(), "nothing is wrong") << algorithm;
    const auto leaf = open().issue({"www.bing.com"}, {});
    ASSERT_TRUE(leaf) << leaf.error().message;
    EXPECT_EQ(verify(leaf->certificate_pem, {"-verify_hostname", "www.bing.com"}), "OK") << algorithm;
    EXPECT_EQ(leaf->not_after, open().not_after());
  }
  put("rsa:2048", "basicConstraints=critical,CA:FALSE");
  EXPECT_THAT(refusal(), HasSubstr("is not the certificate of a CA"));
}

TEST_F(CaAuthority, SaysWhereItIsAskedAboutALeaf) {
  const auto authority = open();
  const auto leaf = authority.issue({"www.lab"}, {}, seconds_now(), "http://ocsp.lab/a,b");
  ASSERT_TRUE(leaf) << leaf.error().message;
  EXPECT_THAT(text_of(leaf->certificate_pem), HasSubstr("Authority Information Access: \n"
                                                        "                OCSP - URI:http://ocsp.lab/a,b\n"));
  EXPECT_EQ(verify(leaf->certificate_pem, {}), "OK");
  EXPECT_THAT(text_of(authority.issue({"www.lab"}, {})->certificate_pem), Not(HasSubstr("Information Access")));
  const auto wrong = authority.issue({"www.lab"}, {}, seconds_now(), "https://ocsp.lab/");
  EXPECT_EQ(wrong.error().message,
            "\"https://ocsp.lab/\": expected the URL of an OCSP responder, such as http://ocsp.labredes71.com/");
}

class CaOutsideAuthority : public CaAuthority {
 protected:
  Authority make(std::chrono::sys_seconds now = seconds_now()) const {
    auto made = Authority::make_outside(path_, now);
    EXPECT_TRUE(made) << made.error().message;
    return *std::move(made);
  }
  std::string outside_refusal(std::chrono::sys_seconds now = seconds_now()) const {
    const auto opened = Authority::open_outside(path_, now);
    return opened ? "nothing is wrong" : opened.error().message;
  }
};

TEST_F(CaOutsideAuthority, VouchesForAnyNameAndSaysWhatItIs) {
  const auto authority = make();
  EXPECT_THAT(authority.subject(), MatchesRegex(R"(CN=labnet outside world CA \([0-9a-f]{6}\))"));
  EXPECT_TRUE(authority.domains().empty());
  const auto leaf = authority.issue({"www.youtube.com", "*.elespectador.com"}, {});
  ASSERT_TRUE(leaf) << leaf.error().message;
  EXPECT_EQ(verify(leaf->certificate_pem, {"-verify_hostname", "www.youtube.com"}), "OK");
  EXPECT_EQ(verify(leaf->certificate_pem, {"-verify_hostname", "www.elespectador.com"}), "OK");
  const auto text = text_of(authority.certificate_pem());
  EXPECT_THAT(text, Not(HasSubstr("Name Constraints")));
  EXPECT_THAT(text, HasSubstr("X509v3 Basic Constraints: critical\n                CA:TRUE, pathlen:0"));
}

TEST_F(CaOutsideAuthority, IsItsOwnersAloneAndNeverMadeByWhoeverOpensIt) {
  EXPECT_EQ(outside_refusal(), "there is no outside CA in " + path_.string() +
                                   "; set LABNET_OUTSIDE_CA_DIR to a folder with ca.crt and ca.key, or start the lab "
                                   "anew with \"labnet down\" and \"labnet up\"");
  EXPECT_FALSE(fs::exists(path_));
  const auto made = make();
  EXPECT_EQ(Authority::open_outside(path_)->sha256(), made.sha256());
  EXPECT_EQ(fs::status(path_).permissions(), fs::perms::owner_all);
  EXPECT_EQ(fs::status(path_ / "ca.key").permissions(), fs::perms::owner_read | fs::perms::owner_write);
  EXPECT_NE(make().sha256(), made.sha256()) << "each lab has another one";
}

TEST_F(CaOutsideAuthority, IsRefusedInWordsThatHelp) {
  const auto authority = make(today);
  const auto file = (path_ / "ca.crt").string();
  EXPECT_EQ(authority.not_after(), today - clock_tolerance + outside_lifetime);
  EXPECT_EQ(outside_refusal(authority.not_after()), "nothing is wrong");
  EXPECT_EQ(outside_refusal(authority.not_after() + std::chrono::seconds{1}),
            "the outside CA " + file + " has expired: it was valid until " + date_text(authority.not_after()) +
                "; start the lab anew with \"labnet down\" and \"labnet up\"");
  fs::remove(path_ / "ca.key");
  EXPECT_THAT(outside_refusal(), AllOf(StartsWith("the outside CA is not whole: "), HasSubstr("\"labnet up\"")));
}

TEST_F(CaAuthority, SignsWithoutDelay) {
  const auto authority = open();
  const auto begin = std::chrono::steady_clock::now();
  constexpr int leaves = 50;
  for (int i = 0; i < leaves; ++i) ASSERT_TRUE(Authority::open(path_)->issue({"www.lab"}, {}));
  const auto each = (std::chrono::steady_clock::now() - begin) / leaves;
  EXPECT_LT(each, std::chrono::milliseconds{20});  // a service has 100 ms to start; measured: below 1 ms
}

}  // namespace
}  // namespace labnet::ca
