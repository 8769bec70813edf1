// Whether a certificate still counts, asked of its CA and answered by it: OCSP (RFC 6960), octets in and octets out.
//
//   client                                                responder
//     url = ocsp_url_of(certificate)
//     request = make_ocsp_request(certificate, issuer)
//       |--- POST, or GET of URL/ocsp_path_of(request) ----->|
//       |                                                  answer_ocsp(request, knowledge, now)
//       |<-- application/ocsp-response ----------------------|
//     answer = read_ocsp_response(response, certificate, issuer, now)
//
// Nothing here waits, sends or looks at a clock. The responder is the CA: its own key signs (section 4.2.2.2).
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/bytes.hpp"
#include "common/base/result.hpp"
#include "common/ca/signing.hpp"

namespace labnet::ca {

// Of what comes from outside.
constexpr std::size_t ocsp_request_bytes_max = 8 * 1024;
constexpr std::size_t ocsp_certificates_max = 20;  // asked about in one request
constexpr std::size_t ocsp_response_bytes_max = 64 * 1024;
constexpr std::size_t ocsp_nonce_bytes_max = 128;  // RFC 9654, section 2.1

/// How far the clock of a responder may be from that of its client.
constexpr std::chrono::minutes ocsp_clock_tolerance{5};

inline constexpr std::string_view ocsp_request_type = "application/ocsp-request";
inline constexpr std::string_view ocsp_response_type = "application/ocsp-response";

/// RFC 5280, section 5.3.1.
enum class RevocationReason {
  unspecified = 0,
  key_compromise = 1,
  ca_compromise = 2,
  affiliation_changed = 3,
  superseded = 4,
  cessation_of_operation = 5,
  certificate_hold = 6,
  remove_from_crl = 8,
  privilege_withdrawn = 9,
  aa_compromise = 10,
};
/// "keyCompromise", as the RFC has it.
std::string_view to_string(RevocationReason reason);

struct Revocation {
  std::chrono::sys_seconds time;
  std::optional<RevocationReason> reason{};
};

// -- client

/// Where the CA of a certificate answers (authorityInfoAccess; RFC 5280, section 4.2.2.1): the first URL of HTTP.
/// Nothing if the certificate names none.
std::optional<std::string> ocsp_url_of(const Certificate& certificate);

/// Asks about one certificate, in DER, by SHA-1 of its issuer as RFC 5019 (section 2.1.1) wants it of everybody.
///
/// issuer  the certificate of the CA that has signed it
/// nonce   1 to ocsp_nonce_bytes_max random octets (RFC 9654), so that no old response can be played back; empty: none,
///         so that a response may come out of a cache
/// faults  a longer nonce
Result<Buffer> make_ocsp_request(const Certificate& certificate, const Certificate& issuer, Bytes nonce = {});

/// What GET has behind the responder's URL and "/": the request in base64, with what a path may not hold
/// percent-encoded (RFC 6960, appendix A.1). Such a URL may be cached; for more than 255 bytes POST is usual (RFC 5019,
/// section 5).
std::string ocsp_path_of(Bytes request);

/// RFC 6960, section 2.2.
enum class CertificateStatus { good, revoked, unknown };
/// "good"
std::string_view to_string(CertificateStatus status);

struct OcspAnswer {
  CertificateStatus status = CertificateStatus::unknown;
  std::optional<Revocation> revocation{};  // of one that is revoked
  std::chrono::sys_seconds produced_at, this_update;
  std::optional<std::chrono::sys_seconds> next_update{};  // nothing: there may be news at any time
};

/// What a response says of a certificate, if it may be believed.
///
/// nonce   of the request; one that was sent has to come back
/// faults  too large; no response; the responder does not answer ("malformedRequest" and so on); it is about other
///         certificates; it is signed by neither the issuer nor one whom the issuer lets sign (extendedKeyUsage
///         OCSPSigning; section 4.2.2.2); it is not current; another nonce. Each is a sentence.
Result<OcspAnswer> read_ocsp_response(Bytes response, const Certificate& certificate, const Certificate& issuer,
                                      std::chrono::sys_seconds now, Bytes nonce = {});

// -- responder

/// Hexadecimal in capitals, two digits for each octet: "0A1B".
std::string serial_of(const Certificate& certificate);
/// The same from "a1b", "0A:1B" or the like; nothing if it is no serial number (1 to 20 octets, RFC 5280,
/// section 4.1.2.2).
std::optional<std::string> parse_serial(std::string_view text);

struct RevokedCertificate {
  std::string serial;  // see serial_of
  Revocation revocation;
};

/// RFC 6960, section 4.2.1.
enum class OcspResponseStatus {
  successful = 0,
  malformed_request = 1,
  internal_error = 2,
  try_later = 3,
  signature_required = 5,
  unauthorized = 6,
};
/// "malformedRequest", as the RFC has it.
std::string_view to_string(OcspResponseStatus status);

/// What a responder knows: for whom it answers, and which of their certificates were revoked. All others are good.
struct OcspKnowledge {
  std::vector<Issuer> issuers;
  std::vector<RevokedCertificate> revoked{};
  std::chrono::seconds lifetime = std::chrono::hours{1};  // of a response: from thisUpdate to nextUpdate
};

struct OcspResponse {
  OcspResponseStatus status = OcspResponseStatus::successful;
  Buffer der;
  std::chrono::sys_seconds this_update{}, next_update{};  // of a successful one
};

/// Answers a request in DER. The first issuer that a hash in it names signs all of the response; what is asked of
/// certificates of others is answered with "unknown", signed by the first issuer if it knows none of them. A nonce
/// comes back. Signatures of requests are not looked at.
///
/// malformed_request  no request, or octets behind it; none or too many certificates; one of the limits above; a nonce
///                    that is empty or too long
/// unauthorized       there is no issuer to sign (RFC 5019, section 2.2.3)
OcspResponse answer_ocsp(Bytes request, const OcspKnowledge& knowledge, std::chrono::sys_seconds now);

/// A response without an answer, which nobody signs. Any status but `successful`.
OcspResponse refuse_ocsp(OcspResponseStatus status);

}  // namespace labnet::ca
