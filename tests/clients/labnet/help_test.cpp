// The help of every program, as a user asks for it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/base/text.hpp"
#include "common/base/utf8.hpp"
#include "tests/support/child.hpp"

namespace labnet::test {
namespace {

using Words = std::vector<std::string>;

constexpr std::size_t columns = 80;  // of a terminal that nobody has made wider

/// Each program's name, of the list that `labnet help` prints: two blanks in front, and two behind.
Words program_names() {
  Words names;
  for (const auto line : split(run({labnet(), "help"}).output, '\n')) {
    if (!line.starts_with("  ") || line.starts_with("   ")) continue;
    const auto name = line.substr(2);
    names.emplace_back(name.substr(0, name.find("  ")));
  }
  return names;
}

void expect_narrow(Words words) {
  words.insert(words.begin(), labnet());
  const auto outcome = run(words);
  EXPECT_EQ(outcome.exit_code, 0) << testing::PrintToString(words) << outcome.errors;
  EXPECT_NE(outcome.output, "");
  for (const auto line : split(outcome.output, '\n')) {
    EXPECT_LE(display_width(line), columns) << testing::PrintToString(words) << ": " << line;
  }
}

TEST(Help, IsNowhereWiderThanATerminal) {
  const auto names = program_names();
  EXPECT_THAT(names, testing::IsSupersetOf({"up", "cache show", "serve dns", "ftp get"}));
  for (const auto& name : names) {
    Words words;
    for (const auto word : split(name, ' ')) words.emplace_back(word);
    words.emplace_back("--help");
    expect_narrow(words);
  }
}

TEST(Help, OfSeveralProgramsIsNowhereWiderEither) {
  for (const auto* word : {"ftp", "serve", "cache", "completion"}) expect_narrow({word, "--help"});
  expect_narrow({"help"});
  expect_narrow({"--help"});
}

}  // namespace
}  // namespace labnet::test
