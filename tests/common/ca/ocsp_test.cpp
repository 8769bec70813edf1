// OCSP between this responder and this client, and between each of the two and OpenSSL's own programs.
#include "common/ca/ocsp.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <openssl/obj_mac.h>
#include <openssl/ocsp.h>

#include <algorithm>
#include <span>

#include "common/base/base64.hpp"
#include "common/ca/authority.hpp"
#include "common/log/clock.hpp"
#include "tests/support/child.hpp"

namespace labnet::ca {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::seconds;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

const auto now = seconds_now();

/// One without a folder.
Issuer make_issuer(const std::string& name) {
  const auto key = make_key();
  const auto made = sign({.common_name = name,
                          .key = key,
                          .not_before = now - days{1},
                          .not_after = now + days{30},
                          .extensions = {{NID_basic_constraints, "critical,CA:TRUE"},
                                         {NID_key_usage, "critical,digitalSignature,keyCertSign"}}},
                         nullptr);
  return {*made, key};
}

/// extended_use  of the key, as x509v3_config(5) has it
Issuer make_leaf(const Issuer& issuer, const std::string& extended_use = "serverAuth") {
  const auto key = make_key();
  const auto made = sign({.common_name = "www.lab",
                          .key = key,
                          .not_before = now - days{1},
                          .not_after = now + days{20},
                          .extensions = {{NID_basic_constraints, "critical,CA:FALSE"},
                                         {NID_key_usage, "critical,digitalSignature"},
                                         {NID_ext_key_usage, extended_use}},
                          .names = {"www.lab"},
                          .ocsp_url = "http://ocsp.lab/"},
                         &issuer);
  return {*made, key};
}

Buffer nonce_of(std::size_t octets) {
  return Buffer(octets, std::byte{0x5a});
}

class Ocsp : public testing::Test {
 protected:
  Buffer request_for(const Certificate& certificate, Bytes nonce = {}) const {
    return *make_ocsp_request(certificate, issuer_.certificate, nonce);
  }
  OcspResponse answer(Bytes request, std::chrono::sys_seconds at = now) const {
    return answer_ocsp(request, knowledge_, at);
  }
  /// The fault of a client that reads a response to a request about `leaf_`.
  std::string fault_of(Bytes response, std::chrono::sys_seconds at = now, Bytes nonce = {}) const {
    const auto read = read_ocsp_response(response, leaf_.certificate, issuer_.certificate, at, nonce);
    return read ? "nothing is wrong" : read.error().message;
  }
  void revoke(const Certificate& certificate, const Revocation& revocation) {
    knowledge_.revoked.push_back({serial_of(certificate), revocation});
  }

