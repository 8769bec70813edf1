#include "common/crypto/serial.hpp"

#include <gtest/gtest.h>
#include <openssl/asn1.h>

#include <memory>

namespace labnet::crypto {
namespace {

TEST(SerialText, HasTwoDigitsForEachOctet) {
  const std::unique_ptr<ASN1_INTEGER, decltype(&ASN1_INTEGER_free)> serial{ASN1_INTEGER_new(), ASN1_INTEGER_free};
  ASN1_INTEGER_set_uint64(serial.get(), 0x0a1b);
  EXPECT_EQ(serial_text(serial.get()), "0A1B");
  ASN1_INTEGER_set_uint64(serial.get(), 0xfedcba9876543210);
  EXPECT_EQ(serial_text(serial.get()), "FEDCBA9876543210");
}

}  // namespace
}  // namespace labnet::crypto
