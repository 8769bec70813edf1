// Arguments become values, or one sentence about the first mistake.
#include "common/program/options.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

namespace labnet::program {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using Words = std::vector<std::string>;

/// The options that the tests read, as a program would declare them.
struct Sample {
  Sample() {
    options.option("-n,--lines-max", "N", lines_max, "how many", between(1, 1000));
    options.option("--name", "NAME", name, "which");
    options.repeatable("-l,--listen", "ADDRESS", listen, "where");
    options.flag("-v,--verbose", verbose, "more words");
    options.flag("-q,--quiet", quiet, "fewer words");
    options.excludes("--verbose", "--quiet");
  }
  Options options;
  int lines_max = 10;
  std::optional<std::string> name;
  std::vector<std::string> listen;
  bool verbose = false;
  bool quiet = false;
};

TEST(Options, KeepTheirDefaultsWhereNothingIsGiven) {
  Sample sample;
  EXPECT_EQ(sample.options.parse({}), std::nullopt);
  EXPECT_EQ(sample.lines_max, 10);
  EXPECT_FALSE(sample.name);
  EXPECT_FALSE(sample.verbose);
}

TEST(Options, AreReadInAllCustomaryForms) {
  for (const auto& words : {Words{"-n", "5"}, Words{"-n5"}, Words{"--lines-max", "5"}, Words{"--lines-max=5"},
                            Words{"-n", "7", "--lines-max=5"}}) {
    Sample sample;
    EXPECT_EQ(sample.options.parse(words), std::nullopt);
    EXPECT_EQ(sample.lines_max, 5);
  }
}

TEST(Options, AddUpIfTheyAreRepeatable) {
  Sample sample;
  EXPECT_EQ(sample.options.parse({"-l", "a", "--listen=b", "-v"}), std::nullopt);
  EXPECT_THAT(sample.listen, ElementsAre("a", "b"));
  EXPECT_TRUE(sample.verbose);
}

TEST(Options, ComeFromTheEnvironmentUnlessTheyAreGiven) {
  setenv("LABNET_LINES_MAX", "33", 1);
  setenv("LABNET_VERBOSE", "1", 1);
  Sample from_environment;
  EXPECT_EQ(from_environment.options.parse({}), std::nullopt);
  EXPECT_EQ(from_environment.lines_max, 33);
  EXPECT_TRUE(from_environment.verbose);
  Sample given;
  EXPECT_EQ(given.options.parse({"-n", "5"}), std::nullopt);
  EXPECT_EQ(given.lines_max, 5);
  setenv("LABNET_LINES_MAX", "no number", 1);
  Sample wrong;
  EXPECT_THAT(wrong.options.parse({}).value_or(""), HasSubstr("--lines-max: expected a whole number from 1 to 1000"));
  unsetenv("LABNET_LINES_MAX");
  unsetenv("LABNET_VERBOSE");
}

TEST(Options, SayWhatWasExpectedAndWhatWasFound) {
  const auto mistake = [](const Words& words) { return Sample{}.options.parse(words).value_or("no mistake"); };
  EXPECT_EQ(mistake({"-n", "1001"}), "--lines-max: expected a whole number from 1 to 1000, found \"1001\"");
  EXPECT_EQ(mistake({"--lines-max"}), "--lines-max needs a value");
  EXPECT_EQ(mistake({"--verbos"}), "there is no option --verbos; did you mean --verbose?");
  EXPECT_EQ(mistake({"-z"}), "there is no option -z");
  EXPECT_EQ(mistake({"word"}), "\"word\" is one argument too many");
  EXPECT_EQ(mistake({"-v", "-q"}), "--verbose and --quiet exclude each other");
}

TEST(Options, SayThatAnArgumentIsMissing) {
  Options options;
  std::string host;
  std::optional<int> count;
  options.positional("HOST[:NETWORK]", host, "whom");
  options.positional("COUNT", count, "how often");
  EXPECT_EQ(options.parse({}), "HOST[:NETWORK] is missing");
  EXPECT_EQ(options.parse({"pc1", "x"}).value_or("").substr(0, 30), "COUNT: expected a whole number");
  EXPECT_EQ(options.parse({"-z", "pc1", "x"}), "there is no option -z");
}

TEST(Options, TakeAllArgumentsThatAreLeft) {
  Options options;
  Words files;
  bool verbose = false;
  options.flag("-v,--verbose", verbose, "more words");
  options.positionals("FILE", files, "what", Options::Need::required);
  EXPECT_EQ(options.parse({"a", "-v", "b", "+c", "@d"}), std::nullopt);
  EXPECT_THAT(files, ElementsAre("a", "b", "+c", "@d"));
  Options empty;
  empty.positionals("FILE", files, "what", Options::Need::required);
  EXPECT_EQ(empty.parse({}), "FILE is missing");
}

TEST(Options, LeaveACommandUntouched) {
  const auto read = [](const Words& words) {
    Options options;
    std::string host;
    std::string name;
    Words command;
    options.option("--name", "NAME", name, "which lab");
    options.positional("HOST", host, "where");
    options.command("COMMAND", command, "what to run", Options::Need::required);
    const auto mistake = options.parse(words);
    if (mistake) return Words{"mistake", *mistake};
    command.insert(command.begin(), {name, host});
    return command;
  };
  EXPECT_THAT(read({"--name", "a", "pc1", "--", "dig", "-x", "--name", "--"}),
              ElementsAre("a", "pc1", "dig", "-x", "--name", "--"));
  EXPECT_THAT(read({"pc1", "dig", "-x", "--help"}), ElementsAre("", "pc1", "dig", "-x", "--help"));
  EXPECT_THAT(read({"pc1", "--"}), ElementsAre("mistake", "COMMAND is missing"));
  EXPECT_THAT(read({"--nam", "a", "pc1", "--", "dig"}),
              ElementsAre("mistake", "there is no option --nam; did you mean --name?"));
}

TEST(Options, AreAllInTheHelp) {
  Sample sample;
  const auto help = sample.options.help("labnet sample", "Does a thing", "labnet sample -n 5");
  for (const auto* part : {"Does a thing\n", "Usage: labnet sample [OPTIONS]\n", "-n, --lines-max N", "--name NAME",
                           "--listen ADDRESS", "repeatable", "LABNET_A_B", "Example:\n  labnet sample -n 5\n"}) {
    EXPECT_THAT(help, HasSubstr(part));
  }
}

}  // namespace
}  // namespace labnet::program
