// The FTP service that the clients of these tests use, and the clients themselves.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tests/servers/ftp/running_ftp.hpp"
#include "tests/support/child.hpp"

namespace labnet::ftp_server {

/// A service in clear and in TLS, for the user "ann" with the password "secret". Data connections in TLS have to resume
/// the session. Every test of it is skipped where its program is missing.
class FtpClients : public testing::Test {
 protected:
  /// program   what is tried to see whether it is there: {"lftp", "--version"}
  /// package   which has it, for who wants the test to run
  FtpClients(std::vector<std::string> program, std::string package);
  void SetUp() override;
  /// Once more, and otherwise: "session_reuse: warn".
  void start_with(const std::string& tls_settings);

  RunningFtp& server() { return *server_; }
  std::string port() const { return std::to_string(server_->port()); }
  std::string implicit_tls_port() const { return std::to_string(server_->implicit_tls_port()); }
  const std::string& certificate() const { return pair_.certificate; }

  /// Runs a client to its end, in the folder of its files; the test fails if its exit code is another one.
  /// returns  what it has printed, errors behind it
  std::string output_of(const std::vector<std::string>& command, int exit_code = 0) const;
  /// Of a client that reads its commands, a line each.
  std::string output_of(const std::vector<std::string>& command, const std::string& commands);

  /// A file on the client's side; its path.
  std::string write(const std::string& name, const std::string& text) const;
  std::string read(const std::string& name) const;
  std::string path(const std::string& name = "") const { return folder_.path() + "/files/" + name; }

 private:
  std::vector<std::string> program_;
  std::string package_;
  test::TemporaryFolder folder_;
  Certificate pair_;
  std::unique_ptr<RunningFtp> server_;
};

using Tree = std::map<std::string, std::string>;  // relative path and content

/// Below a folder: 200 files in nested folders, names with spaces and letters of several alphabets, one file empty.
Tree make_tree(const std::string& folder);
Tree read_tree(const std::string& folder);

}  // namespace labnet::ftp_server
