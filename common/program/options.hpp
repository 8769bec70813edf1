// The options and arguments of one program: declared once, for the reader, the help and the completion.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/kinds.hpp"
#include "common/program/help_text.hpp"

namespace labnet::program {

struct Program;

/// What is written after an option or stands alone, as a function that takes the text: an empty answer, or what was
/// expected instead.
using TakeText = std::function<std::optional<std::string>(const std::string& text)>;

/// What help and manual pages are made of.
struct Described {
  std::string usage;  // behind the program's name: " [OPTIONS] HOST"
  std::vector<Explained> arguments, options;
  std::vector<std::pair<std::string, std::string>> notes;  // heading and lines
};

class Options {
 public:
  enum class Need { required, optional };

  Options();
  ~Options();
  Options(const Options&) = delete;
  Options& operator=(const Options&) = delete;

  /// "-n,--lines-max" with a value, shown as `value` in the help; `out` holds the default. Also read from the
  /// environment: --lines-max as LABNET_LINES_MAX. Each value, a default too, must outlive the parsing.
  template <class T>
  void option(const std::string& names, const std::string& value, T& out, const std::string& help, Kind<T> kind) {
    add_option(names, value, help, taker(out, std::move(kind)), false);
  }
  template <class T>
  void option(const std::string& names, const std::string& value, T& out, const std::string& help) {
    option(names, value, out, help, kind_of<T>());
  }
  template <class T>
  void option(const std::string& names, const std::string& value, std::optional<T>& out, const std::string& help,
              Kind<T> kind = kind_of<T>()) {
    add_option(names, value, help, taker(out, std::move(kind)), false);
  }
  /// May be given several times; each time adds to `out`.
  template <class T>
  void repeatable(const std::string& names, const std::string& value, std::vector<T>& out, const std::string& help,
                  Kind<T> kind = kind_of<T>()) {
    add_option(names, value, help, appender(out, std::move(kind)), true);
  }
  /// Given or not. The environment's form takes 1, yes, true or 0, no, false.
  void flag(const std::string& names, bool& out, const std::string& help);

  /// An argument without a name in front; they are filled in the order of declaration.
  template <class T>
  void positional(const std::string& name, T& out, const std::string& help, Need need = Need::required,
                  Kind<T> kind = kind_of<T>()) {
    add_positional(name, help, taker(out, std::move(kind)), need, false);
  }
  template <class T>
  void positional(const std::string& name, std::optional<T>& out, const std::string& help,
                  Kind<T> kind = kind_of<T>()) {
    add_positional(name, help, taker(out, std::move(kind)), Need::optional, false);
  }
  /// All that are left, none or more.
  void positionals(const std::string& name, std::vector<std::string>& out, const std::string& help,
                   Need need = Need::optional);
  /// The words behind the other arguments (and behind "--", if it is there), untouched: a command of another program.
  void command(const std::string& name, std::vector<std::string>& out, const std::string& help, Need need);

  /// A paragraph for the help, below the options; `lines` end with LF each.
  void note(const std::string& heading, const std::string& lines);

  /// Two options of which only one may be given, by their long names.
  void excludes(const std::string& one, const std::string& other);

  /// Reads the arguments; a sentence about the first mistake, or nothing.
  std::optional<std::string> parse(const std::vector<std::string>& arguments);
  /// True if --help was among them: then nothing else was judged.
  bool help_was_asked() const;

  Described describe() const;
  /// usage  the program's name as typed
  std::string help(std::string_view usage, std::string_view summary, std::string_view example) const;
  /// All "--long" and "-s" names.
  std::vector<std::string> names() const;

 private:
  template <class T, class Out>
  static TakeText taker(Out& out, Kind<T> kind) {
    return [&out, kind = std::move(kind)](const std::string& text) -> std::optional<std::string> {
      auto value = kind.parse(text);
      if (!value) return kind.expected;
      out = *std::move(value);
      return std::nullopt;
    };
  }
  template <class T>
  static TakeText appender(std::vector<T>& out, Kind<T> kind) {
    return [&out, kind = std::move(kind)](const std::string& text) -> std::optional<std::string> {
      auto value = kind.parse(text);
      if (!value) return kind.expected;
      out.push_back(*std::move(value));
      return std::nullopt;
    };
  }
  void add_option(const std::string& names, const std::string& value, const std::string& help, TakeText take,
                  bool repeatable);
  void add_positional(const std::string& name, const std::string& help, TakeText take, Need need, bool takes_all);

  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace labnet::program
