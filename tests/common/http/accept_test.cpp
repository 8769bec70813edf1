// Weights, and the coding that they choose.
#include "common/http/accept.hpp"

#include <gtest/gtest.h>

#include "common/http/status.hpp"
#include "tests/common/http/heads.hpp"

namespace labnet::http {
namespace {

using namespace std::literals;

TEST(HttpQuality, HasThreeDigitsAtMost) {
  const std::vector<std::pair<std::string_view, std::optional<Quality>>> texts{
      {"0", 0},
      {"1", 1000},
      {"0.", 0},
      {"1.", 1000},
      {"0.5", 500},
      {"0.05", 50},
      {"0.005", 5},
      {"1.000", 1000},
      {"0.999", 999},
      {"", std::nullopt},
      {"1.001", std::nullopt},
      {"0.0005", std::nullopt},
      {"2", std::nullopt},
      {"-0", std::nullopt},
      {".5", std::nullopt},
      {"0,5", std::nullopt},
      {"0.5x", std::nullopt},
      {"00.5", std::nullopt},
      {"1.0000", std::nullopt},
  };
  for (const auto& [text, quality] : texts) EXPECT_EQ(parse_quality(text), quality) << text;
}

TEST(HttpPreference, HasAWeightAmongItsParameters) {
  EXPECT_EQ(parse_preference("gzip"), (Preference{"gzip", 1000}));
  EXPECT_EQ(parse_preference("text/html;level=1 ; Q=0.5"), (Preference{"text/html", 500}));
  EXPECT_EQ(parse_preference("gzip;q=x"), (Preference{"gzip", 0})) << "what is malformed is not wished for";
  EXPECT_EQ(parse_preference("a;b=\";q=0\""), (Preference{"a", 1000}));
}

std::optional<std::string_view> coding_for(std::string_view value) {
  static constexpr std::array<std::string_view, 2> available{"br", "gzip"};
  const auto parsed = request("Accept-Encoding: " + std::string{value} + "\r\n");
  return choose_coding(parsed.fields(), available);
}

TEST(HttpCoding, IsTheOneWithTheHighestWeight) {
  EXPECT_EQ(coding_for("gzip, deflate, br"), "br") << "of those with the same, the server's first";
  EXPECT_EQ(coding_for("gzip"), "gzip");
  EXPECT_EQ(coding_for("GZIP;q=0.5, br;q=0.4"), "gzip");
  EXPECT_EQ(coding_for("deflate"), "identity");
  EXPECT_EQ(coding_for("*"), "br");
  EXPECT_EQ(coding_for("*;q=0.1, br;q=0"), "gzip");
  EXPECT_EQ(coding_for(""), "identity");
  EXPECT_EQ(coding_for("identity, gzip;q=0.5"), "identity");
  EXPECT_EQ(coding_for("identity;q=0.5, gzip;q=0.5"), "gzip");
  EXPECT_EQ(coding_for("gzip;q=0"), "identity");
  EXPECT_EQ(coding_for("gzip;q=0.001"), "gzip");
  const auto none = request("");
  EXPECT_EQ(choose_coding(none.fields(), {}), "identity");
}

TEST(HttpCoding, IsNoneIfNotEvenIdentityIsWanted) {
  EXPECT_EQ(coding_for("identity;q=0"), std::nullopt);
  EXPECT_EQ(coding_for("*;q=0"), std::nullopt);
  EXPECT_EQ(coding_for("identity;q=0, gzip"), "gzip");
  EXPECT_EQ(coding_for("*;q=0, identity"), "identity");
  EXPECT_EQ(coding_for("*;q=0, gzip;q=0.1"), "gzip");
}

TEST(HttpAccept, TakesTheMostSpecificRange) {
  const auto parsed = request("Accept: text/*;q=0.3, text/html;q=0.7, */*;q=0.5, image/png;q=0\r\n");
  EXPECT_EQ(quality_of_media_type(parsed.fields(), "text/html"), 700);
  EXPECT_EQ(quality_of_media_type(parsed.fields(), "text/plain"), 300);
  EXPECT_EQ(quality_of_media_type(parsed.fields(), "image/gif"), 500);
  EXPECT_EQ(quality_of_media_type(parsed.fields(), "IMAGE/PNG"), 0);
  const auto none = request(""), json = request("Accept: application/json\r\n");
  EXPECT_EQ(quality_of_media_type(none.fields(), "text/html"), 1000);
  EXPECT_EQ(quality_of_media_type(json.fields(), "text/html"), 0);
}

TEST(HttpPreference, ListIsLookedThroughAsFarAsItsLimit) {
  const auto list_with_gzip_at = [](std::size_t place) {
    std::string lines = "Accept-Encoding: ";
    for (std::size_t i = 1; i < place; ++i) lines += "x,";
    return lines + "gzip\r\n";
  };
  const auto within = request(list_with_gzip_at(list_elements_max));
  const auto behind = request(list_with_gzip_at(list_elements_max + 1));
  EXPECT_EQ(quality_of(within.fields(), "Accept-Encoding", "gzip"), 1000);
  EXPECT_EQ(quality_of(behind.fields(), "Accept-Encoding", "gzip"), std::nullopt);
}

TEST(HttpStatus, HasAReasonPhrase) {
  EXPECT_EQ(reason_phrase(200), "OK");
  EXPECT_EQ(reason_phrase(404), "Not Found");
  EXPECT_EQ(reason_phrase(299), "");
  for (const int status : {400, 413, 414, 416, 417, 431, 501, 505}) EXPECT_NE(reason_phrase(status), "") << status;
}

}  // namespace
}  // namespace labnet::http
