// Settings of services by the environment, as containers are told them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <regex>
#include <set>

#include "common/base/text.hpp"
#include "common/settings/tree.hpp"
#include "tests/support/running_service.hpp"
#include "tests/support/tcp.hpp"

namespace labnet::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

using Variables = std::map<std::string, std::string>;

Outcome check(const std::string& protocol, const Variables& variables, std::vector<std::string> options = {}) {
  std::vector<std::string> command{labnet(), "serve", protocol, "--check"};
  command.insert(command.end(), options.begin(), options.end());
  return run(command, {.environment = variables});
}

TEST(ServiceEnvironment, GivesAWholeConfiguration) {
  const TemporaryFolder folder;
  folder.write("page.html", "hello");
  const RunningService service{
      "http",
      {},
      {.environment = {{"LABNET_HTTP_SITES", "[{root: " + folder.path() + "}]"}, {"LABNET_HTTP_LIKE", "nginx"}}}};
  const TcpClient client{service.port("http")};
  client.send("GET /page.html HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(client.receive_all(), AllOf(StartsWith("HTTP/1.1 200 "), HasSubstr("\r\nServer: nginx")));
}

TEST(ServiceEnvironment, StandsOverTheFileAndBelowTheCommandLine) {
  const TemporaryFolder folder;
  const auto file = folder.write("http.yaml", "sites: [{ root: . }]\nlike: apache\n");
  const auto server_of = [&](std::vector<std::string> options, const Variables& variables) {
    options.insert(options.end(), {"-c", file});
    const RunningService service{"http", options, {.environment = variables}};
    const TcpClient client{service.port("http")};
    client.send("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    const auto response = client.receive_all();
    const auto at = response.find("\r\nServer: ") + 10;
    return response.substr(at, response.find("\r\n", at) - at);
  };
  EXPECT_THAT(server_of({}, {}), StartsWith("Apache"));
  EXPECT_THAT(server_of({}, {{"LABNET_HTTP_LIKE", "nginx"}}), StartsWith("nginx"));
  EXPECT_THAT(server_of({"--like", "labnet"}, {{"LABNET_HTTP_LIKE", "nginx"}}), StartsWith("labnet"));
}

TEST(ServiceEnvironment, GoesWithWhatTheCommandLineGives) {
  const TemporaryFolder folder;
  const auto outcome =
      check("ftp", {{"LABNET_FTP_LIMITS_SESSIONS_MAX", "5"}}, {"--root", folder.path(), "--anonymous"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.errors;
}

TEST(ServiceEnvironment, TellsOfAVariableThatIsNoKey) {
  for (const std::string protocol : {"dns", "ftp", "http", "sip", "rtmp"}) {
    const auto name = "LABNET_" + to_upper(protocol) + "_LISTENN";
    const auto outcome = check(protocol, {{name, "x"}});
    EXPECT_EQ(outcome.exit_code, 2) << protocol;
    EXPECT_THAT(outcome.errors, HasSubstr(name + ": there is no such key of this service; did you mean LABNET_" +
                                          to_upper(protocol) + "_LISTEN?"));
  }
}

TEST(ServiceEnvironment, TellsWhatWasExpected) {
  const auto outcome = check("sip", {{"LABNET_SIP_LIMITS_CALLS_MAX", "many"}});
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_THAT(outcome.errors, HasSubstr("LABNET_SIP_LIMITS_CALLS_MAX: limits.calls_max: expected a whole number"));
}

TEST(ServiceEnvironment, OfAnotherServiceDoesNotMatter) {
  EXPECT_EQ(check("rtmp", {{"LABNET_SIP_NONSENSE", "x"}}, {"--key", "1"}).exit_code, 0);
}

TEST(ServiceEnvironment, TakesListsAndSections) {
  const RunningService service{"sip",
                               {"--listen", "tcp://127.0.0.1:0"},
                               {.environment = {{"LABNET_SIP_USERS", "{101: {password: x}}"},
                                                {"LABNET_SIP_LISTEN", "udp://127.0.0.1:1, tcp://127.0.0.1:1"}}}};
  EXPECT_NE(service.port("tcp"), 0);
  EXPECT_THAT(check("sip", {{"LABNET_SIP_USERS", "{101: {password: x}}"}}).errors, IsEmpty());
}

/// All paths of keys below a node, by what a variable is called.
void add_names(const settings::Node& section, const std::string& front, std::vector<std::string>& names) {
  for (const auto& entry : section.entries) {
    auto name = front + '_' + to_upper(entry.key);
    std::ranges::replace(name, '.', '_');
    if (entry.value->kind == settings::Node::Kind::section) add_names(*entry.value, name, names);
    names.push_back(std::move(name));
  }
}

TEST(ServiceEnvironment, NoTwoKeysOfAServiceHaveTheSameVariable) {
  for (const std::string protocol : {"dns", "ftp", "http", "sip", "rtmp"}) {
    const auto file = std::string{LABNET_CONFIG_DIR} + "/" + protocol + ".yaml";
    const auto tree = settings::parse_tree(read_file(file), file, {});
    ASSERT_TRUE(tree) << file;
    std::vector<std::string> names;
    add_names(*(*tree)->root, protocol, names);
    EXPECT_GT(names.size(), 10u);
    EXPECT_EQ(std::set<std::string>(names.begin(), names.end()).size(), names.size()) << protocol;
  }
}

/// LABNET_HTTP_... is a key of an HTTP service, LABNET_... an option: nothing may be both. --dns-servers of clients
/// looks as if it were, and is none to a service.
TEST(ServiceEnvironment, NoOptionIsCalledLikeAKey) {
  const std::vector<std::vector<std::string>> programs{
      {"serve", "dns"}, {"serve", "ftp"}, {"serve", "http"}, {"serve", "sip"}, {"serve", "rtmp"},
      {"dns"},          {"ftp", "get"},   {"http", "get"},   {"sip", "call"},  {"rtmp", "play"},
      {"up"},           {"run"}};
  std::set<std::string> found;
  const std::regex option{"--(dns|ftp|http|sip|rtmp)-[a-z-]+"};
  for (auto words : programs) {
    words.insert(words.begin(), labnet());
    words.push_back("--help");
    const auto help = run(words).output;
    ASSERT_THAT(help, HasSubstr("--"));
    for (std::sregex_iterator one{help.begin(), help.end(), option}; one != std::sregex_iterator{}; ++one) {
      found.insert(one->str());
    }
  }
  EXPECT_THAT(found, testing::ElementsAre("--dns-servers"));
  EXPECT_EQ(check("dns", {{"LABNET_DNS_SERVERS", "192.0.2.1"}}).exit_code, 0);
}

}  // namespace
}  // namespace labnet::test
