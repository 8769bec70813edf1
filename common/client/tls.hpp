// What every client with TLS is told in the same words: whom it trusts, which versions it speaks, where the keys go.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/net/endpoint.hpp"
#include "common/net/tls.hpp"
#include "common/program/options.hpp"
#include "common/resolver/address.hpp"

namespace labnet::client {

struct TlsInput {
  std::optional<std::string> ca;
  bool insecure = false;
  net::TlsVersion version_min = net::TlsVersion::tls_1_2;
  net::TlsVersion version_max = net::TlsVersion::tls_1_3;
  std::optional<std::string> key_log;
};

/// --ca, --insecure, --tls-min, --tls-max, --key-log, with curl's names for those that it has.
void declare(program::Options& options, TlsInput& input);

/// Without --ca the system's CAs are trusted, and the lab's own; without --key-log the keys go where SSLKEYLOGFILE
/// says.
///
/// protocols  to offer by ALPN
/// faults     a file cannot be read or written; the versions run backwards
Result<std::shared_ptr<const net::TlsClient>> make_tls(const TlsInput& input, std::vector<std::string> protocols = {});

net::Endpoint endpoint_of(const IpAddress& address, std::uint16_t port, std::string scheme);

/// "TLS 1.3, TLS_AES_256_GCM_SHA384, session resumed"
std::string describe(const net::TlsDetails& tls);

}  // namespace labnet::client
