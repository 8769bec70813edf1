// The made-up outside world of a lab: sites under names of the Internet, whose CA the lab's hosts trust and nobody
// else.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/lab/running_lab.hpp"

namespace labnet::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

const char* const lab_with_sites = R"(name: outside
networks:
  lan: { subnet: 192.168.1.0/24 }
hosts:
  pc:
    lan: { address: 192.168.1.1 }
  web:
    lan: { address: 192.168.1.2 }
    services: { http: http.yaml }
)";

const char* const sites = R"(sites:
  - names: [www.youtube.com]
    root: youtube
    tls: { names: [www.youtube.com], authority: outside, versions: [1.3] }
  - names: [www.elespectador.com]
    root: espectador
    tls: { names: [www.elespectador.com], authority: outside, versions: [1.2] }
  - names: [web.labredes71.com]
    root: web
    tls: { names: [web.labredes71.com] }
)";

class OutsideWorld : public LabTest {
 protected:
  OutsideWorld() {
    lab_file_ = write("lab.yaml", lab_with_sites);
    write("http.yaml", sites);
    for (const auto* const site : {"youtube", "espectador", "web"}) {
      mkdir((folder() + "/" + site).c_str(), 0755);
      write(fmt::format("{}/index.html", site), site);
    }
  }
  Outcome exec(std::vector<std::string> program, const How& how = {}) const {
    program.insert(program.begin(), {"exec", "pc", "--"});
    return labnet(program, how);
  }
  /// What a client in the host gets of a site: its page, or its fault.
  Outcome curl(const std::string& name, const std::vector<std::string>& options = {}) const {
    std::vector<std::string> words{"curl", "-sS", "--resolve", name + ":443:192.168.1.2", "https://" + name + "/"};
    words.insert(words.end(), options.begin(), options.end());
    return exec(words);
  }
};
INSTANTIATE_TEST_SUITE_P(Lab, OutsideWorld, testing::Values(User::as_the_test, User::ordinary), name_of);

TEST_P(OutsideWorld, IsTrustedByUnmodifiedProgramsInAHost) {
  const auto lab = up();
  for (const auto& [name, page] :
       {std::pair{"www.youtube.com", "youtube"}, std::pair{"www.elespectador.com", "espectador"},
        std::pair{"web.labredes71.com", "web"}}) {
    const auto got = curl(name);
    EXPECT_EQ(got.output, page) << got.errors;
  }
  // By the file of the system alone, and by the environment alone.
  EXPECT_EQ(exec({"env", "-u", "SSL_CERT_FILE", "curl", "-sS", "--resolve", "www.youtube.com:443:192.168.1.2",
                  "https://www.youtube.com/"})
                .output,
            "youtube");
  const auto python = exec({"python3", "-c",
                            "import socket, ssl\n"
                            "s = ssl.create_default_context().wrap_socket(socket.create_connection(('192.168.1.2', "
                            "443)), server_hostname='www.youtube.com')\n"
                            "print(s.version())"});
  EXPECT_EQ(python.output, "TLSv1.3\n") << python.errors;
  const auto own =
      exec({"labnet", "http", "get", "--resolve", "www.youtube.com:443:192.168.1.2", "https://www.youtube.com/"});
  EXPECT_THAT(own.output, HasSubstr("youtube")) << own.errors;
}

TEST_P(OutsideWorld, SpeaksAtEachSiteTheVersionsOfThatSite) {
  const auto lab = up();
  const auto version = [&](const std::string& name) {
    return exec({"sh", "-c", fmt::format("echo | openssl s_client -connect 192.168.1.2:443 -servername {} 2>&1", name)})
        .output;
  };
  EXPECT_THAT(version("www.youtube.com"), AllOf(HasSubstr("New, TLSv1.3"), HasSubstr("Verify return code: 0 (ok)")));
  EXPECT_THAT(version("www.elespectador.com"),
              AllOf(HasSubstr("New, TLSv1.2"), HasSubstr("Verify return code: 0 (ok)")));
  EXPECT_THAT(version("web.labredes71.com"), HasSubstr("New, TLSv1.3"));
}

TEST_P(OutsideWorld, IsSignedForByServicesAlone) {
  const auto lab = up();
  EXPECT_THAT(exec({"env"}).output, Not(HasSubstr("LABNET_OUTSIDE_CA_DIR")));
  int services = 0;
  for (const auto pid : processes()) {
    if (read_file(fmt::format("/proc/{}/cmdline", pid)).find("http.yaml") == std::string::npos) continue;
    EXPECT_THAT(read_file(fmt::format("/proc/{}/environ", pid)),
                AllOf(HasSubstr("LABNET_OUTSIDE_CA_DIR=" + folder() + "/run/labnet/outside/files/.trust/outside-ca"),
                      HasSubstr("SSL_CERT_FILE=")));
    ++services;
  }
  EXPECT_EQ(services, 1);
  // In memory: nothing of it is in the folder as others see it.
  EXPECT_THAT(runtime_files(), Not(testing::Contains(HasSubstr("outside-ca"))));
}

