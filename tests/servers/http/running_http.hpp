// An HTTP service as a user runs it, and a client that sends exactly what a test says.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/running_service.hpp"
#include "tests/support/served_folder.hpp"
#include "tests/support/tcp.hpp"

namespace labnet::http_server {

using test::TcpClient;

/// `labnet serve http --root FOLDER --listen 127.0.0.1:0 ...` with one worker.
class RunningHttp : private test::ServedFolder, public test::RunningService {
 public:
  /// options  as on the command line, further ones
  explicit RunningHttp(const std::vector<std::string>& options = {}) : RunningHttp{options, {}} {}
  /// With a configuration, in which "ROOT" stands for the folder that is served.
  /// folders  that are there in it before the service starts
  static std::unique_ptr<RunningHttp> with_config(const std::string& yaml, test::How how = {},
                                                  const std::vector<std::string>& options = {},
                                                  const std::vector<std::string>& folders = {});
  /// By a user for whom permissions hold, whoever runs the test.
  static std::unique_ptr<RunningHttp> as_ordinary_user(const std::vector<std::string>& options = {});

  std::uint16_t port() const { return RunningService::port("http"); }
  std::uint16_t tls_port() const { return RunningService::port("https"); }
  using test::ServedFolder::has;
  using test::ServedFolder::read;
  using test::ServedFolder::root;
  using test::ServedFolder::write;

 private:
  RunningHttp(const std::vector<std::string>& options, test::How how);
  RunningHttp(const std::string& yaml, const std::vector<std::string>& options, const std::vector<std::string>& folders,
              test::How how);
};

struct HttpResponse {
  int status = 0;    // 0: the connection has ended, or nothing came
  std::string head;  // with the first line and CR LF
  std::string body;

  /// The value of the first field of that name, in any case; empty if there is none.
  std::string field(std::string_view name) const;
  bool has(std::string_view name) const;
  /// The names of the fields in their order, with ", " in between.
  std::string field_names() const;
};

class HttpClient {
 public:
  explicit HttpClient(std::uint16_t port) : HttpClient{TcpClient{port}} {}
  explicit HttpClient(const RunningHttp& server) : HttpClient{server.port()} {}
  explicit HttpClient(TcpClient connection) : connection_{std::move(connection)} {}

  void send(std::string_view bytes) { connection_.send(bytes); }
  /// The next response, whose body ends where its head says.
  /// method  of its request: HEAD has no body
  HttpResponse receive(std::string_view method = "GET");
  /// One request with "Host: www.lab" and further fields, each with CR LF.
  HttpResponse ask(std::string_view method, std::string_view target, std::string_view fields = "",
                   std::string_view body = "");
  HttpResponse get(std::string_view target, std::string_view fields = "") { return ask("GET", target, fields); }

  /// True if the server has ended the connection, and nothing has come before that.
  bool is_at_end() const { return unread_.empty() && connection_.is_at_end(); }
  TcpClient& connection() { return connection_; }

 private:
  bool receive_until(std::string_view end);

  TcpClient connection_;
  std::string unread_;
};

}  // namespace labnet::http_server
