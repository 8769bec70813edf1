// Names of code points, both ways.
#include "common/dns/types.hpp"

#include <gtest/gtest.h>

namespace labnet::dns {
namespace {

TEST(TypeText, NamesWhatHasFieldsAndWhatHasNone) {
  EXPECT_EQ(to_text(Type::aaaa), "AAAA");
  EXPECT_EQ(to_text(Type::caa), "CAA");
  EXPECT_EQ(to_text(Type::loc), "LOC");
  EXPECT_EQ(to_text(static_cast<Type>(65280)), "TYPE65280");
}

TEST(TypeText, ReadsWithoutCaseAndByNumber) {
  EXPECT_EQ(parse_type("mx"), Type::mx);
  EXPECT_EQ(parse_type("type15"), Type::mx);
  EXPECT_EQ(parse_type("TYPE257"), Type::caa);
  EXPECT_EQ(parse_type("TYPE65536"), std::nullopt);
  EXPECT_EQ(parse_type("MXX"), std::nullopt);
  EXPECT_EQ(parse_type(""), std::nullopt);
}

TEST(ClassText, ReadsAndPrints) {
  EXPECT_EQ(parse_class("in"), Class::in);
  EXPECT_EQ(parse_class("CLASS32"), static_cast<Class>(32));
  EXPECT_EQ(to_text(static_cast<Class>(32)), "CLASS32");
}

TEST(RcodeText, PrintsNumbersOfThoseWithoutAName) {
  EXPECT_EQ(to_text(Rcode::badvers), "BADVERS");
  EXPECT_EQ(to_text(static_cast<Rcode>(4095)), "RCODE4095");
  EXPECT_EQ(to_text(static_cast<Opcode>(3)), "OPCODE3");
}

TEST(MetaTypes, AreThoseWithoutData) {
  EXPECT_TRUE(is_meta(Type::axfr));
  EXPECT_TRUE(is_meta(Type::opt));
  EXPECT_FALSE(is_meta(Type::caa));
  EXPECT_FALSE(is_meta(Type::a));
}

}  // namespace
}  // namespace labnet::dns
