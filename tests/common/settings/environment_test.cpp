#include "common/settings/environment.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "common/settings/document.hpp"

namespace labnet::settings {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

struct Wanted {
  std::string name = "default";
  int count = 1;
  std::vector<std::string> words{"one"};
  std::filesystem::path folder;
  int limit = 10;
  std::vector<std::pair<std::string, std::string>> users;
  bool has_section = false;
};

/// A file with these lines, and variables over it, read as a program does.
Result<Wanted, Fault> read(const std::string& yaml, const std::vector<Variable>& variables, bool has_file = true) {
  auto document = parse(yaml, "/etc/x.yaml");
  if (!document) return document.error();
  auto environment = Environment::read("LABNET_TEST_", variables);
  if (!environment) return environment.error();
  document->put_over(*std::move(environment), has_file);
  Wanted wanted;
  auto root = document->root();
  root.require("name", wanted.name);
  root.get("count", wanted.count);
  root.get("words", wanted.words);
  root.get("folder", wanted.folder);
  if (auto section = root.section("some_limits")) {
    wanted.has_section = true;
    section->get("things_max", wanted.limit);
  }
  root.entries("users", [&](const std::string& name, Value value) {
    if (auto user = value.section()) user->get("password", wanted.users.emplace_back(name, "").second);
  });
  return document->finish(std::move(wanted));
}

std::string fault_of(const std::string& yaml, const std::vector<Variable>& variables) {
  const auto wanted = read(yaml, variables);
  return wanted ? "" : to_string(wanted.error());
}

TEST(Environment, StandsOverTheFile) {
  const auto wanted = read("name: file\ncount: 2\n", {{"LABNET_TEST_COUNT", "3"}});
  ASSERT_TRUE(wanted);
  EXPECT_EQ(wanted->name, "file");
  EXPECT_EQ(wanted->count, 3);
}

TEST(Environment, MayGiveWhatIsRequired) {
  const auto wanted = read("", {{"LABNET_TEST_NAME", "given"}});
  ASSERT_TRUE(wanted);
  EXPECT_EQ(wanted->name, "given");
}

TEST(Environment, WithoutAFileNothingIsRequired) {
  EXPECT_TRUE(read("", {{"LABNET_TEST_COUNT", "3"}}, false));
  EXPECT_FALSE(read("", {{"LABNET_TEST_COUNT", "3"}}));
}

TEST(Environment, NamesKeysOfSectionsByTheirPath) {
  const std::vector<Variable> variables{{"LABNET_TEST_SOME_LIMITS_THINGS_MAX", "7"}};
  for (const auto* const yaml : {"name: x\n", "name: x\nsome_limits:\n", "name: x\nsome_limits: { things_max: 5 }\n"}) {
    const auto wanted = read(yaml, variables);
    ASSERT_TRUE(wanted) << yaml << to_string(wanted.error());
    EXPECT_EQ(wanted->limit, 7) << yaml;
  }
  EXPECT_FALSE(read("name: x\n", {})->has_section);
}

TEST(Environment, ReadsListsWithCommasOrAsYaml) {
  const auto words = [](const std::string& value) {
    const auto wanted = read("name: x\n", {{"LABNET_TEST_WORDS", value}});
    return wanted ? wanted->words : std::vector<std::string>{to_string(wanted.error())};
  };
  EXPECT_THAT(words("a"), ElementsAre("a"));
  EXPECT_THAT(words("a, b,c"), ElementsAre("a", "b", "c"));
  EXPECT_THAT(words("[\"a, b\", c]"), ElementsAre("a, b", "c"));
  EXPECT_THAT(words(""), ElementsAre());
  EXPECT_THAT(words("{a: b}"), ElementsAre(HasSubstr("LABNET_TEST_WORDS: words: expected a list")));
}

TEST(Environment, ReadsSectionsAsYaml) {
  const auto wanted = read("name: x\nusers: { old: { password: a } }\n",
                           {{"LABNET_TEST_USERS", "{101: {password: x}, 102: {password: \"y: #\"}}"}});
  ASSERT_TRUE(wanted) << to_string(wanted.error());
  EXPECT_THAT(wanted->users, ElementsAre(std::pair{"101", "x"}, std::pair{"102", "y: #"}));
}

TEST(Environment, ReachesIntoWhatTheFileNames) {
  const auto wanted =
      read("name: x\nusers: { big-one: { password: a } }\n", {{"LABNET_TEST_USERS_BIG_ONE_PASSWORD", "b"}});
  ASSERT_TRUE(wanted) << to_string(wanted.error());
  EXPECT_THAT(wanted->users, ElementsAre(std::pair{"big-one", "b"}));
}

TEST(Environment, PathsAreThoseOfWhoStartsTheProgram) {
  EXPECT_EQ(read("name: x\nfolder: www\n", {})->folder, "/etc/www");
  EXPECT_EQ(read("name: x\n", {{"LABNET_TEST_FOLDER", "www"}})->folder, "www");
}

TEST(Environment, SaysWhichVariableIsUnknown) {
  EXPECT_EQ(fault_of("name: x\n", {{"LABNET_TEST_COUNTS", "1"}}),
            "LABNET_TEST_COUNTS: there is no such key of this service; did you mean LABNET_TEST_COUNT?");
  EXPECT_THAT(fault_of("name: x\n", {{"LABNET_TEST_SOME_LIMITS_ELSE", "1"}}),
              StartsWith("LABNET_TEST_SOME_LIMITS_ELSE: there is no such key"));
  EXPECT_THAT(fault_of("name: x\n", {{"LABNET_TEST_COUNT_MORE", "1"}}),
              StartsWith("LABNET_TEST_COUNT_MORE: there is no such key"));
}

TEST(Environment, SaysWhatWasExpected) {
  EXPECT_THAT(fault_of("name: x\n", {{"LABNET_TEST_COUNT", "many"}}),
              StartsWith("LABNET_TEST_COUNT: count: expected a whole number"));
  EXPECT_THAT(fault_of("name: x\n", {{"LABNET_TEST_COUNT", "[1"}}), StartsWith("LABNET_TEST_COUNT: "));
  EXPECT_THAT(fault_of("name: x\n", {{"LABNET_TEST_COUNT", "1\nother: 2"}}),
              StartsWith("LABNET_TEST_COUNT: expected what stands behind one key"));
  EXPECT_THAT(fault_of("name: x\n", {{"LABNET_TEST_NAME", "\xff"}}), StartsWith("LABNET_TEST_NAME: "));
}

TEST(Environment, AValueMayBeAsLongAsAFileAndNoLonger) {
  const Limits limits{.file_bytes_max = 100};
  const std::string front = "value: ";
  const auto value = [&](std::size_t bytes) { return std::string(bytes - front.size(), 'x'); };
  EXPECT_TRUE(Environment::read("LABNET_TEST_", {{"LABNET_TEST_A", value(100)}}, limits));
  EXPECT_FALSE(Environment::read("LABNET_TEST_", {{"LABNET_TEST_A", value(101)}}, limits));
}

TEST(Environment, IsThatOfTheProcess) {
  ::setenv("LABNET_TEST_B", "2=2", 1);
  ::setenv("LABNET_TEST_A", "", 1);
  ::setenv("LABNET_TESTING", "no", 1);
  const auto found = variables_with("LABNET_TEST_");
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].name, "LABNET_TEST_A");
  EXPECT_EQ(found[0].value, "");
  EXPECT_EQ(found[1].value, "2=2");
}

}  // namespace
}  // namespace labnet::settings
