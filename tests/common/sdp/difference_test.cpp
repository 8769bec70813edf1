// Tests of how a difference is told.
#include "common/sdp/difference.hpp"

#include <gtest/gtest.h>

#include "common/sdp/limits.hpp"

namespace labnet::sdp {
namespace {

TEST(Difference, NamesWhatBothSidesHave) {
  const Difference codecs{DifferenceKind::codecs, list_of({{96, "opus", 48000, 2}, {97, "speex"}}),
                          list_of({{8, "PCMA"}, {0, "PCMU"}})};
  EXPECT_EQ(describe(codecs), "no common codec: offered opus/48000/2, speex/8000; we have PCMA/8000, PCMU/8000");
  EXPECT_EQ(to_warning(codecs, "sip.lab"),
            "305 sip.lab \"no common codec: offered opus/48000/2, speex/8000; we have PCMA/8000, PCMU/8000\"");
}

TEST(Difference, SaysThatAProfileIsEncryption) {
  EXPECT_EQ(describe({DifferenceKind::profile, "RTP/SAVP", "RTP/AVP"}),
            "no common RTP profile: offered RTP/SAVP; we have RTP/AVP (it insists on encryption, SRTP)");
  EXPECT_EQ(describe({DifferenceKind::profile, "RTP/AVP", "RTP/SAVP"}),
            "no common RTP profile: offered RTP/AVP; we have RTP/SAVP (we insist on encryption, SRTP)");
}

TEST(Difference, HasACodeOfItsKind) {
  EXPECT_EQ(warning_code_of(DifferenceKind::family), 301);
  EXPECT_EQ(warning_code_of(DifferenceKind::profile), 302);
  EXPECT_EQ(warning_code_of(DifferenceKind::no_audio), 304);
  EXPECT_EQ(warning_code_of(DifferenceKind::media_count), 399);
  EXPECT_EQ(to_warning({DifferenceKind::no_audio}, "sip.lab"), "304 sip.lab \"no audio is offered\"");
}

TEST(List, HoldsNothingThatCouldBreakOut) {
  EXPECT_EQ(list_of({{96, "a\"b\r\nc", 8000}}), "a?b?\?c/8000");
  EXPECT_EQ(safe_word(std::string(explained_word_bytes_max + 1, 'x')), std::string(explained_word_bytes_max, 'x'));
  EXPECT_EQ(list_of({}), "nothing");
}

TEST(List, NamesSoManyAndCountsTheRest) {
  const std::vector<Codec> many(named_codecs_max + 2, Codec{8, "PCMA"});
  const auto text = list_of(many);
  EXPECT_TRUE(text.ends_with("PCMA/8000 and 2 more")) << text;
  EXPECT_FALSE(list_of(std::vector(named_codecs_max, Codec{8, "PCMA"})).ends_with("more"));
}

}  // namespace
}  // namespace labnet::sdp
