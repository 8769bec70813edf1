#include "common/client/tls.hpp"

#include <fmt/format.h>

#include <cstdlib>

#include "common/ca/folder.hpp"

namespace labnet::client {
namespace {

Kind<net::TlsVersion> version_kind() {
  return one_of<net::TlsVersion>({{"1.2", net::TlsVersion::tls_1_2}, {"1.3", net::TlsVersion::tls_1_3}});
}

std::optional<std::string> key_log_path(const TlsInput& input) {
  if (input.key_log) return input.key_log;
  const auto* const path = std::getenv("SSLKEYLOGFILE");
  return path != nullptr && *path != '\0' ? std::optional<std::string>{path} : std::nullopt;
}

}  // namespace

void declare(program::Options& options, TlsInput& input) {
  options.option("--ca,--cacert", "FILE", input.ca, "the CAs to trust (PEM); default: the system's and the lab's");
  options.flag("-k,--insecure", input.insecure, "take any certificate");
  options.option("--tls-min", "VERSION", input.version_min, "of TLS, 1.2 or 1.3; default: 1.2", version_kind());
  options.option("--tls-max", "VERSION", input.version_max, "the same; default: 1.3", version_kind());
  options.option("--key-log", "FILE", input.key_log, "add the keys of TLS to it; default: as SSLKEYLOGFILE says");
  options.excludes("--ca", "--insecure");
}

Result<std::shared_ptr<const net::TlsClient>> make_tls(const TlsInput& input, std::vector<std::string> protocols) {
  net::TlsClientOptions options;
  if (input.ca) {
    options.ca_path = *input.ca;
  } else if (const auto lab = ca::usual_folder()) {  // no home, no CA of the lab
    options.also_trusted.push_back(ca::Folder{*lab}.certificate().string());
  }
  options.must_be_trusted = !input.insecure;
  options.version_min = input.version_min;
  options.version_max = input.version_max;
  options.protocols = std::move(protocols);
  if (const auto path = key_log_path(input)) {
    auto log = net::KeyLog::open(*path);
    if (!log) return log.error();
    options.key_log = *std::move(log);
  }
  return net::TlsClient::make(options);
}

net::Endpoint endpoint_of(const IpAddress& address, std::uint16_t port, std::string scheme) {
  return {std::move(scheme), net::to_asio(address), port};
}

std::string describe(const net::TlsDetails& tls) {
  return fmt::format("{}, {}{}", to_string(tls.version), tls.cipher, tls.is_resumed ? ", session resumed" : "");
}

}  // namespace labnet::client
