#include "tests/interop/ftp_clients.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>

namespace labnet::ftp_server {

namespace fs = std::filesystem;

void FtpClients::SetUp() {
  Clients::SetUp();
  if (IsSkipped()) return;
  pair_ = make_certificate(folder());
  start_with("session_reuse: require");
}

void FtpClients::start_with(const std::string& tls_settings) {
  const auto file = folder().write("ftp.yaml", fmt::format("root: .\ntls: {{ certificate: {}, key: {}, {} }}\n",
                                                           pair_.certificate, pair_.key, tls_settings));
  server_ = std::make_unique<RunningFtp>(std::vector<std::string>{"-c", file, "--listen", "ftps://127.0.0.1:0"});
}

Tree make_tree(const std::string& folder) {
  constexpr int folders = 20;
  constexpr int files_in_each = 10;
  Tree tree;
  for (int i = 0; i < folders; ++i) {
    const auto inner = fmt::format("año {}/{}{}", i % 4, i % 3 == 0 ? "vacaciones de verano/" : "", i);
    for (int j = 0; j < files_in_each; ++j) {
      const auto name = fmt::format("{}/{} {}.txt", inner, j % 2 == 0 ? "país" : "страна 国", j);
      tree[name] = std::string(static_cast<std::size_t>(i * 977 + j * 31), static_cast<char>('a' + j));
    }
  }
  for (const auto& [name, content] : tree) {
    const fs::path file{folder + "/" + name};
    fs::create_directories(file.parent_path());
    std::ofstream{file, std::ios::binary} << content;
  }
  return tree;
}

Tree read_tree(const std::string& folder) {
  Tree tree;
  for (const auto& entry : fs::recursive_directory_iterator{folder}) {
    if (entry.is_regular_file()) {
      tree[entry.path().lexically_relative(folder).string()] = test::read_file(entry.path().string());
    }
  }
  return tree;
}

}  // namespace labnet::ftp_server
