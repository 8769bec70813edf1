// An FTP service as a user runs it, and a client that sends exactly what a test says.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/running_service.hpp"
#include "tests/support/served_folder.hpp"
#include "tests/support/tcp.hpp"

namespace labnet::ftp_server {

using test::Certificate;
using test::make_certificate;
using test::TcpClient;
using test::TcpListener;

/// `labnet serve ftp --root FOLDER --user ann:secret --listen 127.0.0.1:0 ...` with one worker.
class RunningFtp : private test::ServedFolder, public test::RunningService {
 public:
  /// options  as on the command line, further ones
  explicit RunningFtp(const std::vector<std::string>& options = {}) : RunningFtp{options, {}} {}
  /// With a configuration: "root" is there already.
  static std::unique_ptr<RunningFtp> with_config(const std::string& yaml, test::How how = {});
  /// By a user for whom permissions hold, whoever runs the test.
  static std::unique_ptr<RunningFtp> as_ordinary_user();

  std::uint16_t port() const { return RunningService::port("ftp"); }
  std::uint16_t implicit_tls_port() const { return RunningService::port("ftps"); }
  using test::ServedFolder::has;
  using test::ServedFolder::read;
  using test::ServedFolder::root;
  using test::ServedFolder::write;
  std::string url(const std::string& path = "") const;

 private:
  RunningFtp(const std::vector<std::string>& options, test::How how);
};

/// A control connection.
class FtpClient {
 public:
  /// Reads the greeting.
  explicit FtpClient(std::uint16_t port, std::uint8_t from = 1);
  explicit FtpClient(const RunningFtp& server) : FtpClient{server.port()} {}
  explicit FtpClient(TcpClient control);

  /// Sends the line and returns the whole reply, lines joined by LF: "331 Password required for ann".
  std::string ask(const std::string& line);
  void send(std::string_view bytes) const { control_.send(bytes); }
  void send_urgent(std::string_view bytes) const { control_.send_urgent(bytes); }
  std::string reply();
  const std::string& greeting() const { return greeting_; }
  void log_in(const std::string& user = "ann", const std::string& password = "secret");
  /// AUTH TLS and the handshake.
  void secure();
  /// PBSZ and PROT P.
  void protect_data();
  /// The port that a reply to PASV tells.
  std::uint16_t passive_port();
  TcpClient open_passive(std::uint8_t from = 1) { return TcpClient{passive_port(), from}; }
  /// The data of "RETR x", "MLSD"; the last reply has to be 226.
  std::string get(const std::string& command);
  /// Sends the data of "STOR x"; returns the last reply.
  std::string put(const std::string& command, std::string_view data);
  /// True if the server has ended the connection.
  bool is_at_end() const { return control_.is_at_end(); }
  TcpClient& connection() { return control_; }

 private:
  TcpClient control_;
  std::string unread_;
  std::string greeting_;
};

}  // namespace labnet::ftp_server
