// A file that nobody sees before it is whole.
#include "common/files/part_file.hpp"

#include <gtest/gtest.h>

#include "tests/support/child.hpp"

namespace labnet::files {
namespace {

namespace fs = std::filesystem;

struct PartFileTest : testing::Test {
  std::string path(const std::string& name) const { return folder.path() + "/" + name; }
  std::size_t files() const {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator{folder.path()}, fs::directory_iterator{}));
  }
  test::TemporaryFolder folder;
};

TEST_F(PartFileTest, HasItsNameOnceItIsPublished) {
  auto file = PartFile::create(path("a"));
  ASSERT_TRUE(file);
  EXPECT_TRUE(file->write(as_bytes("whole")));
  EXPECT_FALSE(fs::exists(path("a")));
  EXPECT_TRUE(file->publish());
  EXPECT_EQ(test::read_file(path("a")), "whole");
  EXPECT_EQ(files(), 1u);
}

TEST_F(PartFileTest, LeavesNothingAndReplacesNothingIfItIsNotPublished) {
  folder.write("a", "old");
  {
    auto file = PartFile::create(path("a"));
    ASSERT_TRUE(file);
    EXPECT_TRUE(file->write(as_bytes("new")));
  }
  EXPECT_EQ(test::read_file(path("a")), "old");
  EXPECT_EQ(files(), 1u);
}

TEST_F(PartFileTest, ASuccessorTakesThePartThatItWants) {
  auto file = PartFile::create(path("a"));
  ASSERT_TRUE(file && file->write(as_bytes("head, body")));
  auto successor = file->create_successor();
  ASSERT_TRUE(successor && successor->write(as_bytes("other head")));
  EXPECT_TRUE(successor->copy_from(*file, 4));
  EXPECT_TRUE(successor->publish());
  EXPECT_EQ(test::read_file(path("a")), "other head, body");
}

TEST_F(PartFileTest, SaysThatItsFolderIsNotThere) {
  const auto file = PartFile::create(path("none/a"));
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().message, "cannot write " + path("none/a") + ": No such file or directory");
}

TEST_F(PartFileTest, WhateverStandsUnderItsNamesIsNotWrittenThrough) {
  const auto victim = folder.write("victim", "untouched");
  fs::create_symlink(victim, path("a"));
  fs::create_symlink(victim, path("a.part"));
  EXPECT_TRUE(write_whole(path("a"), "new"));
  EXPECT_EQ(test::read_file(victim), "untouched");
  EXPECT_EQ(test::read_file(path("a")), "new");
  EXPECT_FALSE(fs::is_symlink(path("a")));
}

TEST_F(PartFileTest, AWriteThatFailsIsToldAndLeavesNothing) {
  fs::create_directory(path("a"));
  EXPECT_FALSE(write_whole(path("a"), "text"));
  EXPECT_EQ(files(), 1u);
}

}  // namespace
}  // namespace labnet::files