  std::string file(const std::string& name, Bytes octets) const {
    return temporary_.write(name, std::string{as_text(octets)});
  }
  std::string file(const std::string& name, const Certificate& certificate) const {
    return temporary_.write(name, to_pem(certificate));
  }
  static std::string openssl(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "openssl");
    const auto outcome = test::run(arguments);
    return outcome.output + outcome.errors;
  }
  static Buffer read(const std::string& path) {
    const auto text = test::read_file(path);
    const auto octets = as_bytes(text);
    return {octets.begin(), octets.end()};
  }
  /// What OpenSSL's responder says, which knows of no certificate.
  Buffer answer_with_openssl(Bytes request, const Issuer& signer) const {
    const auto response = temporary_.path() + "/openssl.response";
    openssl({"ocsp", "-index", temporary_.write("index", ""), "-CA", file("ca.crt", issuer_.certificate), "-rsigner",
             file("signer.crt", signer.certificate), "-rkey", temporary_.write("signer.key", to_pem(signer.key)),
             "-nmin", "60", "-reqin", file("request", request), "-respout", response});
    return read(response);
  }
  /// A request of OpenSSL's about so many certificates.
  Buffer request_with_openssl(std::size_t certificates, const std::vector<std::string>& options) const {
    const auto request = temporary_.path() + "/openssl.request";
    std::vector<std::string> words{"ocsp", "-issuer", file("ca.crt", issuer_.certificate), "-reqout", request};
    for (std::size_t i = 1; i <= certificates; ++i) words.insert(words.end(), {"-serial", std::to_string(i)});
    words.insert(words.end(), options.begin(), options.end());
    openssl(words);
    return read(request);
  }
  /// A request about `leaf_`, with a nonce of any length.
  Buffer request_with_nonce(std::size_t octets) const {
    auto* const request = OCSP_REQUEST_new();
    OCSP_request_add0_id(request, OCSP_cert_to_id(EVP_sha1(), leaf_.certificate.get(), issuer_.certificate.get()));
    const std::vector<unsigned char> nonce(octets, 0x5a);
    auto* const inner = ASN1_OCTET_STRING_new();
    ASN1_OCTET_STRING_set(inner, nonce.data(), static_cast<int>(octets));
    auto* const value = ASN1_OCTET_STRING_new();
    value->length = i2d_ASN1_OCTET_STRING(inner, &value->data);
    auto* const extension = X509_EXTENSION_create_by_NID(nullptr, NID_id_pkix_OCSP_Nonce, 0, value);
    OCSP_REQUEST_add_ext(request, extension, -1);
    unsigned char* der = nullptr;
    const auto size = i2d_OCSP_REQUEST(request, &der);
    const auto bytes = std::as_bytes(std::span{der, static_cast<std::size_t>(size)});
    const Buffer made{bytes.begin(), bytes.end()};
    OPENSSL_free(der);
    X509_EXTENSION_free(extension);
    ASN1_OCTET_STRING_free(value);
    ASN1_OCTET_STRING_free(inner);
    OCSP_REQUEST_free(request);
    return made;
  }

  test::TemporaryFolder temporary_;
  Issuer issuer_ = make_issuer("Lab CA");
  Issuer other_issuer_ = make_issuer("Other CA");
  Issuer leaf_ = make_leaf(issuer_);
  OcspKnowledge knowledge_{.issuers = {issuer_}};
};

TEST_F(Ocsp, IsAskedWhereTheCertificateSays) {
  EXPECT_EQ(ocsp_url_of(leaf_.certificate), "http://ocsp.lab/");
  EXPECT_EQ(ocsp_url_of(issuer_.certificate), std::nullopt);
}

TEST_F(Ocsp, SaysThatACertificateIsGood) {
  const auto response = answer(request_for(leaf_.certificate));
  ASSERT_EQ(response.status, OcspResponseStatus::successful);
  EXPECT_EQ(response.this_update, now);
  EXPECT_EQ(response.next_update, now + hours{1});
  const auto said = read_ocsp_response(response.der, leaf_.certificate, issuer_.certificate, now);
  ASSERT_TRUE(said) << said.error().message;
  EXPECT_EQ(said->status, CertificateStatus::good);
  EXPECT_FALSE(said->revocation);
  EXPECT_EQ(said->produced_at, now);
  EXPECT_EQ(said->this_update, now);
  EXPECT_EQ(said->next_update, now + hours{1});
}

TEST_F(Ocsp, SaysWhenAndWhyACertificateWasRevoked) {
  revoke(make_leaf(issuer_).certificate, {now - days{3}});
  revoke(leaf_.certificate, {now - days{2}, RevocationReason::key_compromise});
  const auto said =
      *read_ocsp_response(answer(request_for(leaf_.certificate)).der, leaf_.certificate, issuer_.certificate, now);
  EXPECT_EQ(said.status, CertificateStatus::revoked);
  ASSERT_TRUE(said.revocation);
  EXPECT_EQ(said.revocation->time, now - days{2});
  EXPECT_EQ(said.revocation->reason, RevocationReason::key_compromise);
  EXPECT_EQ(to_string(*said.revocation->reason), "keyCompromise");
}

