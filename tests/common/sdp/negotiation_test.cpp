// Tests of offer and answer.
#include "common/sdp/negotiation.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace labnet::sdp {
namespace {

LocalAudio local_audio() {
  return {.address = "10.0.0.9",
          .port = 40000,
          .codecs = {{8, "PCMA"}, {0, "PCMU"}, {101, "telephone-event", 8000, 1, "0-16"}},
          .packet_time_ms = 20};
}

Description offer_of(std::string_view lines, std::string_view address = "10.0.0.1") {
  const auto text = fmt::format("v=0\r\no=a 1 1 IN IP4 10.0.0.1\r\ns=-\r\nc=IN IP4 {}\r\nt=0 0\r\n{}", address, lines);
  const auto description = parse_description(text);
  EXPECT_TRUE(description) << text;
  return description ? *description : Description{};
}

class Negotiated : public testing::Test {
 protected:
  Answered answer(const Description& offer) {
    auto answered = answer_offer(offer, local, session);
    EXPECT_TRUE(answered) << describe(answered.error());
    return answered ? *answered : Answered{};
  }
  Difference difference(const Description& offer) {
    const auto answered = answer_offer(offer, local, session);
    EXPECT_FALSE(answered);
    return answered ? Difference{} : answered.error();
  }

  LocalAudio local = local_audio();
  LocalSession session{"labnet", "77"};
};

TEST_F(Negotiated, OffersAllItHas) {
  EXPECT_EQ(to_text(make_offer(local, session)),
            "v=0\r\no=labnet 77 1 IN IP4 10.0.0.9\r\ns=-\r\nc=IN IP4 10.0.0.9\r\nt=0 0\r\n"
            "m=audio 40000 RTP/AVP 8 0 101\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:0 PCMU/8000\r\n"
            "a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-16\r\na=ptime:20\r\na=sendrecv\r\n");
}

TEST_F(Negotiated, NamesTheSessionAndLeavesOutWhatStaticTypesSay) {
  local.names_static_types = false;
  LocalSession zoiper{"Z", "0", 5, "Z"};
  EXPECT_EQ(to_text(make_offer(local, zoiper)),
            "v=0\r\no=Z 0 5 IN IP4 10.0.0.9\r\ns=Z\r\nc=IN IP4 10.0.0.9\r\nt=0 0\r\n"
            "m=audio 40000 RTP/AVP 8 0 101\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-16\r\n"
            "a=ptime:20\r\na=sendrecv\r\n");
  EXPECT_EQ(make_offer(local, zoiper).origin.version, 5u) << "the same once more";
}

TEST_F(Negotiated, AnswersWithCommonCodecsInTheOffersOrder) {
  const auto answered =
      answer(offer_of("m=audio 8000 RTP/AVP 96 0 3 8 97\r\na=rtpmap:96 opus/48000/2\r\n"
                      "a=rtpmap:97 telephone-event/8000\r\na=fmtp:97 0-15\r\na=ptime:30\r\n"));
  const auto& media = answered.answer.media.at(0);
  EXPECT_EQ(media.formats, (std::vector<std::string>{"0", "8", "97"}));
  EXPECT_EQ(media.port, 40000);
  EXPECT_EQ(media.value_of("fmtp"), "97 0-16");
  const auto& agreement = answered.agreement;
  EXPECT_EQ(agreement.sending.at(0), (Codec{0, "PCMU"}));
  EXPECT_EQ(agreement.sending.size(), 2u);
  EXPECT_EQ(agreement.sending_events, (Codec{97, "telephone-event", 8000, 1, "0-15"}));
  EXPECT_EQ(agreement.receiving_events->payload_type, 97);
  EXPECT_EQ(agreement.remote->address, "10.0.0.1");
  EXPECT_EQ(agreement.remote_port, 8000);
  EXPECT_EQ(agreement.remote_rtcp_port, 8001);
  EXPECT_EQ(agreement.packet_time_ms, 30u);
  EXPECT_EQ(agreement.direction, Direction::sendrecv);
}

TEST_F(Negotiated, NamesACodecOnceAndTheOffersTime) {
  auto offer = offer_of("m=audio 8000 RTP/AVP 97 8\r\na=rtpmap:97 PCMA/8000\r\n");
  offer.timings = {Timing{1, 2}};
  const auto answered = answer(offer);
  EXPECT_EQ(answered.answer.media[0].formats, std::vector<std::string>{"97"});
  EXPECT_EQ(answered.answer.timings, offer.timings);
}

TEST_F(Negotiated, AnswersAnOfferWithoutRtpmap) {
  EXPECT_EQ(answer(offer_of("m=audio 8000 RTP/AVP 8 0\r\n")).agreement.sending.at(0).name, "PCMA");
}

TEST_F(Negotiated, KeepsAllLinesAndRefusesWhatItDoesNotHave) {
  const auto answered =
      answer(offer_of("m=video 9000 RTP/AVP 31\r\nm=audio 9002 RTP/SAVP 8\r\nm=audio 8000 RTP/AVP 8\r\n"
                      "m=audio 8002 RTP/AVP 8\r\nm=image 9004 udptl t38\r\n"));
  ASSERT_EQ(answered.answer.media.size(), 5u);
  for (std::size_t i = 0; i < 5; ++i) EXPECT_EQ(answered.answer.media[i].port, i == 2 ? 40000 : 0) << i;
  EXPECT_EQ(answered.answer.media[1].profile, "RTP/SAVP");
  EXPECT_EQ(answered.answer.media[4].formats, std::vector<std::string>{"t38"});
  EXPECT_EQ(answered.agreement.media_index, 2u);
  EXPECT_TRUE(parse_description(to_text(answered.answer)));
}

TEST_F(Negotiated, AnswersEachDirection) {
  struct Row {
    const char* offered;
    Direction answered;
  };
  for (const auto& row : {Row{"sendrecv", Direction::sendrecv}, Row{"sendonly", Direction::recvonly},
                          Row{"recvonly", Direction::sendonly}, Row{"inactive", Direction::inactive}}) {
    const auto answered = answer(offer_of(fmt::format("m=audio 8000 RTP/AVP 8\r\na={}\r\n", row.offered)));
    EXPECT_EQ(answered.agreement.direction, row.answered);
    EXPECT_TRUE(answered.answer.media[0].has(name_of(row.answered)));
  }
  local.direction = Direction::sendonly;
  EXPECT_EQ(answer(offer_of("m=audio 8000 RTP/AVP 8\r\n")).agreement.direction, Direction::sendonly);
}

TEST_F(Negotiated, TakesAnAddressOfZerosForHold) {
  const auto answered = answer(offer_of("m=audio 8000 RTP/AVP 8\r\n", "0.0.0.0"));
  EXPECT_EQ(answered.agreement.direction, Direction::recvonly);
  EXPECT_FALSE(answered.agreement.remote);
  const auto both = answer(offer_of("m=audio 8000 RTP/AVP 8\r\na=recvonly\r\n", "0.0.0.0"));
  EXPECT_EQ(both.agreement.direction, Direction::inactive);
}

TEST_F(Negotiated, PrefersTheAddressOfTheLine) {
  const auto answered = answer(offer_of("m=audio 8000 RTP/AVP 8\r\nc=IN IP4 10.0.0.2\r\n"));
  EXPECT_EQ(answered.agreement.remote->address, "10.0.0.2");
}

TEST_F(Negotiated, SharesAPortForRtcpIfBothWantIt) {
  const auto offer = offer_of("m=audio 8000 RTP/AVP 8\r\na=rtcp-mux\r\na=rtcp:9000\r\n");
  EXPECT_EQ(answer(offer).agreement.remote_rtcp_port, 9000);
  EXPECT_FALSE(answer(offer).answer.media[0].has("rtcp-mux"));
  local.rtcp_mux = true;
  EXPECT_EQ(answer(offer).agreement.remote_rtcp_port, 8000);
  EXPECT_TRUE(answer(offer).answer.media[0].has("rtcp-mux"));
  EXPECT_FALSE(answer(offer_of("m=audio 8000 RTP/AVP 8\r\n")).agreement.rtcp_mux);
}

TEST_F(Negotiated, StepsTheVersionOnlyWithAChange) {
  const auto offer = offer_of("m=audio 8000 RTP/AVP 8\r\n");
  EXPECT_EQ(answer(offer).answer.origin.version, 1u);
  EXPECT_EQ(answer(offer).answer.origin.version, 1u);
  EXPECT_EQ(answer(offer_of("m=audio 8000 RTP/AVP 8\r\na=sendonly\r\n")).answer.origin.version, 2u);
  EXPECT_EQ(answer(offer).answer.origin.version, 3u);
  EXPECT_EQ(answer(offer).answer.origin.session_id, "77");
}

TEST_F(Negotiated, OffersAgainInTheSamePlace) {
  answer(offer_of("m=video 9000 RTP/AVP 31\r\nm=audio 8000 RTP/AVP 8\r\n"));
  local.direction = Direction::sendonly;
  const auto offer = make_offer(local, session);
  ASSERT_EQ(offer.media.size(), 2u);
  EXPECT_EQ(offer.media[0].kind, "video");
  EXPECT_EQ(offer.media[0].port, 0);
  EXPECT_EQ(offer.media[1].port, 40000);
  EXPECT_TRUE(offer.media[1].has("sendonly"));
  EXPECT_EQ(offer.origin.version, 2u);
}

TEST_F(Negotiated, SaysWhyThereIsNothingInCommon) {
  EXPECT_EQ(describe(difference(offer_of("m=audio 1 RTP/AVP 96 97 101\r\na=rtpmap:96 opus/48000/2\r\na=rtpmap:97 "
                                         "speex/8000\r\na=rtpmap:101 telephone-event/8000\r\n"))),
            "no common codec: offered opus/48000/2, speex/8000; we have PCMA/8000, PCMU/8000");
  EXPECT_EQ(difference(offer_of("m=video 1 RTP/AVP 31\r\nm=audio 1 RTP/SAVP 8\r\n")),
            (Difference{DifferenceKind::profile, "RTP/SAVP", "RTP/AVP"}));
  EXPECT_EQ(difference(offer_of("")).kind, DifferenceKind::no_audio);
  EXPECT_EQ(difference(offer_of("m=audio 0 RTP/AVP 8\r\n")).kind, DifferenceKind::no_audio);
  EXPECT_EQ(difference(offer_of("m=audio 1 RTP/AVP 8\r\nc=IN IP6 ::1\r\n")),
            (Difference{DifferenceKind::family, "IP6", "IP4"}));
  auto nowhere = offer_of("m=audio 1 RTP/AVP 8\r\n");
  nowhere.connection.reset();
  EXPECT_EQ(difference(nowhere).kind, DifferenceKind::no_address);
}

TEST_F(Negotiated, DoesNotTakeKeysAloneForACall) {
  EXPECT_EQ(difference(offer_of("m=audio 1 RTP/AVP 101\r\na=rtpmap:101 telephone-event/8000\r\n")).kind,
            DifferenceKind::codecs);
}

TEST_F(Negotiated, AppliesAnAnswerWithAnotherPayloadTypeForKeys) {
  const auto offer = make_offer(local, session);
  const auto agreement =
      apply_answer(offer, offer_of("m=audio 8000 RTP/AVP 8 96\r\na=rtpmap:96 telephone-event/8000\r\na=sendonly\r\n"));
  ASSERT_TRUE(agreement);
  EXPECT_EQ(agreement->sending, (std::vector<Codec>{{8, "PCMA"}}));
  EXPECT_EQ(agreement->receiving, agreement->sending);
  EXPECT_EQ(agreement->sending_events->payload_type, 96);
  EXPECT_EQ(agreement->receiving_events->payload_type, 101);
  EXPECT_EQ(agreement->direction, Direction::recvonly);
}

TEST_F(Negotiated, UnderstandsAnAnswerThatNamesPayloadTypesAlone) {
  const auto agreement = apply_answer(make_offer(local, session), offer_of("m=audio 8000 RTP/AVP 8 101\r\n"));
  ASSERT_TRUE(agreement);
  EXPECT_EQ(agreement->sending_events->payload_type, 101);
}

TEST_F(Negotiated, AgreesWithItself) {
  LocalSession other{"other", "78"};
  const auto offer = make_offer(local, session);
  const auto answered = answer_offer(offer, local_audio(), other);
  ASSERT_TRUE(answered);
  const auto agreement = apply_answer(offer, answered->answer);
  ASSERT_TRUE(agreement);
  EXPECT_EQ(agreement->sending, answered->agreement.receiving);
  EXPECT_EQ(agreement->receiving, answered->agreement.sending);
}

TEST_F(Negotiated, SaysWhyAnAnswerIsNone) {
  const auto offer = make_offer(local, session);
  EXPECT_EQ(apply_answer(offer, offer_of("")).error().kind, DifferenceKind::media_count);
  EXPECT_EQ(apply_answer(offer, offer_of("m=audio 0 RTP/AVP 8\r\n")).error().kind, DifferenceKind::refused);
  EXPECT_EQ(apply_answer(offer, offer_of("m=video 1 RTP/AVP 8\r\n")).error().kind, DifferenceKind::refused);
  EXPECT_EQ(apply_answer(offer, offer_of("m=audio 1 RTP/SAVP 8\r\n")).error().kind, DifferenceKind::profile);
  EXPECT_EQ(apply_answer(offer, offer_of("m=audio 1 RTP/AVP 3\r\n")).error(),
            (Difference{DifferenceKind::codecs, "GSM/8000", "PCMA/8000, PCMU/8000"}));
  EXPECT_EQ(apply_answer({}, offer).error().kind, DifferenceKind::no_audio);
}

}  // namespace
}  // namespace labnet::sdp
