#include "common/program/program.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "common/base/utf8.hpp"
#include "common/program/completion.hpp"
#include "common/program/help_text.hpp"
#include "common/program/manual.hpp"
#include "common/program/version.hpp"

namespace labnet::program {

std::string_view heading_of(Group group) {
  switch (group) {
    case Group::lab:
      return "The lab";
    case Group::servers:
      return "Servers, each alone";
    case Group::clients:
      break;
  }
  return "Clients";
}

namespace {

std::string overview(std::span<const Program* const> programs) {
  std::string text =
      "labnet: a whole application-layer networking lab on one Linux host\n\nUsage: labnet PROGRAM ...\n";
  const auto rows_of = [&](const auto& is_wanted) {
    std::vector<Explained> rows;
    for (const auto* program : programs) {
      if (is_wanted(*program)) rows.push_back({std::string{program->name}, std::string{program->summary}});
    }
    return rows;
  };
  const auto width = name_columns(rows_of([](const Program&) { return true; }));  // the same in all groups
  for (const auto group : {Group::lab, Group::servers, Group::clients}) {
    const auto rows = rows_of([&](const Program& program) { return program.group == group; });
    if (!rows.empty()) text += fmt::format("\n{}:\n{}", heading_of(group), side_by_side(rows, width));
  }
  text +=
      "\nlabnet PROGRAM --help explains one; labnet completion bash|zsh|fish prints a\n"
      "script for the shell, labnet manual the pages for man.\n";
  return text;
}

class CommandLine {
 public:
  CommandLine(std::span<const Program* const> programs, std::span<const Link> links, std::vector<std::string> words)
      : programs_{programs}, links_{links}, words_{std::move(words)} {}

  Exit run() {
    if (words_.empty()) return show(overview(programs_), Exit::wrong_usage);
    const auto& first = words_.front();
    if (first == "--help" || first == "-h") return show(overview(programs_), Exit::done);
    if (first == "help") return help();
    if (first == "--version" || first == "version") return show(fmt::format("labnet {}\n", version), Exit::done);
    if (first == "completion") return completion();
    if (first == "complete") return complete_words();
    if (first == "manual") return manual();
    const auto* program = take_program();
    return program == nullptr ? complain_of_name() : run_program(*program);
  }

 private:
  const Program* find(std::string_view name) const {
    const auto found = std::ranges::find_if(programs_, [&](const Program* program) { return program->name == name; });
    return found == programs_.end() ? nullptr : *found;
  }

  /// The program that the first one or two words name, which are taken away.
  const Program* take_program() {
    for (const std::size_t count : {2u, 1u}) {
      if (words_.size() < count) continue;
      const auto* program = find(count == 2 ? words_[0] + " " + words_[1] : words_[0]);
      if (program == nullptr) continue;
      words_.erase(words_.begin(), words_.begin() + static_cast<std::ptrdiff_t>(count));
      return program;
    }
    return nullptr;
  }

  Exit complain_of_name() const {
    Console console{"labnet"};
    const auto& word = words_.front();
    std::vector<std::string> seconds;
    std::vector<std::string> names;
    for (const auto* program : programs_) {
      const auto parts = split(program->name, ' ');
      names.emplace_back(parts.front());
      if (parts.size() == 2 && parts.front() == word) seconds.emplace_back(parts.back());
    }
    if (!seconds.empty() && words_.size() > 1 && (words_[1] == "--help" || words_[1] == "-h")) {
      std::vector<Explained> rows;
      for (const auto* program : programs_) {
        if (!program->name.starts_with(word + " ")) continue;
        rows.push_back({fmt::format("labnet {}", program->name), std::string{program->summary}});
      }
      return show(side_by_side(rows, name_columns(rows)) + "\nlabnet PROGRAM --help explains one.\n", Exit::done);
    }
    if (!seconds.empty()) {
      const auto found = words_.size() > 1 ? fmt::format(", found \"{}\"", printable(words_[1], 60)) : std::string{};
      return console.wrong_usage(fmt::format("{}: expected {}{}", word, join(seconds, " or "), found));
    }
    const auto near = closest(word, names);
    return console.wrong_usage(fmt::format("there is no program named \"{}\"{}", printable(word, 60),
                                           near.empty() ? "" : fmt::format("; did you mean {}?", near)));
  }

  static Exit show(const std::string& text, Exit code) {
    Console console{"labnet"};
    if (code == Exit::done) {
      console.write(text);
    } else {
      say(text);
    }
    return console.finish(code);
  }

