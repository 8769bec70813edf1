#include "common/program/manual.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "common/base/text.hpp"
#include "common/program/help_text.hpp"
#include "common/program/version.hpp"

namespace labnet::program {
namespace {

/// What groff would show as something else than what is typed: "-" as a hyphen, "~" as an accent.
constexpr std::string_view spelled_out(char c) {
  switch (c) {
    case '\\':
      return "\\e";
    case '-':
      return "\\-";
    case '~':
      return "\\(ti";
    case '^':
      return "\\(ha";
    case '`':
      return "\\(ga";
    case '\'':
      return "\\(aq";
    default:
      return {};
  }
}

/// Text in which nothing is taken for an instruction.
std::string literal(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto spelled = spelled_out(c);
    if (c == '.' && out.empty()) out += "\\&";
    if (spelled.empty()) {
      out += c;
    } else {
      out += spelled;
    }
  }
  return out;
}

/// An argument of a macro, in quotation marks.
std::string argument(std::string_view text) {
  std::string out = "\"";
  for (const char c : literal(text)) {
    if (c == '"') {
      out += "\\(dq";
    } else {
      out += c;
    }
  }
  return out + "\"";
}

/// Within a sentence: "an FTP server", but "FTP" stays.
std::string begun_small(std::string_view text) {
  std::string out{text};
  const auto is_small = [&](std::size_t i) { return i >= out.size() || out[i] == to_lower(out[i]); };
  if (!out.empty() && is_small(1)) out[0] = to_lower(out[0]);
  return out;
}

class Page {
 public:
  /// name  "labnet-ftp-get"
  Page(std::string_view name, int section, std::string_view summary) {
    line(fmt::format(".TH {} {} \"\" {} labnet", argument(to_upper(name)), section,
                     argument(fmt::format("labnet {}", version))));
    section_of("NAME");
    line(fmt::format("{} \\- {}", literal(name), literal(begun_small(summary))));
  }

  void section_of(std::string_view heading) { line(fmt::format(".SH {}", argument(heading))); }
  void paragraph(std::string_view text) {
    line(".PP");
    line(literal(text));
  }
  /// Right below a heading or a row.
  void words(std::string_view text) { line(literal(text)); }
  void bold(std::string_view text) { line(fmt::format(".B {}", argument(text))); }
  /// A name, and what is said of it, indented.
  void row(const Explained& one) {
    line(".TP");
    bold(std::string_view{one.name}.substr(one.name.find_first_not_of(' ')));  // help sets long names below each other
    if (!one.text.empty()) words(one.text);
  }
  /// Goes on below a row, after an example.
  void go_on() { line(".IP"); }
  /// Lines as they are.
  void example(std::string_view lines) {
    while (lines.ends_with('\n')) lines.remove_suffix(1);
    line(".nf");
    for (const auto one : split(lines, '\n')) line(literal(fmt::format("    {}", one)));
    line(".fi");
  }
  void indent() { line(".RS 4"); }
  void unindent() { line(".RE"); }
  /// "labnet(1), ..."
  void see_also(const std::vector<std::string>& pages) {
    section_of("SEE ALSO");
    std::string text;
    for (const auto& page : pages) text += (text.empty() ? "" : ", ") + page;
    words(text);
  }

  std::string text() && { return std::move(text_); }

 private:
  void line(std::string_view text) {
    text_ += text;
    text_ += '\n';
  }

