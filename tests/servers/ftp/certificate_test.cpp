// Whose certificate a running service shows, as others' clients see it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>

#include "tests/servers/ftp/running_ftp.hpp"

namespace labnet::ftp_server {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class FtpCertificate : public testing::Test {
 protected:
  FtpCertificate() { ::setenv("LABNET_CA_DIR", (folder_.path() + "/ca").c_str(), 1); }
  ~FtpCertificate() override { ::unsetenv("LABNET_CA_DIR"); }

  std::string authority() const { return folder_.path() + "/ca/ca.crt"; }
  /// What curl gets, or its complaint. It trusts the lab CA.
  std::string curl(const std::vector<std::string>& arguments) const {
    std::vector<std::string> command{"curl", "-sS", "--max-time", "10", "--cacert", authority(), "-u", "ann:secret"};
    command.insert(command.end(), arguments.begin(), arguments.end());
    const auto outcome = test::run(command);
    return outcome.exit_code == 0 ? outcome.output : outcome.errors;
  }
  /// The certificate that is shown at a port.
  static std::string shown_at(std::uint16_t port, const std::vector<std::string>& options = {}) {
    std::vector<std::string> command{"openssl", "s_client", "-connect", "127.0.0.1:" + std::to_string(port)};
    command.insert(command.end(), options.begin(), options.end());
    const auto text = test::run(command).output;  // its standard input is at its end
    const auto begin = text.find("-----BEGIN CERTIFICATE-----");
    return begin == text.npos ? "" : text.substr(begin, text.find("-----END", begin) - begin);
  }

  test::TemporaryFolder folder_;
};

TEST_F(FtpCertificate, OfTheLabIsForThisHostAndWhereItListens) {
  const RunningFtp server{{"--tls", "--listen-tls", "127.0.0.1:0"}};
  server.write("a.txt", "alpha");
  const auto implicit = std::to_string(server.implicit_tls_port());
  const auto plain = std::to_string(server.port());
  EXPECT_EQ(curl({"ftps://localhost:" + implicit + "/a.txt"}), "alpha");
  EXPECT_EQ(curl({"ftps://127.0.0.1:" + implicit + "/a.txt"}), "alpha");
  EXPECT_EQ(curl({"--ssl-reqd", "ftp://127.0.0.1:" + plain + "/a.txt"}), "alpha");
  EXPECT_EQ(curl({"ftp://127.0.0.1:" + plain + "/a.txt"}), "alpha") << "without TLS";
  EXPECT_THAT(curl({"--connect-to", "other.lab::127.0.0.1:" + implicit, "ftps://other.lab:" + implicit + "/a.txt"}),
              HasSubstr("other.lab"));
}

TEST_F(FtpCertificate, OfTheLabIsForTheNamesOfTheConfiguration) {
  const auto config = folder_.write("ftp.yaml",
                                    "root: .\n"
                                    "tls: { names: [ftps.labredes71.com], required: true }\n");
  const RunningFtp server{{"-c", config, "--listen-tls", "ftps://127.0.0.1:0"}};
  server.write("a.txt", "alpha");
  const auto port = std::to_string(server.implicit_tls_port());
  EXPECT_EQ(
      curl({"--connect-to", "ftps.labredes71.com::127.0.0.1:" + port, "ftps://ftps.labredes71.com:" + port + "/a.txt"}),
      "alpha");
  EXPECT_THAT(curl({"ftps://localhost:" + port + "/a.txt"}), HasSubstr("localhost"));
}

TEST_F(FtpCertificate, IsNotThereUnlessItIsAskedFor) {
  RunningFtp server;
  EXPECT_EQ(server.implicit_tls_port(), 0);
  FtpClient client{server};
  EXPECT_THAT(client.ask("AUTH TLS"), StartsWith("500 "));
  EXPECT_FALSE(std::filesystem::exists(authority()));
}

TEST_F(FtpCertificate, OfTheLabIsAnotherAfterAReload) {
  RunningFtp server{{"--tls", "--listen-tls", "127.0.0.1:0"}};
  const auto before = shown_at(server.implicit_tls_port());
  EXPECT_NE(before, "");
  EXPECT_EQ(shown_at(server.implicit_tls_port()), before);
  EXPECT_EQ(shown_at(server.port(), {"-starttls", "ftp"}), before);
  server.signal(SIGHUP);
  server.wait_for_log("read again");
  const auto after = shown_at(server.implicit_tls_port());
  EXPECT_NE(after, "");
  EXPECT_NE(after, before);
}

TEST_F(FtpCertificate, InFilesIsReadAgainAtAReload) {
  const auto make = [&](const std::string& name) {
    test::run({"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj",
               "/CN=" + name, "-days", "20", "-keyout", folder_.path() + "/www.key", "-out",
               folder_.path() + "/www.crt"});
    return test::read_file(folder_.path() + "/www.crt");
  };
  const auto first = make("first");
  RunningFtp server{
      {"--cert", folder_.path() + "/www.crt", "--key", folder_.path() + "/www.key", "--listen-tls", "127.0.0.1:0"}};
  EXPECT_THAT(first, StartsWith(shown_at(server.implicit_tls_port())));
  const auto second = make("second");
  EXPECT_THAT(first, StartsWith(shown_at(server.implicit_tls_port())));
  server.signal(SIGHUP);
  server.wait_for_log("read again");
  EXPECT_THAT(second, StartsWith(shown_at(server.implicit_tls_port())));

  folder_.write("www.key", "");
  server.signal(SIGHUP);
  server.wait_for_log("stay as they are");
  EXPECT_THAT(second, StartsWith(shown_at(server.implicit_tls_port())));
}

TEST_F(FtpCertificate, IsCheckedAndNothingIsMade) {
  const auto check = [&](const std::string& yaml, const std::vector<std::string>& options = {}) {
    const auto file = folder_.write("ftp.yaml", "root: .\n" + yaml);
    std::vector<std::string> command{test::labnet(), "serve", "ftp", "-c", file, "--check"};
    command.insert(command.end(), options.begin(), options.end());
    const auto outcome = test::run(command);
    return std::to_string(outcome.exit_code) + " " + outcome.errors;
  };
  EXPECT_EQ(check("tls: { names: [ftps.labredes71.com] }\n"), "0 ");
  EXPECT_EQ(check("tls: { required: true }\n", {"--tls"}), "0 ");
  EXPECT_THAT(check("tls: { required: true }\n"),
              AllOf(StartsWith("2 "), HasSubstr("tls.required needs a certificate: tls.certificate and tls.key, ")));
  EXPECT_THAT(check("", {"--listen-tls", "127.0.0.1:0"}),
              AllOf(StartsWith("2 "), HasSubstr("--listen-tls needs a certificate: --tls")));
  EXPECT_THAT(check("listen: [ftps://127.0.0.1:9990]\n"),
              AllOf(StartsWith("2 "), HasSubstr("ftps://127.0.0.1:9990 needs a certificate")));
  EXPECT_THAT(check("tls: { names: [www.bing.com] }\n"),
              AllOf(StartsWith("2 "), HasSubstr("the lab CA may not vouch for www.bing.com")));
  EXPECT_THAT(check("tls: { names: [\"www lab\"] }\n"), AllOf(StartsWith("2 "), HasSubstr("ftp.yaml:2:")));
  EXPECT_THAT(check("", {"--cert", "a.crt"}), AllOf(StartsWith("2 "), HasSubstr("--cert and --key belong together")));
  EXPECT_FALSE(std::filesystem::exists(authority()));
}

}  // namespace
}  // namespace labnet::ftp_server
