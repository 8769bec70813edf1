// Names: text and wire, every fault, comparison and order.
#include "common/dns/name.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/common/dns/octets.hpp"

namespace labnet::dns {
namespace {

const std::string header_octets(2 * header_bytes, '0');

/// The fault of a name that stands behind a header in a message.
Result<Name, WireFault> read_behind_header(std::string_view hexadecimal, std::size_t skip = 0) {
  const auto message = octets(header_octets + std::string{hexadecimal});
  ByteReader reader{message};
  reader.seek(header_bytes + skip);
  return read_name(reader);
}

std::string repeated(std::string_view text, int count) {
  std::string result;
  while (count-- > 0) result += text;
  return result;
}

TEST(NameText, KeepsCaseAndEndsWithADot) {
  EXPECT_EQ(to_text(name("Web.LabRedes71.com.")), "Web.LabRedes71.com.");
  EXPECT_EQ(to_text(name(".")), ".");
  EXPECT_EQ(to_text(Name{}), ".");
}

TEST(NameText, WithoutAFinalDotIsBelowTheOrigin) {
  EXPECT_EQ(to_text(*parse_name("web", name("labredes71.com."))), "web.labredes71.com.");
  EXPECT_EQ(to_text(*parse_name("web", NameView{})), "web.");
}

TEST(NameText, EscapesStandForOneOctet) {
  EXPECT_EQ(name("a\\.b.c.").view().first_label(), "a.b");
  EXPECT_EQ(name("\\065\\255\\000.").view().first_label(), (std::string_view{"A\xff\0", 3}));
  EXPECT_EQ(to_text(name("a\\.b\\\\\\032\\200\\;.c.")), "a\\.b\\\\\\032\\200\\;.c.");
}

TEST(NameText, SaysWhatIsWrong) {
  EXPECT_EQ(parse_name("").error(), NameTextFault::empty);
  EXPECT_EQ(parse_name("a..b").error(), NameTextFault::empty_label);
  EXPECT_EQ(parse_name(".a").error(), NameTextFault::empty_label);
  EXPECT_EQ(parse_name("a\\").error(), NameTextFault::bad_escape);
  EXPECT_EQ(parse_name("\\25").error(), NameTextFault::bad_escape);
  EXPECT_EQ(parse_name("\\256").error(), NameTextFault::bad_escape);
}

TEST(NameText, TakesALabelOf63OctetsAndNotOf64) {
  EXPECT_TRUE(parse_name(std::string(63, 'a')));
  EXPECT_EQ(parse_name(std::string(64, 'a')).error(), NameTextFault::label_too_long);
  EXPECT_EQ(join(std::string(64, 'a'), {}).error(), NameTextFault::label_too_long);
  EXPECT_EQ(join("", {}).error(), NameTextFault::empty_label);
}

TEST(NameText, TakesANameOf255OctetsAndNotOf256) {
  const auto label = std::string(63, 'a') + ".";
  const auto longest = repeated(label, 3) + std::string(61, 'b') + ".";
  EXPECT_EQ(name(longest).wire().size(), 255u);
  EXPECT_EQ(parse_name(repeated(label, 3) + std::string(62, 'b')).error(), NameTextFault::name_too_long);
  EXPECT_EQ(parse_name("a", name(longest)).error(), NameTextFault::name_too_long);
  EXPECT_EQ(join("a", name(longest)).error(), NameTextFault::name_too_long);
  EXPECT_EQ(name(repeated("a.", 127)).label_count(), labels_max);
  EXPECT_EQ(parse_name(repeated("a.", 128)).error(), NameTextFault::name_too_long);
}

TEST(NameText, ReverseNamesOfAddresses) {
  EXPECT_EQ(to_text(reverse_name(*parse_ipv4("192.168.1.7"))), "7.1.168.192.in-addr.arpa.");
  EXPECT_EQ(to_text(reverse_name(*parse_ipv6("2001:db8::567:89ab"))),
            "b.a.9.8.7.6.5.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa.");
}

TEST(Name, OwnsShortAndLongOnesAlike) {
  for (const std::size_t size : {1u, 44u, 45u, 46u, 63u}) {  // 46 octets of text are 48 on the wire
    const auto original = name(std::string(size, 'x'));
    auto copy = original;
    EXPECT_EQ(copy, original);
    const auto moved = std::move(copy);
    EXPECT_EQ(moved, original);
    EXPECT_TRUE(copy.is_root()) << "what was moved from is the root";  // NOLINT
    copy = moved;
    EXPECT_EQ(copy, original);
  }
}

TEST(NameView, ComparesWithoutCase) {
  EXPECT_EQ(name("WEB.labredes71.COM."), name("web.LABREDES71.com."));
  EXPECT_NE(name("web.labredes71.com."), name("ftp.labredes71.com."));
  EXPECT_NE(name("ab.c."), name("a.bc."));
}

TEST(NameView, KnowsItsParentsAndWhatItIsBelow) {
  const auto web = name("web.labredes71.com.");
  EXPECT_EQ(Name{web.view().parent()}, name("labredes71.com."));
  EXPECT_EQ(Name{NameView{}.parent()}, Name{});
  EXPECT_EQ(Name{web.view().without_labels(2)}, name("com."));
  EXPECT_EQ(Name{web.view().without_labels(9)}, Name{});
  EXPECT_TRUE(web.view().is_at_or_below(name("LABREDES71.com.")));
  EXPECT_TRUE(web.view().is_at_or_below(web));
  EXPECT_TRUE(web.view().is_at_or_below(NameView{}));
  EXPECT_FALSE(web.view().is_at_or_below(name("redes71.com.")));
  EXPECT_FALSE(name("labredes71.com.").view().is_at_or_below(web));
}

TEST(NameView, CanonicalOrderIsThatOfTheRfc) {
  // RFC 4034, section 6.1, its own example.
  const std::vector<Name> ordered{name("example."),         name("a.example."),      name("yljkjljk.a.example."),
                                  name("Z.a.example."),     name("zABC.a.EXAMPLE."), name("z.example."),
                                  name("\\001.z.example."), name("*.z.example."),    name("\\200.z.example.")};
  auto shuffled = ordered;
  std::ranges::reverse(shuffled);
  std::ranges::sort(shuffled);
  EXPECT_EQ(shuffled, ordered);
}

TEST(ReadName, FollowsAPointerToAPriorName) {
  const auto message = octets(header_octets + "03 777777 03 636f6d 00  03 667470 c010 ff");
  ByteReader reader{message};
  reader.seek(header_bytes + 9);
  EXPECT_EQ(to_text(*read_name(reader)), "ftp.com.");
  EXPECT_EQ(reader.remaining(), 1u) << "the reader stands behind the pointer";
}

TEST(ReadName, EveryCutIsTruncated) {
  const auto message = octets(header_octets + "03 777777 03 636f6d 00");
  for (std::size_t size = header_bytes; size < message.size(); ++size) {
    ByteReader reader{Bytes{message}.first(size)};
    reader.seek(header_bytes);
    EXPECT_EQ(read_name(reader).error(), WireFault::truncated) << size << " octets";
    EXPECT_EQ(reader.position(), header_bytes) << "a fault moves nothing";
  }
}

TEST(ReadName, RejectsPointersThatDoNotPointBackward) {
  EXPECT_EQ(read_behind_header("c00c").error(), WireFault::pointer_not_backward) << "to itself";
  EXPECT_EQ(read_behind_header("c00e c00c").error(), WireFault::pointer_not_backward) << "forward";
  EXPECT_EQ(read_behind_header("c00e c00c", 2).error(), WireFault::pointer_not_backward) << "two that name each other";
  EXPECT_EQ(read_behind_header("01 61 c00c").error(), WireFault::pointer_not_backward)
      << "to the start of its own name";
  EXPECT_EQ(read_behind_header("ffff").error(), WireFault::pointer_not_backward) << "past the end";
  EXPECT_EQ(read_behind_header("c000").error(), WireFault::pointer_not_backward) << "into the header";
  EXPECT_EQ(read_behind_header("c0").error(), WireFault::truncated);
}

TEST(ReadName, RejectsLabelTypesThatAreNotInUse) {
  EXPECT_EQ(read_behind_header("40 00").error(), WireFault::label_type) << "also the length 64";
  EXPECT_EQ(read_behind_header("80 00").error(), WireFault::label_type);
}

TEST(ReadName, Takes255OctetsAndNot257) {
  EXPECT_EQ(read_behind_header(repeated("0161", 127) + "00")->wire().size(), 255u);
  EXPECT_EQ(read_behind_header(repeated("0161", 128) + "00").error(), WireFault::name_too_long);
}

TEST(ReadName, CountsWhatPointersAddToTheLength) {
  const auto longest = repeated("0161", 127) + "00";
  EXPECT_TRUE(read_behind_header(longest + "c00c", 255));
  EXPECT_EQ(read_behind_header(longest + "0161 c00c", 255).error(), WireFault::name_too_long);
}

TEST(ReadName, TakesSoManyPointersAndNotOneMore) {
  const auto chain = [](std::size_t pointers) {  // the root, then pointers each to the one before it
    std::string text = "00";
    for (std::size_t i = 0; i < pointers; ++i) {
      text += fmt::format("{:04x}", 0xc000 + header_bytes + (i == 0 ? 0 : 1 + 2 * (i - 1)));
    }
    return text;
  };
  const auto last = [](std::size_t pointers) { return 1 + 2 * (pointers - 1); };
  const auto most = compression_pointers_max;
  EXPECT_TRUE(read_behind_header(chain(most), last(most)));
  EXPECT_EQ(read_behind_header(chain(most + 1), last(most + 1)).error(), WireFault::too_many_pointers);
}

TEST(WithoutLastDot, LeavesTheRootAndOtherDots) {
  EXPECT_EQ(without_last_dot(name("Web.example.")), "Web.example");
  EXPECT_EQ(without_last_dot(name("a\\..")), "a\\.");
  EXPECT_EQ(without_last_dot(Name{}), ".");
  EXPECT_EQ(without_last_dot("10 mail.example."), "10 mail.example");
}

TEST(ReplaceAncestor, KeepsTheLabelsBelowIt) {
  const auto replaced = [](std::string_view text, std::string_view from, std::string_view to) {
    return to_text(*replace_ancestor(name(text), name(from), name(to)));
  };
  EXPECT_EQ(replaced("a.b.old.example.", "OLD.example.", "new.test."), "a.b.new.test.");
  EXPECT_EQ(replaced("a.example.", ".", "test."), "a.example.test.");
  EXPECT_EQ(replaced("a.example.", "example.", "."), "a.");
}

TEST(ReplaceAncestor, Makes255OctetsAndNotOneMore) {
  const std::string label(63, 'x');
  const auto target = fmt::format("{0}.{0}.{0}.{1}.", label, std::string(57, 'x'));  // 251 octets
  EXPECT_EQ(replace_ancestor(name("www.example."), name("example."), name(target))->wire().size(), 255u);
  EXPECT_EQ(replace_ancestor(name("wwww.example."), name("example."), name(target)).error(),
            NameTextFault::name_too_long);
}

TEST(SkipName, StopsBehindThePointerOrTheRoot) {
  const auto wire = octets("01 61 00 01 62 c000 05");
  ByteReader reader{wire};
  EXPECT_TRUE(skip_name(reader));
  EXPECT_EQ(reader.position(), 3u);
  EXPECT_TRUE(skip_name(reader));
  EXPECT_EQ(reader.position(), 7u);
  EXPECT_EQ(skip_name(reader).error(), WireFault::truncated);
}

}  // namespace
}  // namespace labnet::dns
