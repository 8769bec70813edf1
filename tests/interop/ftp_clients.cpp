#include "tests/interop/ftp_clients.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>

namespace labnet::ftp_server {

namespace fs = std::filesystem;

FtpClients::FtpClients(std::vector<std::string> program, std::string package)
    : program_{std::move(program)}, package_{std::move(package)} {
  fs::create_directory(folder_.path() + "/files");
}

void FtpClients::SetUp() {
  if (test::run(program_).exit_code != 0) GTEST_SKIP() << program_.front() << " is not installed (" << package_ << ")";
  pair_ = make_certificate(folder_);
  start_with("session_reuse: require");
}

void FtpClients::start_with(const std::string& tls_settings) {
  const auto file = folder_.write("ftp.yaml", fmt::format("root: .\ntls: {{ certificate: {}, key: {}, {} }}\n",
                                                          pair_.certificate, pair_.key, tls_settings));
  server_ = std::make_unique<RunningFtp>(std::vector<std::string>{"-c", file, "--listen", "ftps://127.0.0.1:0"});
}

std::string FtpClients::output_of(const std::vector<std::string>& command, int exit_code) const {
  test::How how;
  how.environment = {{"HOME", folder_.path()}, {"LC_ALL", "C.UTF-8"}, {"TERM", "dumb"}, {"ftp_proxy", ""}};
  how.folder = path();
  how.patience = 3 * test::patience;  // 200 files in TLS on a busy machine
  const auto outcome = test::run(command, how);
  EXPECT_EQ(outcome.exit_code, exit_code) << outcome.output << outcome.errors;
  return outcome.output + outcome.errors;
}

std::string FtpClients::output_of(const std::vector<std::string>& command, const std::string& commands) {
  const auto file = folder_.write("commands", commands);
  std::vector<std::string> shell{"sh", "-c", "exec \"$0\" \"$@\" < " + file};
  shell.insert(shell.end(), command.begin(), command.end());
  return output_of(shell);
}

std::string FtpClients::write(const std::string& name, const std::string& text) const {
  return folder_.write("files/" + name, text);
}

std::string FtpClients::read(const std::string& name) const {
  return test::read_file(path(name));
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
