// Whether a certificate was revoked, asked of a running server by OpenSSL's client and octet by octet.
#include "common/ca/ocsp.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <filesystem>

#include "common/ca/authority.hpp"
#include "common/http/date.hpp"
#include "common/log/clock.hpp"
#include "tests/servers/http/running_http.hpp"

namespace labnet::http_server {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class HttpOcsp : public testing::Test {
 protected:
  /// A certificate and its CA's, as files.
  struct Issued {
    ca::Certificate certificate, issuer;
    std::string certificate_path, issuer_path;
  };
  Issued issue(const ca::Authority& authority, const std::string& name) const {
    const auto leaf = *authority.issue({name}, {});
    return {ca::parse_certificate(leaf.certificate_pem), authority.issuer().certificate,
            temporary_.write(name + ".crt", leaf.certificate_pem), authority.certificate_path().string()};
  }
  test::How environment() const {
    return {.environment = {{"LABNET_CA_DIR", lab_folder_}, {"LABNET_OUTSIDE_CA_DIR", outside_folder_}}};
  }
  std::unique_ptr<RunningHttp> serve(const std::string& application) const {
    return RunningHttp::with_config(fmt::format(R"(
sites:
  - root: ROOT
    applications:
      - {{ path: /echo, do: echo }}
      - {}
)",
                                                application),
                                    environment());
  }
  static std::string ask_with_openssl(const RunningHttp& server, const Issued& about, const std::string& path = "/",
                                      const std::vector<std::string>& options = {}) {
    std::vector<std::string> words{"openssl", "ocsp",
                                   "-issuer", about.issuer_path,
                                   "-cert",   about.certificate_path,
                                   "-CAfile", about.issuer_path,
                                   "-url",    fmt::format("http://127.0.0.1:{}{}", server.port(), path)};
    words.insert(words.end(), options.begin(), options.end());
    const auto outcome = test::run(words);
    return outcome.output + outcome.errors;
  }
  static HttpResponse post(const RunningHttp& server, Bytes request, std::string_view path = "/") {
    HttpClient client{server};
    return client.ask("POST", path, "Content-Type: application/ocsp-request\r\n", as_text(request));
  }
  /// "good" and so on, or the client's fault.
  static std::string status_in(const HttpResponse& response, const Issued& about) {
    const auto read = ca::read_ocsp_response(as_bytes(response.body), about.certificate, about.issuer, seconds_now());
    return read ? std::string{to_string(read->status)} : read.error().message;
  }

  test::TemporaryFolder temporary_;
  std::string lab_folder_ = temporary_.path() + "/lab", outside_folder_ = temporary_.path() + "/outside";
  ca::Authority lab_ = *ca::Authority::open(lab_folder_);
  ca::Authority outside_ = *ca::Authority::make_outside(outside_folder_);
  Issued own_ = issue(lab_, "web.labredes71.com");
  Issued site_ = issue(outside_, "www.youtube.com");
};

TEST_F(HttpOcsp, AnswersOpensslForBothCas) {
  const auto server = serve("{ path: /, do: ocsp }");
  for (const auto& one : {own_, site_}) {
    const auto said = ask_with_openssl(*server, one);
    EXPECT_THAT(said, AllOf(HasSubstr("Response verify OK\n"), HasSubstr(one.certificate_path + ": good\n"),
                            HasSubstr("Next Update: ")));
    EXPECT_THAT(said, Not(HasSubstr("WARNING"))) << "the nonce is there";
  }
}

TEST_F(HttpOcsp, KnowsWhichCertificatesWereRevoked) {
  const auto server = serve(fmt::format("{{ path: /, do: ocsp, revoked: [{}] }}", ca::serial_of(site_.certificate)));
  EXPECT_THAT(ask_with_openssl(*server, site_),
              AllOf(HasSubstr("Response verify OK\n"), HasSubstr(": revoked\n"), HasSubstr("Revocation Time: ")));
  EXPECT_THAT(ask_with_openssl(*server, own_), HasSubstr(": good\n"));
}

TEST_F(HttpOcsp, DoesNotKnowTheCertificatesOfOtherCas) {
  const auto server = serve("{ path: /, do: ocsp }");
  const auto other = *ca::Authority::make_outside(temporary_.path() + "/other");
  EXPECT_THAT(ask_with_openssl(*server, issue(other, "www.elespectador.com"), "/", {"-noverify"}),
              HasSubstr(": unknown\n"));
}

TEST_F(HttpOcsp, IsAskedByPost) {
  const auto server = serve("{ path: /ocsp, do: ocsp }");
  const auto response = post(*server, *ca::make_ocsp_request(site_.certificate, site_.issuer), "/ocsp");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.field("Content-Type"), "application/ocsp-response");
  EXPECT_FALSE(response.has("Expires")) << "a response to POST is nobody else's";
  EXPECT_EQ(status_in(response, site_), "good");
  HttpClient client{*server};
  EXPECT_EQ(client.ask("POST", "/ocsp", "Content-Type: text/plain\r\n", "x").status, 415);
}

