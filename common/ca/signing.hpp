// X.509 as far as a CA needs it: keys, certificates, PEM.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "common/base/address.hpp"
#include "common/base/result.hpp"

struct evp_pkey_st;  // OpenSSL's, whose headers stay in the .cpp files
struct x509_st;

namespace labnet::ca {

using Certificate = std::shared_ptr<x509_st>;
using Key = std::shared_ptr<evp_pkey_st>;

/// On the curve P-256, which every browser knows: made in a tenth of a millisecond. Null if OpenSSL has no random
/// numbers.
Key make_key();

/// What a certificate says.
struct Contents {
  std::string common_name;
  Key key;
  std::chrono::sys_seconds not_before, not_after;  // first and last second
  /// NID_..., and the value as x509v3_config(5) has it; the key identifiers are added.
  std::vector<std::pair<int, std::string>> extensions;
  std::vector<std::string> names{};  // subjectAltName; with the addresses
  std::vector<IpAddress> addresses{};
  std::string ocsp_url{};  // authorityInfoAccess: where its CA answers; empty: nowhere
};

struct Issuer {
  Certificate certificate;
  Key key;
};

/// With a random serial number of 128 bits.
/// issuer  null: it signs itself
Result<Certificate> sign(const Contents& contents, const Issuer* issuer);

/// RFC 4514: "CN=labnet lab CA"
std::string subject_of(const Certificate& certificate);
/// Hexadecimal in small letters without colons.
std::string sha256_of(const Certificate& certificate);
/// The first octets of the SHA-256 of a public key, in hexadecimal.
std::string mark_of(const Key& key, std::size_t octets);
std::chrono::sys_seconds not_before(const Certificate& certificate);
std::chrono::sys_seconds not_after(const Certificate& certificate);
bool is_authority(const Certificate& certificate);
/// The domains of nameConstraints; none: any.
std::vector<std::string> permitted_domains(const Certificate& certificate);

std::string to_pem(const Certificate& certificate);
std::string to_pem(const Key& key);
/// The first of a text; null if it has none, or one that a passphrase protects.
Certificate parse_certificate(const std::string& pem);
Key parse_key(const std::string& pem);
bool belong_together(const Certificate& certificate, const Key& key);

}  // namespace labnet::ca
