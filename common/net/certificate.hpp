// X.509 certificates as people read them, and as files hold them.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/bytes.hpp"
#include "common/base/result.hpp"

struct evp_pkey_st;  // OpenSSL's, whose headers stay in the .cpp files
struct x509_st;

namespace labnet::net {

struct Certificate {
  std::string subject;                  // "CN=www.lab,O=Lab" (RFC 4514)
  std::string issuer;                   // in the same form
  std::vector<std::string> names;       // whom it is for: DNS names, "*.lab" among them, and addresses
  std::string serial;                   // hexadecimal, "0A1B"
  std::string sha256;                   // fingerprint, hexadecimal in small letters without colons
  std::string pem;                      // "-----BEGIN CERTIFICATE-----..."
  std::chrono::sys_seconds not_before;  // first and last second of its validity
  std::chrono::sys_seconds not_after;
};

/// Limit of a file or text of certificates or with a key.
constexpr std::size_t pem_file_bytes_max = 4 << 20;

using CertificateHandle = std::shared_ptr<x509_st>;
using KeyHandle = std::shared_ptr<evp_pkey_st>;

Certificate to_certificate(const x509_st& certificate);

/// All certificates of a PEM file, in its order, at least one.
/// what    stands in the fault: "certificate", "CA file"
/// faults  the file cannot be read, is too large, or holds none
Result<std::vector<CertificateHandle>> load_certificates(const std::string& path, std::string_view what);

/// The same of a text, which faults call "the certificate `source`".
Result<std::vector<CertificateHandle>> parse_certificates(std::string_view pem, std::string_view what,
                                                          const std::string& source);

/// One as it travels (DER).
/// faults  it is none, or something stands behind it
Result<CertificateHandle> parse_der_certificate(Bytes der);

/// The private key of a PEM file.
/// faults  the file cannot be read, holds none, or one that a passphrase protects: nobody is asked for one
Result<KeyHandle> load_key(const std::string& path);

/// The same of a text, which faults call "the key `source`".
Result<KeyHandle> parse_key(std::string_view pem, const std::string& source);

/// Why a certificate is not trusted, as a sentence that says what can be done.
/// code       one of OpenSSL's, X509_V_ERR_...
/// host_name  that was connected to
std::string why_not_trusted(int code, const Certificate& certificate, std::string_view host_name);

/// "2026-01-31", in UTC.
std::string date_text(std::chrono::sys_seconds time);

}  // namespace labnet::net
