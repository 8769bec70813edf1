// Queries that no honest client sends, and the one reply that is right for each.
#include <gtest/gtest.h>

#include "common/dns/header.hpp"
#include "common/dns/message.hpp"
#include "servers/dns/answer.hpp"
#include "tests/servers/dns/zone_text.hpp"

namespace labnet::dns_server {
namespace {

constexpr std::string_view question = "03776562 076578616d706c65 00 0001 0001";  // web.example. A IN
constexpr std::string_view opt = "00 0029 04d0 00000000 0000";

class Torture : public testing::Test {
 protected:
  /// The rcode of the reply, or "silent".
  std::string reply_to(std::string_view hexadecimal) { return reply_to(octets(hexadecimal)); }
  std::string reply_to(const Buffer& wire) {
    out_.clear();
    const auto outcome = answer(wire, zones_, options_, out_);
    if (outcome.kind == Outcome::Kind::ignored) return out_.empty() ? "silent" : "not silent";
    return dns::to_text(outcome.rcode);
  }
  std::string reply_to(std::string_view flags, std::string_view counts, std::string rest) {
    return reply_to("1234" + std::string{flags} + std::string{counts} + rest);
  }
  bool is_header_only() const { return out_.size() == dns::header_bytes && out_[5] == std::byte{0}; }

  ZoneSet zones_ = *ZoneSet::make({zone_of("$TTL 1\n@ SOA a.b. c.d. 1 2 3 4 5\n@ NS a.b.\nweb A 192.0.2.1\n")});
  AnswerOptions options_;
  Buffer out_;
  std::string web_{question};
};

TEST_F(Torture, LessThanAHeaderIsIgnored) {
  EXPECT_EQ(reply_to(""), "silent");
  EXPECT_EQ(reply_to("12"), "silent");
  EXPECT_EQ(reply_to("1234 0000 0001 0000 0000 00"), "silent");
}

TEST_F(Torture, RepliesAreIgnored) {
  EXPECT_EQ(reply_to("8000", "0001 0000 0000 0000", web_), "silent");
  EXPECT_EQ(reply_to("9000", "0001 0000 0000 0000", web_), "silent") << "of every opcode";
}

TEST_F(Torture, CountsThatAreNotWhatFollowsAreMalformed) {
  for (const auto* counts : {"0000 0000 0000 0000", "0001 0000 0000 0000", "0002 0000 0000 0000"}) {
    EXPECT_EQ(reply_to("0000", counts, ""), "FORMERR") << counts;
    EXPECT_TRUE(is_header_only());
  }
  for (const auto* counts :
       {"0002 0000 0000 0000", "ffff 0000 0000 0000", "0001 0001 0000 0000", "0001 0000 0000 ffff"}) {
    EXPECT_EQ(reply_to("0000", counts, web_ + web_.substr(0, 4)), "FORMERR") << counts;
    EXPECT_TRUE(is_header_only());
  }
}

TEST_F(Torture, NamesThatAreNoneAreMalformed) {
  for (const auto* name : {"c00c", "c00e c00c", "c014", "ffff", "c000", "40 00", "80 00", "0377", "0161"}) {
    EXPECT_EQ(reply_to("0000", "0001 0000 0000 0000", std::string{name} + "0001 0001"), "FORMERR") << name;
    EXPECT_TRUE(is_header_only());
  }
}

TEST_F(Torture, EveryCutOfAQueryIsSilentOrMalformed) {
  const auto whole = octets("1234 0000 0001 0000 0000 0001" + web_ + std::string{opt});
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_EQ(reply_to(Buffer(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size))),
              size < dns::header_bytes ? "silent" : "FORMERR")
        << size << " octets";
  }
}

TEST_F(Torture, LongAndOddNamesAreOrdinary) {
  const auto of_labels = [](std::size_t count, const std::string& label) {
    std::string wire;
    while (count-- > 0) wire += label;
    return wire + "076578616d706c65 00 0001 0001";
  };
  EXPECT_EQ(reply_to("0000", "0001 0000 0000 0000", of_labels(1, "3f" + std::string(126, '6'))), "NXDOMAIN");
  EXPECT_EQ(reply_to("0000", "0001 0000 0000 0000", of_labels(1, "40" + std::string(128, '6'))), "FORMERR");
  EXPECT_EQ(reply_to("0000", "0001 0000 0000 0000", of_labels(123, "0161")), "NXDOMAIN") << "255 octets";
  EXPECT_EQ(reply_to("0000", "0001 0000 0000 0000", of_labels(124, "0161")), "FORMERR") << "257 octets";
  EXPECT_EQ(reply_to("0000", "0001 0000 0000 0000", of_labels(1, "03 002eff")), "NXDOMAIN");
}

TEST_F(Torture, TrailingOctetsAreTolerated) {
  EXPECT_EQ(reply_to("0000", "0001 0000 0000 0000", web_ + "01020304"), "NOERROR");
}

