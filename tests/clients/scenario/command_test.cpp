// A step's command as it is executed and as it is shown.
#include "clients/scenario/command.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/child.hpp"

namespace labnet::scenario {
namespace {

using testing::ElementsAre;

TEST(Command, IsShownWithoutTheWordsThatOnlySayWhere) {
  const Command inside{.in_front = {"/bin/labnet", "exec", "--name", "lab", "pc1", "--"}, .words = {"ip", "neighbour"}};
  EXPECT_THAT(inside.executed("/bin/labnet"),
              ElementsAre("/bin/labnet", "exec", "--name", "lab", "pc1", "--", "ip", "neighbour"));
  EXPECT_EQ(inside.shown(), "ip neighbour");
  const Command outside{.is_labnet = true, .words = {"cache", "show", "pc1"}, .behind = {"--name", "lab"}};
  EXPECT_THAT(outside.executed("/bin/labnet"), ElementsAre("/bin/labnet", "cache", "show", "pc1", "--name", "lab"));
  EXPECT_EQ(outside.shown(), "labnet cache show pc1");
}

TEST(Command, IsShownAsAShellReadsIt) {
  for (const std::string word :
       {"",      "two words", "it's", "''",    "$HOME", "a\\b", "~",   "`id`",         "#x",     "[a]",
        "{a,b}", "!!",        "a\nb", "tab\t", "\"",    "ñ",    "a=b", "@192.168.1.7", "+short", "&;|<>*?()"}) {
    // The word before it keeps it from being read as an assignment or a name of a program.
    const Command command{.words = {"printf", "%s", word}};
    EXPECT_EQ(test::run({"sh", "-c", command.shown()}).output, word) << command.shown();
  }
  EXPECT_EQ((Command{.words = {"sh", "-c", "echo 'a b'"}}.shown()), "sh -c 'echo '\\''a b'\\'''");
}

}  // namespace
}  // namespace labnet::scenario
