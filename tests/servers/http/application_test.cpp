// Forms, and what answers them.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <boost/json.hpp>

#include "tests/servers/http/running_http.hpp"

namespace labnet::http_server {
namespace {

namespace json = boost::json;

using testing::HasSubstr;

class HttpApplications : public testing::Test {
 protected:
  HttpApplications() { server->write("1.png", std::string(100'000, 'x')); }
  std::string url(const std::string& path) const { return fmt::format("http://127.0.0.1:{}{}", server->port(), path); }
  test::Outcome curl(const std::vector<std::string>& arguments) const {
    std::vector<std::string> command{"curl", "-s"};
    command.insert(command.end(), arguments.begin(), arguments.end());
    return test::run(command);
  }
  json::object echo(const std::vector<std::string>& arguments) const {
    return json::parse(curl(arguments).output).as_object();
  }

  std::unique_ptr<RunningHttp> server = RunningHttp::with_config(R"(
sites:
  - root: ROOT
    listing: true
    applications:
      - { path: /echo, do: echo }
      - { path: /upload, do: upload, to: /uploads }
)",
                                                                 {}, {}, {"uploads"});
  HttpClient client{*server};
};

std::string text(const json::value& value) {
  return std::string{value.as_string()};
}

TEST_F(HttpApplications, EchoTellsWhatHasCome) {
  const auto told = echo(
      {"-X", "PUT", "-H", "X-Name: é", "-d", "some text", "-H", "Content-Type: text/plain", url("/echo?a=1&b=c+d")});
  EXPECT_EQ(text(told.at("method")), "PUT");
  EXPECT_EQ(text(told.at("target")), "/echo?a=1&b=c+d");
  EXPECT_EQ(text(told.at("version")), "HTTP/1.1");
  EXPECT_EQ(text(told.at("client")), "127.0.0.1");
  EXPECT_FALSE(told.at("secure").as_bool());
  EXPECT_EQ(json::serialize(told.at("query")), R"([{"name":"a","value":"1"},{"name":"b","value":"c d"}])");
  EXPECT_EQ(told.at("body").at("bytes").to_number<int>(), 9);
  EXPECT_EQ(text(told.at("body").at("sha256")), "b94f6f125c79e3a5ffaa826f584c10d52ada669e6762051b826b55776d05aed2");
  EXPECT_THAT(json::serialize(told.at("fields")), HasSubstr(R"({"name":"X-Name","value":"é"})"));
}

TEST_F(HttpApplications, EchoTellsTheFieldsOfAForm) {
  const auto told = echo({"--data-urlencode", "word=ñ & =", "-d", "empty=", url("/echo")});
  EXPECT_EQ(text(told.at("method")), "POST");
  EXPECT_EQ(json::serialize(told.at("form")), R"([{"name":"word","value":"ñ & ="},{"name":"empty","value":""}])");
  EXPECT_TRUE(told.at("files").as_array().empty());
}

TEST_F(HttpApplications, EchoTellsTheFilesOfAForm) {
  const auto told = echo({"-F", "word=x y", "-F", fmt::format("file=@{}/1.png", server->root()), url("/echo")});
  EXPECT_EQ(json::serialize(told.at("form")), R"([{"name":"word","value":"x y"}])");
  const auto& file = told.at("files").as_array().at(0).as_object();
  EXPECT_EQ(text(file.at("field")), "file");
  EXPECT_EQ(text(file.at("name")), "1.png");
  EXPECT_EQ(text(file.at("type")), "image/png");
  EXPECT_EQ(file.at("bytes").to_number<int>(), 100'000);
}

TEST_F(HttpApplications, MalformedFormsAreRefused) {
  const auto post = [&](std::string_view type, std::string_view body) {
    HttpClient one{*server};
    return one.ask("POST", "/echo", fmt::format("Content-Type: {}\r\n", type), body).status;
  };
  EXPECT_EQ(post("application/x-www-form-urlencoded", "a=%zz"), 400);
  EXPECT_EQ(post("multipart/form-data", "--x--\r\n"), 400);
  EXPECT_EQ(post("multipart/form-data; boundary=x", "no boundary"), 400);
  EXPECT_EQ(post("multipart/form-data; boundary=x", "--x\r\nno field\r\n\r\nvalue\r\n--x--\r\n"), 400);
  EXPECT_EQ(post("multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=a\r\n\r\ncut"), 400);
  EXPECT_EQ(post("application/x-www-form-urlencoded", std::string(1'048'576, 'a')), 200);
  HttpClient large{*server};
  large.connection().try_send(
      "POST /echo HTTP/1.1\r\nHost: www.lab\r\nContent-Length: 1048577\r\n"
      "Content-Type: application/x-www-form-urlencoded\r\n\r\n" +
      std::string(1'048'577, 'a'));
  EXPECT_EQ(large.receive().status, 413);
}

TEST_F(HttpApplications, UploadStoresFilesAndSendsTheBrowserToThem) {
  const auto upload = [&] {
    return curl({"-o", "/dev/null", "-w", "%{http_code} %header{location}", "-F", "word=x", "-F",
                 fmt::format("file=@{}/1.png", server->root()), url("/upload")})
        .output;
  };
  EXPECT_EQ(upload(), "303 /uploads/");
  EXPECT_EQ(server->read("uploads/1.png").size(), 100'000u);
  server->write("uploads/1.png", "first");
  EXPECT_EQ(upload(), "303 /uploads/");
  EXPECT_EQ(server->read("uploads/1.png"), "first");  // nobody else's is replaced
  EXPECT_EQ(server->read("uploads/1 (2).png").size(), 100'000u);
}

TEST(HttpUploads, LeadToTheFilesWhereTheirFolderShowsNothing) {
  const auto quiet = RunningHttp::with_config(R"(
sites:
  - root: ROOT
    applications: [{ path: /upload, do: upload, to: /uploads }]
)",
                                              {}, {}, {"uploads"});
  const std::string name = "a \"<b>.txt";
  const auto upload = [&] {
    HttpClient client{*quiet};
    return client.ask("POST", "/upload", "Content-Type: multipart/form-data; boundary=x\r\n",
                      "--x\r\nContent-Disposition: form-data; name=f; filename=\"a \\\"<b>.txt\"\r\n\r\nfirst\r\n"
                      "--x\r\nContent-Disposition: form-data; name=f; filename=two\r\n\r\nsecond\r\n--x--\r\n");
  };
  const auto stored = upload();
  EXPECT_EQ(stored.status, 201) << stored.body;
  EXPECT_THAT(stored.body, HasSubstr("<a href=\"/uploads/two\">two</a>"));
  EXPECT_THAT(stored.body, testing::Not(HasSubstr("<b>")));
  HttpClient client{*quiet};
  EXPECT_EQ(client.get(stored.field("Location")).body, "first");
  EXPECT_EQ(client.get("/uploads/").status, 403);
  EXPECT_THAT(upload().body, HasSubstr("/uploads/two%20(2)"));
  quiet->write("uploads/index.html", "what was stored");
  const auto shown = upload();
  EXPECT_EQ(shown.status, 303);
  EXPECT_EQ(client.get(shown.field("Location")).body, "what was stored");
}

TEST_F(HttpApplications, NamesOfFilesLeadNowhereElse) {
  const auto upload = [&](const std::string& name) {
    return curl({"-o", "/dev/null", "-w", "%{http_code}", "-F",
                 fmt::format("file=@{}/1.png;filename=\"{}\"", server->root(), name), url("/upload")})
        .output;
  };
  EXPECT_EQ(upload("../../above.png"), "303");
  EXPECT_TRUE(server->has("uploads/above.png"));
  EXPECT_EQ(upload("C:\\\\folder\\\\windows.png"), "303");
  EXPECT_TRUE(server->has("uploads/windows.png"));
  for (const auto* name : {"..", ".hidden", "a/..", "/"}) EXPECT_EQ(upload(name), "400") << name;
  EXPECT_FALSE(server->has("above.png"));
  EXPECT_FALSE(server->has("uploads/.hidden"));
}

TEST_F(HttpApplications, ACutUploadLeavesNothing) {
  {
    HttpClient cut{*server};
    cut.send(
        "POST /upload HTTP/1.1\r\nHost: www.lab\r\nContent-Length: 1000\r\n"
        "Content-Type: multipart/form-data; boundary=x\r\n\r\n"
        "--x\r\nContent-Disposition: form-data; name=file; filename=half.txt\r\n\r\nhalf of it");
    cut.connection().close();
  }
  EXPECT_EQ(client.ask("POST", "/upload", "Content-Type: text/plain\r\n", "x").status, 415);
  HttpClient other{*server};
  EXPECT_EQ(other.get("/uploads/").status, 200);
  EXPECT_TRUE(test::eventually([&] { return !server->has("uploads/.half.txt.part"); }));
  EXPECT_FALSE(server->has("uploads/half.txt"));
}

TEST_F(HttpApplications, OtherMethodsAreToldWhichOnesThereAre) {
  const auto refused = client.get("/upload");
  EXPECT_EQ(refused.status, 405);
  EXPECT_EQ(refused.field("Allow"), "POST, OPTIONS");
  EXPECT_EQ(client.ask("OPTIONS", "/echo").field("Allow"), "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");
  EXPECT_EQ(client.ask("HEAD", "/echo").status, 200);
  EXPECT_EQ(client.ask("PATCH", "/echo", "", "x").status, 200);
  EXPECT_EQ(client.get("/echo/below").status, 404);
}

}  // namespace
}  // namespace labnet::http_server
