#include "common/program/console.hpp"

#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace labnet::program {
namespace {

constexpr std::size_t answer_bytes_max = 4096;

termios shown_settings{};  // of the terminal, for whoever ends this program by a signal meanwhile

/// Calls only what a signal handler may.
extern "C" void show_again_and_end(int signal_number) {
  tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown_settings);
  std::signal(signal_number, SIG_DFL);
  std::raise(signal_number);
}

/// What is typed is not shown until it goes, or a signal ends the program.
class NoEcho {
 public:
  NoEcho() {
    is_terminal_ = tcgetattr(STDIN_FILENO, &shown_settings) == 0;
    if (!is_terminal_) return;
    struct sigaction action {};
    action.sa_handler = show_again_and_end;
    for (std::size_t i = 0; i < signals.size(); ++i) ::sigaction(signals[i], &action, &before_[i]);
    auto hidden = shown_settings;
    hidden.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
  }
  NoEcho(const NoEcho&) = delete;
  ~NoEcho() {
    if (!is_terminal_) return;
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown_settings);
    for (std::size_t i = 0; i < signals.size(); ++i) ::sigaction(signals[i], &before_[i], nullptr);
  }
  bool is_terminal() const { return is_terminal_; }

 private:
  static constexpr std::array signals{SIGINT, SIGTERM, SIGHUP, SIGQUIT};
  std::array<struct sigaction, signals.size()> before_{};
  bool is_terminal_ = false;
};

}  // namespace

void say(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stderr);
}

std::size_t terminal_columns() {
  constexpr std::size_t usual = 80;
  winsize size{};
  return ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : usual;
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

Result<std::string> Console::ask_new_secret(std::string_view question) {
  auto answer = ask_secretly(question);
  if (!answer || isatty(STDIN_FILENO) != 1) return answer;
  const auto again = ask_secretly("Once more: ");
  if (!again) return again.error();
  if (*again != *answer) return Error{"the two answers differ; nothing was changed"};
  return answer;
}

void Console::complain(std::string_view sentence) {
  flush();  // what came before it stands before it
  if (is_silent_) return;
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

Exit Console::wrong_usage(std::string_view sentence, Language language) {
  is_silent_ = false;
  static constexpr Message help{"see {} --help", "véase {} --help"};
  complain(fmt::format("{}; {}", sentence, help.in(language, program_)));
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
