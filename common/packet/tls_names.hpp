// What the numbers in TLS are called.
#pragma once

#include <cstdint>
#include <string>

namespace labnet::packet {

/// "TLS 1.3"; "0x7f1c" for one that is none.
std::string tls_version_name(std::uint16_t version);

/// "TLS_AES_256_GCM_SHA384", as IANA's registry of TLS Cipher Suites has it; "0x1399" for one that is not among those
/// that are in use today.
std::string tls_cipher_suite_name(std::uint16_t suite);

}  // namespace labnet::packet