  Exit help() {
    words_.erase(words_.begin());
    if (words_.empty()) return show(overview(programs_), Exit::done);
    const auto* program = take_program();
    return program == nullptr ? complain_of_name() : show(help_of(*program), Exit::done);
  }

  Exit completion() const {
    if (words_.size() == 2 && (words_[1] == "--help" || words_[1] == "-h")) {
      return show(
          "labnet completion bash|zsh|fish: prints a script for the shell, which is read\nlike this:\n\n"
          "  source <(labnet completion bash)\n",
          Exit::done);
    }
    const auto script = words_.size() == 2 ? completion_script(words_[1], links_) : std::string{};
    if (script.empty()) return Console{"labnet completion"}.wrong_usage("expected one of bash, zsh, fish");
    return show(script, Exit::done);
  }

  /// `labnet complete -- WORDS...`, which the scripts ask.
  Exit complete_words() {
    words_.erase(words_.begin());
    if (!words_.empty() && words_.front() == "--") words_.erase(words_.begin());
    if (words_.empty()) words_.emplace_back();
    std::string text;
    for (const auto& candidate : complete(programs_, words_)) text += candidate + '\n';
    return show(text, Exit::done);
  }

  /// `labnet manual [PAGE|FILE.yaml]`
  Exit manual() const {
    Console console{"labnet manual"};
    if (words_.size() == 1) return show(join(manual_pages(programs_, links_), "\n") + "\n", Exit::done);
    const auto& name = words_[1];
    if (words_.size() > 2 || name == "--help" || name == "-h") {
      return show(
          "labnet manual: the names of all manual pages\n"
          "labnet manual PAGE: prints one, for man\n"
          "labnet manual FILE.yaml: prints one on a configuration, from the comments of\n"
          "  its reference file\n\n"
          "  labnet manual labnet-ping.1 | man -l -\n",
          words_.size() > 2 ? Exit::wrong_usage : Exit::done);
    }
    if (name.ends_with(".yaml")) return manual_of_configuration(console, name);
    const auto page = manual_page(programs_, links_, name);
    if (page) return show(*page, Exit::done);
    const auto near = closest(name, manual_pages(programs_, links_));
    return console.wrong_usage(fmt::format("there is no page \"{}\"{}", printable(name, 60),
                                           near.empty() ? "" : fmt::format("; did you mean {}?", near)));
  }

  static Exit manual_of_configuration(Console& console, const std::string& file) {
    std::ifstream stream{file, std::ios::binary};
    const std::string yaml{std::istreambuf_iterator<char>{stream}, {}};
    if (yaml.empty()) return console.fail(fmt::format("cannot read {}", printable(file, 200)));
    return show(configuration_page(std::filesystem::path{file}.stem().string(), yaml), Exit::done);
  }

  Exit run_program(const Program& program) const {
    Console console{fmt::format("labnet {}", program.name)};
    Options options;
    const auto run = program.define(options);
    if (const auto mistake = options.parse(words_)) return console.wrong_usage(*mistake);
    if (options.help_was_asked()) return show(help_of(program), Exit::done);
    return console.finish(run(console));
  }

  std::span<const Program* const> programs_;
  std::span<const Link> links_;
  std::vector<std::string> words_;
};

}  // namespace

int run(std::span<const Program* const> programs, std::span<const Link> links, int argc, const char* const* argv) {
  std::signal(SIGPIPE, SIG_IGN);  // `labnet logs | head`: a write that fails is told like any other
  std::vector<std::string> words{argv + std::min(argc, 1), argv + argc};
  const std::string_view path = argc > 0 ? argv[0] : "labnet";
  const auto own_name = path.substr(path.rfind('/') + 1);
  const auto link = std::ranges::find(links, own_name, &Link::name);
  if (link != links.end()) {
    const auto parts = split(link->program, ' ');
    // A shell asks "ftp-server complete -- WORDS", too.
    const auto is_question = words.size() > 1 && words[0] == "complete" && words[1] == "--";
    words.insert(words.begin() + (is_question ? 2 : 0), parts.begin(), parts.end());
  }
  return static_cast<int>(CommandLine{programs, links, std::move(words)}.run());
}

std::string help_of(const Program& program) {
  Options options;
  program.define(options);
  return options.help(fmt::format("labnet {}", program.name), program.summary, program.example);
}

}  // namespace labnet::program
