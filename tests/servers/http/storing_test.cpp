// PUT and DELETE: what is there in the end, and what is not.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>
#include <filesystem>

#include "tests/servers/http/running_http.hpp"

namespace labnet::http_server {
namespace {

using testing::HasSubstr;

class HttpStoring : public testing::Test {
 protected:
  RunningHttp server{std::vector<std::string>{"--uploads"}};
  HttpClient client{server};

  std::size_t names() const {
    const std::filesystem::directory_iterator all{server.root()};
    return static_cast<std::size_t>(std::distance(begin(all), end(all)));
  }
};

TEST_F(HttpStoring, PutMakesAndReplaces) {
  const auto made = client.ask("PUT", "/new.txt", "", "first");
  EXPECT_EQ(made.status, 201);
  EXPECT_EQ(made.field("Location"), "/new.txt");
  EXPECT_EQ(client.get("/new.txt").body, "first");
  EXPECT_EQ(client.ask("PUT", "/new.txt", "", "second").status, 204);
  EXPECT_EQ(client.get("/new.txt").body, "second");
  EXPECT_EQ(server.read("new.txt"), "second");
  EXPECT_EQ(names(), 1u);
}

TEST_F(HttpStoring, ChunksArePutTogetherAndTheNextRequestIsReadBehindThem) {
  client.send(
      "PUT /file HTTP/1.1\r\nHost: www.lab\r\nTransfer-Encoding: chunked\r\n\r\n"
      "5;name=\"value\"\r\nhello\r\n7\r\n, world\r\n0\r\nTrailer: x\r\n\r\n"
      "GET /file HTTP/1.1\r\nHost: www.lab\r\n\r\n");
  EXPECT_EQ(client.receive().status, 201);
  EXPECT_EQ(client.receive().body, "hello, world");
}

TEST_F(HttpStoring, WhateverThePieces) {
  const std::string request =
      "PUT /file HTTP/1.1\r\nHost: www.lab\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n";
  for (std::size_t cut = 1; cut < request.size(); ++cut) {
    client.send(request.substr(0, cut));
    client.send(request.substr(cut) + "GET /file HTTP/1.1\r\nHost: www.lab\r\n\r\n");
    EXPECT_LT(client.receive().status, 300) << cut;
    EXPECT_EQ(client.receive().body, "hello") << cut;
  }
}

TEST_F(HttpStoring, ALargeBodyIsWhole) {
  std::string text(5'000'000, '\0');
  for (std::size_t i = 0; i < text.size(); ++i) text[i] = static_cast<char>(i * 7 + i / 251);
  EXPECT_EQ(client.ask("PUT", "/large", "", text).status, 201);
  EXPECT_TRUE(server.read("large") == text);
}

TEST_F(HttpStoring, WhoWaitsFor100GetsItAndOnlyIfTheBodyIsWanted) {
  client.send("PUT /file HTTP/1.1\r\nHost: www.lab\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(client.receive().status, 100);
  client.send("hello");
  EXPECT_EQ(client.receive().status, 201);
  client.send("PUT /no/folder HTTP/1.1\r\nHost: www.lab\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
  const auto refused = client.receive();
  EXPECT_EQ(refused.status, 409);
  EXPECT_EQ(refused.field("Connection"), "close");  // the body may come or not
  EXPECT_TRUE(client.is_at_end());
}

TEST_F(HttpStoring, ACutBodyChangesNothing) {
  server.write("file", "before");
  {
    HttpClient cut{server};
    cut.send("PUT /file HTTP/1.1\r\nHost: www.lab\r\nContent-Length: 100\r\n\r\nhalf of it");
    cut.connection().close();
  }
  {
    HttpClient cut{server};
    cut.send("PUT /file HTTP/1.1\r\nHost: www.lab\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n");
    cut.connection().reset();
  }
  EXPECT_TRUE(test::eventually([&] { return names() == 1; }));
  EXPECT_EQ(client.get("/file").body, "before");
}

TEST_F(HttpStoring, ACutBodyIsToldToWhoStillListens) {
  for (const std::string_view body :
       {"Content-Length: 100\r\n\r\nhalf of it", "Transfer-Encoding: chunked\r\n\r\n5\r\nhel"}) {
    HttpClient cut{server};
    cut.send(fmt::format("PUT /file HTTP/1.1\r\nHost: www.lab\r\n{}", body));
    cut.connection().end_sending();
    const auto told = cut.receive();
    EXPECT_EQ(told.status, 400);
    EXPECT_THAT(told.body, HasSubstr("The body ended before it was whole."));
    EXPECT_TRUE(cut.is_at_end());
  }
  EXPECT_EQ(names(), 0u);
}

TEST_F(HttpStoring, ConditionsHoldWhenTheFileGetsItsName) {
  HttpClient first{server};
  first.send("PUT /file HTTP/1.1\r\nHost: www.lab\r\nIf-None-Match: *\r\nContent-Length: 5\r\n\r\nfir");
  EXPECT_TRUE(test::eventually([&] { return names() == 1; }));
  server.write("file", "made meanwhile");
  first.send("st");
  EXPECT_EQ(first.receive().status, 412);
  EXPECT_EQ(server.read("file"), "made meanwhile");
}

TEST_F(HttpStoring, NobodySeesWhatIsUnderWay) {
  client.send("PUT /file HTTP/1.1\r\nHost: www.lab\r\nContent-Length: 4\r\n\r\nha");
  EXPECT_TRUE(test::eventually([&] { return names() == 1; }));
  HttpClient other{server};
  EXPECT_EQ(other.get("/.file.part").status, 404);
  EXPECT_EQ(other.ask("DELETE", "/.file.part").status, 404);
  client.send("lf");
  EXPECT_EQ(client.receive().status, 201);
  EXPECT_EQ(server.read("file"), "half");
}

TEST_F(HttpStoring, TakesManySmallChunks) {
  std::string body, sent = "PUT /file HTTP/1.1\r\nHost: www.lab\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (int i = 0; i < 50'000; ++i) {
    body += static_cast<char>('a' + i % 26);
    sent += fmt::format("1\r\n{}\r\n", body.back());
  }
  client.send(sent + "0\r\n\r\n");
  EXPECT_EQ(client.receive().status, 201);
  EXPECT_EQ(server.read("file"), body);
}

TEST_F(HttpStoring, KilledInTheMiddleChangesNothing) {
  server.write("file", "before");
  client.send("PUT /file HTTP/1.1\r\nHost: www.lab\r\nContent-Length: 1000000\r\n\r\n" + std::string(300'000, 'x'));
  EXPECT_TRUE(test::eventually([&] { return names() == 2; }));
  server.kill_and_restart();
  HttpClient again{server};
  EXPECT_EQ(again.get("/file").body, "before");
  EXPECT_EQ(again.ask("PUT", "/file", "", "after").status, 204);
  EXPECT_EQ(server.read("file"), "after");
  EXPECT_EQ(names(), 1u);
}

TEST_F(HttpStoring, ConditionsKeepOneFromUndoingAnothersWork) {
  server.write("file", "before");
  const auto tag = client.get("/file").field("ETag");
  EXPECT_EQ(client.ask("PUT", "/file", "If-None-Match: *\r\n", "x").status, 412);
  EXPECT_EQ(client.ask("PUT", "/file", "If-Match: \"other\"\r\n", "x").status, 412);
  EXPECT_EQ(client.ask("PUT", "/other", "If-Match: *\r\n", "x").status, 412);
  EXPECT_EQ(server.read("file"), "before");
  EXPECT_EQ(client.ask("PUT", "/file", fmt::format("If-Match: {}\r\n", tag), "after").status, 204);
  EXPECT_EQ(client.ask("DELETE", "/file", fmt::format("If-Match: {}\r\n", tag)).status, 412);
  EXPECT_EQ(server.read("file"), "after");
}

TEST_F(HttpStoring, WhatCannotBeIsRefused) {
  std::filesystem::create_directory(server.root() + "/folder");
  std::filesystem::create_directory_symlink("/tmp", server.root() + "/outside");
  EXPECT_EQ(client.ask("PUT", "/folder", "", "x").status, 409);
  EXPECT_EQ(client.ask("PUT", "/folder/", "", "x").status, 409);
  EXPECT_EQ(client.ask("PUT", "/none/file", "", "x").status, 409);
  EXPECT_EQ(client.ask("PUT", "/outside/file", "", "x").status, 403);
  ASSERT_EQ(::mkfifo((server.root() + "/fifo").c_str(), 0600), 0);
  EXPECT_EQ(client.ask("PUT", "/fifo", "", "x").status, 409);
  EXPECT_EQ(client.ask("PUT", "/file", "Content-Range: bytes 0-0/5\r\n", "x").status, 400);
  EXPECT_EQ(client.ask("PUT", "/" + std::string(300, 'a'), "", "x").status, 400);
  EXPECT_EQ(client.ask("POST", "/file", "", "x").status, 405);
}

TEST_F(HttpStoring, DeleteRemovesFilesAlone) {
  server.write("file", "text");
  std::filesystem::create_directory(server.root() + "/folder");
  EXPECT_EQ(client.get("/file").status, 200);
  EXPECT_EQ(client.ask("DELETE", "/file").status, 204);
  EXPECT_EQ(client.get("/file").status, 404);
  EXPECT_EQ(client.ask("DELETE", "/file").status, 404);
  for (const auto* folder : {"/folder", "/folder/", "/"}) {
    const auto refused = client.ask("DELETE", folder);
    EXPECT_EQ(refused.status, 409) << folder;
    EXPECT_THAT(refused.body, HasSubstr("A folder cannot be deleted.")) << folder;
  }
  EXPECT_EQ(client.ask("DELETE", "/no-folder/").status, 404);
  EXPECT_TRUE(server.has("folder"));
}

TEST_F(HttpStoring, OptionsTellsWhatMayBeAskedFor) {
  EXPECT_EQ(client.ask("OPTIONS", "/").field("Allow"), "GET, HEAD, OPTIONS, PUT, DELETE");
  EXPECT_EQ(client.ask("OPTIONS", "*").status, 204);
  const RunningHttp other;
  HttpClient reader{other};
  EXPECT_EQ(reader.ask("OPTIONS", "/").field("Allow"), "GET, HEAD, OPTIONS");
  const auto refused = reader.ask("PUT", "/file", "", "x");
  EXPECT_EQ(refused.status, 405);
  EXPECT_EQ(refused.field("Allow"), "GET, HEAD, OPTIONS");
  EXPECT_FALSE(other.has("file"));
}

TEST(HttpBodyLimit, HoldsForBothFramings) {
  const auto server =
      RunningHttp::with_config("sites: [{root: ROOT, uploads: true}]\nlimits: { body_bytes_max: 1000 }\n");
  for (const std::size_t bytes : {1'000, 1'001}) {
    const auto text = std::string(bytes, 'x');
    for (const auto& rest : {fmt::format("Content-Length: {}\r\n\r\n{}", bytes, text),
                             fmt::format("Transfer-Encoding: chunked\r\n\r\n{:x}\r\n{}\r\n0\r\n\r\n", bytes, text)}) {
      HttpClient client{*server};
      client.connection().try_send("PUT /x HTTP/1.1\r\nHost: www.lab\r\n" + rest);
      EXPECT_EQ(client.receive().status, bytes == 1'000 ? 201 : 413) << rest;
      EXPECT_EQ(server->has("x"), bytes == 1'000);
      std::filesystem::remove(server->root() + "/x");
    }
  }
}

TEST(HttpDisk, AFullDiskIs507AndChangesNothing) {
  test::How how;
  how.prepare = [] {
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit small{1'000'000, 1'000'000};
    ::setrlimit(RLIMIT_FSIZE, &small);
  };
  const auto server = RunningHttp::with_config("sites: [{ root: ROOT, uploads: true }]\n", how);
  server->write("file", "before");
  HttpClient client{*server};
  client.connection().try_send("PUT /file HTTP/1.1\r\nHost: www.lab\r\nContent-Length: 1100000\r\n\r\n" +
                               std::string(1'100'000, 'x'));
  EXPECT_EQ(client.receive().status, 507);
  EXPECT_EQ(server->read("file"), "before");
}

}  // namespace
}  // namespace labnet::http_server
