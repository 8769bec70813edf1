// Columns line up.
#include "common/program/table.hpp"

#include <gtest/gtest.h>

namespace labnet::program {
namespace {

TEST(Table, AlignsColumnsByWhatATerminalShows) {
  Table table{{"host", "file"}};
  table.row({"pc1", "Adivinar el país.pptx"});
  table.row({"internet"});
  EXPECT_EQ(table.text(1), " host      file\n pc1       Adivinar el país.pptx\n internet\n");
}

}  // namespace
}  // namespace labnet::program
