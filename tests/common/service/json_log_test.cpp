// --log-format json: each line of each service is one JSON object, whatever strangers put into it.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>

#include <boost/json/parse.hpp>

#include "common/base/text.hpp"
#include "tests/support/child.hpp"
#include "tests/support/tcp.hpp"

namespace labnet::test {
namespace {

namespace json = boost::json;

/// What would end a line, a text or an object, what is no UTF-8, and what moves a terminal's cursor.
const std::string odd = "a\"b\\c{}\x01\x1b[2J\x7f\xff\xc3\x28\xe2\x80\xae\xc2\x85\t";

/// A service whose log is JSON and comes where its line "ready" comes.
class JsonLog {
 public:
  JsonLog(const std::string& protocol, const std::vector<std::string>& options) {
    std::vector<std::string> command{"sh",       "-c",           "exec \"$0\" \"$@\" 2>&1",
                                     labnet(),   "serve",        protocol,
                                     "--listen", "127.0.0.1:0",  "--workers",
                                     "1",        "--log-format", "json"};
    command.insert(command.end(), options.begin(), options.end());
    child_ = std::make_unique<Child>(command);
    for (auto line = child_->line(); line; line = child_->line()) {
      if (!line->starts_with("ready ")) {
        look_at(*line);
        continue;
      }
      const auto colon = line->rfind("127.0.0.1:");
      port_ = parse_integer<std::uint16_t>(line->substr(colon + 10)).value_or(0);
      return;
    }
    ADD_FAILURE() << "it is not ready";
  }

  std::uint16_t port() const { return port_; }
  /// Tells the service to end, and looks at all that it has logged. The messages.
  std::vector<std::string> end() {
    child_->signal(SIGTERM);
    for (auto line = child_->line(); line; line = child_->line()) look_at(*line);
    return messages_;
  }

 private:
  void look_at(const std::string& line) {
    boost::system::error_code error;
    const auto value = json::parse(line, error);
    ASSERT_FALSE(error) << line;
    ASSERT_TRUE(value.is_object()) << line;
    const auto& object = value.get_object();
    for (const auto* const key : {"time", "level", "name", "message"}) {
      ASSERT_TRUE(object.contains(key) && object.at(key).is_string()) << line;
    }
    for (const char c : line) ASSERT_FALSE((c >= 0 && c < ' ') || c == '\x7f') << line;
    // A name that stood twice would be lost to who reads it.
    const std::string name = ",\"name\":";
    ASSERT_EQ(line.find(name), line.rfind(name)) << line;
    messages_.emplace_back(object.at("message").get_string());
  }

  std::unique_ptr<Child> child_;
  std::uint16_t port_ = 0;
  std::vector<std::string> messages_;
};

using testing::Contains;

TEST(JsonLog, OfFtpWithOddNames) {
  const TemporaryFolder folder;
  JsonLog log{"ftp", {"--root", folder.path(), "--user", "eve:right"}};
  {
    const TcpClient client{log.port()};
    client.receive();
    client.send("USER " + odd + "\r\n");
    client.receive();
    client.send("PASS wrong\r\n");
    client.receive();
    client.send("USER eve\r\n");
    client.receive();
    client.send("PASS right\r\n");
    client.receive();
    client.send("MKD \"q\" \\ {} \xe2\x80\xae\r\n");
    client.receive();
    client.send("QUIT\r\n");
    client.receive_all();
  }
  const auto messages = log.end();
  EXPECT_THAT(messages, Contains("logged in"));
  EXPECT_THAT(messages, Contains("command"));
  EXPECT_THAT(messages, Contains("ends"));
}

TEST(JsonLog, OfSipWithOddNames) {
  JsonLog log{"sip", {"--user", "101:secret", "--listen", "tcp://127.0.0.1:0"}};
  const TcpClient client{log.port()};
  client.send("BREW sip:" + odd + " SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.1;branch=z9hG4bK1" + odd + "\r\nFrom: \"" +
              odd + "\" <sip:101@labnet>;tag=" + odd + "\r\nTo: <sip:101@labnet>\r\nCall-ID: " + odd +
              "\r\nCSeq: 1 BREW\r\nContent-Length: 0\r\n\r\n");
  client.receive();
  client.send(odd + "\r\n\r\n");
  client.end_sending();
  client.receive_all();
  EXPECT_THAT(log.end(), Contains("refused"));
}

TEST(JsonLog, OfDnsWithOddNames) {
  const TemporaryFolder folder;
  const auto zone = folder.write("zone", "@ 3600 SOA ns.example. a.example. 1 1 1 1 1\n@ NS ns\nns A 192.0.2.1\n");
  const auto file = folder.write("dns.yaml", "zones: { example.: zone }\nquery_log: true\n");
  JsonLog log{"dns", {"-c", file, "--listen", "tcp://127.0.0.1:0"}};
  const TcpClient client{log.port()};
  const auto label = odd.substr(0, 20);
  auto query = std::string("\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00", 12);
  query += static_cast<char>(label.size()) + label +
           std::string(
               "\x07"
               "example\x00\x00\x01\x00\x01",
               13);
  client.send(std::string{'\0', static_cast<char>(query.size())} + query);
  EXPECT_FALSE(client.receive().empty());
  EXPECT_THAT(log.end(), Contains("query"));
}

TEST(JsonLog, OfHttp) {
  const TemporaryFolder folder;
  JsonLog log{"http", {"--root", folder.path()}};
  const TcpClient client{log.port()};
  client.send("GET /" + odd + " HTTP/1.1\r\nHost: " + odd + "\r\n\r\n");
  client.receive_all();
  EXPECT_THAT(log.end(), Contains("ends"));
}

TEST(JsonLog, OfRtmp) {
  JsonLog log{"rtmp", {"--key", "1234", "--listen", "rtmp://127.0.0.1:0"}};
  const TcpClient client{log.port()};
  client.send(odd + std::string(4000, '\xff'));
  client.end_sending();
  client.receive_all();
  EXPECT_THAT(log.end(), Contains("ends"));
}

}  // namespace
}  // namespace labnet::test
