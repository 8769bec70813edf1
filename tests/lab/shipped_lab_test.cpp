// The lab that comes with the program: other people's programs find names in it, services come back, and nothing of it
// stays behind.
#include <fcntl.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>

#include "tests/lab/running_lab.hpp"

namespace labnet::test {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class ShippedLab : public LabTest {
 protected:
  ShippedLab() { use_shipped_lab(); }
  Outcome exec(const std::string& host, std::vector<std::string> program) const {
    program.insert(program.begin(), {"exec", host, "--"});
    return labnet(program);
  }
  Outcome python(const std::string& expression) const {
    return exec("pc1", {"python3", "-c", "import socket; print(" + expression + ")"});
  }
  void kill_service_of(const std::string& host) const {
    const auto pid = process_of(host);
    ASSERT_GT(pid, 0);
    kill(pid, SIGKILL);
  }
  /// The process of a service, as this machine numbers it.
  pid_t process_of(const std::string& host) const {
    for (const auto pid : processes()) {
      const auto words = read_file(fmt::format("/proc/{}/cmdline", pid));
      if (words.find(fmt::format("{}-dns.yaml", host)) != std::string::npos) return pid;
      if (host == "dns" && words.find("/dns.yaml") != std::string::npos) return pid;
      if (host == "pc1" && words.find("--forward") != std::string::npos &&
          std::filesystem::read_symlink(fmt::format("/proc/{}/ns/net", pid)) == namespace_of("pc1")) {
        return pid;
      }
    }
    ADD_FAILURE() << "host " << host << " runs no service";
    return 0;
  }
};
INSTANTIATE_TEST_SUITE_P(Lab, ShippedLab, testing::Values(User::as_the_test, User::ordinary), name_of);

TEST_P(ShippedLab, IsAskedByNameByUnmodifiedPrograms) {
  const auto lab = up();
  EXPECT_EQ(exec("pc1", {"cat", "/etc/resolv.conf"}).output, "nameserver 127.0.0.1\n");

  EXPECT_EQ(exec("pc1", {"dig", "+short", "web.labredes71.com"}).output, "192.168.1.10\n");
  EXPECT_EQ(exec("pc1", {"dig", "+short", "+tcp", "web.labredes71.com"}).output, "192.168.1.10\n");
  EXPECT_EQ(exec("pc1", {"dig", "+short", "-x", "192.168.1.7"}).output, "dns.labredes71.com.\n");
  EXPECT_THAT(exec("pc1", {"dig", "www.bing.com"}).output, HasSubstr("e86303.dscx.akamaiedge.net."));
  EXPECT_THAT(exec("pc1", {"dig", "nobody.labredes71.com"}).output, HasSubstr("status: NXDOMAIN"));

  const auto by_name = exec("pc1", {"nslookup", "web.labredes71.com"});
  EXPECT_EQ(by_name.exit_code, 0);
  EXPECT_THAT(by_name.output, HasSubstr("Server:\t\t127.0.0.1\n"));
  EXPECT_THAT(by_name.output, HasSubstr("Address: 192.168.1.10\n"));
  EXPECT_THAT(exec("pc1", {"nslookup", "192.168.1.7"}).output, HasSubstr("name = dns.labredes71.com."));

  EXPECT_EQ(python("socket.gethostbyname('web.labredes71.com')").output, "192.168.1.10\n");
  EXPECT_EQ(python("socket.gethostbyaddr('192.168.1.7')[0]").output, "dns.labredes71.com\n");
  EXPECT_EQ(python("socket.getaddrinfo('ftp.labredes71.com', 21, type=socket.SOCK_STREAM)[0][4]").output,
            "('192.168.1.11', 21)\n");
  EXPECT_THAT(python("socket.gethostbyname('nobody.labredes71.com')").errors, HasSubstr("gaierror"));

  // Another network, behind the router, and a host without a cache of its own.
  EXPECT_EQ(exec("phone1", {"dig", "+short", "web.labredes71.com"}).output, "192.168.1.10\n");
  EXPECT_EQ(exec("web", {"dig", "+short", "ftp.labredes71.com"}).output, "192.168.1.11\n");
}

TEST_P(ShippedLab, CurlFetchesThePageOfTheLabsOwnServer) {
  const auto lab = up();
  const auto outcome =
      exec("pc1", {"curl", "--silent", "--show-error", "--write-out", "%{size_download} %{content_type}", "--output",
                   "/dev/null", "http://web.labredes71.com/"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.errors;
  EXPECT_EQ(outcome.output, "10671 text/html; charset=utf-8");
}

TEST_P(ShippedLab, FfmpegPublishesAndPlaysInClearByTlsAndWithinHttp) {
  const auto lab = up();
  for (const std::string scheme : {"rtmp", "rtmps", "rtmpt"}) {
    const auto url = scheme + "://rtmp.labredes71.com/live/1234";
    Child player{command({"exec", "phone1", "--", "ffmpeg", "-nostdin", "-loglevel", "fatal", "-i", url, "-map", "0:a",
                          "-c", "copy", "-f", "streamhash", "-"}),
                 environment({})};
    const auto published = exec("studio", {"ffmpeg", "-nostdin", "-loglevel", "fatal", "-re", "-f", "lavfi", "-i",
                                           "sine", "-t", "4", "-c:a", "aac", "-f", "flv", url});
    EXPECT_EQ(published.exit_code, 0) << published.errors;
    EXPECT_THAT(player.wait().output, StartsWith("0,a,SHA256=")) << scheme;
  }
}

TEST_P(ShippedLab, CurlFetchesByNameFromAServerThatIsNoPartOfTheLab) {
  const auto lab = up();
  const auto page = write("site/index.html", "a page\n");
  Child server{command({"exec", "web", "--", "python3", "-u", "-m", "http.server", "8000", "--bind", "192.168.1.10"}),
               environment({.folder = folder() + "/site"})};
  ASSERT_THAT(server.line().value_or(""), StartsWith("Serving HTTP on 192.168.1.10 port 8000"));
  const auto outcome = exec("pc1", {"curl", "--silent", "--show-error", "http://web.labredes71.com:8000/"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.errors;
  EXPECT_EQ(outcome.output, "a page\n");
  const auto unknown = exec("pc1", {"curl", "--silent", "--show-error", "http://nobody.labredes71.com/"});
  EXPECT_EQ(unknown.exit_code, 6);  // curl's own code for a name that is not found
  server.signal(SIGTERM);
  EXPECT_EQ(server.wait().exit_code, 128 + SIGTERM);
}

TEST_P(ShippedLab, AServiceThatWasHeldUpAnswersItsLabAgain) {
  const auto lab = up();
  const auto pid = process_of("pc1");
  ASSERT_GT(pid, 0);
  ASSERT_EQ(kill(pid, SIGSTOP), 0);
  const auto waited = labnet({"cache", "show", "pc1"});
  EXPECT_EQ(waited.exit_code, 1);
  EXPECT_THAT(waited.errors, HasSubstr("the service does not answer in time"));
  ASSERT_EQ(kill(pid, SIGCONT), 0);
  EXPECT_EQ(exec("pc1", {"dig", "+short", "web.labredes71.com"}).output, "192.168.1.10\n");
  EXPECT_THAT(labnet({"cache", "show", "pc1"}).output, HasSubstr("web.labredes71.com"));
  EXPECT_EQ(labnet({"cache", "flush", "pc1"}).exit_code, 0);
}

TEST_P(ShippedLab, AKilledServiceComesBackAndStatusAndLogsSaySo) {
  const auto lab = up();
  for (const std::string host : {"dns", "pc1", "gw", "internet"}) {
    const auto service = fmt::format("{}/{}", host, host == "pc1" ? "resolver" : "dns");
    kill_service_of(host);
    EXPECT_TRUE(eventually([&] {
      const auto status = labnet({"inspect", host}).output;
      return status.find(": ready, ") != std::string::npos && status.find(" 1 restarts") != std::string::npos;
    })) << labnet({"inspect", host}).output;
    const auto log = labnet({"logs", service}).output;
    EXPECT_THAT(log, HasSubstr(service + ": was ended by signal 9 (Killed)\n"));
    EXPECT_THAT(log, HasSubstr(service + ": starts again in 100 ms\n"));
    EXPECT_EQ(labnet({"cache", "flush", "pc1"}).exit_code, 0);
    EXPECT_EQ(exec("pc1", {"dig", "+short", "web.labredes71.com"}).output, "192.168.1.10\n") << host;
    EXPECT_THAT(exec("pc1", {"dig", "www.bing.com"}).output, HasSubstr("e86303.dscx.akamaiedge.net.")) << host;
  }
}

TEST_P(ShippedLab, AServiceThatIsKilledAgainAndAgainWaitsTwiceAsLongEachTime) {
  const auto lab = up();
  for (int times = 1; times <= 4; ++times) {
    kill_service_of("gw");
    ASSERT_TRUE(eventually([&] {
      const auto status = labnet({"inspect", "gw"}).output;
      return status.find(": ready, ") != std::string::npos &&
             status.find(fmt::format(" {} restarts", times)) != std::string::npos;
    }));
  }
  const auto log = labnet({"logs", "gw/dns"}).output;
  for (const auto* pause : {"100", "200", "400", "800"}) {
    EXPECT_THAT(log, HasSubstr(fmt::format("gw/dns: starts again in {} ms\n", pause)));
  }
}

TEST_P(ShippedLab, ManyTimesLeavesNothing) {
  std::set<std::string> namespaces;
  for (int i = 0; i < 20; ++i) {
    const auto started = labnet({"up", "-d", "-f", lab_file_});
    ASSERT_EQ(started.exit_code, 0) << "time " << i << ": " << started.errors;
    namespaces.merge(namespaces_of(processes()));
    EXPECT_EQ(run({"dig", "+short", "+time=5", "@127.0.0.1", "-p", std::to_string(port_), "web.labredes71.com"}).output,
              "192.168.1.10\n");
    ASSERT_EQ(labnet({"down"}).exit_code, 0) << "time " << i;
    EXPECT_EQ(runtime_files(), std::set<std::string>{});
    EXPECT_EQ(sockets_at(port_), std::set<std::string>{});
  }
  EXPECT_GT(namespaces.size(), 10u);
  expect_nothing_is_left(namespaces);
}

TEST_P(ShippedLab, HoldsNoDescriptorsThatAreNotItsOwn) {
  // What the front or the shell that started it had open must not reach a service: it would stay open with the lab.
  const auto secret = write("run/open", "");
  const auto descriptor = open(secret.c_str(), O_RDONLY);  // not closed on exec
  ASSERT_GE(descriptor, 0);
  ASSERT_EQ(labnet({"up", "-d", "-f", lab_file_}).exit_code, 0);
  close(descriptor);
  for (const auto pid : processes()) {
    for (const auto& entry : std::filesystem::directory_iterator{fmt::format("/proc/{}/fd", pid)}) {
      std::error_code gone;
      EXPECT_NE(std::filesystem::read_symlink(entry, gone).string(), secret)
          << read_file(fmt::format("/proc/{}/cmdline", pid));
    }
  }
  EXPECT_EQ(labnet({"down"}).exit_code, 0);
  expect_nothing_is_left();
}

}  // namespace
}  // namespace labnet::test
