#include "tests/clients/ftp/ftp_program.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "common/base/text.hpp"

namespace labnet::test {

namespace filesystem = std::filesystem;

std::string verbs_of(const Outcome& outcome) {
  std::string verbs;
  for (const auto line : split(outcome.errors, '\n')) {
    if (!line.starts_with("-> ")) continue;
    const auto command = line.substr(3);
    verbs += fmt::format("{}{}", verbs.empty() ? "" : " ", command.substr(0, command.find(' ')));
  }
  return verbs;
}

std::string replies_of(const Outcome& outcome) {
  std::string codes;
  for (const auto line : split(outcome.errors, '\n')) {
    const auto is_last_line = line.starts_with("<- ") && line.size() > 6 && line[6] == ' ' && is_digit(line[3]);
    if (is_last_line) codes += fmt::format("{}{}", codes.empty() ? "" : " ", line.substr(3, 3));
  }
  return codes;
}

FtpProgram::FtpProgram() {
  filesystem::create_directories(here_);
  filesystem::create_directories(root_ + "/home/ann/music");
  write("home/ann/1.png", "\x89PNG and so on");
  write("home/ann/notes.txt", "one\ntwo\n");
  write("home/ann/Adivinar el país.pptx", "¿?");
  write("top.txt", "top");
}

void FtpProgram::serve(const Words& options) {
  const auto config = folder_.write("ftp.yaml", fmt::format("root: {}\nusers:\n  ann: {{ password: secret, home: "
                                                            "/home/ann, permissions: write }}\n"
                                                            "anonymous: {{ allowed: true, home: /home/ann }}\n",
                                                            root_));
  Words words{labnet(), "serve", "ftp", "-c", config, "--workers", "1"};
  if (options.empty()) words.insert(words.end(), {"--listen", "127.0.0.1:0"});
  words.insert(words.end(), options.begin(), options.end());
  server_ = std::make_unique<Child>(words);
  const auto ready = server_->line();
  ASSERT_TRUE(ready);
  for (const auto word : split(*ready, ' ')) {
    if (word.starts_with("ftp://")) place_ = word.substr(6);
    if (word.starts_with("ftps://")) secure_place_ = word.substr(7);
  }
}

std::string FtpProgram::url(const std::string& path) const {
  return fmt::format("ftp://ann:secret@{}/{}", place_, path);
}

bool FtpProgram::serves(const std::string& name) const {
  return filesystem::exists(root_ + "/" + name);
}

Words FtpProgram::command(const std::string& verb, const Words& arguments) const {
  Words words{labnet(), "ftp", verb};
  words.insert(words.end(), arguments.begin(), arguments.end());
  return words;
}

Outcome FtpProgram::ftp(const std::string& verb, const Words& arguments) const {
  return run(command(verb, arguments), {.environment = {}, .folder = here_});
}

void FtpProgram::expect_success(const std::string& verb, const Words& arguments) const {
  const auto outcome = ftp(verb, arguments);
  EXPECT_EQ(outcome.exit_code, 0) << verb << outcome.errors;
}

Words FtpProgram::names_here() const {
  Words names;
  for (const auto& entry : filesystem::directory_iterator{here_}) names.push_back(entry.path().filename());
  std::ranges::sort(names);
  return names;
}

}  // namespace labnet::test
