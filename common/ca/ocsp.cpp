#include "common/ca/ocsp.hpp"

#include <fmt/format.h>
#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/ocsp.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <memory>

#include "common/base/base64.hpp"
#include "common/base/calendar.hpp"
#include "common/base/text.hpp"
#include "common/ca/names.hpp"
#include "common/ca/openssl.hpp"
#include "common/crypto/serial.hpp"

namespace labnet::ca {
namespace {

using Request = Owned<OCSP_REQUEST, OCSP_REQUEST_free>;
using Response = Owned<OCSP_RESPONSE, OCSP_RESPONSE_free>;
using BasicResponse = Owned<OCSP_BASICRESP, OCSP_BASICRESP_free>;
using CertificateId = Owned<OCSP_CERTID, OCSP_CERTID_free>;
using Time = Owned<ASN1_GENERALIZEDTIME, ASN1_GENERALIZEDTIME_free>;
using OctetString = Owned<ASN1_OCTET_STRING, ASN1_OCTET_STRING_free>;
using Store = Owned<X509_STORE, X509_STORE_free>;
using Certificates = std::unique_ptr<STACK_OF(X509), decltype([](STACK_OF(X509) * all) { sk_X509_free(all); })>;

constexpr std::size_t serial_octets_max = 20;  // RFC 5280, section 4.1.2.2
constexpr int no_reason = -1;                  // as OpenSSL has it

const unsigned char* octets_of(Bytes bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

/// What a value of ASN.1 is in DER; empty if there is no memory.
template <class T>
Buffer to_der(int (*write)(const T*, unsigned char**), const T* value) {
  unsigned char* octets = nullptr;
  const auto size = write(value, &octets);
  if (size <= 0) return {};
  const auto bytes = std::as_bytes(std::span{octets, static_cast<std::size_t>(size)});
  Buffer der{bytes.begin(), bytes.end()};
  OPENSSL_free(octets);
  return der;
}

/// Null if it is no such value, or not the whole of the octets.
template <class T>
T* parse_der(T* (*read)(T**, const unsigned char**, long), void (*free)(T*), Bytes der) {
  const auto* at = octets_of(der);
  const auto* const end = at + der.size();
  auto* const value = read(nullptr, &at, static_cast<long>(der.size()));
  ERR_clear_error();
  if (value == nullptr || at == end) return value;
  free(value);
  return nullptr;
}

Time to_asn1(std::chrono::sys_seconds time) {
  return Time{ASN1_GENERALIZEDTIME_set(nullptr, time.time_since_epoch().count())};
}

/// What stands in a nonce (RFC 9654, section 2.1: an OCTET STRING inside of the extension's); nothing if it is none.
std::optional<Buffer> nonce_in(X509_EXTENSION* extension) {
  const auto* const value = X509_EXTENSION_get_data(extension);
  const auto der = std::as_bytes(
      std::span{ASN1_STRING_get0_data(value), static_cast<std::size_t>(std::max(ASN1_STRING_length(value), 0))});
  const OctetString inner{parse_der(d2i_ASN1_OCTET_STRING, ASN1_OCTET_STRING_free, der)};
  if (!inner) return std::nullopt;
  const auto octets = std::as_bytes(
      std::span{ASN1_STRING_get0_data(inner.get()), static_cast<std::size_t>(ASN1_STRING_length(inner.get()))});
  return Buffer{octets.begin(), octets.end()};
}

// -- client

CertificateId id_of(const Certificate& certificate, const Certificate& issuer) {
  return CertificateId{OCSP_cert_to_id(EVP_sha1(), certificate.get(), issuer.get())};
}

/// Whether the issuer has signed it, or let somebody do so, at that time. A fault is OpenSSL's reason.
Result<void> check_signature(OCSP_BASICRESP* response, const Certificate& issuer, std::chrono::sys_seconds now) {
  const Store store{X509_STORE_new()};
  const Certificates known{sk_X509_new_null()};
  auto* const rules = store ? X509_STORE_get0_param(store.get()) : nullptr;
  if (rules == nullptr || !known || sk_X509_push(known.get(), issuer.get()) <= 0 ||
      X509_STORE_add_cert(store.get(), issuer.get()) != 1) {
    return Error{"there is no memory"};
  }
  X509_VERIFY_PARAM_set_time(rules, now.time_since_epoch().count());
  X509_VERIFY_PARAM_set_flags(rules, X509_V_FLAG_PARTIAL_CHAIN);  // the issuer may stand below another CA
  ERR_clear_error();
  if (OCSP_basic_verify(response, known.get(), store.get(), 0) != 1) return Error{take_openssl_reason()};
  return {};
}

/// Nothing is wrong if the text is empty.
std::string objection_to_times(const OcspAnswer& answer, std::chrono::sys_seconds now) {
  if (answer.this_update > now + ocsp_clock_tolerance) {
    return fmt::format("the OCSP response is of {}, which is yet to come; is the clock right?",
                       date_text(answer.this_update));
  }
  if (answer.next_update && *answer.next_update < now - ocsp_clock_tolerance) {
    return fmt::format("the OCSP response is too old: it was current until {}", date_text(*answer.next_update));
  }
  return {};
}

std::string objection_to_nonce(OCSP_BASICRESP* response, Bytes nonce) {
  if (nonce.empty()) return {};
  const auto at = OCSP_BASICRESP_get_ext_by_NID(response, NID_id_pkix_OCSP_Nonce, -1);
  if (at < 0) return "the OCSP response has no nonce, and may be an old one";
  const auto found = nonce_in(OCSP_BASICRESP_get_ext(response, at));
  if (found && std::ranges::equal(*found, nonce)) return {};
  return "the OCSP response has another nonce than the request";
}

std::optional<OcspAnswer> find_answer(OCSP_BASICRESP* response, const Certificate& certificate,
                                      const Certificate& issuer) {
  const auto id = id_of(certificate, issuer);
  int status = 0;
  int reason = no_reason;
  ASN1_GENERALIZEDTIME *revoked = nullptr, *this_update = nullptr, *next_update = nullptr;
  if (!id || OCSP_resp_find_status(response, id.get(), &status, &reason, &revoked, &this_update, &next_update) != 1) {
    return std::nullopt;
  }
  OcspAnswer answer;
  answer.produced_at = to_time(OCSP_resp_get0_produced_at(response));
  answer.this_update = to_time(this_update);
  if (next_update != nullptr) answer.next_update = to_time(next_update);
  if (status == V_OCSP_CERTSTATUS_GOOD) answer.status = CertificateStatus::good;
  if (status == V_OCSP_CERTSTATUS_REVOKED) {
    answer.status = CertificateStatus::revoked;
    answer.revocation.emplace();
    if (revoked != nullptr) answer.revocation->time = to_time(revoked);
    if (reason != no_reason) answer.revocation->reason = static_cast<RevocationReason>(reason);
  }
  return answer;
}

// -- responder

/// A request that keeps within the limits; null if there is something wrong with it.
Request parse_request(Bytes der) {
  if (der.size() > ocsp_request_bytes_max) return nullptr;
  Request request{parse_der(d2i_OCSP_REQUEST, OCSP_REQUEST_free, der)};
  if (!request) return nullptr;
  const auto count = OCSP_request_onereq_count(request.get());
  if (count < 1 || static_cast<std::size_t>(count) > ocsp_certificates_max) return nullptr;
  const auto at = OCSP_REQUEST_get_ext_by_NID(request.get(), NID_id_pkix_OCSP_Nonce, -1);
  if (at < 0) return request;
  const auto nonce = nonce_in(OCSP_REQUEST_get_ext(request.get(), at));
  const auto is_well = nonce && !nonce->empty() && nonce->size() <= ocsp_nonce_bytes_max;
  return is_well ? std::move(request) : nullptr;
}

/// The parts of an id: the hash of its issuer's name and key, and the serial number.
struct IdParts {
  ASN1_OBJECT* hash = nullptr;
  ASN1_INTEGER* serial = nullptr;

  explicit IdParts(OCSP_CERTID* id) { OCSP_id_get0_info(nullptr, &hash, nullptr, &serial, id); }
};

bool is_of(OCSP_CERTID* id, const Issuer& issuer) {
  const IdParts parts{id};
  const auto* const method = EVP_get_digestbyobj(parts.hash);
  if (method == nullptr) return false;
  const auto* const certificate = issuer.certificate.get();
  const CertificateId own{
      OCSP_cert_id_new(method, X509_get_subject_name(certificate), X509_get0_pubkey_bitstr(certificate), parts.serial)};
  return own && OCSP_id_issuer_cmp(own.get(), id) == 0;
}

std::vector<OCSP_CERTID*> ids_in(OCSP_REQUEST* request) {
  std::vector<OCSP_CERTID*> ids;
  for (int i = 0; i < OCSP_request_onereq_count(request); ++i) {
    ids.push_back(OCSP_onereq_get0_id(OCSP_request_onereq_get0(request, i)));
  }
  return ids;
}

/// The first whom the request means; the first of all if it means none.
const Issuer& signer_of(const std::vector<OCSP_CERTID*>& ids, const std::vector<Issuer>& issuers) {
  for (auto* const id : ids) {
    const auto found = std::ranges::find_if(issuers, [&](const Issuer& one) { return is_of(id, one); });
    if (found != issuers.end()) return *found;
  }
  return issuers.front();
}

bool add_status(OCSP_BASICRESP* response, OCSP_CERTID* id, const Issuer& signer, const OcspKnowledge& knowledge,
                std::chrono::sys_seconds now) {
  const auto this_update = to_asn1(now);
  const auto next_update = to_asn1(now + knowledge.lifetime);
  const auto add = [&](int status, int reason, ASN1_TIME* revoked) {
    return OCSP_basic_add1_status(response, id, status, reason, revoked, this_update.get(), next_update.get()) !=
           nullptr;
  };
  if (!is_of(id, signer)) return add(V_OCSP_CERTSTATUS_UNKNOWN, no_reason, nullptr);
  const auto found =
      std::ranges::find(knowledge.revoked, crypto::serial_text(IdParts{id}.serial), &RevokedCertificate::serial);
  if (found == knowledge.revoked.end()) return add(V_OCSP_CERTSTATUS_GOOD, no_reason, nullptr);
  const auto& [time, reason] = found->revocation;
  return add(V_OCSP_CERTSTATUS_REVOKED, reason ? static_cast<int>(*reason) : no_reason, to_asn1(time).get());
}

/// OpenSSL would take the clock's time, and offers to leave that to its caller, but no function to do it with.
bool set_produced_at(OCSP_BASICRESP* response, std::chrono::sys_seconds now) {
  auto* const time = const_cast<ASN1_GENERALIZEDTIME*>(OCSP_resp_get0_produced_at(response));
  return ASN1_GENERALIZEDTIME_set(time, now.time_since_epoch().count()) != nullptr;
}

/// Its certificate is not sent along: who asks has it, as it is the issuer's.
bool sign_response(OCSP_BASICRESP* response, const Issuer& signer, std::chrono::sys_seconds now) {
  return set_produced_at(response, now) &&
         OCSP_basic_sign(response, signer.certificate.get(), signer.key.get(), digest_for(signer.key.get()), nullptr,
                         OCSP_NOCERTS | OCSP_NOTIME | OCSP_RESPID_KEY) == 1;
}

std::optional<char> digit_of(char c) {
  if (is_digit(c)) return c;
  const auto letter = to_lower(c);
  if (letter < 'a' || letter > 'f') return std::nullopt;
  return static_cast<char>(letter - 'a' + 'A');
}

}  // namespace

std::string_view to_string(RevocationReason reason) {
  switch (reason) {
    case RevocationReason::unspecified:
      return "unspecified";
    case RevocationReason::key_compromise:
      return "keyCompromise";
    case RevocationReason::ca_compromise:
      return "cACompromise";
    case RevocationReason::affiliation_changed:
      return "affiliationChanged";
    case RevocationReason::superseded:
      return "superseded";
    case RevocationReason::cessation_of_operation:
      return "cessationOfOperation";
    case RevocationReason::certificate_hold:
      return "certificateHold";
    case RevocationReason::remove_from_crl:
      return "removeFromCRL";
    case RevocationReason::privilege_withdrawn:
      return "privilegeWithdrawn";
    case RevocationReason::aa_compromise:
      return "aACompromise";
  }
  return "a reason that is none";  // RFC 5280 has no other; a response may
}

std::string_view to_string(CertificateStatus status) {
  switch (status) {
    case CertificateStatus::good:
      return "good";
    case CertificateStatus::revoked:
      return "revoked";
    case CertificateStatus::unknown:
      return "unknown";
  }
  return "";
}

std::string_view to_string(OcspResponseStatus status) {
  switch (status) {
    case OcspResponseStatus::successful:
      return "successful";
    case OcspResponseStatus::malformed_request:
      return "malformedRequest";
    case OcspResponseStatus::internal_error:
      return "internalError";
    case OcspResponseStatus::try_later:
      return "tryLater";
    case OcspResponseStatus::signature_required:
      return "sigRequired";
    case OcspResponseStatus::unauthorized:
      return "unauthorized";
  }
  return "a status that is none";
}

std::optional<std::string> ocsp_url_of(const Certificate& certificate) {
  auto* const urls = X509_get1_ocsp(certificate.get());
  std::optional<std::string> found;
  for (int i = 0; i < sk_OPENSSL_STRING_num(urls) && !found; ++i) {
    const std::string url{sk_OPENSSL_STRING_value(urls, i)};
    if (objection_to_ocsp_url(url).empty()) found = url;
  }
  X509_email_free(urls);
  return found;
}

Result<Buffer> make_ocsp_request(const Certificate& certificate, const Certificate& issuer, Bytes nonce) {
  if (nonce.size() > ocsp_nonce_bytes_max) {
    return Error{fmt::format("a nonce of OCSP has at most {} octets", ocsp_nonce_bytes_max)};
  }
  const Request request{OCSP_REQUEST_new()};
  auto id = id_of(certificate, issuer);
  bool is_well = request && id && OCSP_request_add0_id(request.get(), id.get()) != nullptr;
  if (is_well) id.release();
  // OpenSSL does not write to it, whatever its declaration says.
  auto* const octets = const_cast<unsigned char*>(octets_of(nonce));
  if (is_well && !nonce.empty()) {
    is_well = OCSP_request_add1_nonce(request.get(), octets, static_cast<int>(nonce.size())) == 1;
  }
  auto der = is_well ? to_der(i2d_OCSP_REQUEST, request.get()) : Buffer{};
  if (der.empty()) return Error{"an OCSP request cannot be made: ", take_openssl_reason()};
  return der;
}

std::string ocsp_path_of(Bytes request) {
  std::string path;
  for (const char c : base64(request)) {
    const auto is_reserved = c == '+' || c == '/' || c == '=';
    path += is_reserved ? fmt::format("%{:02X}", static_cast<unsigned>(c)) : std::string{c};
  }
  return path;
}

Result<OcspAnswer> read_ocsp_response(Bytes der, const Certificate& certificate, const Certificate& issuer,
                                      std::chrono::sys_seconds now, Bytes nonce) {
  if (der.size() > ocsp_response_bytes_max) {
    return Error{fmt::format("the OCSP response is larger than {} bytes", ocsp_response_bytes_max)};
  }
  const Response response{parse_der(d2i_OCSP_RESPONSE, OCSP_RESPONSE_free, der)};
  if (!response) return Error{"what was received is no OCSP response"};
  const auto status = static_cast<OcspResponseStatus>(OCSP_response_status(response.get()));
  if (status != OcspResponseStatus::successful) {
    return Error{"the OCSP responder does not answer: ", to_string(status)};
  }
  const BasicResponse basic{OCSP_response_get1_basic(response.get())};
  ERR_clear_error();
  if (!basic) return Error{"the OCSP response is of a kind that is not known"};
  const auto answer = find_answer(basic.get(), certificate, issuer);
  if (!answer) return Error{"the OCSP response is about other certificates"};
  if (const auto checked = check_signature(basic.get(), issuer, now); !checked) {
    return Error{"the OCSP response is signed by nobody whom the CA lets do so: ", checked.error().message};
  }
  if (auto objection = objection_to_nonce(basic.get(), nonce); !objection.empty()) return Error{std::move(objection)};
  if (auto objection = objection_to_times(*answer, now); !objection.empty()) return Error{std::move(objection)};
  return *answer;
}

std::string serial_of(const Certificate& certificate) {
  return crypto::serial_text(X509_get0_serialNumber(certificate.get()));
}

std::optional<std::string> parse_serial(std::string_view text) {
  std::string digits;
  for (const char c : text) {
    if (c == ':') continue;
    const auto digit = digit_of(c);
    if (!digit) return std::nullopt;
    if (!digits.empty() || *digit != '0') digits += *digit;
    if (digits.size() > 2 * serial_octets_max) return std::nullopt;
  }
  if (digits.empty()) return std::nullopt;  // it is positive: RFC 5280
  return digits.size() % 2 == 0 ? digits : "0" + digits;
}

OcspResponse answer_ocsp(Bytes der, const OcspKnowledge& knowledge, std::chrono::sys_seconds now) {
  const auto request = parse_request(der);
  if (!request) return refuse_ocsp(OcspResponseStatus::malformed_request);
  if (knowledge.issuers.empty()) return refuse_ocsp(OcspResponseStatus::unauthorized);
  const BasicResponse basic{OCSP_BASICRESP_new()};
  const auto ids = ids_in(request.get());
  const auto& signer = signer_of(ids, knowledge.issuers);
  const auto add = [&](OCSP_CERTID* id) { return add_status(basic.get(), id, signer, knowledge, now); };
  const auto is_well = basic && std::ranges::all_of(ids, add) &&
                       OCSP_copy_nonce(basic.get(), request.get()) > 0 &&  // 2: there is none
                       sign_response(basic.get(), signer, now);
  const Response response{is_well ? OCSP_response_create(OCSP_RESPONSE_STATUS_SUCCESSFUL, basic.get()) : nullptr};
  ERR_clear_error();
  auto answer = response ? to_der(i2d_OCSP_RESPONSE, response.get()) : Buffer{};
  if (answer.empty()) return refuse_ocsp(OcspResponseStatus::internal_error);
  return {OcspResponseStatus::successful, std::move(answer), now, now + knowledge.lifetime};
}

OcspResponse refuse_ocsp(OcspResponseStatus status) {
  const Response response{OCSP_response_create(static_cast<int>(status), nullptr)};
  return {status, response ? to_der(i2d_OCSP_RESPONSE, response.get()) : Buffer{}};
}

}  // namespace labnet::ca
