// How a program speaks: results on standard output, complaints on standard error, an exit code.
#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>

#include "common/base/kinds.hpp"
#include "common/base/language.hpp"
#include "common/base/result.hpp"

namespace labnet::program {

/// The exit codes of all programs. A program that runs another one passes that one's code on.
enum class Exit : int {
  done = 0,
  failed = 1,
  wrong_usage = 2,  // or a file with a mistake in it
  warnings = 3,     // nothing failed, but something is not as it should be
  no_reply = 9,     // of any name server; dig's code, which scripts know
};

/// For people or for programs.
enum class Format { text, json };
Kind<Format> format_kind();

/// To standard error, as it is. A terminal that is gone cannot be told anything, and that is no reason to break off.
void say(std::string_view text);

/// The width of the terminal at standard error; 80 if there is none.
std::size_t terminal_columns();

class Console {
 public:
  /// program  its whole name, "labnet cache show", which stands in front of complaints
  explicit Console(std::string program);

  /// To standard output. A write that fails is remembered: the program then ends with Exit::failed.
  void write(std::string_view text);
  template <class... Args>
  void print(fmt::format_string<const Args&...> format, const Args&... args) {
    write(fmt::format(format, args...));
  }
  void flush();

  /// A line of standard input; at a terminal `question` is shown and the answer is not.
  Result<std::string> ask_secretly(std::string_view question);
  /// The same twice at a terminal, where nobody sees what they type.
  Result<std::string> ask_new_secret(std::string_view question);

  /// "labnet ping: no host is named pc9" on standard error.
  void complain(std::string_view sentence);
  Exit fail(const Error& error);
  Exit fail(std::string_view sentence);
  /// A mistake in the command line that only the program itself can see. Where help is to be found is added, in the
  /// language of the sentence.
  Exit wrong_usage(std::string_view sentence, Language language = Language::english);
  /// A mistake in a file: the sentence begins with file:line:column, where editors look for it, and so stands alone.
  Exit wrong_file(std::string_view sentence);

  /// From now on what fails is told by the exit code alone. A mistake in the command line is told nevertheless.
  void be_silent() { is_silent_ = true; }

  /// Colours and progress are for terminals. NO_COLOR in the environment turns colours off.
  bool has_colours() const { return has_colours_; }

  /// The exit code in the light of what could be written.
  Exit finish(Exit code);

 private:
  void note_fault();

  std::string program_;
  bool has_colours_;
  bool is_silent_ = false;
  int write_fault_ = 0;  // errno of the first write that failed
};

}  // namespace labnet::program
