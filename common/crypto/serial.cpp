#include "common/crypto/serial.hpp"

#include <openssl/asn1.h>
#include <openssl/bn.h>
#include <openssl/crypto.h>

#include <memory>

namespace labnet::crypto {

std::string serial_text(const asn1_string_st* serial) {
  const std::unique_ptr<BIGNUM, decltype(&BN_free)> number{ASN1_INTEGER_to_BN(serial, nullptr), BN_free};
  auto* const digits = number ? BN_bn2hex(number.get()) : nullptr;
  std::string text{digits == nullptr ? "" : digits};
  OPENSSL_free(digits);
  return text;
}

}  // namespace labnet::crypto
