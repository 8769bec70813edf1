// Any text as a session description: what is read is read the same when it was written again; and as an offer and as
// an answer: what is agreed on is what both sides have, whatever they say.
#include "common/base/bytes.hpp"
#include "common/sdp/limits.hpp"
#include "common/sdp/negotiation.hpp"
#include "tests/support/require.hpp"

namespace {

using namespace labnet;
using test::require;

sdp::LocalAudio local_audio() {
  return {.address = "10.0.0.9",
          .port = 40000,
          .codecs = {{8, "PCMA"}, {0, "PCMU"}, {101, "telephone-event", 8000, 1, "0-16"}},
          .rtcp_mux = true};
}

void check_difference(const sdp::Difference& difference) {
  const auto warning = sdp::to_warning(difference, "sip.lab");
  require(warning.size() < 3 * sdp::named_codecs_max * sdp::explained_word_bytes_max, "an explanation is not too long");
  std::size_t quotes = 0;
  for (const auto c : warning) {
    require(c >= ' ' && c <= '~' && c != '\\', "an explanation is safe to send");
    quotes += c == '"' ? 1 : 0;
  }
  require(quotes == 2, "nothing breaks out of the quotation marks");
}

void check_agreement(const sdp::Agreement& agreement) {
  require(!agreement.sending.empty() && agreement.sending.size() == agreement.receiving.size(), "each codec is both's");
  for (std::size_t i = 0; i < agreement.sending.size(); ++i) {
    require(is_same_encoding(agreement.sending[i], agreement.receiving[i]), "codecs go both ways");
  }
  require(agreement.sending_events.has_value() == agreement.receiving_events.has_value(), "so do keys");
  require(agreement.remote_port != 0, "there is a port");
  require(agreement.remote || !sends(agreement.direction), "nothing is sent to nowhere");
}

void check_answer(const sdp::Description& offer) {
  sdp::LocalSession session{"labnet", "1"};
  const auto answered = sdp::answer_offer(offer, local_audio(), session);
  if (!answered) return check_difference(answered.error());
  check_agreement(answered->agreement);
  const auto& answer = answered->answer;
  require(answer.media.size() == offer.media.size(), "there are as many media");
  for (std::size_t i = 0; i < offer.media.size(); ++i) {
    require(answer.media[i].kind == offer.media[i].kind, "media stay in order");
    require((answer.media[i].port != 0) == (i == answered->agreement.media_index), "one is accepted");
  }
  require(sdp::parse_description(to_text(answer)) == answer, "an answer is read as it was written");
  require(sdp::make_offer(local_audio(), session).media.size() == answer.media.size(), "the next offer has as many");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = as_text(std::as_bytes(std::span{data, size}));
  const auto description = sdp::parse_description(text);
  if (!description) {
    require(!describe(description.error()).empty(), "a fault has words");
    return 0;
  }
  const auto again = to_text(*description);
  if (again.size() <= sdp::description_bytes_max) {
    const auto read = sdp::parse_description(again);
    require(read == description, "it is read as it was written");
  }
  check_answer(*description);
  sdp::LocalSession session{"labnet", "1"};
  const auto agreement = sdp::apply_answer(sdp::make_offer(local_audio(), session), *description);
  agreement ? check_agreement(*agreement) : check_difference(agreement.error());
  return 0;
}
