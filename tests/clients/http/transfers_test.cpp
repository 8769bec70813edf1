// What labnet http brings here and there: downloads that go on, caches, cookies, forms, files, raw bytes.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <utime.h>

#include <filesystem>

#include <boost/json/parse.hpp>

#include "common/base/text.hpp"
#include "tests/clients/http/program_fixture.hpp"

namespace labnet::test {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;
namespace filesystem = std::filesystem;

/// A file in parts, as RFC 9110 has it, for one Range of the kind "bytes=N-".
ScriptedServer::Answer file_in_parts(std::string content, std::string fields = "") {
  return [content = std::move(content), fields = std::move(fields)](const SeenRequest& request) {
    const auto range = request.field("Range");
    if (!range.starts_with("bytes=")) return response_of(content, fields);
    const auto first = parse_integer<std::size_t>(std::string_view{range}.substr(6, range.size() - 7)).value_or(0);
    if (first >= content.size()) {
      return response_of("", fmt::format("Content-Range: bytes */{}\r\n", content.size()), "416 Range Not Satisfiable");
    }
    const auto part = fmt::format("Content-Range: bytes {}-{}/{}\r\n", first, content.size() - 1, content.size());
    return response_of(content.substr(first), part + fields, "206 Partial Content");
  };
}

// parts

TEST_F(HttpProgram, FetchesParts) {
  const ScriptedServer server{ScriptedServer::answering(file_in_parts("0123456789"))};
  EXPECT_EQ(http("get", {"-r", "7-", server.url()}).output, "789");
  EXPECT_EQ(http("get", {"-r", "10-", server.url()}).exit_code, 1);
  const ScriptedServer whole{ScriptedServer::answering(response_of("0123456789"))};
  const auto outcome = http("get", {"-r", "7-", whole.url()});
  EXPECT_EQ(outcome.output, "0123456789");
  EXPECT_THAT(outcome.errors, HasSubstr("the server sends no parts"));
}

// resume

TEST_F(HttpProgram, RefusesPartsThatEndBeforeTheyBegin) {
  const ScriptedServer server{ScriptedServer::answering(response_of("0123456789"))};
  for (const auto* parts : {"5-2", "0-1,5-2", "-", "2", "", "0-1,", "a-b", "1-2-3"}) {
    const auto refused = http("get", {"-r", parts, server.url()});
    EXPECT_EQ(refused.exit_code, 2) << parts;
    EXPECT_THAT(refused.errors, HasSubstr("each of which begins before it ends")) << parts;
  }
  EXPECT_TRUE(server.requests().empty());
  for (const auto* parts : {"2-2", "-3", "4-", "0-1, 5-6"}) {
    EXPECT_EQ(http("get", {"-s", "-r", parts, server.url()}).exit_code, 0) << parts;
  }
}

TEST_F(HttpProgram, GoesOnWhereADownloadWasCutOff) {
  std::string content;
  for (int i = 0; i < 30'000; ++i) content += fmt::format("{} ", i);
  const ScriptedServer server{[&](Peer& peer) {
    SeenRequest request;
    if (!peer.read_request(request)) return;
    const auto whole = file_in_parts(content)(request);
    peer.send(peer.number() == 0 ? whole.substr(0, 100'000) : whole);
  }};
  const auto cut = http("get", {"-O", server.url("/file")});
  EXPECT_EQ(cut.exit_code, 1);
  EXPECT_THAT(cut.errors, HasSubstr("the body was cut off after"));
  EXPECT_THAT(names_here(), ElementsAre(".file.part"));
  const auto there = filesystem::file_size(here(".file.part"));
  EXPECT_GT(there, 90'000u);
  const auto resumed = http("get", {"-O", "-C", "-", server.url("/file")});
  EXPECT_EQ(resumed.exit_code, 0) << resumed.errors;
  EXPECT_TRUE(read_file(here("file")) == content);
  EXPECT_EQ(server.requests().at(1).field("Range"), fmt::format("bytes={}-", there - 64 * 1024));
  const auto again = http("get", {"-O", "--resume", server.url("/file")});
  EXPECT_THAT(again.output, HasSubstr("nothing was transferred"));
}

TEST_F(HttpProgram, BelievesNoPartThatIsNotWhatItIsSaidToBe) {
  const std::string content(1'000, 'x');
  folder_.write("here/.file.part", content.substr(0, 100));
  struct Lie {
    std::string range, body;
  };
  for (const auto& [range, body] :
       {Lie{"0-149/1000", content.substr(0, 150)}, Lie{"0-999/1000", content.substr(0, 120)},
        Lie{"0-999/1000", content + "and more"}, Lie{"0-999/1000", content.substr(0, 50)}}) {
    const ScriptedServer server{ScriptedServer::answering(
        response_of(body, fmt::format("Content-Range: bytes {}\r\n", range), "206 Partial Content"))};
    EXPECT_EQ(http("get", {"-O", "--resume", server.url("/file")}).exit_code, 1) << range << ' ' << body.size();
    EXPECT_THAT(names_here(), ElementsAre(".file.part"));
    folder_.write("here/.file.part", content.substr(0, 100));
  }
  const ScriptedServer server{
      ScriptedServer::answering(response_of("part", "Content-Range: bytes 0-3/1000\r\n", "206 Partial Content"))};
  EXPECT_THAT(http("get", {"-o", "other", server.url("/file")}).errors, HasSubstr("nobody has asked for that"));
  EXPECT_THAT(names_here(), ElementsAre(".file.part"));
}

TEST_F(HttpProgram, DoesNotGoOnWithAnotherFile) {
  const ScriptedServer server{ScriptedServer::answering(file_in_parts("another file altogether"))};
  folder_.write("here/.file.part", "some bytes");
  const auto differs = http("get", {"-O", "--resume", server.url("/file")});
  EXPECT_EQ(differs.exit_code, 1);
  EXPECT_THAT(differs.errors, HasSubstr("it is another file; without --resume it is fetched anew"));
  EXPECT_EQ(read_file(here(".file.part")), "some bytes");
  folder_.write("here/.file.part", std::string(100'000, 'x'));
  EXPECT_THAT(http("get", {"-O", "--resume", server.url("/file")}).errors,
              HasSubstr("there are 100000 bytes here, but 23 at the server"));
  EXPECT_THAT(names_here(), ElementsAre(".file.part"));
}

TEST_F(HttpProgram, DoesNotGoOnWithAFileThatHasChangedSince) {
  const ScriptedServer server{
      ScriptedServer::answering(file_in_parts("0123456789", "Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT\r\n"))};
  const auto part = folder_.write("here/.file.part", "01234");
  const utimbuf before{784111776, 784111776};
  ASSERT_EQ(::utime(part.c_str(), &before), 0);
  EXPECT_THAT(http("get", {"-O", "--resume", server.url("/file")}).errors,
              HasSubstr("was modified on Sun, 06 Nov 1994 08:49:37 GMT, after what is there was written"));
  const utimbuf then{784111777, 784111777};
  ASSERT_EQ(::utime(part.c_str(), &then), 0);
  EXPECT_EQ(http("get", {"-O", "--resume", server.url("/file")}).exit_code, 0);
  EXPECT_EQ(read_file(here("file")), "0123456789");
}

TEST_F(HttpProgram, FetchesAnewWhereTheServerSendsNoParts) {
  const ScriptedServer server{ScriptedServer::answering(response_of("0123456789"))};
  folder_.write("here/.file.part", "01234");
  const auto outcome = http("get", {"-O", "--resume", server.url("/file")});
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_THAT(outcome.errors, HasSubstr("the server sends no parts: all of the file was fetched anew"));
  EXPECT_EQ(read_file(here("file")), "0123456789");
}

TEST_F(HttpProgram, KeepsWhatIsThereIfTheServerHasNothing) {
  const ScriptedServer server{ScriptedServer::answering(response_of("gone", "", "404 Not Found"))};
  folder_.write("here/.file.part", "01234");
  EXPECT_EQ(http("get", {"-O", "--resume", server.url("/file")}).exit_code, 1);
  EXPECT_EQ(read_file(here(".file.part")), "01234");
  EXPECT_THAT(names_here(), ElementsAre(".file.part"));
}

// cache

TEST_F(HttpProgram, AsksWhetherWhatItHasIsStillRight) {
  const ScriptedServer server{ScriptedServer::answering([](const SeenRequest& request) {
    if (request.field("If-None-Match") == "\"1\"")
      return std::string{"HTTP/1.1 304 Not Modified\r\nETag: \"1\"\r\n\r\n"};
    return response_of("hello", "ETag: \"1\"\r\nLast-Modified: Sun, 06 Nov 1994 08:49:37 GMT\r\n");
  })};
  EXPECT_EQ(http("get", {"--cache", "c", server.url()}).output, "hello");
  const auto again = http("get", {"--cache", "c", server.url()});
  EXPECT_EQ(again.exit_code, 0);
  EXPECT_EQ(again.output, "hello");
  EXPECT_EQ(server.requests().at(1).field("If-Modified-Since"), "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_THAT(http("get", {"--cache", "c", "-o", "file", server.url()}).output, HasSubstr("taken from the cache"));
  EXPECT_EQ(read_file(here("file")), "hello");
  // What is of another URL is no answer.
  EXPECT_EQ(http("get", {"--cache", "c", server.url("/other")}).output, "hello");
  EXPECT_EQ(server.requests().at(3).field("If-None-Match"), "-");
}

TEST_F(HttpProgram, KeepsNothingThatCannotBeAskedAbout) {
  for (const auto* fields : {"", "ETag: \"1\"\r\nCache-Control: no-store\r\n"}) {
    const ScriptedServer server{ScriptedServer::answering(response_of("hello", fields))};
    EXPECT_EQ(http("get", {"--cache", "c", server.url()}).output, "hello");
    EXPECT_THAT(names_here(), IsEmpty()) << fields;
  }
}

TEST_F(HttpProgram, KeepsNothingThatWasCutOff) {
  const ScriptedServer server{[](Peer& peer) {
    SeenRequest request;
    if (peer.read_request(request)) peer.send("HTTP/1.1 200 OK\r\nETag: \"1\"\r\nContent-Length: 10\r\n\r\nhello");
  }};
  EXPECT_EQ(http("get", {"--cache", "c", server.url()}).exit_code, 1);
  EXPECT_THAT(names_here(), IsEmpty());
}

TEST_F(HttpProgram, DoesNotTakeAnyFileForACache) {
  const auto path = folder_.write("here/notes.txt", "mine");
  const auto outcome = http("get", {"--cache", "notes.txt", "http://127.0.0.1:1/"});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_THAT(outcome.errors, HasSubstr("notes.txt is no cache file"));
  EXPECT_EQ(read_file(path), "mine");
}

// cookies

/// Whoever has logged in is known by a cookie.
ScriptedServer::Script login_page() {
  return ScriptedServer::answering([](const SeenRequest& request) {
    if (request.first_line() == "POST /login HTTP/1.1") {
      return response_of("", "Set-Cookie: session=81b0; Path=/; HttpOnly\r\nSet-Cookie: seen=1; Max-Age=3600\r\n");
    }
    if (request.first_line() == "GET /logout HTTP/1.1")
      return response_of("", "Set-Cookie: session=; Path=/; Max-Age=0\r\n");
    return response_of(request.field("Cookie"));
  });
}

TEST_F(HttpProgram, KeepsCookiesFromOneRunToTheNext) {
  const ScriptedServer server{login_page()};
  EXPECT_EQ(http("get", {"-c", "jar", server.url()}).output, "-");
  EXPECT_EQ(http("post", {"-c", "jar", "-d", "user=ann", server.url("/login")}).exit_code, 0);
  EXPECT_EQ(http("get", {"--cookie-jar", "jar", server.url()}).output, "session=81b0; seen=1");
  EXPECT_EQ(http("get", {server.url()}).output, "-");
  EXPECT_EQ(http("get", {"-c", "jar", server.url("/logout")}).exit_code, 0);
  EXPECT_EQ(http("get", {"-c", "jar", server.url()}).output, "seen=1");
}

TEST_F(HttpProgram, SharesItsCookiesWithCurl) {
  const ScriptedServer server{login_page()};
  EXPECT_EQ(http("post", {"-c", "jar", "-d", "user=ann", server.url("/login")}).exit_code, 0);
  const How in_here{.folder = here_};
  EXPECT_EQ(run({"curl", "-s", "-b", "jar", server.url()}, in_here).output, "session=81b0; seen=1");
  EXPECT_EQ(run({"curl", "-s", "-c", "other", "-d", "user=ann", server.url("/login")}, in_here).exit_code, 0);
  // curl has an order of its own.
  EXPECT_THAT(http("get", {"-c", "other", server.url()}).output, AllOf(HasSubstr("session=81b0"), HasSubstr("seen=1")));
}

TEST_F(HttpProgram, DoesNotTakeAnyFileForOneOfCookies) {
  const auto path = folder_.write("here/notes.txt", "mine");
  const auto outcome = http("get", {"-c", "notes.txt", "http://127.0.0.1:1/"});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_THAT(outcome.errors, HasSubstr("notes.txt is no file of cookies"));
  EXPECT_EQ(read_file(path), "mine");
  EXPECT_EQ(http("get", {"-c", "no/such/folder", ScriptedServer{login_page()}.url()}).exit_code, 1);
  EXPECT_THAT(http("get", {"-c", ".", "http://127.0.0.1:1/"}).errors, HasSubstr("cannot read ."));
}

// post and put

TEST_F(HttpProgram, SendsForms) {
  const ScriptedServer server{ScriptedServer::answering(response_of("thanks"))};
  folder_.write("here/text", "c=d\r\n");
  EXPECT_EQ(http("post", {"-d", "a=b", "-d", "@text", "--data-urlencode", "e=f&g", server.url()}).output, "thanks");
  EXPECT_EQ(http("post", {"--data-binary", "@text", server.url()}).output, "thanks");
  EXPECT_EQ(http("post", {server.url()}).output, "thanks");
  const auto requests = server.requests();
  EXPECT_EQ(requests.at(0).first_line(), "POST / HTTP/1.1");
  EXPECT_EQ(requests.at(0).body, "a=b&c=d&e=f%26g");
  EXPECT_EQ(requests.at(0).field("Content-Type"), "application/x-www-form-urlencoded");
  EXPECT_EQ(requests.at(1).body, "c=d\r\n");
  EXPECT_EQ(requests.at(2).field("Content-Length"), "0");
}

TEST_F(HttpProgram, SendsFormsWithFiles) {
  const ScriptedServer server{ScriptedServer::answering(response_of("thanks"))};
  folder_.write("here/1\".png", "PNG");
  folder_.write("here/text", "words");
  EXPECT_EQ(
      http("post", {"-F", "name=ann", "-F", "file=@1\".png;type=image/x-odd", "-F", "note=<text", server.url()}).output,
      "thanks");
  const auto request = server.requests().at(0);
  const auto type = request.field("Content-Type");
  ASSERT_THAT(type, StartsWith("multipart/form-data; boundary="));
  const auto boundary = type.substr(type.find('=') + 1);
  EXPECT_EQ(request.body,
            fmt::format("--{0}\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\nann\r\n"
                        "--{0}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"1%22.png\"\r\n"
                        "Content-Type: image/x-odd\r\n\r\nPNG\r\n"
                        "--{0}\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nwords\r\n--{0}--\r\n",
                        boundary));
}

TEST_F(HttpProgram, BringsFiles) {
  const ScriptedServer server{ScriptedServer::answering(response_of("", "", "201 Created"))};
  folder_.write("here/el país.txt", "hello");
  EXPECT_EQ(http("put", {"-T", "el país.txt", server.url("/music/")}).exit_code, 0);
  EXPECT_EQ(http_with_input("from a pipe", "put", {"-T", "-", "-H", "Expect:", server.url("/x")}).exit_code, 0);
  const auto requests = server.requests();
  EXPECT_EQ(requests.at(0).first_line(), "PUT /music/el%20pa%C3%ADs.txt HTTP/1.1");
  EXPECT_EQ(requests.at(0).body, "hello");
  EXPECT_EQ(requests.at(0).field("Content-Type"), "text/plain; charset=utf-8");
  EXPECT_EQ(requests.at(1).body, "from a pipe");
  EXPECT_EQ(requests.at(1).field("Transfer-Encoding"), "chunked");
  EXPECT_EQ(requests.at(1).field("Expect"), "-");
  EXPECT_EQ(http("put", {"-T", "no-such-file", server.url("/x")}).exit_code, 1);
}

// raw

TEST_F(HttpProgram, SendsBytesAsTheyAre) {
  const ScriptedServer server{[](Peer& peer) {
    std::string head;
    peer.read_head(head);
    peer.send("you said: " + head);
  }};
  const std::string bytes = "GET / HTTP/9.9\nHost : x\r\n\r\n";
  EXPECT_EQ(http_with_input(bytes, "get", {"--raw", "-", server.url()}).output, "you said: " + bytes);
  folder_.write("here/bytes", bytes);
  EXPECT_EQ(http("get", {"--raw", "bytes", server.url()}).output, "you said: " + bytes);
  const ScriptedServer silent{[](Peer&) {}};
  const auto nothing = http("get", {"--raw", "bytes", silent.url()});
  EXPECT_EQ(nothing.exit_code, 1);
  EXPECT_THAT(nothing.errors, HasSubstr("nothing came"));
}

TEST_F(HttpProgram, DoesNotWaitForEverForMoreThanCame) {
  const ScriptedServer server{[](Peer& peer) {
    peer.send("hello");
    peer.read_to_end();
  }};
  EXPECT_EQ(http_with_input("x", "get", {"--raw", "-", "--timeout", "200ms", server.url()}).output, "hello");
}

TEST_F(HttpProgram, SendsBytesBesideNothingThatWouldBeIgnored) {
  folder_.write("here/bytes", "GET / HTTP/1.1\r\n\r\n");
  const std::vector<Words> ignored{{"get", "-H", "a: b"}, {"get", "-o", "x"},          {"get", "--timing"},
                                   {"get", "-r", "0-1"},  {"head", "-u", "ann:x"},     {"post", "-d", "a=b"},
                                   {"put", "-T", "x"},    {"get", "--format", "json"}, {"get", "-X", "PUT"}};
  for (auto words : ignored) {
    const auto verb = words.front();
    words.erase(words.begin());
    words.insert(words.end(), {"--raw", "bytes", "http://127.0.0.1:1/"});
    const auto outcome = http(verb, words);
    EXPECT_EQ(outcome.exit_code, 2) << words.front();
    EXPECT_THAT(outcome.errors, HasSubstr("exclude each other")) << words.front();
  }
}

}  // namespace
}  // namespace labnet::test
