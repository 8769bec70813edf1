// Serial numbers of certificates, as people and settings write them.
#pragma once

#include <string>

struct asn1_string_st;  // of OpenSSL: ASN1_INTEGER

namespace labnet::crypto {

/// Hexadecimal in capitals, two digits for each octet: "0A1B". Empty if there is no memory.
std::string serial_text(const asn1_string_st* serial);

}  // namespace labnet::crypto
