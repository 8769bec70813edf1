// What a server accepts as a query, and why it rejects the others.
#include "common/dns/query_view.hpp"

#include <gtest/gtest.h>

#include "common/dns/message.hpp"
#include "tests/common/dns/octets.hpp"

namespace labnet::dns {
namespace {

constexpr std::string_view web_question = "03776562 0a6c616272656465733731 03636f6d 00 0001 0001";
constexpr std::string_view counts_one_question = "0001 0000 0000 0000";

std::string query(std::string_view counts, std::string_view rest) {
  return "abcd 0100 " + std::string{counts} + std::string{rest};
}

WireFault fault_of(std::string_view hexadecimal) {
  const auto wire = octets(hexadecimal);
  return view_query(wire).error();
}

TEST(QueryView, SeesHeaderQuestionAndNothingElse) {
  const auto wire = octets(query(counts_one_question, web_question));
  const auto view = *view_query(wire);
  EXPECT_EQ(view.header.id, 0xabcd);
  EXPECT_TRUE(view.header.recursion_desired);
  EXPECT_EQ(to_text(view.name), "web.labredes71.com.");
  EXPECT_EQ(view.type, Type::a);
  EXPECT_EQ(view.dns_class, Class::in);
  EXPECT_EQ(view.question.size(), 24u);
  EXPECT_FALSE(view.edns);
  EXPECT_EQ(view.trailing_bytes, 0u);
}

TEST(QueryView, SeesTheOptRecord) {
  const auto wire =
      octets(query("0001 0000 0000 0001", std::string{web_question} + "00 0029 04d0 00 00 8000 0006 fde9 0002 abcd"));
  const auto view = *view_query(wire);
  ASSERT_TRUE(view.edns);
  EXPECT_EQ(view.edns->udp_payload_bytes, 1232);
  EXPECT_EQ(view.edns->version, 0);
  EXPECT_TRUE(view.edns->dnssec_ok);
  EXPECT_EQ(view.edns_options.size(), 6u);
}

TEST(QueryView, ToleratesTrailingOctets) {
  const auto wire = octets(query(counts_one_question, std::string{web_question} + "01020304"));
  EXPECT_EQ(view_query(wire)->trailing_bytes, 4u);
}

TEST(QueryView, EveryCutIsAFault) {
  const auto wire =
      octets(query("0001 0000 0000 0001", std::string{web_question} + "00 0029 04d0 00000000 0004 000a 0000"));
  ASSERT_TRUE(view_query(wire));
  for (std::size_t size = 0; size < wire.size(); ++size) {
    const auto view = view_query(Bytes{wire}.first(size));
    ASSERT_FALSE(view) << size << " octets";
    EXPECT_EQ(view.error(), size < header_bytes ? WireFault::header_too_short : WireFault::truncated);
  }
}

TEST(QueryView, RejectsEveryNumberOfQuestionsButOne) {
  EXPECT_EQ(fault_of(query("0000 0000 0000 0000", "")), WireFault::no_question);
  EXPECT_EQ(fault_of(query("0001 0000 0000 0000", "")), WireFault::truncated);
  const auto two = std::string{web_question} + std::string{web_question};
  EXPECT_EQ(fault_of(query("0002 0000 0000 0000", two)), WireFault::several_questions);
  EXPECT_EQ(fault_of(query("ffff 0000 0000 0000", two)), WireFault::several_questions);
}

TEST(QueryView, RejectsCountsThatPromiseMoreThanThereIs) {
  EXPECT_EQ(fault_of(query("0001 0001 0000 0000", web_question)), WireFault::truncated);
  EXPECT_EQ(fault_of(query("0001 0000 ffff 0000", web_question)), WireFault::truncated);
  EXPECT_EQ(fault_of(query("0001 0000 0000 0001", web_question)), WireFault::truncated);
}

TEST(QueryView, RejectsPointersInTheQuestion) {
  const auto with_name = [](std::string_view wire_name) {
    return query(counts_one_question, std::string{wire_name} + "0001 0001");
  };
  for (const auto* pointer : {"c00c", "c00e c00c", "c020", "ffff", "c000", "0161 c00c"}) {
    EXPECT_EQ(fault_of(with_name(pointer)), WireFault::pointer_not_backward) << pointer;
  }
  EXPECT_EQ(fault_of(with_name("40 00")), WireFault::label_type);
  EXPECT_EQ(fault_of(with_name("80 00")), WireFault::label_type);
}

TEST(QueryView, TakesANameOf255OctetsAndNotOf257) {
  const auto of_labels = [](int count) {
    std::string wire_name;
    while (count-- > 0) wire_name += "0161";
    return octets(query(counts_one_question, wire_name + "00 0001 0001"));
  };
  EXPECT_EQ(view_query(of_labels(127))->question.size(), 255u + 4);
  EXPECT_EQ(view_query(of_labels(128)).error(), WireFault::name_too_long);
}

TEST(QueryView, RejectsMisplacedAndBrokenOptRecords) {
  const std::string opt = "00 0029 04d0 00000000 0000";
  const std::string question{web_question};
  EXPECT_EQ(fault_of(query("0001 0000 0000 0002", question + opt + opt)), WireFault::opt_repeated);
  EXPECT_EQ(fault_of(query("0001 0001 0000 0000", question + opt)), WireFault::opt_outside_additional);
  EXPECT_EQ(fault_of(query("0001 0000 0001 0000", question + opt)), WireFault::opt_outside_additional);
  EXPECT_EQ(fault_of(query("0001 0000 0000 0001", question + "0161" + opt)), WireFault::opt_owner_not_root);
  EXPECT_EQ(fault_of(query("0001 0000 0000 0001", question + "00 0029 04d0 00000000 00ff 00")), WireFault::truncated);
  EXPECT_EQ(fault_of(query("0001 0000 0000 0001", question + "00 0029 04d0 00000000 0005 000a 0008 01")),
            WireFault::opt_options);
  EXPECT_EQ(fault_of(query("0001 0000 0000 0001", question + "00 0029 04d0 00000000 0001 01")), WireFault::opt_options);
}

TEST(QueryView, SizesBelow512Mean512) {
  EdnsHeader edns;
  edns.udp_payload_bytes = 0;
  EXPECT_EQ(edns.datagram_bytes_max(), 512u);
  edns.udp_payload_bytes = 513;
  EXPECT_EQ(edns.datagram_bytes_max(), 513u);
}

}  // namespace
}  // namespace labnet::dns
