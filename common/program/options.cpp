#include "common/program/options.hpp"

#include <fmt/format.h>

#include <algorithm>

#include <CLI/CLI.hpp>

#include "common/base/utf8.hpp"
#include "common/program/help_text.hpp"

namespace labnet::program {
namespace {

/// The long name without dashes: "lines-max" of "-n,--lines-max".
std::string long_name(const std::string& names) {
  for (const auto name : split(names, ',')) {
    if (name.starts_with("--")) return std::string{name.substr(2)};
  }
  return {};
}

/// --lines-max as LABNET_LINES_MAX.
std::string environment_name(const std::string& option) {
  std::string name = "LABNET_";
  for (const char c : option) name += c == '-' ? '_' : static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  return name;
}

std::string spaced(const std::string& names) {
  std::string text;
  for (const auto name : split(names, ',')) text += (text.empty() ? "" : ", ") + std::string{name};
  return text.starts_with("--") ? "    " + text : text;  // long names stand below each other
}

}  // namespace

struct Options::State {
  struct Positional {
    CLI::Option* option;
    std::string name;
    Need need;
    bool takes_all;
  };

  CLI::App app;
  std::vector<Explained> options;
  std::vector<Explained> arguments;
  std::vector<Positional> positionals;
  std::vector<std::string> names;
  std::vector<std::pair<std::string, std::string>> exclusions;
  std::vector<std::pair<std::string, std::string>> notes;
  std::vector<std::string>* command = nullptr;
  std::string command_name;
  Need command_need = Need::optional;
  std::string mistake;  // what a TakeText found wrong
  bool help_was_asked = false;

  /// A function for CLI11 that hands each text to `take`.
  CLI::callback_t callback(std::string name, TakeText take) {
    return [this, name = std::move(name), take = std::move(take)](const CLI::results_t& texts) {
      for (const auto& text : texts) {
        const auto expected = take(text);
        if (!expected) continue;
        mistake = fmt::format("{}: expected {}, found \"{}\"", name, *expected, printable(text, 60));
        return false;
      }
      return true;
    };
  }

  std::string usage() const {
    std::string text = options.empty() ? "" : " [OPTIONS]";
    for (const auto& positional : positionals) {
      const auto shown = positional.name + (positional.takes_all ? "..." : "");
      text += positional.need == Need::required ? " " + shown : " [" + shown + "]";
    }
    if (command != nullptr) {
      text += command_need == Need::required ? " [--] " + command_name + "..." : " [[--] " + command_name + "...]";
    }
    return text;
  }

  std::optional<std::string> unknown_option() const {
    for (const auto& word : app.remaining()) {
      if (word.size() < 2 || word.front() != '-') continue;
      const auto name = word.substr(0, word.find('='));
      const auto near = name.starts_with("--") ? closest(name, names) : std::string{};
      return fmt::format("there is no option {}{}", printable(name, 60),
                         near.empty() ? "" : fmt::format("; did you mean {}?", near));
    }
    return std::nullopt;
  }

  /// What CLI11 does not recognize.
  std::string describe_unknown() const {
    if (const auto option = unknown_option()) return *option;
    const auto extra = app.remaining().empty() ? std::string{} : app.remaining().front();
    return fmt::format("\"{}\" is one argument too many", printable(extra, 60));
  }

  std::optional<std::string> missing() const {
    for (const auto& positional : positionals) {
      if (positional.need == Need::required && positional.option->count() == 0) {
        return fmt::format("{} is missing", positional.name);
      }
    }
    if (command != nullptr && command_need == Need::required && command->empty()) {
      return fmt::format("{} is missing", command_name);
    }
    return std::nullopt;
  }

  std::optional<std::string> excluded() const {
    for (const auto& [one, other] : exclusions) {
      if (app.get_option(one)->count() > 0 && app.get_option(other)->count() > 0) {
        return fmt::format("{} and {} exclude each other", one, other);
      }
    }
    return std::nullopt;
  }

