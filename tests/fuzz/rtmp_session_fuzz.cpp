// A connection of the RTMP server without its socket: any octets behind a handshake, or instead of one. Whatever comes
// in one piece or in several asks for the same; what is answered can be read; and nothing is kept or sent without end.
//
// An input's first octet says what is: 1, the client is refused what it asks for; 2, there is no handshake. The second
// one says how many octets travel at a time, 0 for all.
#include <algorithm>
#include <span>

#include "tests/servers/rtmp/played_client.hpp"
#include "tests/support/require.hpp"

namespace {

using namespace labnet;
using test::require;

constexpr std::uint8_t is_refused = 1, has_no_handshake = 2;

void play(rtmp_server::PlayedSession& played, std::uint8_t flags, Bytes input, std::size_t piece_bytes) {
  played.accepts = (flags & is_refused) == 0;
  if ((flags & has_no_handshake) == 0) played.exchange();
  played.feed(input, piece_bytes);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const auto input = std::as_bytes(std::span{data, size}.subspan(2));
  rtmp_server::PlayedSession at_once, in_pieces;
  play(at_once, data[0], input, SIZE_MAX);
  play(in_pieces, data[0], input, data[1] == 0 ? SIZE_MAX : data[1]);
  require(at_once.events == in_pieces.events, "the cut does not matter");
  require(at_once.fault.has_value() == in_pieces.fault.has_value(), "nor does it for a fault");
  if (at_once.fault) require(!describe(*at_once.fault).empty(), "a fault has words");
  for (const auto* const played : {&at_once, &in_pieces}) {
    require(played->client.understands(), "a client can read what is answered");
    require(played->answers.size() <= size, "there are no more answers than octets");
    require(!played->session.is_publishing() || played->session.state() == rtmp_server::Session::State::connected,
            "who publishes is connected");
  }
  return 0;
}
