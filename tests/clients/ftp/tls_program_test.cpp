// labnet ftp in TLS: whom it trusts, what it sends to whom.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/base/text.hpp"
#include "tests/clients/ftp/fake_server.hpp"
#include "tests/clients/ftp/ftp_program.hpp"
#include "tests/common/net/test_certificates.hpp"

namespace labnet::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

class FtpsProgram : public FtpProgram {
 protected:
  FtpsProgram() {
    net::Wish wish;
    wish.subject = "ftp.lab";
    wish.names = "DNS:localhost,IP:127.0.0.1";
    const auto identity = authority_.issue(wish);
    serve({"--cert", identity.certificate_path, "--key", identity.key_path, "--listen", "ftp://127.0.0.1:0", "--listen",
           "ftps://127.0.0.1:0"});
  }
  std::string secure_url(const std::string& path) const {
    return fmt::format("ftps://ann:secret@{}/{}", secure_place_, path);
  }

  net::Authority authority_{"lab CA"};
};

TEST_F(FtpsProgram, SecuresControlAndDataAndResumesTheSession) {
  for (const auto* way : {"--epsv", "--active"}) {
    const auto outcome = ftp("get", {"-v", "--tls", way, "--ca", authority_.path(), url("1.png")});
    EXPECT_EQ(outcome.exit_code, 0) << outcome.errors;
    EXPECT_THAT(verbs_of(outcome), StartsWith("AUTH USER PASS PBSZ PROT FEAT "));
    EXPECT_THAT(outcome.errors,
                AllOf(HasSubstr("-- the control connection is secure: TLS 1.3, "),
                      HasSubstr("-- the data connection is secure: TLS 1.3, "), HasSubstr("session resumed")));
    EXPECT_EQ(read_file(here("1.png")), served("home/ann/1.png"));
  }
}

TEST_F(FtpsProgram, SecuresSeveralDataConnections) {
  const auto outcome = ftp("put", {"-v", "--tls", "--like", "filezilla", "--ca", authority_.path(),
                                   folder_.write("x", std::string(3'000'000, 'x')), url()});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.errors;
  EXPECT_EQ(verbs_of(outcome),
            "AUTH USER PASS SYST FEAT CLNT OPTS PBSZ PROT PWD CWD TYPE PASV MLSD PASV STOR PASV MLSD QUIT");
  EXPECT_EQ(split(outcome.errors, '\n').size() > 10, true);
  std::size_t resumed = 0;
  for (const auto line : split(outcome.errors, '\n')) resumed += line.find("session resumed") != line.npos ? 1 : 0;
  EXPECT_EQ(resumed, 3u);
  EXPECT_EQ(served("home/ann/x").size(), 3'000'000u);
}

TEST_F(FtpsProgram, IsSecureFromTheFirstByteOn) {
  const auto outcome = ftp("cat", {"-v", "--ca", authority_.path(), secure_url("notes.txt")});
  EXPECT_EQ(outcome.output, "one\ntwo\n") << outcome.errors;
  EXPECT_THAT(verbs_of(outcome), StartsWith("USER PASS PBSZ PROT "));
}

TEST_F(FtpsProgram, TrustsNobodyInParticular) {
  const auto outcome = ftp("cat", {"--tls", url("notes.txt")});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_THAT(outcome.errors, AllOf(HasSubstr("ftp.lab"), HasSubstr("--ca FILE names a CA to trust")));
  EXPECT_EQ(outcome.output, "");
  const auto insecure = ftp("cat", {"--tls", "--insecure", url("notes.txt")});
  EXPECT_EQ(insecure.output, "one\ntwo\n");
  EXPECT_THAT(insecure.errors, HasSubstr("labnet ftp cat: "));  // why it is not to be trusted
  EXPECT_EQ(ftp("cat", {"--tls", "--ca", here("none"), url("notes.txt")}).exit_code, 1);
}

TEST_F(FtpsProgram, TrustsTheLabsCa) {
  folder_.write("ca.crt", read_file(authority_.path()));
  const auto outcome =
      run(command("cat", {"--tls", url("notes.txt")}), {.environment = {{"LABNET_CA_DIR", folder_.path()}}});
  EXPECT_EQ(outcome.output, "one\ntwo\n") << outcome.errors;
}

TEST_F(FtpsProgram, WritesTheKeysDown) {
  const auto outcome = run(command("cat", {"--tls", "--insecure", url("notes.txt")}),
                           {.environment = {{"SSLKEYLOGFILE", here("keys")}}, .folder = here_});
  EXPECT_EQ(outcome.output, "one\ntwo\n");
  EXPECT_THAT(read_file(here("keys")), HasSubstr("CLIENT_TRAFFIC_SECRET_0 "));
}

TEST_F(FtpsProgram, SendsNoPasswordToAServerWithoutTls) {
  const FakeServer server;
  const auto outcome = ftp("cat", {"--tls", server.url()});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_THAT(outcome.errors, HasSubstr("the server has no TLS, and --tls asks for it"));
  EXPECT_EQ(server.verbs(), "AUTH AUTH QUIT");
  const auto in_clear = ftp("cat", {"--tls-if-offered", server.url()});
  EXPECT_EQ(in_clear.output, "some bytes");
  EXPECT_THAT(in_clear.errors, HasSubstr("all travels in plain text, the password too"));
}

}  // namespace
}  // namespace labnet::test
