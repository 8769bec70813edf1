// Requests that two programs could read differently: refused, and the connection closed.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "tests/servers/http/running_http.hpp"

namespace labnet::http_server {
namespace {

using testing::HasSubstr;

struct Malformed {
  std::string name;
  int status;
  std::string bytes;
};

const std::string host = "Host: www.lab\r\n";
const std::string get = "GET / HTTP/1.1\r\n";
const std::string post_head = "POST / HTTP/1.1\r\nHost: www.lab\r\n";

/// Each is whole as it stands: nothing more has to come for the server to know.
std::vector<Malformed> malformed_requests() {
  std::vector<Malformed> all{
      {"LengthThenCoding", 400, post_head + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
      {"CodingThenLength", 400, post_head + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n"},
      {"CodingNotChunkedLast", 400, post_head + "Transfer-Encoding: chunked, identity\r\n\r\n"},
      {"CodingTwice", 400, post_head + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
      {"CodingUnknown", 501, post_head + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"},
      {"CodingInHttp10", 400, "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
      {"CodingWithTab", 400,
       post_head + "Transfer-Encoding:\x0b"
                   "chunked\r\n\r\n0\r\n\r\n"},
      {"LengthsDiffer", 400, post_head + "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello"},
      {"LengthsDifferInOneLine", 400, post_head + "Content-Length: 5, 6\r\n\r\nhello"},
      {"LengthWithSign", 400, post_head + "Content-Length: +5\r\n\r\nhello"},
      {"LengthNegative", 400, post_head + "Content-Length: -5\r\n\r\n"},
      {"LengthWithSpace", 400, post_head + "Content-Length: 5 5\r\n\r\nhello"},
      {"LengthEmpty", 400, post_head + "Content-Length:\r\n\r\n"},
      {"LengthHexadecimal", 400, post_head + "Content-Length: 0x5\r\n\r\nhello"},
      {"LengthTooLarge", 400, post_head + "Content-Length: 18446744073709551616\r\n\r\n"},
      {"LengthFraction", 400, post_head + "Content-Length: 5.0\r\n\r\nhello"},
      {"LengthWithLetters", 400, post_head + "Content-Length: 5abc\r\n\r\nhello"},
      {"CrAlone", 400, get + "Host: www.lab\rX: y\r\n\r\n"},
      {"CrAloneInFirstLine", 400, "GET /\rHTTP/1.1\r\n" + host + "\r\n"},
      {"LfAlone", 400, get + "Host: www.lab\n\r\n"},
      {"LfAloneInFirstLine", 400, "GET / HTTP/1.1\n" + host + "\r\n"},
      {"NulInValue", 400, get + "Host: www.lab\r\nX: a" + std::string(1, '\0') + "b\r\n\r\n"},
      {"NulInName", 400, get + "Host: www.lab\r\nX" + std::string(1, '\0') + ": b\r\n\r\n"},
      {"NulInTarget", 400, "GET /" + std::string(1, '\0') + " HTTP/1.1\r\n" + host + "\r\n"},
      {"ControlInValue", 400,
       get + "Host: www.lab\r\nX: a\x01"
             "b\r\n\r\n"},
      {"DelInValue", 400,
       get + "Host: www.lab\r\nX: a\x7f"
             "b\r\n\r\n"},
      {"SpaceBeforeColon", 400, get + "Host : www.lab\r\n\r\n"},
      {"TabBeforeColon", 400, get + "Host\t: www.lab\r\n\r\n"},
      {"SpaceInName", 400, get + host + "X Y: z\r\n\r\n"},
      {"NoColon", 400, get + host + "X\r\n\r\n"},
      {"NoName", 400, get + host + ": x\r\n\r\n"},
      {"Folded", 400, get + host + "X: a\r\n b\r\n\r\n"},
      {"FoldedByTab", 400, get + host + "X: a\r\n\tb\r\n\r\n"},
      {"FoldedBehindFirstLine", 400, get + " X: a\r\n" + host + "\r\n"},
      {"FieldBeforeFirstLine", 400, "X: a\r\n" + get + host + "\r\n"},
      {"NameWithQuote", 400, get + host + "X\"Y: z\r\n\r\n"},
      {"NameBeyondAscii", 400, get + host + "X\xc3\xa9: z\r\n\r\n"},
      {"NoHost", 400, get + "\r\n"},
      {"TwoHosts", 400, get + host + "Host: other.lab\r\n\r\n"},
      {"TwoHostsAlike", 400, get + host + host + "\r\n"},
      {"HostWithUser", 400, get + "Host: user@www.lab\r\n\r\n"},
      {"HostWithPath", 400, get + "Host: www.lab/path\r\n\r\n"},
      {"HostWithSpace", 400, get + "Host: www.lab other.lab\r\n\r\n"},
      {"HostWithComma", 400, get + "Host: www.lab, other.lab\r\n\r\n"},
      {"HostWithPortTooLarge", 400, get + "Host: www.lab:65536\r\n\r\n"},
      {"HostWithPortOfLetters", 400, get + "Host: www.lab:http\r\n\r\n"},
      {"HostInBrackets", 400, get + "Host: [www.lab]\r\n\r\n"},
      {"HostWithQuestionMark", 400, get + "Host: www.lab?x\r\n\r\n"},
      {"TargetWithFragment", 400, "GET /#top HTTP/1.1\r\n" + host + "\r\n"},
      {"TargetWithoutSlash", 400, "GET index.html HTTP/1.1\r\n" + host + "\r\n"},
      {"TargetEmpty", 400, "GET  HTTP/1.1\r\n" + host + "\r\n"},
      {"TargetMissing", 400, "GET HTTP/1.1\r\n" + host + "\r\n"},
      {"TargetWithSpace", 400, "GET /a b HTTP/1.1\r\n" + host + "\r\n"},
      {"TargetWithTab", 400, "GET /a\tb HTTP/1.1\r\n" + host + "\r\n"},
      {"TargetAsteriskOfGet", 400, "GET * HTTP/1.1\r\n" + host + "\r\n"},
      {"TargetAuthorityOfGet", 400, "GET www.lab:80 HTTP/1.1\r\n" + host + "\r\n"},
      {"TargetAbsoluteWithUser", 400, "GET http://user@www.lab/ HTTP/1.1\r\n" + host + "\r\n"},
      {"TargetAbsoluteWithoutHost", 400, "GET http:///x HTTP/1.1\r\n" + host + "\r\n"},
      {"TwoSpaces", 400, "GET  / HTTP/1.1\r\n" + host + "\r\n"},
      {"SpaceAtEnd", 400, "GET / HTTP/1.1 \r\n" + host + "\r\n"},
      {"SpaceAtBegin", 400, " GET / HTTP/1.1\r\n" + host + "\r\n"},
      {"TabBetween", 400, "GET\t/ HTTP/1.1\r\n" + host + "\r\n"},
      {"MethodNoToken", 400, "G(T / HTTP/1.1\r\n" + host + "\r\n"},
      {"MethodEmpty", 400, " / HTTP/1.1\r\n" + host + "\r\n"},
      {"MethodTooLong", 501, std::string(33, 'A') + " / HTTP/1.1\r\n" + host + "\r\n"},
      {"VersionOfHttp2", 505, "GET / HTTP/2.0\r\n" + host + "\r\n"},
      {"VersionOfHttp0", 505, "GET / HTTP/0.9\r\n" + host + "\r\n"},
      {"VersionInSmallLetters", 400, "GET / http/1.1\r\n" + host + "\r\n"},
      {"VersionShort", 400, "GET / HTTP/1\r\n" + host + "\r\n"},
      {"VersionLong", 400, "GET / HTTP/1.10\r\n" + host + "\r\n"},
      {"VersionMissing", 400, "GET /\r\n" + host + "\r\n"},
      {"VersionWithLetters", 400, "GET / HTTP/1.x\r\n" + host + "\r\n"},
      {"TwoEmptyLinesInFront", 400, "\r\n\r\n" + get + host + "\r\n"},
      {"LfInFront", 400, "\n" + get + host + "\r\n"},
      {"PrefaceOfHttp2", 505, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"},
      {"HelloOfTls", 400, std::string{"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 15}},
      {"ExpectationUnknown", 417, get + host + "Expect: something\r\n\r\n"},
      {"EscapeMalformed", 400, "GET /%zz HTTP/1.1\r\n" + host + "Connection: close\r\n\r\n"},
      {"EscapeCut", 400, "GET /% HTTP/1.1\r\n" + host + "Connection: close\r\n\r\n"},
      {"EscapeOfNul", 400, "GET /a%00.html HTTP/1.1\r\n" + host + "Connection: close\r\n\r\n"},
      {"AboveRoot", 400, "GET /../etc/passwd HTTP/1.1\r\n" + host + "Connection: close\r\n\r\n"},
      {"AboveRootEscaped", 400, "GET /%2e%2e%2fetc/passwd HTTP/1.1\r\n" + host + "Connection: close\r\n\r\n"},
      {"AboveRootWithinPath", 400, "GET /a/..%2f../x HTTP/1.1\r\n" + host + "Connection: close\r\n\r\n"},
      {"Connect", 405, "CONNECT www.lab:443 HTTP/1.1\r\n" + host + "Connection: close\r\n\r\n"},
      {"Trace", 405, "TRACE / HTTP/1.1\r\n" + host + "Connection: close\r\n\r\n"},
      {"MethodUnknown", 501, "BREW / HTTP/1.1\r\n" + host + "Connection: close\r\n\r\n"},
      {"MethodInSmallLetters", 501, "get / HTTP/1.1\r\n" + host + "Connection: close\r\n\r\n"},
      {"FirstLineTooLong", 414, "GET /" + std::string(8'192, 'a') + " HTTP/1.1\r\n" + host + "\r\n"},
      {"FieldTooLong", 431, get + host + "X: " + std::string(8'192, 'a') + "\r\n\r\n"},
  };
  std::string many;
  for (int i = 0; i < 101; ++i) many += fmt::format("X-{}: y\r\n", i);
  all.push_back({"TooManyFields", 431, get + host + many + "\r\n"});
  std::string large;
  for (int i = 0; i < 5; ++i) large += fmt::format("X-{}: {}\r\n", i, std::string(8'000, 'a'));
  all.push_back({"HeadTooLarge", 431, get + host + large + "\r\n"});
  // A control character anywhere in a name, a value or the first line.
  for (const int octet : {0x02, 0x07, 0x08, 0x0b, 0x0c, 0x0e, 0x1b, 0x1f, 0x7f}) {
    const std::string one(1, static_cast<char>(octet));
    all.push_back({fmt::format("Octet{:02x}InValue", octet), 400, get + host + "X: a" + one + "\r\n\r\n"});
    all.push_back({fmt::format("Octet{:02x}InName", octet), 400, get + host + "X" + one + ": a\r\n\r\n"});
    all.push_back({fmt::format("Octet{:02x}InTarget", octet), 400, "GET /" + one + " HTTP/1.1\r\n" + host + "\r\n"});
    all.push_back({fmt::format("Octet{:02x}InMethod", octet), 400, "GE" + one + " / HTTP/1.1\r\n" + host + "\r\n"});
    all.push_back({fmt::format("Octet{:02x}InVersion", octet), 400, "GET / HTTP/1." + one + "\r\n" + host + "\r\n"});
  }
  for (const char delimiter : std::string{"(),/:;<=>?@[\\]{}\""}) {
    all.push_back({fmt::format("Delimiter{:02x}InMethod", static_cast<int>(delimiter)), 400,
                   fmt::format("G{}T / HTTP/1.1\r\n", delimiter) + host + "\r\n"});
    if (delimiter == ':') continue;
    all.push_back({fmt::format("Delimiter{:02x}InName", static_cast<int>(delimiter)), 400,
                   get + host + fmt::format("X{}Y: z\r\n\r\n", delimiter)});
  }
  return all;
}

class HttpMalformed : public testing::TestWithParam<Malformed> {
 protected:
  static void SetUpTestSuite() {
    server_ = std::make_unique<RunningHttp>(std::vector<std::string>{"--uploads"});
    server_->write("index.html", "home");
  }
  static void TearDownTestSuite() { server_.reset(); }
  static inline std::unique_ptr<RunningHttp> server_;
};

TEST_P(HttpMalformed, IsRefusedAndTheConnectionEnds) {
  HttpClient client{*server_};
  client.connection().try_send(GetParam().bytes + "GET / HTTP/1.1\r\nHost: www.lab\r\n\r\n");
  const auto response = client.receive();
  EXPECT_EQ(response.status, GetParam().status) << response.head;
  EXPECT_EQ(response.field("Connection"), "close");
  EXPECT_THAT(response.body, HasSubstr(std::to_string(GetParam().status)));
  EXPECT_TRUE(client.is_at_end());
}

TEST_P(HttpMalformed, IsRefusedInWhateverPiecesItComes) {
  HttpClient client{*server_};
  for (const char octet : GetParam().bytes) {
    if (client.connection().has_received() || !client.connection().try_send(std::string(1, octet))) break;
  }
  const auto response = client.receive();
  EXPECT_EQ(response.status, GetParam().status) << response.head;
  EXPECT_TRUE(client.is_at_end());
}

INSTANTIATE_TEST_SUITE_P(Requests, HttpMalformed, testing::ValuesIn(malformed_requests()),
                         [](const auto& tested) { return tested.param.name; });

/// The fault is in the body, so that the request is known: PUT, for which the server reads it.
class HttpMalformedBody : public testing::TestWithParam<Malformed> {
 protected:
  RunningHttp server_{std::vector<std::string>{"--uploads"}};
};

TEST_P(HttpMalformedBody, IsRefusedTheConnectionEndsAndNothingIsStored) {
  HttpClient client{server_};
  client.connection().try_send("PUT /new HTTP/1.1\r\nHost: www.lab\r\nTransfer-Encoding: chunked\r\n\r\n" +
                               GetParam().bytes + "GET / HTTP/1.1\r\nHost: www.lab\r\n\r\n");
  const auto response = client.receive();
  EXPECT_EQ(response.status, GetParam().status) << response.head;
  EXPECT_EQ(response.field("Connection"), "close");
  EXPECT_TRUE(client.is_at_end());
  EXPECT_FALSE(server_.has("new"));
}

INSTANTIATE_TEST_SUITE_P(
    Chunks, HttpMalformedBody,
    testing::Values(Malformed{"NoLength", 400, "\r\nhello\r\n0\r\n\r\n"},
                    Malformed{"LengthOfLetters", 400, "xyz\r\nhello\r\n0\r\n\r\n"},
                    Malformed{"LengthWithPrefix", 400, "0x5\r\nhello\r\n0\r\n\r\n"},
                    Malformed{"LengthWithSign", 400, "+5\r\nhello\r\n0\r\n\r\n"},
                    Malformed{"LengthNegative", 400, "-5\r\nhello\r\n0\r\n\r\n"},
                    Malformed{"LengthOf17Digits", 413, "fffffffffffffffff\r\nhello\r\n0\r\n\r\n"},
                    Malformed{"LengthWithSpaceInFront", 400, " 5\r\nhello\r\n0\r\n\r\n"},
                    Malformed{"LfBehindLength", 400, "5\nhello\r\n0\r\n\r\n"},
                    Malformed{"CrBehindLength", 400, "5\rhello\r\n0\r\n\r\n"},
                    Malformed{"LfBehindChunk", 400, "5\r\nhello\n0\r\n\r\n"},
                    Malformed{"NothingBehindChunk", 400, "5\r\nhello0\r\n\r\n"},
                    Malformed{"ChunkTooLong", 400, "5\r\nhello!\r\n0\r\n\r\n"},
                    Malformed{"LfInExtension", 400, "5;a\nb\r\nhello\r\n0\r\n\r\n"},
                    Malformed{"LfInQuotedExtension", 400, "5;a=\"\n\"\r\nhello\r\n0\r\n\r\n"},
                    Malformed{"CrInExtension", 400, "5;a\rb\r\nhello\r\n0\r\n\r\n"},
                    Malformed{"ExtensionWithoutName", 400, "5;=b\r\nhello\r\n0\r\n\r\n"},
                    Malformed{"ExtensionTooLong", 400, "5;a=" + std::string(300, 'b') + "\r\nhello\r\n0\r\n\r\n"},
                    Malformed{"TrailerWithoutColon", 400, "5\r\nhello\r\n0\r\nX\r\n\r\n"},
                    Malformed{"TrailerFolded", 400, "5\r\nhello\r\n0\r\nX: a\r\n b\r\n\r\n"},
                    Malformed{"TrailersTooLong", 431, "0\r\nX: " + std::string(9'000, 'a') + "\r\n\r\n"},
                    Malformed{"NulInTrailer", 400, "0\r\nX: a" + std::string(1, '\0') + "\r\n\r\n"}),
    [](const auto& tested) { return tested.param.name; });

}  // namespace
}  // namespace labnet::http_server
