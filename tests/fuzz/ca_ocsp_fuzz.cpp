// Any octets as an OCSP request and as a response: whatever is asked, there is a response, and it is one; what is no
// request is answered by a refusal, and nobody believes a response that was not signed.
#include <openssl/obj_mac.h>

#include "common/ca/ocsp.hpp"
#include "tests/support/require.hpp"

namespace {

using namespace labnet;
using test::require;

constexpr std::chrono::sys_seconds now = std::chrono::sys_days{std::chrono::year{2026} / 3 / 1};

ca::Issuer make_issuer(const ca::Issuer* parent, const char* constraints) {
  const auto key = ca::make_key();
  const auto made = ca::sign({.common_name = "fuzzed",
                              .key = key,
                              .not_before = now - std::chrono::days{1},
                              .not_after = now + std::chrono::days{1},
                              .extensions = {{NID_basic_constraints, constraints}}},
                             parent);
  return {*made, key};
}

void check_response(Bytes response) {
  static const auto issuer = make_issuer(nullptr, "critical,CA:TRUE");
  static const auto leaf = make_issuer(&issuer, "critical,CA:FALSE");
  const auto read = ca::read_ocsp_response(response, leaf.certificate, issuer.certificate, now);
  require(!read, "nothing is believed that this issuer has not signed");
}

void check_request(Bytes request) {
  static const ca::OcspKnowledge knowledge{.issuers = {make_issuer(nullptr, "critical,CA:TRUE")}};
  const auto response = ca::answer_ocsp(request, knowledge, now);
  require(!response.der.empty(), "there is a response");
  require(response.der.size() <= ca::ocsp_response_bytes_max, "a response is not larger than a client takes");
  check_response(response.der);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto octets = std::as_bytes(std::span{data, size});
  check_request(octets);
  check_response(octets);
  return 0;
}
