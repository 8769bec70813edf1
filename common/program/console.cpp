#include "common/program/console.hpp"

#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace labnet::program {
namespace {

constexpr std::size_t answer_bytes_max = 4096;

/// What is typed is not shown until it goes.
class NoEcho {
 public:
  NoEcho() {
    is_terminal_ = tcgetattr(STDIN_FILENO, &before_) == 0;
    if (!is_terminal_) return;
    auto hidden = before_;
    hidden.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
  }
  NoEcho(const NoEcho&) = delete;
  ~NoEcho() {
    if (is_terminal_) tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
  }
  bool is_terminal() const { return is_terminal_; }

 private:
  termios before_{};
  bool is_terminal_ = false;
};

}  // namespace

void say(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stderr);
}

Kind<Format> format_kind() {
  return one_of<Format>({{"text", Format::text}, {"json", Format::json}});
}

Console::Console(std::string program)
    : program_{std::move(program)}, has_colours_{isatty(STDOUT_FILENO) == 1 && std::getenv("NO_COLOR") == nullptr} {}

void Console::write(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size()) note_fault();
}

void Console::flush() {
  if (std::fflush(stdout) != 0) note_fault();
}

Result<std::string> Console::ask_secretly(std::string_view question) {
  flush();
  const NoEcho no_echo;
  if (no_echo.is_terminal()) say(question);
  std::string answer;
  int letter = 0;
  while ((letter = std::fgetc(stdin)) != EOF && letter != '\n') {
    if (answer.size() == answer_bytes_max) return Error{"the answer is too long"};
    answer += static_cast<char>(letter);
  }
  if (no_echo.is_terminal()) say("\n");
  if (letter == EOF && answer.empty()) return Error{"there is no answer on standard input"};
  if (answer.ends_with('\r')) answer.pop_back();
  return answer;
}

void Console::complain(std::string_view sentence) {
  flush();  // what came before it stands before it
  say(fmt::format("{}: {}\n", program_, sentence));
}

/// Of several faults the first one says why.
void Console::note_fault() {
  if (write_fault_ == 0) write_fault_ = errno;
}

Exit Console::fail(const Error& error) {
  return fail(error.message);
}

Exit Console::fail(std::string_view sentence) {
  complain(sentence);
  return Exit::failed;
}

Exit Console::wrong_usage(std::string_view sentence) {
  complain(fmt::format("{}; see {} --help", sentence, program_));
  return Exit::wrong_usage;
}

Exit Console::wrong_file(std::string_view sentence) {
  flush();
  say(fmt::format("{}\n", sentence));
  return Exit::wrong_usage;
}

Exit Console::finish(Exit code) {
  flush();
  if (write_fault_ == 0 || code != Exit::done) return code;
  return fail(fmt::format("cannot write the output: {}", std::strerror(write_fault_)));
}

}  // namespace labnet::program
