// nginx, as the server of `labnet http`.
#include "tests/interop/nginx.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <memory>

#include <boost/json/parse.hpp>

#include "tests/common/net/test_certificates.hpp"
#include "tests/support/child.hpp"
#include "tests/support/tcp.hpp"

namespace labnet::test {
namespace {

using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;
namespace filesystem = std::filesystem;

using Words = std::vector<std::string>;

constexpr auto configuration = R"(
{user}
daemon off; worker_processes 1; pid {folder}/pid; error_log {folder}/log;
events {{ worker_connections 64; }}
http {{
  access_log off; client_body_temp_path {folder}/temp; proxy_temp_path {folder}/temp; fastcgi_temp_path {folder}/temp;
  uwsgi_temp_path {folder}/temp; scgi_temp_path {folder}/temp;
  types {{ text/html html; text/css css; image/png png; }}
  gzip on; gzip_min_length 1; gzip_types text/css; gzip_vary on;
  client_max_body_size 2m;
  server {{
    listen 127.0.0.1:{port}; listen 127.0.0.1:{secure_port} ssl;
    ssl_certificate {certificate}; ssl_certificate_key {key}; ssl_protocols TLSv1.2 TLSv1.3;
    root {folder}/root;
    location /put/ {{ dav_methods PUT DELETE; create_full_put_path on; }}
    location /moved {{ return 301 /index.html; }}
    location /secret/ {{ auth_basic "lab"; auth_basic_user_file {folder}/users; }}
  }}
}})";

// Under these numbers nginx is handed what listens already.
constexpr int plain_descriptor = 40, secure_descriptor = 41;

class InteropNginx : public testing::Test {
 protected:
  void SetUp() override {
    if (run({find_nginx(), "-v"}).exit_code != 0) GTEST_SKIP() << "nginx is not there";
    for (const auto* name : {"/root/put", "/root/secret", "/temp", "/here"})
      filesystem::create_directories(folder_.path() + name);
    write("root/index.html",
          "<link rel=stylesheet href=a.css><img src=1.png><link rel=icon href=1.png>" + std::string(5000, ' '));
    write("root/a.css", "body { background: url(bg.png) }");
    write("root/1.png", "one");
    write("root/bg.png", "background");
    write("root/secret/x", "secret");
    write("users", "ann:{PLAIN}secret\n");
    const auto config =
        write("nginx.conf",
              fmt::format(configuration, fmt::arg("user", ::getuid() == 0 ? "user root;" : ""),
                          fmt::arg("folder", folder_.path()), fmt::arg("port", plain_.port()),
                          fmt::arg("secure_port", secure_.port()), fmt::arg("certificate", identity_.certificate_path),
                          fmt::arg("key", identity_.key_path)));
    How how;
    how.environment = {{"NGINX", fmt::format("{};{};", plain_descriptor, secure_descriptor)}};
    how.prepare = [this] {
      plain_.copy_to(plain_descriptor);
      secure_.copy_to(secure_descriptor);
    };
    server_ = std::make_unique<Child>(
        Words{find_nginx(), "-p", folder_.path(), "-e", folder_.path() + "/log", "-c", config}, how);
  }

  /// In order: killed, it would leave its worker behind.
  void TearDown() override {
    if (!server_) return;
    server_->signal(SIGTERM);
    EXPECT_EQ(server_->wait().exit_code, 0);
  }

  std::string write(const std::string& name, const std::string& text) const { return folder_.write(name, text); }
  std::string url(const std::string& path = "/") const {
    return fmt::format("http://127.0.0.1:{}{}", plain_.port(), path);
  }
  Outcome http(const std::string& verb, const Words& arguments) const {
    Words words{labnet(), "http", verb};
    words.insert(words.end(), arguments.begin(), arguments.end());
    return run(words, {.environment = {}, .folder = folder_.path() + "/here"});
  }
  std::string here(const std::string& name) const { return read_file(folder_.path() + "/here/" + name); }

