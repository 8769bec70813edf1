// The folder of a run's results: new for each run, or the one that is wanted.
#include "clients/scenario/results_folder.hpp"

#include <gtest/gtest.h>

#include "tests/support/child.hpp"

namespace labnet::scenario {
namespace {

namespace fs = std::filesystem;

struct ResultsFolderTest : testing::Test {
  ResultsFolderTest() { fs::current_path(folder.path()); }
  ~ResultsFolderTest() override { fs::current_path("/"); }
  Result<ResultsFolder> make(const std::optional<std::string>& wanted = std::nullopt) const {
    return ResultsFolder::make(wanted, now, Language::english);
  }
  test::TemporaryFolder folder;
  std::chrono::system_clock::time_point now = std::chrono::system_clock::now();
};

TEST_F(ResultsFolderTest, RunsOfTheSameSecondHaveOneEach) {
  const auto first = make();
  const auto second = make();
  const auto third = make();
  ASSERT_TRUE(first && second && third);
  EXPECT_EQ(second->path(), first->path().string() + "-2");
  EXPECT_EQ(third->path(), first->path().string() + "-3");
  for (const auto& made : {*first, *second, *third}) {
    EXPECT_TRUE(fs::is_directory(made.path()));
    EXPECT_TRUE(fs::is_empty(made.path())) << "nothing is left of the trial";
  }
}

TEST_F(ResultsFolderTest, TheOneThatIsWantedMayBeThere) {
  fs::create_directory("there");
  const auto there = make("there");
  ASSERT_TRUE(there);
  there->discard();
  EXPECT_TRUE(fs::exists("there")) << "it was not made here";
  const auto made = make("a/b");
  ASSERT_TRUE(made);
  made->discard();
  EXPECT_FALSE(fs::exists("a/b"));
}

TEST_F(ResultsFolderTest, OneThatCannotBeWrittenIsAFault) {
  folder.write("file", "");
  EXPECT_FALSE(make("file"));
  EXPECT_FALSE(make("file/folder"));
  EXPECT_FALSE(make("/proc/self"));
}

}  // namespace
}  // namespace labnet::scenario
