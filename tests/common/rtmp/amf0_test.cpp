// Values of AMF 0: read, written, told, and refused.
#include "common/rtmp/amf0.hpp"

#include <gtest/gtest.h>

#include "tests/common/rtmp/octets.hpp"

namespace labnet::rtmp {
namespace {

using test::octets;
using test::operator+;

Buffer written(const AmfValue& value) {
  Buffer out;
  ByteWriter writer{out};
  write_amf(value, writer);
  return out;
}

/// The only value of these octets.
Result<AmfValue, AmfFault> read(const Buffer& input, AmfLimits limits = {}) {
  AmfReader reader{input, limits};
  auto value = reader.next();
  if (!value) return value.error();
  EXPECT_TRUE(value->has_value());
  EXPECT_EQ(reader.position(), input.size());
  return **std::move(value);
}
std::optional<AmfFault> fault_of(const Buffer& input, AmfLimits limits = {}) {
  const auto value = AmfReader{input, limits}.rest();
  return value ? std::nullopt : std::optional{value.error()};
}

AmfObject typed() {
  AmfObject object{AmfObject::Kind::typed};
  object.class_name = "C";
  object.with("a", true);
  return object;
}

struct AmfRow {
  AmfValue value;
  std::string_view octets;
  std::string_view text;
};
const std::vector<AmfRow>& amf_rows() {
  static const std::vector<AmfRow> table{
      {1.0, "00 3ff0000000000000", "1"},
      {-0.5, "00 bfe0000000000000", "-0.5"},
      {true, "01 01", "true"},
      {false, "01 00", "false"},
      {"live", "02 0004 6c697665", "\"live\""},
      {"", "02 0000", "\"\""},
      {AmfObject{}, "03 0000 09", "{}"},
      {AmfObject{}.with("b", 1).with("a", "x"), "03 0001 62 00 3ff0000000000000 0001 61 02 0001 78 0000 09",
       "{b: 1, a: \"x\"}"},
      {AmfNull{}, "05", "null"},
      {AmfUndefined{}, "06", "undefined"},
      {AmfReference{258}, "07 0102", "reference 258"},
      {AmfObject{AmfObject::Kind::ecma_array}.with("w", 2), "08 00000001 0001 77 00 4000000000000000 0000 09",
       "{w: 2}"},
      {AmfArray{{1, AmfNull{}}}, "0a 00000002 00 3ff0000000000000 05", "[1, null]"},
      {AmfArray{}, "0a 00000000", "[]"},
      {AmfDate{1000, -60}, "0b 408f400000000000 ffc4", "date 1000"},
      {AmfUnsupported{}, "0d", "unsupported"},
      {AmfXml{"<a/>"}, "0f 00000004 3c612f3e", "XML \"<a/>\""},
      {typed(), "10 0001 43 0001 61 01 01 0000 09", "C {a: true}"},
  };
  return table;
}

TEST(RtmpAmf, IsReadWrittenAndTold) {
  for (const auto& row : amf_rows()) {
    const auto value = read(octets(row.octets));
    ASSERT_TRUE(value) << row.text;
    EXPECT_EQ(*value, row.value) << row.text;
    EXPECT_EQ(written(row.value), octets(row.octets)) << row.text;
    EXPECT_EQ(to_text(row.value), row.text);
  }
}

TEST(RtmpAmf, IsTruncatedAtEveryOctetLess) {
  for (const auto& row : amf_rows()) {
    auto input = octets(row.octets);
    for (input.pop_back(); !input.empty(); input.pop_back())
      EXPECT_EQ(fault_of(input), AmfFault::truncated) << row.text << ", " << input.size() << " octets";
  }
  EXPECT_EQ(fault_of({}), std::nullopt) << "nothing is no value";
}

TEST(RtmpAmf, ReadsValuesOneAfterTheOther) {
  const auto values = AmfReader{octets("05 06 01 01")}.rest();
  ASSERT_TRUE(values);
  EXPECT_EQ(*values, (std::vector<AmfValue>{AmfNull{}, AmfUndefined{}, true}));
}

TEST(RtmpAmf, WritesLongTextsAsLongStrings) {
  const std::string short_text(65535, 'a'), long_text(65536, 'a');
  EXPECT_EQ(written(short_text)[0], std::byte{0x02});
  EXPECT_EQ(written(long_text)[0], std::byte{0x0c});
  EXPECT_EQ(*read(written(short_text)), AmfValue{short_text});
  EXPECT_EQ(*read(written(long_text)), AmfValue{long_text});
  EXPECT_EQ(*read(octets("0c 00000001 61")), AmfValue{"a"}) << "a short one may come as a long one";
}

TEST(RtmpAmf, CutsANameThatIsTooLong) {
  const auto value = read(written(AmfObject{}.with(std::string(65536, 'n'), 1)));
  ASSERT_TRUE(value);
  EXPECT_EQ(value->object()->properties.front().name.size(), 65535u);
}

TEST(RtmpAmf, DoesNotBelieveTheCountOfAnEcmaArray) {
  for (const std::string_view count : {"00000000", "00000001", "ffffffff"}) {
    const auto value = read(octets("08") + octets(count) + octets("0001 77 05 0001 68 05 0000 09"));
    ASSERT_TRUE(value);
    EXPECT_EQ(value->object()->properties.size(), 2u);
  }
}

TEST(RtmpAmf, DoesNotAllocateWhatAStrictArrayPromises) {
  EXPECT_EQ(fault_of(octets("0a ffffffff 05 05")), AmfFault::truncated);
}

TEST(RtmpAmf, ReadsAPropertyWithoutAName) {
  const auto value = read(octets("03 0000 05 0000 09"));
  ASSERT_TRUE(value);
  EXPECT_EQ(value->object()->properties.size(), 1u);
}

TEST(RtmpAmf, RefusesWhatItDoesNotKnow) {
  EXPECT_EQ(fault_of(octets("04")), AmfFault::reserved_marker);
  EXPECT_EQ(fault_of(octets("0e")), AmfFault::reserved_marker);
  EXPECT_EQ(fault_of(octets("11 0a")), AmfFault::amf3_value);
  EXPECT_EQ(fault_of(octets("12")), AmfFault::unknown_marker);
  EXPECT_EQ(fault_of(octets("ff")), AmfFault::unknown_marker);
  EXPECT_EQ(fault_of(octets("09")), AmfFault::unexpected_end);
  EXPECT_EQ(fault_of(octets("03 0001 61 09")), AmfFault::unexpected_end);
  for (int i = 0; i <= static_cast<int>(AmfFault::string_too_long); ++i)
    EXPECT_FALSE(describe(static_cast<AmfFault>(i)).empty());
}

/// So many arrays or objects, one in the other.
Buffer nested(std::size_t depth, std::string_view begin, std::string_view end) {
  Buffer input;
  const auto before = octets(begin), behind = octets(end);
  for (std::size_t i = 0; i < depth; ++i) input.insert(input.end(), before.begin(), before.end());
  input.push_back(std::byte{0x05});
  for (std::size_t i = 0; i < depth; ++i) input.insert(input.end(), behind.begin(), behind.end());
  return input;
}

TEST(RtmpAmf, RefusesADepthAboveTheLimit) {
  for (const auto& [begin, end] :
       {std::pair{"0a 00000001", ""}, std::pair{"03 0001 61", "0000 09"}, std::pair{"08 00000000 0001 61", "0000 09"},
        std::pair{"10 0000 0001 61", "000009"}}) {
    EXPECT_EQ(fault_of(nested(amf_depth_max, begin, end)), std::nullopt);
    EXPECT_EQ(fault_of(nested(amf_depth_max + 1, begin, end)), AmfFault::too_deep);
    EXPECT_EQ(fault_of(nested(100000, begin, end)), AmfFault::too_deep);
  }
}

TEST(RtmpAmf, RefusesMoreValuesThanTheLimit) {
  EXPECT_EQ(fault_of(Buffer(amf_values_max, std::byte{0x05})), std::nullopt);
  EXPECT_EQ(fault_of(Buffer(amf_values_max + 1, std::byte{0x05})), AmfFault::too_many_values);
  const auto in_array = octets("0a 00001000") + Buffer(amf_values_max, std::byte{0x05});
  EXPECT_EQ(fault_of(in_array), AmfFault::too_many_values) << "the array counts as well";
  EXPECT_EQ(fault_of(Buffer(amf_script_values_max, std::byte{0x05}), {.values = amf_script_values_max}), std::nullopt);
  EXPECT_EQ(fault_of(Buffer(amf_script_values_max + 1, std::byte{0x05}), {.values = amf_script_values_max}),
            AmfFault::too_many_values);
}

TEST(RtmpAmf, RefusesATextAboveTheLimit) {
  EXPECT_EQ(fault_of(octets("0c 00100000") + Buffer(amf_string_bytes_max)), std::nullopt);
  EXPECT_EQ(fault_of(octets("0c 00100001") + Buffer(amf_string_bytes_max + 1)), AmfFault::string_too_long);
  EXPECT_EQ(fault_of(octets("0c ffffffff")), AmfFault::string_too_long) << "before it is looked for";
}

TEST(RtmpAmf, FindsPropertiesByName) {
  const auto object = AmfObject{}.with("a", 1).with("A", 2).with("a", 3);
  EXPECT_EQ(object.find("a")->number(), 1) << "the first counts";
  EXPECT_EQ(object.find("A")->number(), 2);
  EXPECT_EQ(object.find("b"), nullptr);
}

TEST(RtmpAmf, GivesAValueOnlyAsWhatItIs) {
  const AmfValue number{1};
  EXPECT_EQ(number.number(), 1);
  EXPECT_EQ(number.boolean(), std::nullopt);
  EXPECT_EQ(number.string(), nullptr);
  EXPECT_EQ(number.object(), nullptr);
  EXPECT_EQ(number.array(), nullptr);
  EXPECT_FALSE(number.is_null());
  EXPECT_TRUE(AmfValue{}.is_null());
  EXPECT_TRUE(AmfValue{AmfUndefined{}}.is_null());
  EXPECT_EQ(*AmfValue{"a"}.string(), "a");
  EXPECT_EQ(AmfValue{true}.boolean(), true);
}

TEST(RtmpAmf, TellsNoControlCharacters) {
  EXPECT_EQ(to_text(AmfValue{"a\r\n\x1b[2J"}), "\"a\\r\\n\\x1b[2J\"");
}

TEST(RtmpAmf, TellsNoMoreThanALine) {
  const auto text = to_text(AmfValue{std::string(amf_text_bytes_max + 1, 'a')});
  EXPECT_LE(text.size(), amf_text_bytes_max + 3);
  EXPECT_TRUE(text.ends_with("..."));
  AmfArray many;
  for (int i = 0; i < 100000; ++i) many.elements.emplace_back(i);
  EXPECT_LE(to_text(many).size(), amf_text_bytes_max + 3);
}

}  // namespace
}  // namespace labnet::rtmp
