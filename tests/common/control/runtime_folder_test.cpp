#include "common/control/runtime_folder.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <fstream>

namespace labnet::control {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

class RuntimeFolder : public testing::Test {
 protected:
  void SetUp() override {
    std::string path = (fs::temp_directory_path() / "labnet-test-XXXXXX").string();
    ASSERT_NE(mkdtemp(path.data()), nullptr);
    base_ = path;
    setenv("XDG_RUNTIME_DIR", base_.c_str(), 1);
  }
  void TearDown() override { fs::remove_all(base_); }
  fs::path base_;
};

TEST_F(RuntimeFolder, ALabThatEndsLeavesNothing) {
  {
    const auto folder = LabFolder::claim("one");
    ASSERT_TRUE(folder) << folder.error().message;
    ASSERT_TRUE(folder->listen());
    EXPECT_EQ(*running_labs(), std::vector<std::string>{"one"});
    EXPECT_TRUE(fs::exists(folder->paths().control));
  }
  EXPECT_TRUE(running_labs()->empty());
  EXPECT_TRUE(fs::is_empty(base_ / "labnet"));
}

TEST_F(RuntimeFolder, ANameIsTakenByOneLabAtATime) {
  const auto first = LabFolder::claim("one");
  ASSERT_TRUE(first);
  const auto second = LabFolder::claim("one");
  ASSERT_FALSE(second);
  EXPECT_NE(second.error().message.find("labnet down --name one"), std::string::npos) << second.error().message;
  EXPECT_TRUE(LabFolder::claim("two"));
}

TEST_F(RuntimeFolder, WhatAKilledLabLeftIsNoRunningLabAndIsTakenOver) {
  std::array<int, 2> ready{};
  ASSERT_EQ(pipe(ready.data()), 0);
  const auto child = fork();
  if (child == 0) {
    const auto folder = LabFolder::claim("one");
    const auto socket = folder->listen();
    if (write(ready[1], "x", 1) == 1) pause();
    _exit(1);
  }
  char byte = 0;
  ASSERT_EQ(read(ready[0], &byte, 1), 1);
  EXPECT_EQ(*running_labs(), std::vector<std::string>{"one"});
  EXPECT_FALSE(wait_until_gone(*paths_of("one"), 1ms));
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  EXPECT_TRUE(wait_until_gone(*paths_of("one"), 10s));
  EXPECT_TRUE(running_labs()->empty());
  EXPECT_TRUE(fs::exists(paths_of("one")->control)) << "a dead path";
  EXPECT_TRUE(LabFolder::claim("one"));
}

TEST_F(RuntimeFolder, AFolderThatOthersMayEnterIsRefused) {
  ASSERT_EQ(mkdir((base_ / "labnet").c_str(), 0700), 0);
  ASSERT_EQ(chmod((base_ / "labnet").c_str(), 0755), 0);
  EXPECT_NE(runtime_folder().error().message.find("0700"), std::string::npos);
}

TEST_F(RuntimeFolder, ALinkInItsPlaceIsRefused) {
  fs::create_directory(base_ / "elsewhere");
  fs::create_symlink(base_ / "elsewhere", base_ / "labnet");
  EXPECT_FALSE(runtime_folder());
}

TEST_F(RuntimeFolder, APathTooLongForASocketSaysSo) {
  const auto name = std::string(120, 'x');
  EXPECT_NE(paths_of(name).error().message.find("too long"), std::string::npos);
}

}  // namespace
}  // namespace labnet::control