TEST_P(OutsideWorld, IsOfAnotherCaEachTime) {
  const auto authority = [&] {
    const auto lab = up();
    auto text = exec({"openssl", "x509", "-noout", "-subject", "-in", "/etc/ssl/certs/ca-certificates.crt"}).output;
    EXPECT_EQ(labnet({"down"}).exit_code, 0);
    EXPECT_EQ(lab->wait().exit_code, 0);
    return text;
  };
  const auto first = authority();
  EXPECT_THAT(first, StartsWith("subject=CN = labnet outside world CA ("));
  EXPECT_NE(authority(), first);
  expect_nothing_is_left();
}

TEST_P(OutsideWorld, TrustsALabCaThatWasRenewedMeanwhile) {
  const auto lab = up();
  const auto count = [&] {
    return exec({"grep", "-c", "BEGIN CERTIFICATE", "/etc/ssl/certs/ca-certificates.crt"}).output;
  };
  EXPECT_EQ(count(), "2\n") << "the service has made the lab CA when the lab came up";
  ASSERT_EQ(labnet({"ca", "--renew"}).exit_code, 0);
  const auto renewed = labnet({"ca", "--path"}).output;
  const auto certificate = read_file(renewed.substr(0, renewed.find('\n')));
  EXPECT_THAT(exec({"cat", "/etc/ssl/certs/ca-certificates.crt"}).output, HasSubstr(certificate));
  EXPECT_EQ(count(), "2\n");
}

TEST_P(OutsideWorld, MayNotBeChangedFromAHost) {
  const auto lab = up();
  const auto written = exec({"sh", "-c", "echo >> /etc/ssl/certs/ca-certificates.crt"});
  EXPECT_NE(written.exit_code, 0);
  EXPECT_THAT(written.errors, HasSubstr("Read-only file system"));
}

TEST_P(OutsideWorld, LeavesTheCallersOwnTrust) {
  const auto lab = up();
  const auto own = write("own.crt", "");
  EXPECT_EQ(exec({"sh", "-c", "echo $SSL_CERT_FILE"}, {.environment = {{"SSL_CERT_FILE", own}}}).output, own + "\n");
  EXPECT_EQ(exec({"sh", "-c", "echo $SSL_CERT_FILE"}, {.environment = {{"SSL_CERT_FILE", ""}}}).output,
            "/etc/ssl/certs/ca-certificates.crt\n");
}

TEST_P(OutsideWorld, IsThereOnTheLoopbackNetworkToo) {
  // At an address that no other test's lab on this machine has at the same time.
  const auto host = 10 + getpid() % 200;
  std::string text{lab_with_sites};
  text.replace(text.find("192.168.1.2 "), std::string{"192.168.1.2"}.size(), fmt::format("192.168.1.{}", host));
  lab_file_ = write("lab.yaml", text);
  const auto lab = up({"--network", "loopback"});
  const auto authorities = folder() + "/run/labnet/outside/files/.trust/authorities.crt";
  EXPECT_THAT(labnet({"status", "--format", "json"}).output, HasSubstr("\"authorities\":\"" + authorities + "\""));
  for (const auto& [name, page] : {std::pair{"www.youtube.com", "youtube"}, std::pair{"web.labredes71.com", "web"}}) {
    const auto got =
        run(as_user({"curl", "-sS", "--cacert", authorities, "--resolve",
                     fmt::format("{}:8443:127.71.1.{}", name, host), fmt::format("https://{}:8443/", name)}));
    EXPECT_EQ(got.output, page) << got.errors;
  }
  EXPECT_EQ(labnet({"down"}).exit_code, 0);
  EXPECT_EQ(lab->wait().exit_code, 0);
  EXPECT_EQ(runtime_files(), std::set<std::string>{});
  expect_nothing_is_left();
}

TEST_P(OutsideWorld, IsCheckedWithoutALabThatRuns) {
  const auto linted = labnet({"lint", lab_file_});
  EXPECT_EQ(linted.exit_code, 0) << linted.errors;
  const auto alone = labnet({"serve", "http", "-c", folder() + "/http.yaml", "--listen", "https://127.0.0.1:0"});
  EXPECT_EQ(alone.exit_code, 1);
  EXPECT_THAT(alone.errors,
              HasSubstr("there is no outside CA: it is a lab's, and its services alone are told of it; let "
                        "\"labnet up\" start this one"));
}

}  // namespace
}  // namespace labnet::test
