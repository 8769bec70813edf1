#include "common/ca/signing.hpp"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <span>

#include "common/base/bytes.hpp"
#include "common/base/text.hpp"
#include "common/base/utf8.hpp"
#include "common/ca/openssl.hpp"

namespace labnet::ca {
namespace {

constexpr int serial_bits = 128;

using Bio = Owned<BIO, BIO_free>;
using Number = Owned<BIGNUM, BN_free>;
using Names = Owned<GENERAL_NAMES, GENERAL_NAMES_free>;
using Accesses = Owned<AUTHORITY_INFO_ACCESS, AUTHORITY_INFO_ACCESS_free>;
using Access = Owned<ACCESS_DESCRIPTION, ACCESS_DESCRIPTION_free>;
using Text = Owned<ASN1_IA5STRING, ASN1_IA5STRING_free>;

std::string written_to(const Bio& bio) {
  char* data = nullptr;
  const auto size = BIO_get_mem_data(bio.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

Bio to_bio(const std::string& text) {
  return Bio{BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))};
}

bool set_serial(X509* certificate) {
  const Number number{BN_new()};
  return number && BN_rand(number.get(), serial_bits, BN_RAND_TOP_ANY, BN_RAND_BOTTOM_ANY) == 1 &&
         BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr;
}

bool set_times(X509* certificate, const Contents& contents) {
  return ASN1_TIME_set(X509_getm_notBefore(certificate), contents.not_before.time_since_epoch().count()) != nullptr &&
         ASN1_TIME_set(X509_getm_notAfter(certificate), contents.not_after.time_since_epoch().count()) != nullptr;
}

bool set_subject(X509* certificate, const std::string& common_name) {
  return X509_NAME_add_entry_by_NID(X509_get_subject_name(certificate), NID_commonName, MBSTRING_UTF8,
                                    reinterpret_cast<const unsigned char*>(common_name.data()),
                                    static_cast<int>(common_name.size()), -1, 0) == 1;
}

bool add_extension(X509* certificate, X509* issuer, int kind, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  auto* const extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str());
  const auto was_added = extension != nullptr && X509_add_ext(certificate, extension, -1) == 1;
  X509_EXTENSION_free(extension);
  return was_added;
}

bool add_name(GENERAL_NAMES* names, int kind, ASN1_STRING* text, Bytes octets) {
  auto* const name = GENERAL_NAME_new();
  if (name == nullptr || text == nullptr ||
      ASN1_STRING_set(text, octets.data(), static_cast<int>(octets.size())) != 1) {
    ASN1_STRING_free(text);
    GENERAL_NAME_free(name);
    return false;
  }
  GENERAL_NAME_set0_value(name, kind, text);
  if (sk_GENERAL_NAME_push(names, name) > 0) return true;
  GENERAL_NAME_free(name);
  return false;
}

/// In the order of the network.
std::vector<std::byte> octets_of(const IpAddress& address) {
  std::vector<std::byte> octets;
  if (const auto* const v4 = std::get_if<Ipv4Address>(&address)) {
    for (int shift = 24; shift >= 0; shift -= 8) octets.push_back(static_cast<std::byte>(v4->value >> shift));
  } else {
    for (const auto octet : std::get<Ipv6Address>(address).octets) octets.push_back(static_cast<std::byte>(octet));
  }
  return octets;
}

/// Not through a text of x509v3_config(5), in which a comma would begin another name.
bool add_alternative_names(X509* certificate, const Contents& contents) {
  if (contents.names.empty() && contents.addresses.empty()) return true;
  const Names names{GENERAL_NAMES_new()};
  for (const auto& name : contents.names) {
    if (!add_name(names.get(), GEN_DNS, ASN1_IA5STRING_new(), std::as_bytes(std::span{name}))) return false;
  }
  for (const auto& address : contents.addresses) {
    if (!add_name(names.get(), GEN_IPADD, ASN1_OCTET_STRING_new(), octets_of(address))) return false;
  }
  return X509_add1_ext_i2d(certificate, NID_subject_alt_name, names.get(), 0, X509V3_ADD_APPEND) == 1;
}

/// RFC 5280, section 4.2.2.1. Not through a text of x509v3_config(5), as above.
bool add_ocsp_url(X509* certificate, const std::string& url) {
  if (url.empty()) return true;
  const Accesses all{sk_ACCESS_DESCRIPTION_new_null()};
  Access one{ACCESS_DESCRIPTION_new()};
  Text text{ASN1_IA5STRING_new()};
  if (!all || !one || !text || ASN1_STRING_set(text.get(), url.data(), static_cast<int>(url.size())) != 1) return false;
  one->method = OBJ_nid2obj(NID_ad_OCSP);
  GENERAL_NAME_set0_value(one->location, GEN_URI, text.release());
  if (sk_ACCESS_DESCRIPTION_push(all.get(), one.get()) <= 0) return false;
  one.release();
  return X509_add1_ext_i2d(certificate, NID_info_access, all.get(), 0, X509V3_ADD_APPEND) == 1;
}

/// Nobody is asked for a passphrase.
int refuse_passphrase(char*, int, int, void*) {
  return -1;
}

}  // namespace

std::chrono::sys_seconds to_time(const ASN1_TIME* time) {
  std::tm parts{};
  ASN1_TIME_to_tm(time, &parts);
  return std::chrono::sys_seconds{std::chrono::seconds{::timegm(&parts)}};
}

