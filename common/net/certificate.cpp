#include "common/net/certificate.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <ctime>
#include <optional>

#include "common/base/file_descriptor.hpp"
#include "common/base/text.hpp"
#include "common/base/utf8.hpp"
#include "common/crypto/serial.hpp"

namespace labnet::net {
namespace {

using Bio = std::unique_ptr<BIO, decltype([](BIO* bio) { BIO_free(bio); })>;

Bio to_bio(std::string_view text) {
  return Bio{BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))};
}

std::string written_to(const Bio& bio) {
  char* data = nullptr;
  const auto size = BIO_get_mem_data(bio.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

std::string name_text(const X509_NAME* name) {
  const Bio bio{BIO_new(BIO_s_mem())};
  // Letters beyond ASCII stand as UTF-8; OpenSSL escapes the control characters of ASCII, and no others.
  X509_NAME_print_ex(bio.get(), name, 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB);
  return printable(written_to(bio));
}

Bytes octets_of(const ASN1_STRING* text) {
  return std::as_bytes(std::span{ASN1_STRING_get0_data(text), static_cast<std::size_t>(ASN1_STRING_length(text))});
}

std::string address_text(Bytes octets) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const auto family = octets.size() == 4 ? AF_INET : AF_INET6;
  if (octets.size() != 4 && octets.size() != 16) return {};
  return ::inet_ntop(family, octets.data(), text.data(), text.size());
}

/// A host name holds none but these characters; whatever else stands there is left out, so that no terminal obeys it.
std::string dns_name(std::string_view text) {
  const auto is_visible = [](char c) { return c > ' ' && c < '\x7f'; };
  return std::ranges::all_of(text, is_visible) ? std::string{text} : std::string{};
}

std::vector<std::string> names_of(const X509& certificate) {
  std::vector<std::string> names;
  auto* const all = static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(&certificate, NID_subject_alt_name, nullptr, nullptr));
  for (int i = 0; i < sk_GENERAL_NAME_num(all); ++i) {
    const auto* const one = sk_GENERAL_NAME_value(all, i);
    std::string name;
    if (one->type == GEN_DNS) name = dns_name(as_text(octets_of(one->d.dNSName)));
    if (one->type == GEN_IPADD) name = address_text(octets_of(one->d.iPAddress));
    if (!name.empty()) names.push_back(std::move(name));
  }
  GENERAL_NAMES_free(all);
  return names;
}

std::string sha256_of(const X509& certificate) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
  unsigned size = 0;
  X509_digest(&certificate, EVP_sha256(), digest.data(), &size);
  return hexadecimal(std::as_bytes(std::span{digest}.first(size)));
}

std::string pem_of(const X509& certificate) {
  const Bio bio{BIO_new(BIO_s_mem())};
  PEM_write_bio_X509(bio.get(), &certificate);
  return written_to(bio);
}

std::chrono::sys_seconds to_time(const ASN1_TIME* time) {
  std::tm parts{};
  ASN1_TIME_to_tm(time, &parts);
  return std::chrono::sys_seconds{std::chrono::seconds{::timegm(&parts)}};
}

Result<std::string> read_pem_file(const std::string& path, std::string_view what) {
  const auto fault = [&](int error) {
    const auto reason = system_error("", error).message.substr(2);
    return Error{"cannot read the ", what, " ", path, ": ", reason, "; expected a PEM file there"};
  };
  const FileDescriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY)};
  if (!file) return fault(errno);
  std::string text;
  std::array<char, 16384> piece;
  for (;;) {
    const auto count = ::read(file.get(), piece.data(), piece.size());
    if (count < 0) return fault(errno);
    if (count == 0) return text;
    text.append(piece.data(), static_cast<std::size_t>(count));
    if (text.size() > pem_file_bytes_max) return fault(EFBIG);
  }
}

bool is_at_end() {
  const auto error = ERR_peek_last_error();
  return ERR_GET_LIB(error) == ERR_LIB_PEM && ERR_GET_REASON(error) == PEM_R_NO_START_LINE;
}

/// Instead of OpenSSL's own, which would ask at the terminal.
int refuse_passphrase(char*, int, int, void* was_asked) {
  *static_cast<bool*>(was_asked) = true;
  return -1;
}

}  // namespace