TEST_F(Ocsp, NeedsNoReason) {
  revoke(leaf_.certificate, {now - days{2}});
  const auto said =
      *read_ocsp_response(answer(request_for(leaf_.certificate)).der, leaf_.certificate, issuer_.certificate, now);
  EXPECT_EQ(said.status, CertificateStatus::revoked);
  EXPECT_EQ(said.revocation->reason, std::nullopt);
}

TEST_F(Ocsp, DoesNotKnowTheCertificatesOfOthers) {
  const auto stranger = make_leaf(other_issuer_);
  const auto request = *make_ocsp_request(stranger.certificate, other_issuer_.certificate);
  const auto response = answer(request);
  ASSERT_EQ(response.status, OcspResponseStatus::successful);
  EXPECT_THAT(openssl({"ocsp", "-respin", file("response", response.der), "-noverify", "-resp_text"}),
              HasSubstr("Cert Status: unknown"));
  EXPECT_EQ(fault_of(response.der), "the OCSP response is about other certificates");
}

TEST_F(Ocsp, IsSignedByTheIssuerThatTheRequestNames) {
  knowledge_.issuers = {other_issuer_, issuer_};
  EXPECT_EQ(fault_of(answer(request_for(leaf_.certificate)).der), "nothing is wrong");
  const auto stranger = make_leaf(other_issuer_);
  const auto said = read_ocsp_response(answer(*make_ocsp_request(stranger.certificate, other_issuer_.certificate)).der,
                                       stranger.certificate, other_issuer_.certificate, now);
  ASSERT_TRUE(said) << said.error().message;
  EXPECT_EQ(said->status, CertificateStatus::good);
  knowledge_.issuers.clear();
  EXPECT_EQ(answer(request_for(leaf_.certificate)).status, OcspResponseStatus::unauthorized);
}

TEST_F(Ocsp, BringsANonceBack) {
  for (const std::size_t octets : {std::size_t{1}, std::size_t{32}, ocsp_nonce_bytes_max}) {
    const auto nonce = nonce_of(octets);
    const auto response = answer(request_for(leaf_.certificate, nonce));
    EXPECT_EQ(fault_of(response.der, now, nonce), "nothing is wrong") << octets;
    EXPECT_EQ(fault_of(response.der, now, nonce_of(octets + 1)),
              "the OCSP response has another nonce than the request");
  }
  EXPECT_EQ(fault_of(answer(request_for(leaf_.certificate)).der, now, nonce_of(16)),
            "the OCSP response has no nonce, and may be an old one");
  EXPECT_EQ(
      make_ocsp_request(leaf_.certificate, issuer_.certificate, nonce_of(ocsp_nonce_bytes_max + 1)).error().message,
      "a nonce of OCSP has at most 128 octets");
}

TEST_F(Ocsp, IsBelievedForAsLongAsItIsCurrent) {
  const auto der = answer(request_for(leaf_.certificate)).der;
  const auto end = now + hours{1};
  EXPECT_EQ(fault_of(der, end + ocsp_clock_tolerance), "nothing is wrong");
  EXPECT_THAT(fault_of(der, end + ocsp_clock_tolerance + seconds{1}),
              StartsWith("the OCSP response is too old: it was current until "));
  EXPECT_EQ(fault_of(der, now - ocsp_clock_tolerance), "nothing is wrong");
  EXPECT_THAT(fault_of(der, now - ocsp_clock_tolerance - seconds{1}), HasSubstr(", which is yet to come; "));
}

TEST_F(Ocsp, IsNotBelievedIfSomebodyElseSigns) {
  const auto request = request_for(leaf_.certificate);
  // With the issuer's name and key in the question, and another key under the answer.
  const auto forged = answer_ocsp(request, {.issuers = {{issuer_.certificate, other_issuer_.key}}}, now);
  EXPECT_EQ(forged.status, OcspResponseStatus::internal_error)
      << "OpenSSL does not sign with a key that does not belong";
  auto changed = answer(request).der;
  changed[changed.size() - 1] ^= std::byte{1};  // of the signature
  EXPECT_THAT(fault_of(changed), StartsWith("the OCSP response is signed by nobody whom the CA lets do so: "));
  EXPECT_THAT(fault_of(answer_with_openssl(request, leaf_)),
              StartsWith("the OCSP response is signed by nobody whom the CA lets do so: "))
      << "a server's own certificate is not for that";
  EXPECT_THAT(fault_of(answer_with_openssl(request, make_leaf(other_issuer_, "OCSPSigning"))),
              StartsWith("the OCSP response is signed by nobody whom the CA lets do so: "));
}

