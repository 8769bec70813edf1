// Ports of the real machine that lead into the lab.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "tests/lab/running_lab.hpp"

namespace labnet::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class Publish : public LabTest {
 protected:
  Publish() { use_shipped_lab(); }
  Outcome dig(const std::string& server, const std::vector<std::string>& options = {}) const {
    std::vector<std::string> words{
        "dig", "+short", "+tries=1", "+time=5", "@" + server, "-p", std::to_string(port_), "web.labredes71.com"};
    words.insert(words.end(), options.begin(), options.end());
    return run(words);
  }
  /// Takes port_ away from the lab.
  FileDescriptor occupy(int type) const {
    FileDescriptor socket{::socket(AF_INET, type | SOCK_CLOEXEC, 0)};
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port_);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int is_stream = type == SOCK_STREAM ? 1 : 0;  // connections of another test may not be forgotten yet
    setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &is_stream, sizeof is_stream);
    EXPECT_EQ(bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    if (type == SOCK_STREAM) {
      EXPECT_EQ(listen(socket.get(), 1), 0);
    }
    return socket;
  }
};
INSTANTIATE_TEST_SUITE_P(Lab, Publish, testing::Values(User::as_the_test, User::ordinary), name_of);

TEST_P(Publish, APublishedPortAnswersOnTheRealLoopbackAndOnlyThere) {
  const auto lab = up();
  EXPECT_EQ(dig("127.0.0.1").output, "192.168.1.10\n");
  EXPECT_EQ(dig("127.0.0.1", {"+tcp"}).output, "192.168.1.10\n");
  EXPECT_EQ(sockets_at(port_), (std::set<std::string>{"tcp 127.0.0.1", "udp 127.0.0.1"}));
  EXPECT_NE(dig("127.0.0.2").exit_code, 0);
  EXPECT_NE(dig("127.0.0.2", {"+tcp"}).exit_code, 0);
  EXPECT_THAT(labnet({"status"}).output, HasSubstr(fmt::format("127.0.0.1:{} -> dns:53\n", port_)));
  // Inside the lab, the port is nobody's.
  EXPECT_NE(labnet({"exec", "dns", "--", "dig", "+tries=1", "@127.0.0.1", "-p", std::to_string(port_), "."}).exit_code,
            0);
  EXPECT_EQ(labnet({"down"}).exit_code, 0);
  expect_nothing_is_left();
}

TEST_P(Publish, AServiceThatWasKilledAnswersAtItsPublishedPortAgain) {
  const auto lab = up();
  for (const auto pid : processes()) {
    if (read_file(fmt::format("/proc/{}/cmdline", pid)).find("/dns.yaml") != std::string::npos) kill(pid, SIGKILL);
  }
  ASSERT_TRUE(eventually([&] {
    return labnet({"inspect", "dns"}).output.find("ready") != std::string::npos &&
           labnet({"inspect", "dns"}).output.find(" 1 restarts") != std::string::npos;
  }));
  EXPECT_EQ(dig("127.0.0.1").output, "192.168.1.10\n");
  EXPECT_EQ(dig("127.0.0.1", {"+tcp"}).output, "192.168.1.10\n");
}

TEST_P(Publish, APortOfImplicitTlsIsOneAtItsPublishedPort) {
  auto text = read_file(lab_file_);
  text.replace(text.find("to: dns:53"), std::string_view{"to: dns:53"}.size(), "to: ftp:990");
  write("lab/lab.yaml", text);
  const auto lab = up();
  const auto told = run({"sh", "-c",
                         fmt::format("printf 'USER samurt123\\r\\nQUIT\\r\\n' | openssl s_client -quiet -connect "
                                     "127.0.0.1:{}",
                                     port_)});
  EXPECT_THAT(told.output, AllOf(HasSubstr("220 "), HasSubstr("331 "), HasSubstr("221 "))) << told.errors;
}

TEST_P(Publish, APortOfTwoServicesIsNoPlaceToPublish) {
  auto text = read_file(lab_file_);
  text.replace(text.find("to: dns:53"), std::string_view{"to: dns:53"}.size(), "to: ftp:21");
  write("lab/lab.yaml", text);
  const auto outcome = labnet({"up", "-d", "-f", lab_file_});
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_THAT(outcome.errors, HasSubstr(fmt::format(
                                  "ftp:21 is where services ftp and ftps of host ftp listen, each at its own address; "
                                  "127.0.0.1:{} can lead to one alone: give the others a host of their own\n",
                                  port_)));
  EXPECT_EQ(runtime_files(), std::set<std::string>{});
}

TEST_P(Publish, NothingIsPublishedIfNotWanted) {
  const auto lab = up({"--no-publish"});
  EXPECT_EQ(sockets_at(port_), std::set<std::string>{});
  EXPECT_THAT(labnet({"status"}).output, Not(HasSubstr(" -> ")));
  EXPECT_EQ(labnet({"exec", "pc1", "--", "dig", "+short", "web.labredes71.com"}).output, "192.168.1.10\n");
}

TEST_P(Publish, ATakenPortIsNamedAndNothingIsLeft) {
  for (const int type : {SOCK_DGRAM, SOCK_STREAM}) {
    for (const auto* background : {"--quiet", "-d"}) {
      const auto taken = occupy(type);
      const auto outcome = labnet({"up", background, "-f", lab_file_});
      EXPECT_EQ(outcome.exit_code, 1);
      EXPECT_EQ(outcome.output, "");
      EXPECT_EQ(
          outcome.errors,
          fmt::format("labnet up: cannot publish dns port 53 at 127.0.0.1:{} (change \"publish\" in the lab file, "
                      "or start with --no-publish): Address already in use\n",
                      port_));
      EXPECT_TRUE(processes().empty());
      EXPECT_EQ(runtime_files(), std::set<std::string>{});
    }
  }
  expect_nothing_is_left();
}

}  // namespace
}  // namespace labnet::test
