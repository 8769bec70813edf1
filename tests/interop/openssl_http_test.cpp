// openssl s_client: requests as they are typed, and sessions that are taken up again.
#include <gmock/gmock.h>

#include "tests/interop/http_clients.hpp"

namespace labnet::http_server {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class InteropOpensslHttp : public HttpClients {
 protected:
  InteropOpensslHttp() : HttpClients{{"openssl", "version"}, "openssl"} {}

  /// The client's end of input does not end the connection: the server does, after the last answer.
  std::string s_client(const std::vector<std::string>& options, const std::string& requests) const {
    std::vector<std::string> command{
        "openssl",  "s_client",   "-connect", "127.0.0.1:" + tls_port(), "-CAfile", authority(), "-verify_return_error",
        "-ign_eof", "-verify_ip", "127.0.0.1"};
    command.insert(command.end(), options.begin(), options.end());
    return output_of(command, requests);
  }
};

const std::string last_request = "GET /b HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n";

TEST_F(InteropOpensslHttp, AnswersRequestsThatCameTogetherInTheirOrder) {
  server().write("a", "the first");
  server().write("b", "the second");
  const auto request = [](const std::string& target) {
    return "GET " + target + " HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
  };
  const auto talk = s_client({"-quiet"}, request("/a") + request("/missing") + request("/a") + last_request);
  const auto first = talk.find("the first"), missing = talk.find("404 Not Found"), again = talk.rfind("the first");
  EXPECT_LT(first, missing);
  EXPECT_LT(missing, again);
  EXPECT_LT(again, talk.find("the second"));
  EXPECT_NE(talk.find("the second"), talk.npos) << talk;
}

TEST_F(InteropOpensslHttp, TakesASessionUpAgain) {
  server().write("b", "the second");
  for (const std::string version : {"-tls1_2", "-tls1_3"}) {
    const auto session = path("session" + version);
    EXPECT_THAT(s_client({version, "-sess_out", session}, last_request),
                AllOf(HasSubstr("the second"), HasSubstr("New, ")));
    EXPECT_THAT(s_client({version, "-sess_in", session}, last_request),
                AllOf(HasSubstr("the second"), HasSubstr("Reused, "), Not(HasSubstr("New, "))))
        << version;
  }
}

TEST_F(InteropOpensslHttp, AgreesOnHttp11) {
  server().write("b", "the second");
  EXPECT_THAT(s_client({"-alpn", "h2,http/1.1"}, last_request), HasSubstr("ALPN protocol: http/1.1"));
}

}  // namespace
}  // namespace labnet::http_server
