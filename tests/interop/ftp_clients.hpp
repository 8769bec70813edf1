// The FTP service that the clients of these tests use, and the clients themselves.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tests/interop/clients.hpp"
#include "tests/servers/ftp/running_ftp.hpp"

namespace labnet::ftp_server {

/// A service in clear and in TLS, for the user "ann" with the password "secret". Data connections in TLS have to resume
/// the session.
class FtpClients : public test::Clients {
 protected:
  using Clients::Clients;
  void SetUp() override;
  /// Once more, and otherwise: "session_reuse: warn".
  void start_with(const std::string& tls_settings);

  RunningFtp& server() { return *server_; }
  std::string port() const { return std::to_string(server_->port()); }
  std::string implicit_tls_port() const { return std::to_string(server_->implicit_tls_port()); }
  const std::string& certificate() const { return pair_.certificate; }

 private:
  Certificate pair_;
  std::unique_ptr<RunningFtp> server_;
};

using Tree = std::map<std::string, std::string>;  // relative path and content

/// Below a folder: 200 files in nested folders, names with spaces and letters of several alphabets, one file empty.
Tree make_tree(const std::string& folder);
Tree read_tree(const std::string& folder);

}  // namespace labnet::ftp_server
