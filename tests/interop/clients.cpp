#include "tests/interop/clients.hpp"

#include <filesystem>

namespace labnet::test {

Clients::Clients(std::vector<std::string> program, std::string package)
    : program_{std::move(program)}, package_{std::move(package)} {
  std::filesystem::create_directory(path());
}

void Clients::SetUp() {
  if (run(program_).exit_code != 0) GTEST_SKIP() << program_.front() << " is not installed (" << package_ << ")";
}

std::string Clients::output_of(const std::vector<std::string>& command, int exit_code) const {
  How how;
  how.environment = {{"HOME", folder_.path()}, {"LC_ALL", "C.UTF-8"}, {"TERM", "dumb"}};
  for (const std::string proxy : {"ftp_proxy", "http_proxy", "https_proxy", "all_proxy", "HTTPS_PROXY", "ALL_PROXY"}) {
    how.environment[proxy] = "";
  }
  how.folder = path();
  how.patience = 3 * patience;  // 200 files in TLS on a busy machine
  const auto outcome = run(command, how);
  EXPECT_EQ(outcome.exit_code, exit_code) << outcome.output << outcome.errors;
  return outcome.output + outcome.errors;
}

std::string Clients::output_of(const std::vector<std::string>& command, const std::string& input) const {
  const auto file = folder_.write("input", input);
  std::vector<std::string> shell{"sh", "-c", "exec \"$0\" \"$@\" < " + file};
  shell.insert(shell.end(), command.begin(), command.end());
  return output_of(shell);
}

std::string Clients::write(const std::string& name, const std::string& text) const {
  return folder_.write("files/" + name, text);
}

std::string Clients::read(const std::string& name) const {
  return read_file(path(name));
}

}  // namespace labnet::test