  std::string text_;
};

/// "labnet-ftp-get" of "ftp get".
std::string page_name(std::string_view program) {
  auto name = fmt::format("labnet-{}", program);
  std::ranges::replace(name, ' ', '-');
  return name;
}

/// The words with which several programs begin, and which are none by themselves.
std::set<std::string> families(std::span<const Program* const> programs) {
  std::map<std::string, int> members;
  for (const auto* program : programs) ++members[std::string{split(program->name, ' ').front()}];
  std::set<std::string> names;
  for (const auto& member : members) {
    const auto& word = member.first;
    const auto is_program = std::ranges::any_of(programs, [&](const Program* one) { return one->name == word; });
    if (member.second > 1 && !is_program) names.insert(word);
  }
  return names;
}

void add_rows(Page& page, std::span<const Program* const> programs, const auto& is_wanted) {
  for (const auto* program : programs) {
    if (is_wanted(*program)) page.row({fmt::format("labnet {}", program->name), std::string{program->summary} + "."});
  }
}

std::string exit_codes() {
  return "0: done. 1: failed. 2: wrong usage, or a mistake in a file. 3: warnings only. A program that runs another "
         "one "
         "passes its code on.";
}

std::string page_of(const Program& program) {
  Options options;
  program.define(options);
  const auto described = options.describe();
  Page page{page_name(program.name), 1, program.summary};
  page.section_of("SYNOPSIS");
  page.bold(fmt::format("labnet {}{}", program.name, described.usage));
  if (!described.arguments.empty()) {
    page.section_of("ARGUMENTS");
    for (const auto& one : described.arguments) page.row(one);
  }
  page.section_of("OPTIONS");
  for (const auto& one : described.options) page.row(one);
  for (const auto& [heading, lines] : described.notes) {
    auto title = heading;
    while (title.ends_with(':')) title.pop_back();
    page.section_of(to_upper(title));
    page.example(lines);
  }
  if (described.options.size() > 1) {  // beside --help
    page.section_of("ENVIRONMENT");
    page.words("Every long option can also be set in the environment: --a-b as LABNET_A_B.");
  }
  page.section_of("EXIT STATUS");
  page.words(exit_codes());
  if (!program.example.empty()) {
    page.section_of("EXAMPLES");
    page.example(program.example);
  }
  std::vector<std::string> others{"labnet(1)", "labnet(7)"};
  if (program.name.starts_with("serve ")) others.push_back(page_name(program.name.substr(6)) + "(5)");
  page.see_also(others);
  return std::move(page).text();
}

std::string page_of_family(std::span<const Program* const> programs, const std::string& word) {
  Page page{"labnet-" + word, 1, fmt::format("the programs \"labnet {} ...\"", word)};
  page.section_of("SYNOPSIS");
  page.bold(fmt::format("labnet {} PROGRAM ...", word));
  page.section_of("PROGRAMS");
  add_rows(page, programs, [&](const Program& one) { return one.name.starts_with(word + " "); });
  std::vector<std::string> others{"labnet(1)"};
  for (const auto* one : programs) {
    if (one->name.starts_with(word + " ")) others.push_back(page_name(one->name) + "(1)");
  }
  page.see_also(others);
  return std::move(page).text();
}

std::string page_of_all(std::span<const Program* const> programs, std::span<const Link> links) {
  Page page{"labnet", 1, "a whole application-layer networking lab on one Linux host"};
  page.section_of("SYNOPSIS");
  page.bold("labnet PROGRAM ...");
  page.section_of("DESCRIPTION");
  page.words(
      "One program is the lab's network, its services, their clients and its scripted sessions. Each program has a "
      "page "
      "of its own: labnet-serve-dns(1) is that of \"labnet serve dns\". labnet(7) tells how they belong together.");
  for (const auto group : {Group::lab, Group::servers, Group::clients}) {
    page.section_of(to_upper(heading_of(group)));
    add_rows(page, programs, [&](const Program& one) { return one.group == group; });
  }
  page.section_of("OTHER WORDS");
  page.row({"labnet help [PROGRAM]", "What there is, and what --help says of one."});
  page.row({"labnet version", "Which one this is."});
  page.row({"labnet completion bash|zsh|fish", "A script that completes command lines."});
  page.row({"labnet manual [PAGE|FILE.yaml]", "The names of these pages, one of them, or that of a configuration."});
  if (!links.empty()) {
    page.section_of("CUSTOMARY NAMES");
    for (const auto& link : links) page.row({std::string{link.name}, fmt::format("labnet {}", link.program)});
  }
  page.section_of("EXIT STATUS");
  page.words(exit_codes());
  page.see_also({"labnet(7)", "labnet-run(1)", "labnet-up(1)"});
  return std::move(page).text();
}

/// By file name.
std::map<std::string, std::string> all_pages(std::span<const Program* const> programs, std::span<const Link> links) {
  std::map<std::string, std::string> pages;
  pages["labnet.1"] = page_of_all(programs, links);
  for (const auto& word : families(programs)) pages["labnet-" + word + ".1"] = page_of_family(programs, word);
  for (const auto* program : programs) pages[page_name(program->name) + ".1"] = page_of(*program);
  for (const auto& link : links) {
    pages[std::string{link.name} + ".1"] = fmt::format(".so man1/{}.1\n", page_name(link.program));
  }
  return pages;
}

// Configuration files

/// One line of a reference file.
struct YamlLine {
  std::size_t indent = 0;
  std::string_view text;  // without the indent