  std::optional<std::string> parse(std::vector<std::string> arguments_left) {
    try {
      std::ranges::reverse(arguments_left);  // CLI11 takes them from the back
      app.parse(std::move(arguments_left));
    } catch (const CLI::CallForHelp&) {
      help_was_asked = true;
      return std::nullopt;
    } catch (const CLI::ExtrasError&) {
      return describe_unknown();
    } catch (const CLI::ArgumentMismatch& error) {
      const std::string what = error.what();  // "--name: 1 required TEXT missing"
      return fmt::format("{} needs a value", what.substr(0, what.find(':')));
    } catch (const CLI::ParseError& error) {
      // What stands behind an option that there is not was taken for an argument, for which it is no value.
      if (const auto option = unknown_option(); option && command == nullptr) return option;
      return mistake.empty() ? std::string{error.what()} : mistake;
    }
    return std::nullopt;
  }
};

Options::Options() : state_{std::make_unique<State>()} {
  state_->app.set_help_flag("-h,--help");
}
Options::~Options() = default;

void Options::add_option(const std::string& names, const std::string& value, const std::string& help, TakeText take,
                         bool repeatable) {
  const auto name = long_name(names);
  const auto variable = environment_name(name);
  auto* option = state_->app.add_option(names, state_->callback("--" + name, std::move(take)));
  option->type_size(1);
  option->expected(1);
  option->multi_option_policy(repeatable ? CLI::MultiOptionPolicy::TakeAll : CLI::MultiOptionPolicy::TakeLast);
  if (repeatable) option->expected(1, CLI::detail::expected_max_vector_size)->allow_extra_args(false);
  option->envname(variable);
  state_->options.push_back({spaced(names) + " " + value, repeatable ? help + "; repeatable" : help});
  for (const auto one : split(names, ',')) state_->names.emplace_back(one);
}

void Options::flag(const std::string& names, bool& out, const std::string& help) {
  auto* option = state_->app.add_flag(names, out);
  option->envname(environment_name(long_name(names)));
  state_->options.push_back({spaced(names), help});
  for (const auto one : split(names, ',')) state_->names.emplace_back(one);
}

void Options::add_positional(const std::string& name, const std::string& help, TakeText take, Need need,
                             bool takes_all) {
  const auto internal_name = fmt::format("argument{}", state_->positionals.size());
  auto* option = state_->app.add_option(internal_name, state_->callback(name, std::move(take)));
  option->type_size(1);
  if (takes_all) {
    option->expected(1, CLI::detail::expected_max_vector_size)->allow_extra_args();
    option->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  } else {
    option->expected(1);
  }
  state_->positionals.push_back({option, name, need, takes_all});
  state_->arguments.push_back({name, help});
}

void Options::positionals(const std::string& name, std::vector<std::string>& out, const std::string& help, Need need) {
  add_positional(name, help, appender(out, kind_of<std::string>()), need, true);
}

void Options::command(const std::string& name, std::vector<std::string>& out, const std::string& help, Need need) {
  state_->command = &out;
  state_->command_name = name;
  state_->command_need = need;
  state_->app.prefix_command();
  state_->arguments.push_back({name, help});
}

void Options::note(const std::string& heading, const std::string& lines) {
  state_->notes.emplace_back(heading, lines);
}

void Options::excludes(const std::string& one, const std::string& other) {
  state_->exclusions.emplace_back(one, other);
}

std::optional<std::string> Options::parse(const std::vector<std::string>& arguments) {
  auto own = arguments;
  if (state_->command != nullptr) {
    // Cut off here: CLI11 would take "--" for an order to read what follows as its own arguments.
    const auto separator = std::ranges::find(own, "--");
    if (separator != own.end()) {
      state_->command->assign(std::next(separator), own.end());
      own.erase(separator, own.end());
    }
  }
  if (auto mistake = state_->parse(own)) return mistake;
  if (state_->help_was_asked) return std::nullopt;
  if (state_->command != nullptr) {
    auto rest = state_->app.remaining();
    if (!rest.empty() && rest.front().starts_with('-')) return state_->describe_unknown();
    state_->command->insert(state_->command->begin(), rest.begin(), rest.end());
  }
  if (auto mistake = state_->missing()) return mistake;
  return state_->excluded();
}

bool Options::help_was_asked() const {
  return state_->help_was_asked;
}

Described Options::describe() const {
  Described described{state_->usage(), state_->arguments, state_->options, state_->notes};
  described.options.push_back({"-h, --help", "this text"});
  return described;
}

std::string Options::help(std::string_view usage, std::string_view summary, std::string_view example) const {
  const auto described = describe();
  auto text = fmt::format("{}\n\nUsage: {}{}\n", summary, usage, described.usage);
  const auto show = [](const std::vector<Explained>& rows) { return side_by_side(rows, name_columns(rows)); };
  if (!described.arguments.empty()) text += "\n" + show(described.arguments);
  text += "\nOptions:\n" + show(described.options);
  if (!state_->options.empty()) text += "Every long option can also be set in the environment: --a-b as LABNET_A_B.\n";
  const auto add_indented = [&](std::string_view lines) {
    while (lines.ends_with('\n')) lines.remove_suffix(1);
    for (const auto line : split(lines, '\n')) text += fmt::format("  {}\n", line);
  };
  for (const auto& [heading, lines] : described.notes) {
    text += fmt::format("\n{}\n", heading);
    add_indented(lines);
  }
  if (!example.empty()) {
    text += "\nExample:\n";
    add_indented(example);
  }
  return text;
}

std::vector<std::string> Options::names() const {
  auto names = state_->names;
  names.insert(names.end(), {"-h", "--help"});
  return names;
}

}  // namespace labnet::program