const EVP_MD* digest_for(EVP_PKEY* key) {
  return EVP_PKEY_is_a(key, "ED25519") == 1 || EVP_PKEY_is_a(key, "ED448") == 1 ? nullptr : EVP_sha256();
}

std::string take_openssl_reason() {
  const auto* const reason = ERR_reason_error_string(ERR_peek_last_error());
  ERR_clear_error();
  return reason == nullptr ? "OpenSSL gives no reason" : reason;
}

Key make_key() {
  return {EVP_EC_gen("P-256"), EVP_PKEY_free};
}

Result<Certificate> sign(const Contents& contents, const Issuer* issuer) {
  ERR_clear_error();
  Certificate made{X509_new(), X509_free};
  auto* const certificate = made.get();
  auto* const signer = issuer == nullptr ? certificate : issuer->certificate.get();
  auto* const signing_key = issuer == nullptr ? contents.key.get() : issuer->key.get();
  bool is_well = certificate != nullptr && contents.key && X509_set_version(certificate, X509_VERSION_3) == 1 &&
                 set_serial(certificate) && set_times(certificate, contents) &&
                 X509_set_pubkey(certificate, contents.key.get()) == 1 &&
                 set_subject(certificate, contents.common_name) &&
                 X509_set_issuer_name(certificate, X509_get_subject_name(signer)) == 1;
  for (const auto& [kind, value] : contents.extensions) {
    is_well = is_well && add_extension(certificate, signer, kind, value);
  }
  is_well = is_well && add_extension(certificate, signer, NID_subject_key_identifier, "hash") &&
            add_extension(certificate, signer, NID_authority_key_identifier, "keyid") &&
            add_alternative_names(certificate, contents) && add_ocsp_url(certificate, contents.ocsp_url) &&
            X509_sign(certificate, signing_key, digest_for(signing_key)) > 0;
  if (is_well) return made;
  return Error{"a certificate cannot be signed: ", take_openssl_reason()};
}

std::string subject_of(const Certificate& certificate) {
  const Bio bio{BIO_new(BIO_s_mem())};
  X509_NAME_print_ex(bio.get(), X509_get_subject_name(certificate.get()), 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB);
  return printable(written_to(bio));
}

std::string sha256_of(const Certificate& certificate) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  X509_digest(certificate.get(), EVP_sha256(), digest.data(), &size);
  return hexadecimal(std::as_bytes(std::span{digest}.first(size)));
}

std::string mark_of(const Key& key, std::size_t octets) {
  unsigned char* encoded = nullptr;
  const auto encoded_size = i2d_PUBKEY(key.get(), &encoded);
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  if (encoded_size > 0) {
    EVP_Digest(encoded, static_cast<std::size_t>(encoded_size), digest.data(), &size, EVP_sha256(), nullptr);
  }
  OPENSSL_free(encoded);
  return hexadecimal(std::as_bytes(std::span{digest}.first(std::min<std::size_t>(octets, size))));
}

std::chrono::sys_seconds not_before(const Certificate& certificate) {
  return to_time(X509_get0_notBefore(certificate.get()));
}

std::chrono::sys_seconds not_after(const Certificate& certificate) {
  return to_time(X509_get0_notAfter(certificate.get()));
}

bool is_authority(const Certificate& certificate) {
  return X509_check_ca(certificate.get()) == 1;
}

std::vector<std::string> permitted_domains(const Certificate& certificate) {
  std::vector<std::string> domains;
  auto* const constraints =
      static_cast<NAME_CONSTRAINTS*>(X509_get_ext_d2i(certificate.get(), NID_name_constraints, nullptr, nullptr));
  if (constraints == nullptr) return domains;
  for (int i = 0; i < sk_GENERAL_SUBTREE_num(constraints->permittedSubtrees); ++i) {
    const auto* const base = sk_GENERAL_SUBTREE_value(constraints->permittedSubtrees, i)->base;
    if (base->type != GEN_DNS) continue;
    const auto* const text = base->d.dNSName;
    domains.emplace_back(reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
                         static_cast<std::size_t>(ASN1_STRING_length(text)));
  }
  NAME_CONSTRAINTS_free(constraints);
  return domains;
}

std::string to_pem(const Certificate& certificate) {
  const Bio bio{BIO_new(BIO_s_mem())};
  PEM_write_bio_X509(bio.get(), certificate.get());
  return written_to(bio);
}

std::string to_pem(const Key& key) {
  const Bio bio{BIO_new(BIO_s_mem())};
  PEM_write_bio_PKCS8PrivateKey(bio.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  return written_to(bio);
}

Certificate parse_certificate(const std::string& pem) {
  Certificate parsed{PEM_read_bio_X509(to_bio(pem).get(), nullptr, refuse_passphrase, nullptr), X509_free};
  ERR_clear_error();
  return parsed;
}

Key parse_key(const std::string& pem) {
  Key parsed{PEM_read_bio_PrivateKey(to_bio(pem).get(), nullptr, refuse_passphrase, nullptr), EVP_PKEY_free};
  ERR_clear_error();
  return parsed;
}

bool belong_together(const Certificate& certificate, const Key& key) {
  const auto together = X509_check_private_key(certificate.get(), key.get()) == 1;
  ERR_clear_error();
  return together;
}

}  // namespace labnet::ca
