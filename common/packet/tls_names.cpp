#include "common/packet/tls_names.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace labnet::packet {
namespace {

struct Name {
  std::uint16_t number;
  std::string_view name;
};

constexpr std::array versions{Name{0x0300, "SSL 3.0"}, Name{0x0301, "TLS 1.0"}, Name{0x0302, "TLS 1.1"},
                              Name{0x0303, "TLS 1.2"}, Name{0x0304, "TLS 1.3"}};

constexpr std::array cipher_suites{
    Name{0x002f, "TLS_RSA_WITH_AES_128_CBC_SHA"},
    Name{0x0033, "TLS_DHE_RSA_WITH_AES_128_CBC_SHA"},
    Name{0x0035, "TLS_RSA_WITH_AES_256_CBC_SHA"},
    Name{0x0039, "TLS_DHE_RSA_WITH_AES_256_CBC_SHA"},
    Name{0x003c, "TLS_RSA_WITH_AES_128_CBC_SHA256"},
    Name{0x003d, "TLS_RSA_WITH_AES_256_CBC_SHA256"},
    Name{0x0067, "TLS_DHE_RSA_WITH_AES_128_CBC_SHA256"},
    Name{0x006b, "TLS_DHE_RSA_WITH_AES_256_CBC_SHA256"},
    Name{0x009c, "TLS_RSA_WITH_AES_128_GCM_SHA256"},
    Name{0x009d, "TLS_RSA_WITH_AES_256_GCM_SHA384"},
    Name{0x009e, "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256"},
    Name{0x009f, "TLS_DHE_RSA_WITH_AES_256_GCM_SHA384"},
    Name{0x00ff, "TLS_EMPTY_RENEGOTIATION_INFO_SCSV"},
    Name{0x1301, "TLS_AES_128_GCM_SHA256"},
    Name{0x1302, "TLS_AES_256_GCM_SHA384"},
    Name{0x1303, "TLS_CHACHA20_POLY1305_SHA256"},
    Name{0x1304, "TLS_AES_128_CCM_SHA256"},
    Name{0x1305, "TLS_AES_128_CCM_8_SHA256"},
    Name{0xc009, "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA"},
    Name{0xc00a, "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA"},
    Name{0xc013, "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA"},
    Name{0xc014, "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA"},
    Name{0xc023, "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256"},
    Name{0xc024, "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384"},
    Name{0xc027, "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256"},
    Name{0xc028, "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384"},
    Name{0xc02b, "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"},
    Name{0xc02c, "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"},
    Name{0xc02f, "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"},
    Name{0xc030, "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"},
    Name{0xcca8, "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256"},
    Name{0xcca9, "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256"},
    Name{0xccaa, "TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256"},
};

template <std::size_t N>
std::string find_name(const std::array<Name, N>& names, std::uint16_t number) {
  const auto found = std::ranges::find(names, number, &Name::number);
  return found == names.end() ? fmt::format("0x{:04x}", number) : std::string{found->name};
}

}  // namespace

std::string tls_version_name(std::uint16_t version) {
  return find_name(versions, version);
}

std::string tls_cipher_suite_name(std::uint16_t suite) {
  return find_name(cipher_suites, suite);
}

}  // namespace labnet::packet