TEST_F(HttpOcsp, IsAskedByGetAndMayBeCached) {
  for (const auto* const path : {"/", "/ocsp"}) {
    const auto server = serve(fmt::format("{{ path: {}, do: ocsp }}", path));
    const std::string prefix = std::string{path} == "/" ? "" : path;
    const auto target = prefix + "/" + ca::ocsp_path_of(*ca::make_ocsp_request(site_.certificate, site_.issuer));
    HttpClient client{*server};
    const auto response = client.get(target);
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.field("Content-Type"), "application/ocsp-response");
    EXPECT_EQ(response.field("Cache-Control"), "max-age=3600, public, no-transform, must-revalidate");
    const auto said = ca::read_ocsp_response(as_bytes(response.body), site_.certificate, site_.issuer, seconds_now());
    ASSERT_TRUE(said) << said.error().message;
    EXPECT_EQ(response.field("Last-Modified"), http::Date{said->this_update}.text());
    EXPECT_EQ(response.field("Expires"), http::Date{*said->next_update}.text());
    EXPECT_EQ(client.ask("HEAD", target).status, 200);
  }
}

TEST_F(HttpOcsp, TakesTheRequestOfGetAsItCame) {
  const auto server = serve("{ path: /, do: ocsp }");
  // Not every client encodes "/" and "+", and of two "/" in a row none may get lost: a nonce of ones makes such.
  const auto request = *ca::make_ocsp_request(site_.certificate, site_.issuer, Buffer(32, std::byte{0xff}));
  auto path = ca::ocsp_path_of(request);
  for (const auto& [escape, c] : {std::pair{"%2B", "+"}, std::pair{"%2F", "/"}}) {
    for (auto at = path.find(escape); at != path.npos; at = path.find(escape)) path.replace(at, 3, c);
  }
  ASSERT_THAT(path, HasSubstr("//"));
  HttpClient client{*server};
  EXPECT_EQ(status_in(client.get("/" + path), site_), "good") << path;
}

TEST_F(HttpOcsp, RefusesWhatIsNoRequest) {
  const auto server = serve("{ path: /, do: ocsp }");
  const std::string refused = "the OCSP responder does not answer: malformedRequest";
  HttpClient client{*server};
  for (const auto* const target : {"/", "/abc", "/%00", "/MA==", "/index.html"}) {
    const auto response = client.get(target);
    if (response.status == 400) continue;  // what is no path for anybody
    EXPECT_EQ(response.status, 200) << target;
    EXPECT_EQ(status_in(response, site_), refused) << target;
    EXPECT_EQ(response.field("Cache-Control"), "no-store");
  }
  EXPECT_EQ(status_in(post(*server, as_bytes("no request")), site_), refused);
  const auto request = *ca::make_ocsp_request(site_.certificate, site_.issuer);
  EXPECT_EQ(status_in(post(*server, Buffer(ca::ocsp_request_bytes_max + 1)), site_), refused);
  EXPECT_EQ(status_in(post(*server, Buffer(50'000)), site_), refused);
  EXPECT_EQ(status_in(post(*server, request), site_), "good") << "and goes on";
}

TEST_F(HttpOcsp, LeavesTheOtherApplicationsTheirPaths) {
  const auto server = serve("{ path: /, do: ocsp }");
  HttpClient client{*server};
  EXPECT_EQ(client.get("/echo").field("Content-Type"), "application/json");
  EXPECT_EQ(client.get("/echo/below").field("Content-Type"), "application/ocsp-response");
  EXPECT_EQ(client.ask("PUT", "/any", "", "x").field("Allow"), "GET, HEAD, POST, OPTIONS");
}

TEST_F(HttpOcsp, TakesACaThatComesLater) {
  std::filesystem::rename(outside_folder_, outside_folder_ + ".away");
  const auto server = serve("{ path: /, do: ocsp }");
  const auto request = *ca::make_ocsp_request(site_.certificate, site_.issuer);
  EXPECT_THAT(status_in(post(*server, request), site_), Not(testing::Eq("good")));
  std::filesystem::rename(outside_folder_ + ".away", outside_folder_);
  EXPECT_EQ(status_in(post(*server, request), site_), "good");
}

TEST_F(HttpOcsp, IsExplainedWhenItsSettingsAreWrong) {
  const auto fault = [&](const std::string& application) {
    const auto file =
        temporary_.write("http.yaml", "sites:\n  - root: .\n    applications:\n      - " + application + "\n");
    return test::run({test::labnet(), "serve", "http", "-c", file, "--check"}, environment()).errors;
  };
  EXPECT_EQ(fault("{ path: /, do: ocsp, revoked: [0a:1b] }"), "");
  EXPECT_THAT(
      fault("{ path: /, do: ocsp, revoked: [xyz] }"),
      HasSubstr("http.yaml:4:40: sites.1.applications.1.revoked.1: expected a serial number of a certificate in "
                "hexadecimal, such as 0A1B or 0a:1b, found \"xyz\""));
  EXPECT_THAT(fault("{ path: /, do: echo, revoked: [01] }"), HasSubstr("revoked"));
  const auto many = [](std::size_t count) {
    std::string list;
    for (std::size_t i = 0; i < count; ++i) list += "01, ";
    return "{ path: /, do: ocsp, revoked: [" + list + "] }";
  };
  EXPECT_EQ(fault(many(1'000)), "");
  EXPECT_THAT(fault(many(1'001)), HasSubstr("expected at most 1000 serial numbers"));
}

}  // namespace
}  // namespace labnet::http_server
