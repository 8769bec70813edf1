// labnet http browse asks CAs by OCSP: openssl answers, over a connection of the test's own.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>

#include <boost/json/parse.hpp>

#include "tests/clients/http/scripted_server.hpp"
#include "tests/support/child.hpp"
#include "tests/support/running_service.hpp"

namespace labnet::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

using Words = std::vector<std::string>;

/// A CA, a server with a certificate of that CA which says where it answers, and the responder there.
class Revocation : public testing::Test {
 protected:
  Revocation() {
    openssl({"req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj",
             "/CN=test CA", "-out", "ca.pem", "-keyout", "ca.key"});
    openssl({"req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=banco71.com",
             "-out", "own.req", "-keyout", "own.key"});
    folder_.write("own.ext",
                  fmt::format("subjectAltName=IP:127.0.0.1\nauthorityInfoAccess=OCSP;URI:{}\n", responder_.url("/")));
    openssl({"x509", "-req", "-in", "own.req", "-CA", "ca.pem", "-CAkey", "ca.key", "-set_serial", "0x71", "-days", "2",
             "-extfile", "own.ext", "-out", "own.pem"});
    list_as("V\t401231000000Z\t\t71\tunknown\t/CN=banco71.com\n");
    std::filesystem::create_directory(here_);
    std::string page = "<!DOCTYPE html><link rel=icon href=data:,>";
    for (int i = 0; i < 4; ++i) {
      page += fmt::format("<img src={}.png>", i);
      folder_.write(fmt::format("root/{}.png", i), "PNG");
    }
    folder_.write("root/index.html", page);
    server_ = std::make_unique<RunningService>("http", Words{"--root", path("root"), "--cert", path("own.pem"), "--key",
                                                             path("own.key"), "--listen", "https://127.0.0.1:0"});
  }

  std::string path(const std::string& name) const { return folder_.path() + "/" + name; }
  void openssl(Words words) const {
    words.insert(words.begin(), "openssl");
    const auto outcome = run(words, {.folder = folder_.path()});
    ASSERT_EQ(outcome.exit_code, 0) << outcome.errors;
  }
  /// The CA's list of its certificates, as `openssl ca` keeps it.
  void list_as(const std::string& line) const { folder_.write("index.txt", line); }
  void revoke() const { list_as("R\t401231000000Z\t261126120000Z,keyCompromise\t71\tunknown\t/CN=banco71.com\n"); }

  Outcome browse(Words words) const {
    const Words begin{labnet(), "http", "browse", "--ca", path("ca.pem")};
    words.insert(words.begin(), begin.begin(), begin.end());
    words.push_back(fmt::format("https://127.0.0.1:{}/", server_->port("https")));
    return run(words, {.folder = here_});
  }
  std::size_t questions() const { return responder_.requests().size(); }

  TemporaryFolder folder_;
  std::string here_ = path("here");
  std::string answer_in_place_;  // of the responder's; empty: openssl answers
  ScriptedServer responder_{ScriptedServer::answering([this](const SeenRequest& request) {
    if (!answer_in_place_.empty()) return answer_in_place_;
    folder_.write("request", request.body);
    openssl({"ocsp", "-index", "index.txt", "-CA", "ca.pem", "-rsigner", "ca.pem", "-rkey", "ca.key", "-reqin",
             "request", "-respout", "response", "-ndays", "1"});
    return response_of(read_file(path("response")), "Content-Type: application/ocsp-response\r\n");
  })};
  std::unique_ptr<RunningService> server_;
};

TEST_F(Revocation, IsAskedAboutOnceForAllConnectionsToAServer) {
  const auto outcome = browse({"--format", "json"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.errors;
  EXPECT_EQ(outcome.errors, "");
  ASSERT_EQ(questions(), 1u);
  const auto question = responder_.requests()[0];
  EXPECT_EQ(question.first_line(), "POST / HTTP/1.1");
  EXPECT_EQ(question.field("Content-Type"), "application/ocsp-request");
  const auto loads = boost::json::parse(outcome.output).as_array();
  ASSERT_EQ(loads.size(), 6u) << outcome.output;
  EXPECT_EQ(loads[0].at("kind").as_string(), "document");
  EXPECT_EQ(loads[0].at("status").as_int64(), 200);
  EXPECT_EQ(loads[1].at("kind").as_string(), "ocsp");
  EXPECT_EQ(loads[1].at("url").as_string(), responder_.url("/"));
  EXPECT_EQ(loads[1].at("status").as_int64(), 200);
  EXPECT_EQ(loads[1].at("type").as_string(), "application/ocsp-response");
}

TEST_F(Revocation, EndsTheVisitBeforeAnythingWasAskedFor) {
  revoke();
  const auto outcome = browse({"-v"});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_THAT(outcome.errors, HasSubstr("the certificate of \"CN=banco71.com\" was revoked by its CA on 2026-11-26 "
                                        "(keyCompromise)\n"));
  EXPECT_THAT(outcome.errors, Not(HasSubstr("> GET")));
}

TEST_F(Revocation, IsNotAskedAboutIfThatIsNotWanted) {
  revoke();
  const auto outcome = browse({"--no-ocsp"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.errors;
  EXPECT_THAT(outcome.output, Not(HasSubstr("ocsp")));
  EXPECT_EQ(responder_.connections(), 0);
}

TEST_F(Revocation, IsOnlyToldWhereItIsNotKnown) {
  const std::string whose = "whether the certificate of \"CN=banco71.com\" was revoked is not known: ";
  for (const auto& answer : {response_of("no", "", "500 Internal Server Error"), response_of("no response of OCSP"),
                             std::string{"no HTTP\r\n\r\n"}, response_of(std::string(70'000, 'x'))}) {
    answer_in_place_ = answer;
    const auto outcome = browse({});
    EXPECT_EQ(outcome.exit_code, 0) << outcome.errors;
    EXPECT_THAT(outcome.errors, HasSubstr(whose));
    EXPECT_THAT(outcome.output, HasSubstr("of 6 came"));  // the answer of a CA, if it was one of HTTP, came as well
  }
  answer_in_place_.clear();
  list_as("V\t401231000000Z\t\t72\tunknown\t/CN=other\n");
  const auto unknown = browse({});
  EXPECT_EQ(unknown.exit_code, 0);
  EXPECT_THAT(unknown.errors, HasSubstr(whose + "its CA does not know it\n"));
}

TEST_F(Revocation, IsBelievedFromTheCaAlone) {
  openssl({"req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj",
           "/CN=test CA", "-out", "other.pem", "-keyout", "other.key"});
  revoke();
  EXPECT_EQ(browse({}).exit_code, 1);
  folder_.write("request", responder_.requests().back().body);
  openssl({"ocsp", "-index", "index.txt", "-CA", "ca.pem", "-rsigner", "other.pem", "-rkey", "other.key", "-reqin",
           "request", "-respout", "response", "-ndays", "1"});
  answer_in_place_ = response_of(read_file(path("response")));
  const auto outcome = browse({});
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_THAT(outcome.errors, HasSubstr("is not known: "));
}

}  // namespace
}  // namespace labnet::test