TEST_F(Ocsp, IsBelievedOfOneWhomTheIssuerLetsSign) {
  EXPECT_EQ(fault_of(answer_with_openssl(request_for(leaf_.certificate), make_leaf(issuer_, "OCSPSigning"))),
            "nothing is wrong");
}

TEST_F(Ocsp, RefusesWhatIsNoRequest) {
  const auto request = request_for(leaf_.certificate);
  EXPECT_EQ(answer({}).status, OcspResponseStatus::malformed_request);
  for (std::size_t size = 0; size < request.size(); ++size) {
    EXPECT_EQ(answer(Bytes{request}.first(size)).status, OcspResponseStatus::malformed_request) << size;
  }
  auto longer = request;
  longer.push_back(std::byte{0});
  const auto refused = answer(longer);
  EXPECT_EQ(refused.status, OcspResponseStatus::malformed_request);
  EXPECT_EQ(fault_of(refused.der), "the OCSP responder does not answer: malformedRequest");
}

TEST_F(Ocsp, HasLimits) {
  EXPECT_EQ(fault_of(Buffer(ocsp_response_bytes_max)), "what was received is no OCSP response");
  EXPECT_EQ(fault_of(Buffer(ocsp_response_bytes_max + 1)), "the OCSP response is larger than 65536 bytes");
  EXPECT_EQ(answer(request_with_openssl(ocsp_certificates_max, {"-no_nonce"})).status, OcspResponseStatus::successful);
  EXPECT_EQ(answer(request_with_openssl(ocsp_certificates_max + 1, {"-no_nonce"})).status,
            OcspResponseStatus::malformed_request);
}

TEST_F(Ocsp, TakesNoLargerRequestThanItSays) {
  // Signed ones have a certificate with them, which may be of any size: of as many names as make it so.
  std::vector<std::string> names;
  const auto request_of = [&](std::size_t count) {
    names.assign(count, std::string(60, 'a') + ".lab");
    const auto key = make_key();
    const auto signer = sign({.common_name = "large",
                              .key = key,
                              .not_before = now - days{1},
                              .not_after = now + days{1},
                              .extensions = {},
                              .names = names},
                             &issuer_);
    return request_with_openssl(1, {"-no_nonce", "-signer", file("large.crt", *signer), "-signkey",
                                    temporary_.write("large.key", to_pem(key))});
  };
  std::size_t count = 100;
  while (request_of(count + 1).size() <= ocsp_request_bytes_max) ++count;
  const auto fits = request_of(count), too_large = request_of(count + 1);
  ASSERT_GT(fits.size(), ocsp_request_bytes_max - 100);
  EXPECT_EQ(answer(fits).status, OcspResponseStatus::successful);
  EXPECT_EQ(answer(too_large).status, OcspResponseStatus::malformed_request);
}

TEST_F(Ocsp, TakesNoNonceThatIsEmptyOrTooLong) {
  // An OCTET STRING in the extension's OCTET STRING: its length is the octet behind the second 04.
  const auto request = request_for(leaf_.certificate, nonce_of(16));
  EXPECT_EQ(answer(request).status, OcspResponseStatus::successful);
  auto broken = request;
  const auto nonce = std::ranges::search(broken, nonce_of(16));
  ASSERT_FALSE(nonce.empty());
  *(nonce.begin() - 2) = std::byte{0x05};  // no OCTET STRING
  EXPECT_EQ(answer(broken).status, OcspResponseStatus::malformed_request);
  EXPECT_EQ(answer(request_with_nonce(ocsp_nonce_bytes_max)).status, OcspResponseStatus::successful);
  EXPECT_EQ(answer(request_with_nonce(ocsp_nonce_bytes_max + 1)).status, OcspResponseStatus::malformed_request);
  EXPECT_EQ(answer(request_with_nonce(0)).status, OcspResponseStatus::malformed_request);
}

