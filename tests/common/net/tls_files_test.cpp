// What is said of files that cannot be used.
#include <fcntl.h>

#include "common/log/log.hpp"
#include "tests/common/net/tls_ends.hpp"

namespace labnet::net {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class TlsFiles : public testing::Test {
 protected:
  Authority authority{"Lab CA"};
  TlsIdentity identity = authority.issue();
  const test::TemporaryFolder& folder = authority.folder();

  std::string refusal(const TlsServerOptions& options) {
    const auto made = TlsServer::make(options);
    return made ? "nothing is wrong" : made.error().message;
  }
  std::string refusal_of(const std::string& certificate, const std::string& key) {
    return refusal({.identities = {{.certificate_path = certificate, .key_path = key}}});
  }
};

TEST_F(TlsFiles, AreNamedWhenTheyAreMissing) {
  EXPECT_EQ(refusal_of("/nowhere/www.crt", identity.key_path),
            "cannot read the certificate /nowhere/www.crt: No such file or directory; expected a PEM file there");
  EXPECT_EQ(refusal_of(identity.certificate_path, "/nowhere/www.key"),
            "cannot read the key /nowhere/www.key: No such file or directory; expected a PEM file there");
  EXPECT_EQ(refusal_of(folder.path(), identity.key_path),
            "cannot read the certificate " + folder.path() + ": Is a directory; expected a PEM file there");
  EXPECT_EQ(TlsClient::make({.ca_path = "/nowhere/ca.crt"}).error().message,
            "cannot read the CA file /nowhere/ca.crt: No such file or directory; expected a PEM file there");
}

TEST_F(TlsFiles, MustHoldWhatTheyAreFor) {
  EXPECT_EQ(
      refusal_of(identity.key_path, identity.key_path),
      "the certificate " + identity.key_path + " holds no certificate; expected \"-----BEGIN CERTIFICATE-----\" in it");
  EXPECT_EQ(
      refusal_of(identity.certificate_path, identity.certificate_path),
      "the key " + identity.certificate_path + " holds no private key; expected \"-----BEGIN PRIVATE KEY-----\" in it");
  const auto empty = folder.write("empty.crt", "");
  EXPECT_THAT(refusal_of(empty, identity.key_path), HasSubstr("holds no certificate"));
  EXPECT_THAT(TlsClient::make({.ca_path = empty}).error().message, StartsWith("the CA file " + empty + " holds no"));

  auto text = test::read_file(identity.certificate_path);
  text[text.size() / 2] = '*';
  const auto damaged = folder.write("damaged.crt", text);
  EXPECT_EQ(refusal_of(damaged, identity.key_path),
            "the certificate " + damaged + " is damaged: one of its certificates cannot be read");
  const auto cut = folder.write("cut.crt", text.substr(0, text.size() / 2));
  EXPECT_EQ(refusal_of(cut, identity.key_path),
            "the certificate " + cut + " is damaged: one of its certificates cannot be read");
}

TEST_F(TlsFiles, HaveALimit) {
  const auto text = test::read_file(identity.certificate_path);
  const auto full = folder.write("full.crt", text + std::string(pem_file_bytes_max - text.size(), '\n'));
  EXPECT_EQ(refusal_of(full, identity.key_path), "nothing is wrong");
  const auto large = folder.write("large.crt", text + std::string(pem_file_bytes_max + 1 - text.size(), '\n'));
  EXPECT_THAT(refusal_of(large, identity.key_path), HasSubstr("File too large"));
}

TEST_F(TlsFiles, AreNotNeededWhereTheirTextIsGiven) {
  const auto certificate = test::read_file(identity.certificate_path);
  const auto key = test::read_file(identity.key_path);
  EXPECT_EQ(refusal({.identities = {{.certificate_pem = certificate, .key_pem = key}}}), "nothing is wrong");
  EXPECT_EQ(refusal({.identities = {{.certificate_pem = "none", .key_pem = key}}}),
            "the certificate in memory holds no certificate; expected \"-----BEGIN CERTIFICATE-----\" in it");
  EXPECT_EQ(refusal({.identities = {{.certificate_pem = certificate, .key_pem = "none"}}}),
            "the key in memory holds no private key; expected \"-----BEGIN PRIVATE KEY-----\" in it");
  const auto other = test::read_file(authority.issue({.subject = "other.lab"}).key_path);
  EXPECT_EQ(
      refusal({.identities = {{.certificate_pem = certificate, .key_pem = other}}}),
      "the key in memory does not belong to the certificate in memory; give the one that the certificate was made "
      "for");
  const auto large = certificate + std::string(pem_file_bytes_max + 1 - certificate.size(), '\n');
  EXPECT_EQ(refusal({.identities = {{.certificate_pem = large, .key_pem = key}}}),
            "the certificate in memory is too large");
}

TEST_F(TlsFiles, AndTextsAreNotMixed) {
  const auto key = test::read_file(identity.key_path);
  const auto sentence = "a TLS server needs a certificate and a key; give it both as files, or both as text";
  EXPECT_EQ(refusal({.identities = {{.certificate_path = identity.certificate_path, .key_pem = key}}}), sentence);
  EXPECT_EQ(refusal({.identities = {{.certificate_path = identity.certificate_path}}}), sentence);
  EXPECT_EQ(refusal({.identities = {{.key_pem = key}}}), sentence);
  EXPECT_EQ(refusal({.identities = {TlsIdentity{}}}), sentence);
  EXPECT_EQ(refusal({.identities = {{.certificate_path = identity.certificate_path,
                                     .key_path = identity.key_path,
                                     .key_pem = key}}}),
            sentence);
}

TEST_F(TlsFiles, OfFurtherAuthoritiesMayBeMissingButNotDamaged) {
  EXPECT_TRUE(TlsClient::make({.also_trusted = {"/nowhere/ca.crt"}}));
  const auto empty = folder.write("empty.crt", "");
  EXPECT_THAT(TlsClient::make({.also_trusted = {empty}}).error().message,
              StartsWith("the CA file " + empty + " holds no"));
}

TEST_F(TlsFiles, MustBelongToEachOther) {
  const auto other = authority.issue({.subject = "other.lab"});
  EXPECT_EQ(refusal_of(identity.certificate_path, other.key_path),
            "the key " + other.key_path + " does not belong to the certificate " + identity.certificate_path +
                "; give the one that the certificate was made for");
  const auto swapped =
      folder.write("swapped.crt", test::read_file(authority.path()) + test::read_file(identity.certificate_path));
  EXPECT_EQ(refusal_of(swapped, identity.key_path), "the certificate that the key " + identity.key_path +
                                                        " belongs to is not the first in " + swapped +
                                                        "; put it first, and those that lead to its CA after it");
}

TEST_F(TlsFiles, MayNotNeedAPassphrase) {
  const auto protected_key = folder.path() + "/protected.key";
  const auto made = test::run(
      {"openssl", "pkey", "-in", identity.key_path, "-out", protected_key, "-aes256", "-passout", "pass:secret"});
  ASSERT_EQ(made.exit_code, 0) << made.errors;
  EXPECT_EQ(refusal_of(identity.certificate_path, protected_key), "a passphrase protects the key " + protected_key +
                                                                      "; take it off with \"openssl pkey -in " +
                                                                      protected_key + "\"");
}

TEST_F(TlsFiles, AskForNoPassphraseOfACertificate) {
  const std::string first_line = "-----BEGIN CERTIFICATE-----\n";
  auto text = test::read_file(identity.certificate_path);
  text.insert(text.find(first_line) + first_line.size(),
              "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,000102030405060708090A0B0C0D0E0F\n\n");
  const auto path = folder.write("protected.crt", text);
  EXPECT_EQ(refusal_of(path, identity.key_path),
            "a passphrase protects the certificate " + path + "; certificates are public: take it off");
  EXPECT_EQ(TlsClient::make({.ca_path = path}).error().message,
            "a passphrase protects the CA file " + path + "; certificates are public: take it off");
}

TEST_F(TlsFiles, MayHoldAnExpiredCertificateWhichIsTold) {
  const auto expired =
      authority.issue({.subject = "old.lab", .begins_in = std::chrono::days{-40}, .ends_in = std::chrono::days{-10}});
  const auto log_path = folder.path() + "/log";
  {
    const FileDescriptor file{::open(log_path.c_str(), O_WRONLY | O_CREAT, 0600)};
    const log::Running log{{.name = "test", .asynchronous = false, .descriptor = file.get()}};
    EXPECT_EQ(refusal({.identities = {identity, expired}}), "nothing is wrong");
  }
  const auto text = test::read_file(log_path);
  EXPECT_THAT(text, HasSubstr("a certificate has expired, and clients will refuse it file=" + expired.certificate_path +
                              " subject=\"CN=old.lab\" until="));
  EXPECT_EQ(text.find("www.lab"), text.npos);
}

TEST_F(TlsFiles, AreNotAllThatCanBeWrong) {
  EXPECT_EQ(refusal({.identities = {}}), "a TLS server needs a certificate and a key; give it both");
  EXPECT_EQ(refusal({.identities = {identity}, .version_min = TlsVersion::tls_1_3, .version_max = TlsVersion::tls_1_2}),
            "no TLS version is left: at least TLS 1.3 and at most TLS 1.2 are asked for");
  EXPECT_EQ(refusal({.identities = {identity}, .protocols = {""}}),
            "\"\" is no protocol for ALPN; expected 1 to 255 bytes, such as http/1.1");
  EXPECT_EQ(refusal({.identities = {identity}, .protocols = {std::string(255, 'x')}}), "nothing is wrong");
  EXPECT_THAT(refusal({.identities = {identity}, .protocols = {std::string(256, 'x')}}), HasSubstr("1 to 255"));
}

}  // namespace
}  // namespace labnet::net
