// Python's ftplib, in which many scripts are written. It resumes no session of TLS (cpython #63699).
#include <gmock/gmock.h>

#include "tests/interop/ftp_clients.hpp"

namespace labnet::ftp_server {
namespace {

using test::debian_python;
using testing::HasSubstr;
using testing::StartsWith;

class InteropFtplib : public FtpClients {
 protected:
  InteropFtplib() : FtpClients{{debian_python, "-c", "import ftplib"}, "python3"} {}

  std::string run(const std::string& transport, const std::string& what) {
    return output_of(
        {debian_python, "-B", std::string{LABNET_INTEROP_DIR} + "/ftplib_client.py", port(), transport, what});
  }
};

TEST_F(InteropFtplib, UsesEveryCommandItHas) {
  start_with("session_reuse: warn");
  for (const std::string transport : {"plain", "tls"}) {
    server().write("large", std::string(20'000'000, 'x'));
    EXPECT_EQ(run(transport, "tour"),
              "stor 226\n"
              "size 10\n"
              "rest b'456789'\n"
              "put on 226 b'0123abc'\n"
              "lines 226\n"
              "lines ['one', 'two']\n"
              "rename 250\n"
              "mkd /a \"quoted\" folder 250 /a \"quoted\" folder 250\n"
              "nlst ['a \"quoted\" folder', 'large', 'país 1', 'renamed']\n"
              "mlsd [('a \"quoted\" folder', 'dir'), ('large', 'file'), ('país 1', 'file'), ('renamed', 'file')]\n"
              "list 4\n"
              "delete 250 250\n"
              "active b'0123abc'\n"
              "abort 426 226\n"
              "after b'0123abc'\n"
              "quit 221\n")
        << transport;
  }
}

TEST_F(InteropFtplib, IsTurnedAwayWhereDataHasToResumeTheSession) {
  server().write("file", "12345");
  EXPECT_THAT(run("tls", "file"), StartsWith("error_perm 522 "));
}

TEST_F(InteropFtplib, IsServedWithAWarningOtherwise) {
  start_with("session_reuse: warn");
  server().write("file", "12345");
  EXPECT_THAT(run("tls", "file"), StartsWith("fetched b'12345'\n"));
  server().wait_for_log("did not resume the TLS session");
}

}  // namespace
}  // namespace labnet::ftp_server