  TemporaryFolder folder_;
  TcpListener plain_, secure_;
  net::Authority authority_{"test CA"};
  net::TlsIdentity identity_ = authority_.issue({.subject = "www.lab", .names = "DNS:www.lab"});
  std::unique_ptr<Child> server_;
};

TEST_F(InteropNginx, SendsWhatItHas) {
  const auto outcome = http("get", {"-i", url("/1.png")});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.errors << read_file(folder_.path() + "/log");
  EXPECT_THAT(outcome.output, AllOf(StartsWith("HTTP/1.1 200 OK\r\nServer: nginx/"), EndsWith("\r\n\r\none")));
  EXPECT_THAT(http("head", {url("/1.png")}).output, HasSubstr("Content-Length: 3\r\n"));
  EXPECT_EQ(http("get", {url("/no-such-file")}).exit_code, 1);
  EXPECT_EQ(http("get", {"--http1.0", url("/1.png")}).output, "one");
}

TEST_F(InteropNginx, CompressesAndSaysWhetherThatIsStillRight) {
  const auto page = read_file(folder_.path() + "/root/index.html");
  const auto first = http("get", {"-v", "--compressed", "--cache", "c", url()});
  EXPECT_EQ(first.output, page);
  EXPECT_THAT(first.errors, AllOf(HasSubstr("< Content-Encoding: gzip"), HasSubstr("< Transfer-Encoding: chunked")));
  const auto second = http("get", {"-v", "--compressed", "--cache", "c", url()});
  EXPECT_EQ(second.output, page);
  EXPECT_THAT(second.errors, HasSubstr("< HTTP/1.1 304 Not Modified"));
}

TEST_F(InteropNginx, SendsParts) {
  write("root/file", "0123456789");
  EXPECT_EQ(http("get", {"-r", "2-4", url("/file")}).output, "234");
  EXPECT_EQ(http("get", {"-r", "-2", url("/file")}).output, "89");
  EXPECT_THAT(http("get", {"-r", "0-1,8-9", url("/file")}).output, HasSubstr("Content-Range: bytes 8-9/10\r\n\r\n89"));
  EXPECT_THAT(http("get", {"-r", "10-", url("/file")}).errors, HasSubstr("416"));
  write("here/.file.part", "01234");
  const auto resumed = http("get", {"-O", "--resume", url("/file")});
  EXPECT_EQ(resumed.exit_code, 0) << resumed.errors;
  EXPECT_EQ(here("file"), "0123456789");
}

TEST_F(InteropNginx, TakesFiles) {
  std::string large;
  while (large.size() < 1'500'000) large += fmt::format("{} ", large.size());
  write("here/large", large);
  const auto outcome = http("put", {"-v", "-T", "large", url("/put/new/")});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.errors;
  EXPECT_THAT(outcome.errors, AllOf(HasSubstr("> Expect: 100-continue"), HasSubstr("< HTTP/1.1 201 Created")));
  EXPECT_TRUE(read_file(folder_.path() + "/root/put/new/large") == large);
  EXPECT_EQ(http("get", {"-X", "DELETE", url("/put/new/large")}).exit_code, 0);
}

TEST_F(InteropNginx, RefusesWhatIsTooLarge) {
  write("here/large", std::string(5'000'000, 'x'));
  for (const auto& field : {"X-None: 1", "Expect:"}) {
    const auto outcome = http("put", {"-H", field, "-T", "large", url("/put/large")});
    EXPECT_EQ(outcome.exit_code, 1);
    EXPECT_THAT(outcome.errors, HasSubstr("the server answers 413 Request Entity Too Large")) << field;
  }
}

TEST_F(InteropNginx, RedirectsAndAsksWhoThereIs) {
  EXPECT_EQ(http("get", {"-L", url("/moved")}).output, read_file(folder_.path() + "/root/index.html"));
  EXPECT_EQ(http("get", {"-u", "ann:secret", url("/secret/x")}).output, "secret");
  EXPECT_THAT(http("get", {"-u", "ann:wrong", url("/secret/x")}).errors, HasSubstr("401 Unauthorized"));
}

TEST_F(InteropNginx, SpeaksTls) {
  const auto place = fmt::format("www.lab:{}:127.0.0.1", secure_.port());
  const auto secure_url = fmt::format("https://www.lab:{}/1.png", secure_.port());
  for (const auto* version : {"1.2", "1.3"}) {
    const auto outcome = http("get", {"-v", "--ca", authority_.path(), "--resolve", place, "--tls-min", version,
                                      "--tls-max", version, secure_url});
    EXPECT_EQ(outcome.output, "one") << outcome.errors;
    EXPECT_THAT(outcome.errors, HasSubstr(fmt::format("* TLS {}, ", version)));
  }
}

TEST_F(InteropNginx, IsBrowsed) {
  const auto outcome = http("browse", {"--cache", "seen", "--format", "json", url()});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.errors;
  const auto loads = boost::json::parse(outcome.output);
  ASSERT_EQ(loads.as_array().size(), 4u) << outcome.output;
  const auto again = boost::json::parse(http("browse", {"--cache", "seen", "--format", "json", url()}).output);
  for (const auto& load : again.as_array()) EXPECT_EQ(load.at("status").as_int64(), 304) << load.at("url").as_string();
}

TEST_F(InteropNginx, AnswersBytesAsTheyAre) {
  write("here/bytes", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n");
  EXPECT_THAT(http("get", {"--raw", "bytes", url()}).output, StartsWith("HTTP/1.1 400 Bad Request\r\n"));
}

}  // namespace
}  // namespace labnet::test