  bool is_comment() const { return text.starts_with('#'); }
  /// A key that is shown, but is commented out, belongs to the comment.
  std::string_view comment() const { return text.substr(text.starts_with("# ") ? 2 : 1); }
};

std::vector<YamlLine> yaml_lines(std::string_view yaml) {
  std::vector<YamlLine> lines;
  for (const auto whole : split(yaml, '\n')) {
    const auto indent = std::min(whole.find_first_not_of(' '), whole.size());
    lines.push_back({indent, whole.substr(indent)});
  }
  return lines;
}

/// A key with its default, as a heading: "listen: []"; what stands behind it as a comment is text.
struct KeyLine {
  std::string_view key, remark;
};

KeyLine key_line(std::string_view text) {
  const auto sign = text.find(" #");
  if (sign == text.npos) return {text, {}};
  auto key = text.substr(0, sign);
  while (key.ends_with(' ')) key.remove_suffix(1);
  auto remark = text.substr(sign + 2);
  while (remark.starts_with(' ')) remark.remove_prefix(1);
  return {key, remark};
}

/// What is said before a key: words, and between them examples, which go on after two blanks more.
/// is_of_key  it stands below one
void add_comment(Page& page, const std::vector<std::string>& comment, bool is_of_key) {
  std::string words, example;
  bool follows_example = false;
  const auto flush = [&] {
    if (!words.empty()) {
      if (follows_example && is_of_key) page.go_on();
      page.words(words);
    }
    if (!example.empty()) page.example(example);
    follows_example = !example.empty();
    words.clear();
    example.clear();
  };
  for (const auto& line : comment) {
    const auto is_example = line.starts_with("  ");
    if (is_example != !example.empty()) flush();
    if (is_example) {
      example += line.substr(2) + "\n";
    } else {
      words += (words.empty() ? "" : " ") + line;
    }
  }
  flush();
}

}  // namespace

std::vector<std::string> manual_pages(std::span<const Program* const> programs, std::span<const Link> links) {
  std::vector<std::string> names;
  for (const auto& [name, text] : all_pages(programs, links)) names.push_back(name);
  return names;
}

std::optional<std::string> manual_page(std::span<const Program* const> programs, std::span<const Link> links,
                                       std::string_view page) {
  const auto pages = all_pages(programs, links);
  const auto found = pages.find(std::string{page});
  if (found == pages.end()) return std::nullopt;
  return found->second;
}

std::string configuration_page(std::string_view service, std::string_view yaml) {
  const auto name = fmt::format("labnet-{}", service);
  Page page{name, 5, fmt::format("configuration of labnet serve {}", service)};
  page.section_of("SYNOPSIS");
  page.bold(fmt::format("labnet serve {} -c {}.yaml", service, service));
  page.section_of("DESCRIPTION");
  std::vector<std::string> comment;
  const auto lines = yaml_lines(yaml);
  auto at = lines.begin();
  for (; at != lines.end() && at->is_comment(); ++at) comment.emplace_back(at->comment());
  add_comment(page, comment, false);
  page.paragraph(
      "The file is YAML. A mistake in it is told with file, line and column: labnet lint FILE, or labnet serve with "
      "--check.");
  page.section_of("KEYS");
  comment.clear();
  std::size_t level = 0;
  for (; at != lines.end(); ++at) {
    if (at->text.empty()) continue;
    if (at->is_comment()) {
      comment.emplace_back(at->comment());
      continue;
    }
    for (; level < at->indent / 2; ++level) page.indent();
    for (; level > at->indent / 2; --level) page.unindent();
    const auto [key, remark] = key_line(at->text);
    page.row({std::string{key}, std::string{remark}});
    add_comment(page, comment, true);
    comment.clear();
  }
  for (; level > 0; --level) page.unindent();
  page.section_of("FILES");
  page.row({fmt::format("/etc/labnet/{}.yaml", service),
            fmt::format("what labnet-{}.service reads, where labnet is installed as a package of Debian's", service)});
  page.see_also({fmt::format("labnet-serve-{}(1)", service), "labnet-lint(1)", "labnet(7)"});
  return std::move(page).text();
}

}  // namespace labnet::program
