// Parameters, quoted strings and lists.
#include "common/sip/parameters.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "common/sip/limits.hpp"
#include "common/sip/list.hpp"
#include "common/sip/quoted.hpp"

namespace labnet::sip {
namespace {

std::vector<std::string_view> elements_of(std::string_view value) {
  std::vector<std::string_view> all;
  ElementReader elements{value};
  while (const auto element = elements.next()) all.push_back(*element);
  return all;
}

TEST(SipParameters, AreFoundByTheirNames) {
  const auto parameters = *parse_parameters(";tag=98asjd8;LR ;\r\n q = 0.33;x=\"a;b=\\\"c\";received=2001:db8::1");
  EXPECT_EQ(parameters.value("TAG"), "98asjd8");
  EXPECT_TRUE(parameters.has("lr"));
  EXPECT_EQ(parameters.value("lr"), std::nullopt);
  EXPECT_EQ(parameters.value("q"), "0.33");
  EXPECT_EQ(parameters.value("x"), "\"a;b=\\\"c\"");
  EXPECT_EQ(unquoted(*parameters.value("x")), "a;b=\"c");
  EXPECT_EQ(parameters.value("received"), "2001:db8::1");
  EXPECT_FALSE(parameters.has("b"));
}

TEST(SipParameters, ComeInTheirOrderWhenWalkedOver) {
  const auto parameters = *parse_parameters(" ; a=1 ; b ;c=2");
  std::vector<Parameter> all;
  for (const auto& parameter : parameters) all.push_back(parameter);
  EXPECT_EQ(all, (std::vector<Parameter>{{"a", "1", true}, {"b", "", false}, {"c", "2", true}}));
  EXPECT_EQ(parameters.value("a"), "1");
  EXPECT_TRUE(parse_parameters("")->empty());
  EXPECT_EQ(Parameters{}.begin(), Parameters{}.end());
}

TEST(SipParameters, AreRefusedForWhatIsWrong) {
  for (const auto* text : {";", ";;a", ";a;", ";a=", ";=b", "a", ";a b", ";a=b c", ";a=<b>", ";a=b,c=d", ";a=\"b\"c",
                           ";a=1;b;A=2", ";a;a"}) {
    EXPECT_EQ(parse_parameters(text).error(), FaultKind::malformed_value) << text;
  }
  EXPECT_EQ(parse_parameters(";a=\"b").error(), FaultKind::unbalanced_quote);
  EXPECT_EQ(parse_parameters(";a=\"b\\\"").error(), FaultKind::unbalanced_quote);
}

TEST(SipParameters, AreNoMoreThanTheLimit) {
  std::string text;
  for (std::size_t i = 0; i < parameters_max; ++i) text += ";a" + std::to_string(i);
  EXPECT_TRUE(parse_parameters(text));
  EXPECT_EQ(parse_parameters(text + ";b").error(), FaultKind::too_many_elements);
}

TEST(SipList, IsTakenApartAtCommasThatAreNotProtected) {
  using Elements = std::vector<std::string_view>;
  EXPECT_EQ(elements_of("a, b\r\n ,c"), (Elements{"a", "b", "c"}));
  EXPECT_EQ(elements_of("\"x, \\\"y\" <sip:a,b@c>;q=1, d"), (Elements{"\"x, \\\"y\" <sip:a,b@c>;q=1", "d"}));
  EXPECT_EQ(elements_of("<sip:a?x=\"> ,b"), (Elements{"<sip:a?x=\">", "b"}));
  EXPECT_EQ(elements_of("a,,b,"), (Elements{"a", "", "b", ""}));
  EXPECT_EQ(elements_of("\"a, b"), (Elements{"\"a, b"}));
  EXPECT_EQ(elements_of("<a, b"), (Elements{"<a, b"}));
  EXPECT_EQ(elements_of(""), (Elements{""}));
}

TEST(SipQuoted, ComesBackAsItWasWritten) {
  EXPECT_EQ(quoted("a \"b\" \\c"), "\"a \\\"b\\\" \\\\c\"");
  EXPECT_EQ(unquoted(quoted("a \"b\" \\c")), "a \"b\" \\c");
  EXPECT_EQ(quoted("a\r\nVia: x"), "\"a??Via: x\"");
  EXPECT_EQ(unquoted(quoted("a\tb")), "a\tb") << "a tab may be there";
  EXPECT_EQ(unquoted("\"a \r\n\t b\""), "a  b");
  EXPECT_EQ(unquoted("plain"), "plain");
  EXPECT_EQ(unquoted("\""), "\"");
}

TEST(SipFolding, IsOneSpace) {
  EXPECT_EQ(unfolded("a \r\n \t b\r\n c"), "a b c");
  EXPECT_EQ(unfolded("a  b"), "a  b");
}

}  // namespace
}  // namespace labnet::sip
