// wget: files, what is newer, and folders with all that is in them.
#include <gmock/gmock.h>

#include <filesystem>

#include "tests/interop/http_clients.hpp"

namespace labnet::http_server {
namespace {

using testing::HasSubstr;

class InteropWgetHttp : public HttpClients {
 protected:
  InteropWgetHttp() : HttpClients{{"wget", "--version"}, "wget"} {}

  std::string wget(std::string_view target, std::vector<std::string> options, const std::string& scheme = "http",
                   int exit_code = 0) const {
    options.insert(options.begin(), {"wget", "-nv", "--tries=1", "--timeout=9"});
    options.push_back(url(target, scheme));
    return output_of(options, exit_code);
  }
};

TEST_F(InteropWgetHttp, FetchesAFile) {
  server().write("a file", "12345");
  wget("/a%20file", {});
  EXPECT_EQ(read("a file"), "12345");
  wget("/missing", {}, "http", 8);
}

TEST_F(InteropWgetHttp, MirrorsAFolderByItsListings) {
  std::map<std::string, std::string> tree;
  for (int i = 0; i < 30; ++i) {
    const auto number = std::to_string(i);
    tree["año " + std::to_string(i % 3) + "/país & <" + number + ">.txt"] = std::string(100 * i, 'x');
    tree["año " + std::to_string(i % 3) + "/below/# 100%? " + number] = number;
  }
  for (const auto& [name, content] : tree) server().write("album/" + name, content);
  wget("/album/", {"-r", "-l", "9", "-np", "-nH", "-R", "index.html*", "--restrict-file-names=nocontrol"});
  std::map<std::string, std::string> mirrored;
  for (const auto& entry : std::filesystem::recursive_directory_iterator{path("album")}) {
    const auto name = entry.path().lexically_relative(path("album")).string();
    if (entry.is_regular_file()) mirrored[name] = test::read_file(entry.path());
  }
  EXPECT_TRUE(mirrored == tree);
}

TEST_F(InteropWgetHttp, FetchesOnlyWhatIsNewer) {
  server().write("file", "12345");
  EXPECT_THAT(wget("/file", {"-N"}), HasSubstr("-> \"file\""));
  EXPECT_EQ(wget("/file", {"-N"}), "");
  const auto later = std::filesystem::last_write_time(server().root() + "/file") + std::chrono::hours{1};
  server().write("file", "67890");
  std::filesystem::last_write_time(server().root() + "/file", later);
  EXPECT_THAT(wget("/file", {"-N"}), HasSubstr("-> \"file\""));
  EXPECT_EQ(read("file"), "67890");
}

TEST_F(InteropWgetHttp, GoesOnWithWhatWasCutOff) {
  server().write("file", "0123456789");
  write("file", "0123");
  wget("/file", {"-c"});
  EXPECT_EQ(read("file"), "0123456789");
  wget("/file", {"-c"});  // nothing is left
  EXPECT_EQ(read("file"), "0123456789");
}

TEST_F(InteropWgetHttp, SpeaksTlsAndUncompresses) {
  server().write("file.txt", std::string(10'000, 'x'));
  wget("/file.txt", {"--ca-certificate=" + authority(), "--compression=gzip"}, "https");
  EXPECT_EQ(read("file.txt"), std::string(10'000, 'x'));
}

}  // namespace
}  // namespace labnet::http_server
