#include "tests/common/net/test_certificates.hpp"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <atomic>
#include <cstdlib>

namespace labnet::net {
namespace {

constexpr std::chrono::days authority_begins_in{-3650};
constexpr std::chrono::days authority_ends_in{3650};

void require(bool well) {
  if (!well) std::abort();
}

KeyHandle make_key() {
  KeyHandle key{EVP_EC_gen("P-256"), EVP_PKEY_free};
  require(key != nullptr);
  return key;
}

void add_extension(X509* certificate, X509* issuer, int kind, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  auto* const extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str());
  require(extension != nullptr);
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

/// Without an issuer it signs itself.
CertificateHandle sign(const Wish& wish, EVP_PKEY* key, bool is_authority, X509* issuer, EVP_PKEY* issuer_key) {
  static std::atomic<long> last_serial{1000};
  CertificateHandle made{X509_new(), X509_free};
  auto* const certificate = made.get();
  X509_set_version(certificate, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), ++last_serial);
  X509_gmtime_adj(X509_getm_notBefore(certificate), std::chrono::seconds{wish.begins_in}.count());
  X509_gmtime_adj(X509_getm_notAfter(certificate), std::chrono::seconds{wish.ends_in}.count());
  X509_set_pubkey(certificate, key);
  const auto* const subject = reinterpret_cast<const unsigned char*>(wish.subject.c_str());
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_UTF8, subject, -1, -1, 0);
  auto* const signer = issuer == nullptr ? certificate : issuer;
  X509_set_issuer_name(certificate, X509_get_subject_name(signer));
  add_extension(certificate, signer, NID_basic_constraints, is_authority ? "critical,CA:TRUE" : "CA:FALSE");
  if (is_authority) add_extension(certificate, signer, NID_key_usage, "critical,keyCertSign,cRLSign");
  add_extension(certificate, signer, NID_subject_key_identifier, "hash");
  if (!wish.names.empty()) add_extension(certificate, signer, NID_subject_alt_name, wish.names);
  require(X509_sign(certificate, issuer_key, EVP_sha256()) > 0);
  return made;
}

std::string written_to(BIO* bio) {
  char* data = nullptr;
  const auto size = BIO_get_mem_data(bio, &data);
  std::string text{data, static_cast<std::size_t>(size)};
  BIO_free(bio);
  return text;
}

std::string pem_of(EVP_PKEY* key) {
  auto* const bio = BIO_new(BIO_s_mem());
  PEM_write_bio_PrivateKey(bio, key, nullptr, nullptr, 0, nullptr, nullptr);
  return written_to(bio);
}

Wish wish_for_authority(const std::string& name) {
  return {.subject = name, .names = {}, .begins_in = authority_begins_in, .ends_in = authority_ends_in};
}

}  // namespace

Authority::Authority(const std::string& name) : name_{name}, key_{make_key()} {
  certificate_ = sign(wish_for_authority(name), key_.get(), true, nullptr, key_.get());
  folder_.write("ca.crt", to_certificate(*certificate_).pem);
}

Authority::Authority(const std::string& name, const Authority& parent) : name_{name}, key_{make_key()} {
  certificate_ = sign(wish_for_authority(name), key_.get(), true, parent.certificate_.get(), parent.key_.get());
  chain_ = to_certificate(*certificate_).pem + parent.chain_;
  folder_.write("ca.crt", to_certificate(*certificate_).pem);
}

TlsIdentity Authority::issue(const Wish& wish) {
  const auto key = make_key();
  const auto certificate = sign(wish, key.get(), false, certificate_.get(), key_.get());
  return {.certificate_path = folder_.write(wish.subject + ".crt", to_certificate(*certificate).pem + chain_),
          .key_path = folder_.write(wish.subject + ".key", pem_of(key.get()))};
}

}  // namespace labnet::net