TEST_F(Ocsp, IsUnderstoodByOpenssl) {
  revoke(leaf_.certificate, {now - days{2}, RevocationReason::superseded});
  const auto other = make_leaf(issuer_);
  const auto request = temporary_.path() + "/request";
  openssl({"ocsp", "-issuer", file("ca.crt", issuer_.certificate), "-cert", file("leaf.crt", leaf_.certificate),
           "-cert", file("other.crt", other.certificate), "-reqout", request});
  const auto response = file("response", answer(read(request)).der);
  const auto said = openssl({"ocsp", "-issuer", temporary_.path() + "/ca.crt", "-cert", temporary_.path() + "/leaf.crt",
                             "-cert", temporary_.path() + "/other.crt", "-CAfile", temporary_.path() + "/ca.crt",
                             "-no_nonce", "-reqin", request, "-respin", response});  // the request has one
  EXPECT_THAT(said, HasSubstr("Response verify OK\n"));
  EXPECT_THAT(said, Not(HasSubstr("WARNING"))) << "the nonce is there";
  EXPECT_THAT(said, AllOf(HasSubstr("/leaf.crt: revoked\n"), HasSubstr("\tReason: superseded\n"),
                          HasSubstr("\tRevocation Time: "), HasSubstr("/other.crt: good\n")));
}

TEST_F(Ocsp, IsAskedBySha256AsWell) {
  const auto request = temporary_.path() + "/request";
  openssl({"ocsp", "-sha256", "-issuer", file("ca.crt", issuer_.certificate), "-cert",
           file("leaf.crt", leaf_.certificate), "-reqout", request});
  const auto said =
      openssl({"ocsp", "-respin", file("response", answer(read(request)).der), "-noverify", "-resp_text"});
  EXPECT_THAT(said, AllOf(HasSubstr("Hash Algorithm: sha256"), HasSubstr("Cert Status: good")));
}

TEST_F(Ocsp, UnderstandsOpenssl) {
  const auto said = read_ocsp_response(answer_with_openssl(request_for(leaf_.certificate), issuer_), leaf_.certificate,
                                       issuer_.certificate, now);
  ASSERT_TRUE(said) << said.error().message;
  EXPECT_EQ(said->status, CertificateStatus::unknown) << "its list of certificates is empty";
}

TEST_F(Ocsp, IsAskedInAPath) {
  const auto request = request_for(leaf_.certificate);
  const auto path = ocsp_path_of(request);
  EXPECT_THAT(path, Not(testing::ContainsRegex("[+/=]")));
  std::string decoded = path;
  for (const auto& [escape, c] : {std::pair{"%2B", "+"}, std::pair{"%2F", "/"}, std::pair{"%3D", "="}}) {
    for (auto at = decoded.find(escape); at != decoded.npos; at = decoded.find(escape)) decoded.replace(at, 3, c);
  }
  EXPECT_EQ(parse_base64(decoded), request);
}

TEST(OcspSerial, IsReadInWhateverFormPeopleWriteIt) {
  EXPECT_EQ(parse_serial("0a1b"), "0A1B");
  EXPECT_EQ(parse_serial("A1B"), "0A1B");
  EXPECT_EQ(parse_serial("00:0a:1B"), "0A1B");
  EXPECT_EQ(parse_serial("1"), "01");
  EXPECT_EQ(parse_serial(std::string(40, 'f')), std::string(40, 'F'));
  for (const auto& wrong : {std::string{}, std::string{"0"}, std::string{":"}, std::string{"0x1"}, std::string{"1g"},
                            std::string(41, 'f')}) {
    EXPECT_EQ(parse_serial(wrong), std::nullopt) << wrong;
  }
}

}  // namespace
}  // namespace labnet::ca
