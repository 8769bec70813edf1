#include "common/json/json_text.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <limits>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>

namespace labnet {
namespace {

TEST(JsonText, WritesNumbersWithoutExponents) {
  EXPECT_EQ(json_text(0.59), "0.59");
  EXPECT_EQ(json_text(0.000001), "0.000001");
  EXPECT_EQ(json_text(123456789012.5), "123456789012.5");
  EXPECT_EQ(json_text(2.0), "2.0");
  EXPECT_EQ(json_text(-1), "-1");
  for (const double number : {1.0 / 3, std::numeric_limits<double>::max(), std::numeric_limits<double>::denorm_min()}) {
    EXPECT_EQ(std::strtod(json_text(number).c_str(), nullptr), number);
  }
  EXPECT_EQ(json_text(std::numeric_limits<double>::infinity()), "null");
}

TEST(JsonText, WritesAllElseAsEver) {
  const std::string text = R"({"a":[1,"x\"\n",true,null,{}],"b \\":{"c":[]}})";
  EXPECT_EQ(json_text(boost::json::parse(text)), text);
}

}  // namespace
}  // namespace labnet
