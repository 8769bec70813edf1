// From, To, Contact and their kind.
#include "common/sip/name_address.hpp"

#include <gtest/gtest.h>

#include "common/sip/limits.hpp"
#include "tests/common/sip/messages.hpp"

namespace labnet::sip {
namespace {

using test::Received;
using test::request_with;

FaultKind fault_of_address(std::string_view value) {
  const auto address = parse_name_address(value);
  EXPECT_FALSE(address) << value;
  return address ? FaultKind::line_end : address.error();
}

TEST(SipNameAddress, HasANameInQuotationMarks) {
  const auto address = *parse_name_address("\"Alice \\\"A.\\\" Smith\" <sip:alice@example.com;lr>;tag=887s ; x");
  EXPECT_EQ(address.name(), "Alice \"A.\" Smith");
  EXPECT_EQ(address.uri_text, "sip:alice@example.com;lr");
  EXPECT_TRUE(address.uri.has_parameter("lr"));
  EXPECT_EQ(address.tag(), "887s");
  EXPECT_TRUE(address.parameters.has("x"));
  EXPECT_FALSE(address.parameters.has("lr"));
}

TEST(SipNameAddress, HasANameOfTokens) {
  EXPECT_EQ(parse_name_address("Bob  van\r\n Dyk <sip:bob@b>")->name(), "Bob  van Dyk");
  EXPECT_EQ(parse_name_address("caller<sip:caller@example.com>;tag=323")->name(), "caller");
  EXPECT_EQ(parse_name_address("<sip:a@b>")->name(), "");
  EXPECT_EQ(parse_name_address("\"%Z%45\" <sip:a@b>")->name(), "%Z%45") << "escapes are for URIs alone";
  EXPECT_EQ(parse_name_address("\"<sip:x@y>\"<sip:a@b>")->uri.user, "a");
}

TEST(SipNameAddress, WithoutBracketsLeavesItsParametersToTheHeader) {
  const auto address = *parse_name_address("sip:+19725552222@gw1.example.net;unknownparam;tag=1");
  EXPECT_EQ(address.uri_text, "sip:+19725552222@gw1.example.net");
  EXPECT_TRUE(address.uri.parameters.empty());
  EXPECT_TRUE(address.parameters.has("unknownparam"));
  EXPECT_EQ(address.tag(), "1");
  EXPECT_EQ(parse_name_address("isbn:2983792873")->uri.opaque, "2983792873");
}

TEST(SipNameAddress, IsRefusedForWhatIsWrong) {
  for (const auto* value :
       {"\"a\" sip:b@c", "\"a\"", "<sip:a@b> x", "<sip:a@b>;", "sip:a@b c", "sip:a@b,sip:c@d", "sip:a@b>"}) {
    EXPECT_EQ(fault_of_address(value), FaultKind::malformed_value) << value;
  }
  for (const auto* value :
       {"", "*", "Bell, Alexander <sip:a@b>", "<>", "< sip:a@b >", "<sip:a@b >", "\xc3\xa9 <sip:a@b>"}) {
    EXPECT_EQ(fault_of_address(value), FaultKind::malformed_uri) << value;
  }
  for (const auto* value : {"\"Mr. J. User <sip:j.user@example.com>", "<sip:a@b", "<sip:a@b>;x=\"y"}) {
    EXPECT_EQ(fault_of_address(value), FaultKind::unbalanced_quote) << value;
  }
  EXPECT_EQ(fault_of_address("sip:user@example.com?Route=%3Csip:sip.example.com%3E"), FaultKind::uri_needs_brackets);
}

TEST(SipNameAddress, HasTheParametersOfAContact) {
  EXPECT_EQ(parse_name_address("<sip:a@b>;expires=3600")->expires(), 3600u);
  EXPECT_EQ(parse_name_address("<sip:a@b>;expires=99999999999")->expires(), delta_seconds_max);
  EXPECT_EQ(parse_name_address("<sip:a@b>;expires=x")->expires(), std::nullopt);
  EXPECT_EQ(parse_name_address("<sip:a@b>")->expires(), std::nullopt);
  const auto q_of = [](std::string_view q) { return parse_name_address("<sip:a@b>;q=" + std::string{q})->q(); };
  EXPECT_EQ(q_of("0.33"), 330);
  EXPECT_EQ(q_of("1"), 1000);
  EXPECT_EQ(q_of("1.000"), 1000);
  EXPECT_EQ(q_of("0"), 0);
  EXPECT_EQ(q_of("0.5"), 500);
  EXPECT_EQ(q_of("0."), 0);
  for (const auto* q : {"1.1", "2", "0.1234", "0.x", "-1", ".5", "00.5"}) EXPECT_EQ(q_of(q), std::nullopt) << q;
}

TEST(SipNameAddress, IsWrittenSoThatItComesBack) {
  EXPECT_EQ(name_address_text("", "sip:a@b", ";tag=1"), "<sip:a@b>;tag=1");
  const auto text = name_address_text("Al \"x\"", "sip:a@b");
  EXPECT_EQ(text, "\"Al \\\"x\\\"\" <sip:a@b>");
  EXPECT_EQ(parse_name_address(text)->name(), "Al \"x\"");
}

TEST(SipNameAddresses, AreThoseOfAllLines) {
  const Received message{request_with("Route: <sip:p1;lr>, <sip:p2;lr>\r\nX-A: y\r\nRoute: <sip:p3;lr>\r\n")};
  const auto routes = *parse_name_addresses(message->headers(), HeaderName::route);
  ASSERT_EQ(routes.size(), 3u);
  EXPECT_EQ(routes[0].uri_text, "sip:p1;lr");
  EXPECT_EQ(routes[2].uri_text, "sip:p3;lr");
  EXPECT_TRUE(parse_name_addresses(message->headers(), HeaderName::record_route)->empty());
}

TEST(SipNameAddresses, AreNoMoreThanTheLimit) {
  const auto message_with = [](std::size_t count) {
    std::string line = "Route: <sip:p>";
    for (std::size_t i = 1; i < count; ++i) line += ",<sip:p>";
    return request_with(line + "\r\n");
  };
  const Received at_limit{message_with(elements_max)}, above{message_with(elements_max + 1)};
  EXPECT_EQ(parse_name_addresses(at_limit->headers(), HeaderName::route)->size(), elements_max);
  EXPECT_EQ(parse_name_addresses(above->headers(), HeaderName::route).error(), FaultKind::too_many_elements);
}

TEST(SipContacts, MayBeAllOrEach) {
  const Received all{request_with("Contact: *\r\n")};
  EXPECT_TRUE(std::holds_alternative<AllContacts>(*parse_contacts(all->headers())));
  const Received two{request_with("m: <sip:a@b>\r\nContact: <sip:c@d>\r\n")};
  EXPECT_EQ(std::get<0>(*parse_contacts(two->headers())).size(), 2u);
  const Received none{request_with("")};
  EXPECT_TRUE(std::get<0>(*parse_contacts(none->headers())).empty());
  const Received mixed{request_with("Contact: *\r\nContact: <sip:c@d>\r\n")};
  EXPECT_FALSE(parse_contacts(mixed->headers()));
}

}  // namespace
}  // namespace labnet::sip
