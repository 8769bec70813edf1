#include "common/program/console.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace labnet::program {

Kind<Format> format_kind() {
  return one_of<Format>({{"text", Format::text}, {"json", Format::json}});
}

Console::Console(std::string program)
    : program_{std::move(program)},
      output_is_terminal_{isatty(STDOUT_FILENO) == 1},
      has_colours_{output_is_terminal_ && std::getenv("NO_COLOR") == nullptr} {}

void Console::write(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size()) write_failed_ = true;
}

void Console::flush() {
  if (std::fflush(stdout) != 0) write_failed_ = true;
}

void Console::complain(std::string_view sentence) {
  flush();  // what came before it stands before it
  fmt::print(stderr, "{}: {}\n", program_, sentence);
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
  fmt::print(stderr, "{}\n", sentence);
  return Exit::wrong_usage;
}

Exit Console::finish(Exit code) {
  errno = 0;
  flush();
  if (!write_failed_ || code != Exit::done) return code;
  return fail(fmt::format("cannot write the output: {}", std::strerror(errno)));
}

}  // namespace labnet::program