TEST_F(Torture, OtherOpcodesAreNotImplemented) {
  for (const auto* flags : {"0800", "1000", "1800", "2000", "2800", "7800"}) {
    EXPECT_EQ(reply_to(flags, "0001 0000 0000 0000", web_), "NOTIMP") << flags;
    EXPECT_TRUE(is_header_only());
    ByteReader reader{out_};
    dns::SectionCounts counts;
    EXPECT_EQ(static_cast<unsigned>(read_header(reader, counts)->opcode),
              octets(flags)[0] == std::byte{0x78} ? 15u : (std::to_integer<unsigned>(octets(flags)[0]) >> 3))
        << "the opcode comes back";
  }
}

TEST_F(Torture, FlagsWithoutMeaningInAQueryAreNotEchoed) {
  EXPECT_EQ(reply_to("06c0", "0001 0000 0000 0000", web_), "NOERROR");  // AA, TC, RA, Z
  EXPECT_EQ((Buffer{out_[2], out_[3]}), octets("8400"));
}

TEST_F(Torture, OtherClassesAreRefused) {
  for (const auto* dns_class : {"0004", "0000", "00fe", "0003"}) {
    EXPECT_EQ(reply_to("0000", "0001 0000 0000 0000", web_.substr(0, web_.size() - 4) + dns_class), "REFUSED")
        << dns_class;
  }
  EXPECT_EQ(reply_to("0000", "0001 0000 0000 0000", web_.substr(0, web_.size() - 4) + "00ff"), "NOERROR");
}

TEST_F(Torture, TypesThatAreOnlyForQueries) {
  const auto of_type = [&](std::string_view type) {
    return reply_to("0000", "0001 0000 0000 0000", web_.substr(0, web_.size() - 9) + std::string{type} + "0001");
  };
  EXPECT_EQ(of_type("0029"), "FORMERR") << "OPT";
  EXPECT_EQ(of_type("00fc"), "FORMERR") << "AXFR by UDP";
  EXPECT_EQ(of_type("00fb"), "NOTIMP") << "IXFR";
  EXPECT_EQ(of_type("0000"), "NOERROR");
  EXPECT_EQ(of_type("ffff"), "NOERROR");
  options_.transport = Transport::tcp;
  EXPECT_EQ(of_type("00fc"), "REFUSED") << "AXFR by TCP";
}

TEST_F(Torture, OtherVersionsOfEdnsAreToldOurs) {
  EXPECT_EQ(reply_to("0000", "0001 0000 0000 0001", web_ + "00 0029 04d0 00010000 0000"), "BADVERS");
  const auto reply = dns::parse_message(out_)->message;
  EXPECT_TRUE(reply.question);
  ASSERT_TRUE(reply.edns);
  EXPECT_EQ(reply.edns->version, 0);
  EXPECT_EQ(reply.header.rcode, dns::Rcode::badvers);
  EXPECT_TRUE(reply.answers.empty());
}

TEST_F(Torture, OptRecordsThatBreakTheRulesAreMalformed) {
  const std::string record{opt};
  EXPECT_EQ(reply_to("0000", "0001 0000 0000 0002", web_ + record + record), "FORMERR");
  EXPECT_EQ(reply_to("0000", "0001 0001 0000 0000", web_ + record), "FORMERR");
  EXPECT_EQ(reply_to("0000", "0001 0000 0000 0001", web_ + "0161" + record), "FORMERR");
  EXPECT_EQ(reply_to("0000", "0001 0000 0000 0001", web_ + "00 0029 04d0 00000000 0010 00"), "FORMERR");
  EXPECT_EQ(reply_to("0000", "0001 0000 0000 0001", web_ + "00 0029 04d0 00000000 0005 000a 0008 01"), "FORMERR");
}

TEST_F(Torture, OddButLegalOptRecordsAreAnswered) {
  EXPECT_EQ(reply_to("0000", "0001 0000 0000 0001", web_ + "00 0029 0000 00000000 0000"), "NOERROR") << "size 0";
  EXPECT_EQ(reply_to("0000", "0001 0000 0000 0001", web_ + "00 0029 04d0 00007fff 0000"), "NOERROR") << "unknown flags";
  EXPECT_EQ(reply_to("0000", "0001 0000 0000 0001", web_ + "00 0029 04d0 00000000 0006 fde9 0002 abcd"), "NOERROR");
}

TEST_F(Torture, RecordsInOtherSectionsAreSkipped) {
  EXPECT_EQ(reply_to("0000", "0001 0001 0001 0001",
                     web_ + "c00c 0001 0001 00000000 0000" + "00 0001 0001 00000000 0001 ff" + std::string{opt}),
            "NOERROR");
}

}  // namespace
}  // namespace labnet::dns_server
