#include "tests/interop/http_clients.hpp"

#include <fmt/format.h>

namespace labnet::http_server {

void HttpClients::SetUp() {
  Clients::SetUp();
  if (IsSkipped()) return;
  test::How how;
  how.environment["LABNET_CA_DIR"] = folder().path() + "/ca";
  server_ = RunningHttp::with_config("sites: [{ root: ROOT, listing: true, uploads: true }]\n", how,
                                     {"--listen", "https://127.0.0.1:0", "--tls"});
  const auto asked = test::run({test::labnet(), "ca", "--path"}, how);
  authority_ = asked.output.substr(0, asked.output.find('\n'));
}

std::string HttpClients::url(std::string_view path_of_it, std::string_view scheme) const {
  return fmt::format("{}://127.0.0.1:{}{}", scheme, scheme == "https" ? tls_port() : port(), path_of_it);
}

}  // namespace labnet::http_server
