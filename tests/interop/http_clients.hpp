// The HTTP service that the clients of these tests use.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "tests/interop/clients.hpp"
#include "tests/servers/http/running_http.hpp"

namespace labnet::http_server {

/// A service in clear and by TLS, with a certificate of a lab CA of its own. It lists folders and takes uploads.
class HttpClients : public test::Clients {
 protected:
  using Clients::Clients;
  void SetUp() override;

  RunningHttp& server() { return *server_; }
  std::string port() const { return std::to_string(server_->port()); }
  std::string tls_port() const { return std::to_string(server_->tls_port()); }
  /// "http://127.0.0.1:8080/path", or with https.
  std::string url(std::string_view path_of_it, std::string_view scheme = "http") const;
  /// The certificate of the lab CA, a file in PEM.
  const std::string& authority() const { return authority_; }

 private:
  std::string authority_;
  std::unique_ptr<RunningHttp> server_;
};

}  // namespace labnet::http_server