Certificate to_certificate(const X509& certificate) {
  // What OpenSSL says of a part that cannot be read is nobody's: left where it is, the thread's next connection could
  // take it for a fault of its own.
  ERR_set_mark();
  Certificate made{.subject = name_text(X509_get_subject_name(&certificate)),
                   .issuer = name_text(X509_get_issuer_name(&certificate)),
                   .names = names_of(certificate),
                   .serial = crypto::serial_text(X509_get0_serialNumber(&certificate)),
                   .sha256 = sha256_of(certificate),
                   .pem = pem_of(certificate),
                   .not_before = to_time(X509_get0_notBefore(&certificate)),
                   .not_after = to_time(X509_get0_notAfter(&certificate))};
  ERR_pop_to_mark();
  return made;
}

Result<std::vector<CertificateHandle>> load_certificates(const std::string& path, std::string_view what) {
  const auto text = read_pem_file(path, what);
  if (!text) return text.error();
  return parse_certificates(*text, what, path);
}

Result<std::vector<CertificateHandle>> parse_certificates(std::string_view pem, std::string_view what,
                                                          const std::string& source) {
  if (pem.size() > pem_file_bytes_max) return Error{"the ", what, " ", source, " is too large"};
  ERR_clear_error();
  const auto bio = to_bio(pem);
  std::vector<CertificateHandle> certificates;
  bool was_asked = false;
  while (auto* const next = PEM_read_bio_X509(bio.get(), nullptr, refuse_passphrase, &was_asked)) {
    certificates.emplace_back(next, X509_free);
  }
  const bool was_all = is_at_end();
  ERR_clear_error();
  if (was_asked) {
    return Error{"a passphrase protects the ", what, " ", source, "; certificates are public: take it off"};
  }
  if (!was_all) return Error{"the ", what, " ", source, " is damaged: one of its certificates cannot be read"};
  if (certificates.empty()) {
    return Error{"the ", what, " ", source, " holds no certificate; expected \"-----BEGIN CERTIFICATE-----\" in it"};
  }
  return certificates;
}

Result<CertificateHandle> parse_der_certificate(Bytes der) {
  ERR_set_mark();
  const auto* next = reinterpret_cast<const unsigned char*>(der.data());
  const auto* const end = next + der.size();
  CertificateHandle certificate{d2i_X509(nullptr, &next, static_cast<long>(der.size())), X509_free};
  ERR_pop_to_mark();
  if (!certificate || next != end) return Error{"the bytes are no certificate"};
  return certificate;
}

Result<KeyHandle> load_key(const std::string& path) {
  const auto text = read_pem_file(path, "key");
  if (!text) return text.error();
  return parse_key(*text, path);
}

Result<KeyHandle> parse_key(std::string_view pem, const std::string& source) {
  if (pem.size() > pem_file_bytes_max) return Error{"the key ", source, " is too large"};
  ERR_clear_error();
  bool was_asked = false;
  KeyHandle key{PEM_read_bio_PrivateKey(to_bio(pem).get(), nullptr, refuse_passphrase, &was_asked), EVP_PKEY_free};
  ERR_clear_error();
  if (key) return key;
  if (was_asked) {
    return Error{"a passphrase protects the key ", source, "; take it off with \"openssl pkey -in ", source, "\""};
  }
  return Error{"the key ", source, " holds no private key; expected \"-----BEGIN PRIVATE KEY-----\" in it"};
}

std::string date_text(std::chrono::sys_seconds time) {
  return fmt::format("{:%F}", fmt::gmtime(std::chrono::system_clock::to_time_t(time)));
}

std::string why_not_trusted(int code, const Certificate& certificate, std::string_view host_name) {
  const auto whose = "the certificate of \"" + certificate.subject + "\"";
  switch (code) {
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH: {
      const auto names = join(certificate.names, ", ");
      return fmt::format("{} is for {}, not for {}", whose, names.empty() ? "no host" : names, host_name);
    }
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return whose + " has expired: it was valid until " + date_text(certificate.not_after);
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return whose + " is not valid before " + date_text(certificate.not_before) + "; is the clock right?";
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
      return whose + " signs itself; to trust it, give it as the CA file";
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
      return "the CA \"" + certificate.subject + "\" is not trusted; to trust it, give its certificate as the CA file";
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
      return whose + " is signed by \"" + certificate.issuer +
             "\", which is not trusted; to trust it, give its certificate as the CA file";
    default:
      return whose + " is not accepted: " + X509_verify_cert_error_string(code);
  }
}

}  // namespace labnet::net
