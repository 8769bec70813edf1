// The command line as a whole: which program runs, with which exit code and words.
#include "common/program/program.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

#include "common/program/completion.hpp"
#include "common/program/stop_signals.hpp"

namespace labnet::program {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

Run define_greet(Options& options) {
  auto name = std::make_shared<std::string>("you");
  options.option("--name", "NAME", *name, "whom");
  return [name](Console& console) {
    console.print("hello {}\n", *name);
    return *name == "nobody" ? console.fail("nobody is there") : Exit::done;
  };
}
Run define_cache_show(Options& options) {
  auto host = std::make_shared<std::string>();
  options.positional("HOST", *host, "whose");
  return [host](Console& console) {
    console.print("cache of {}\n", *host);
    return Exit::warnings;
  };
}
const Program greet{"greet", Group::clients, "Says hello", "labnet greet --name Ana", define_greet};
const Program cache_show{"cache show", Group::lab, "Shows a cache", "labnet cache show pc1", define_cache_show};
constexpr std::array<const Program*, 2> programs{&greet, &cache_show};
constexpr std::array<Link, 1> links{Link{"greet-client", "greet"}};

struct Outcome {
  int exit_code;
  std::string output, errors;
};
Outcome run_with(std::vector<const char*> words) {
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  const auto code = run(programs, links, static_cast<int>(words.size()), words.data());
  auto output = testing::internal::GetCapturedStdout();
  return {code, std::move(output), testing::internal::GetCapturedStderr()};
}

TEST(Program, RunsByItsNameOfOneWordOrTwoOrByALink) {
  EXPECT_EQ(run_with({"labnet", "greet", "--name", "Ana"}).output, "hello Ana\n");
  EXPECT_EQ(run_with({"/usr/bin/greet-client", "--name", "Ana"}).output, "hello Ana\n");
  const auto shown = run_with({"labnet", "cache", "show", "pc1"});
  EXPECT_EQ(shown.output, "cache of pc1\n");
  EXPECT_EQ(shown.exit_code, 3);
}

TEST(Program, EndsWithOneForAFailureAndTwoForWrongUsage) {
  const auto failed = run_with({"labnet", "greet", "--name=nobody"});
  EXPECT_EQ(failed.exit_code, 1);
  EXPECT_EQ(failed.errors, "labnet greet: nobody is there\n");
  const auto wrong = run_with({"labnet", "greet", "--nam=x"});
  EXPECT_EQ(wrong.exit_code, 2);
  EXPECT_EQ(wrong.errors, "labnet greet: there is no option --nam; did you mean --name?; see labnet greet --help\n");
}

TEST(Program, IsSuggestedForANameLikeIt) {
  EXPECT_THAT(run_with({"labnet", "gret"}).errors, HasSubstr("did you mean greet?"));
  EXPECT_THAT(run_with({"labnet", "cache", "sow"}).errors, HasSubstr("cache: expected show, found \"sow\""));
  EXPECT_EQ(run_with({"labnet", "cache"}).exit_code, 2);
}

TEST(Program, StandsInTheOverviewAndHasHelp) {
  const auto overview = run_with({"labnet", "--help"});
  EXPECT_EQ(overview.exit_code, 0);
  EXPECT_THAT(overview.output, HasSubstr("cache show  Shows a cache\n"));
  EXPECT_EQ(run_with({"labnet"}).exit_code, 2);
  EXPECT_THAT(run_with({"labnet", "help", "cache", "show"}).output, HasSubstr("Usage: labnet cache show HOST\n"));
  EXPECT_THAT(run_with({"labnet", "cache", "show", "-h"}).output, HasSubstr("Example:\n  labnet cache show pc1\n"));
}

TEST(Completion, OffersNamesAndOptions) {
  EXPECT_THAT(complete(programs, {""}), ElementsAre("cache", "completion", "greet", "help", "manual"));
  EXPECT_THAT(complete(programs, {"c"}), ElementsAre("cache", "completion"));
  EXPECT_THAT(complete(programs, {"cache", ""}), ElementsAre("show"));
  EXPECT_THAT(complete(programs, {"greet", "--n"}), ElementsAre("--name"));
  EXPECT_THAT(complete(programs, {"greet", ""}), ElementsAre());
}

TEST(Completion, IsAScriptThatTheShellTakes) {
  const auto script = run_with({"labnet", "completion", "bash"});
  EXPECT_EQ(script.exit_code, 0);
  EXPECT_THAT(script.output, HasSubstr("complete -o default -F _labnet labnet"));
  EXPECT_EQ(run_with({"labnet", "completion", "tcsh"}).exit_code, 2);
}

TEST(Completion, IsForCustomaryNamesToo) {
  EXPECT_THAT(completion_script("bash", links), HasSubstr("_labnet labnet greet-client\n"));
  EXPECT_THAT(completion_script("zsh", links), StartsWith("#compdef labnet greet-client\n"));
  EXPECT_THAT(completion_script("fish", links), HasSubstr("for name in labnet greet-client\n"));
  EXPECT_EQ(completion_script("tcsh", links), "");
  EXPECT_EQ(run_with({"greet-client", "complete", "--", "--n"}).output, "--name\n");
}

TEST(Program, PrintsItsManualPages) {
  EXPECT_THAT(run_with({"labnet", "manual"}).output, HasSubstr("labnet-cache-show.1\n"));
  EXPECT_THAT(run_with({"labnet", "manual", "labnet-greet.1"}).output, StartsWith(".TH \"LABNET\\-GREET\" 1"));
  const auto unknown = run_with({"labnet", "manual", "labnet-gret.1"});
  EXPECT_EQ(unknown.exit_code, 2);
  EXPECT_THAT(unknown.errors, HasSubstr("did you mean labnet-greet.1?"));
  EXPECT_EQ(run_with({"labnet", "manual", "/no/such/file.yaml"}).exit_code, 1);
  EXPECT_EQ(run_with({"labnet", "manual", "one", "two"}).exit_code, 2);
}

TEST(StopSignals, TurnASignalIntoAReadableDescriptor) {
  auto signals = StopSignals::hold();
  ASSERT_TRUE(signals);
  raise(SIGTERM);
  EXPECT_EQ(signals->take(), SIGTERM);
  EXPECT_EQ(signals->take(), 0);
}

}  // namespace
}  // namespace labnet::program
