// An FTP service as a user runs it, and a client that sends exactly what a test says.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/base/file_descriptor.hpp"
#include "tests/support/child.hpp"

struct ssl_st;  // of OpenSSL

namespace labnet::ftp_server {

/// `labnet serve ftp --root FOLDER --user ann:secret --listen 127.0.0.1:0 ...` with one worker.
class RunningFtp {
 public:
  /// options  as on the command line, further ones
  explicit RunningFtp(const std::vector<std::string>& options = {}) : RunningFtp{options, {}} {}
  /// With a configuration: "root" is there already.
  static std::unique_ptr<RunningFtp> with_config(const std::string& yaml, test::How how = {});
  /// By a user for whom permissions hold, whoever runs the test.
  static std::unique_ptr<RunningFtp> as_ordinary_user();

  std::uint16_t port() const { return port_; }
  std::uint16_t implicit_tls_port() const { return tls_port_; }
  /// The folder that is served.
  const std::string& root() const { return root_; }
  std::string write(const std::string& name, const std::string& text) const;
  std::string read(const std::string& name) const;
  bool has(const std::string& name) const;
  std::string url(const std::string& path = "") const;

  pid_t pid() const { return child_->pid(); }
  /// How many descriptors its process has open.
  std::size_t descriptors() const;
  std::size_t resident_bytes() const;
  void signal(int number) const { child_->signal(number); }
  /// Waits for a line in the log that holds this text, and returns it; fails the test if there is none.
  std::string wait_for_log(const std::string& text);
  int terminate();
  /// By SIGKILL; then it is started anew with the same folder at another port.
  void kill_and_restart();

 private:
  RunningFtp(const std::vector<std::string>& options, test::How how);
  void start();

  test::TemporaryFolder folder_;
  std::string root_;
  std::vector<std::string> options_;
  test::How how_;
  std::unique_ptr<test::Child> child_;
  std::vector<std::string> early_log_;  // before it was ready
  std::uint16_t port_ = 0, tls_port_ = 0;
};

/// A certificate for 127.0.0.1 that signs itself, made by openssl: its own CA for who wants to trust it.
struct Certificate {
  std::string certificate, key;  // files in PEM
};
Certificate make_certificate(const test::TemporaryFolder& folder);

/// A TCP connection of a test on the loopback network, which waits for `test::patience` and no longer.
class TcpClient {
 public:
  /// from  the last octet of its own address, 127.0.0.n
  explicit TcpClient(std::uint16_t port, std::uint8_t from = 1);
  explicit TcpClient(FileDescriptor socket) : socket_{std::move(socket)} {}

  void send(std::string_view bytes) const;
  /// True if all of it was taken; an error is none of the test's.
  bool try_send(std::string_view bytes) const;
  void send_urgent(std::string_view bytes) const;
  /// What has come, at least a byte; empty at the end, or if nothing comes.
  std::string receive() const;
  std::string receive_all() const;
  /// Whether something has come that was not read yet.
  bool has_received() const;
  bool is_at_end() const;
  /// From now on all is sent and received by TLS. False if there is no agreement.
  /// first  the connection whose session is resumed, as a client of FTP does; null: none
  bool begin_tls(const TcpClient* first = nullptr);
  bool has_resumed() const;
  /// The last one that the server has given for its session.
  std::string ticket() const;
  /// By close_notify and FIN, as a client that has sent all.
  void end_tls() const;
  /// In one segment, and without FIN.
  void send_with_close_notify(std::string_view bytes) const;
  void end_sending() const;
  /// By RST.
  void reset();
  void close() { socket_.reset(); }
  std::uint16_t local_port() const;

 private:
  FileDescriptor socket_;
  std::shared_ptr<ssl_st> tls_;
};

/// A socket on which a test waits for the server to connect.
class TcpListener {
 public:
  TcpListener() : TcpListener{8} {}
  /// One at which nobody gets through any more: the system answers to none but those that are there already.
  static TcpListener that_is_silent();
  /// One of IPv6 that IPv4 clients reach, too.
  static TcpListener for_both_families();
  std::uint16_t port() const;
  TcpClient accept() const;
  /// Under another number, and open over exec.
  void copy_to(int descriptor) const;

 private:
  explicit TcpListener(int backlog);
  explicit TcpListener(FileDescriptor socket) : socket_{std::move(socket)} {}

  FileDescriptor socket_;
  std::vector<TcpClient> waiting_;  // for ever
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
