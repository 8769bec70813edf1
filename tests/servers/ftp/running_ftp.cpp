#include "tests/servers/ftp/running_ftp.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <array>

#include "common/base/text.hpp"

namespace labnet::ftp_server {
namespace {

std::vector<std::string> options_of(const std::string& root, const std::vector<std::string>& further) {
  std::vector<std::string> options{"--root", root, "--user", "ann:secret"};
  options.insert(options.end(), further.begin(), further.end());
  return options;
}

}  // namespace

RunningFtp::RunningFtp(const std::vector<std::string>& options, test::How how)
    : RunningService{"ftp", options_of(root(), options), std::move(how)} {}

std::unique_ptr<RunningFtp> RunningFtp::with_config(const std::string& yaml, test::How how) {
  static int number = 0;
  const test::TemporaryFolder folder;
  const auto file = folder.write(fmt::format("ftp-{}.yaml", ++number), "root: .\n" + yaml);
  return std::unique_ptr<RunningFtp>{new RunningFtp{{"-c", file}, std::move(how)}};
}

std::unique_ptr<RunningFtp> RunningFtp::as_ordinary_user() {
  return std::unique_ptr<RunningFtp>{new RunningFtp{{}, test::as_nobody()}};
}

std::string RunningFtp::url(const std::string& path) const {
  return fmt::format("ftp://ann:secret@127.0.0.1:{}/{}", port(), path);
}

FtpClient::FtpClient(std::uint16_t port, std::uint8_t from) : FtpClient{TcpClient{port, from}} {}

FtpClient::FtpClient(TcpClient control) : control_{std::move(control)}, greeting_{reply()} {}

std::string FtpClient::ask(const std::string& line) {
  send(line + "\r\n");
  return reply();
}

std::string FtpClient::reply() {
  std::string whole;
  for (;;) {
    const auto end = unread_.find("\r\n");
    if (end == unread_.npos) {
      const auto more = control_.receive();
      if (more.empty()) return whole.empty() ? "(the connection has ended)" : whole;
      unread_ += more;
      continue;
    }
    const auto line = unread_.substr(0, end);
    unread_.erase(0, end + 2);
    whole += (whole.empty() ? "" : "\n") + line;
    const auto is_last =
        line.size() >= 4 && is_digit(line[0]) && is_digit(line[1]) && is_digit(line[2]) && line[3] == ' ';
    if (is_last) return whole;
  }
}

void FtpClient::log_in(const std::string& user, const std::string& password) {
  EXPECT_EQ(ask("USER " + user).substr(0, 3), "331");
  EXPECT_EQ(ask("PASS " + password).substr(0, 3), "230");
}

void FtpClient::secure() {
  EXPECT_EQ(ask("AUTH TLS").substr(0, 3), "234");
  EXPECT_TRUE(control_.begin_tls());
}

void FtpClient::protect_data() {
  EXPECT_EQ(ask("PBSZ 0").substr(0, 3), "200");
  EXPECT_EQ(ask("PROT P").substr(0, 3), "200");
}

std::uint16_t FtpClient::passive_port() {
  const auto told = ask("PASV");
  unsigned high = 0, low = 0;
  const auto at = told.find('(');
  if (at == told.npos || std::sscanf(told.c_str() + at, "(127,0,0,1,%u,%u)", &high, &low) != 2) {
    throw std::runtime_error{"expected a reply 227, found " + told};
  }
  return static_cast<std::uint16_t>(high * 256 + low);
}

std::string FtpClient::get(const std::string& command) {
  const auto data = open_passive();
  EXPECT_EQ(ask(command).substr(0, 3), "150") << command;
  auto all = data.receive_all();
  EXPECT_EQ(reply().substr(0, 3), "226") << command;
  return all;
}

std::string FtpClient::put(const std::string& command, std::string_view bytes) {
  auto data = open_passive();
  const auto opening = ask(command);
  if (!opening.starts_with("150")) return opening;
  data.send(bytes);
  data.close();
  return reply();
}

}  // namespace labnet::ftp_server
