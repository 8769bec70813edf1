// Any octets as what a peer says in the handshake, to a server and to clients, in pieces, too: the first octet says how
// long each is. Pieces make no difference, what is said is of the right length, and an honest peer is always
// understood.
#include <algorithm>
#include <optional>

#include "common/rtmp/handshake.hpp"
#include "tests/support/require.hpp"

namespace {

using namespace labnet;
using test::require;

struct Said {
  Buffer out;
  std::size_t used = 0;
  bool is_done = false;
  std::optional<rtmp::HandshakeFault> fault;

  bool operator==(const Said&) const = default;
};

template <class Side>
Said say(Side side, Bytes input, std::size_t piece_bytes) {
  Said said;
  while (said.used < input.size() && !side.is_done()) {
    const auto rest = input.subspan(said.used);
    const auto used = side.read(rest.first(std::min(piece_bytes, rest.size())), said.out);
    if (!used) {
      said.fault = used.error();
      require(!describe(*said.fault).empty(), "a fault has words");
      said.used = 0;  // how far it had come is nobody's business
      return said;
    }
    require(*used > 0 || side.is_done(), "everything is used until it is done");
    said.used += *used;
  }
  said.is_done = side.is_done();
  return said;
}

template <class Side>
Said say_in_both_ways(const Side& side, Bytes input, std::size_t piece_bytes) {
  const auto at_once = say(side, input, std::max<std::size_t>(1, input.size()));
  require(say(side, input, piece_bytes) == at_once, "pieces make no difference");
  require(at_once.used <= 1 + 2 * rtmp::handshake_bytes, "what follows the handshake is not used");
  return at_once;
}

void check_server(Bytes input, std::size_t piece_bytes) {
  const auto said = say_in_both_ways(rtmp::ServerHandshake{1, 2}, input, piece_bytes);
  const bool has_c1 = input.size() > rtmp::handshake_bytes;
  require(said.fault || said.out.size() == (has_c1 ? 1 + 2 * rtmp::handshake_bytes : 0), "S0, S1 and S2 answer C1");
  if (said.out.empty()) return;
  // Whatever came, the answer is one that a client takes which sent it.
  rtmp::ClientHandshake client{rtmp::HandshakeKind::simple, 3, 4};
  Buffer c2;
  require(client.read(said.out, c2).has_value() && client.is_done(), "a client takes the answer");
}

void check_client(Bytes input, std::size_t piece_bytes) {
  for (const auto kind : {rtmp::HandshakeKind::simple, rtmp::HandshakeKind::digest_schema_0}) {
    const auto said = say_in_both_ways(rtmp::ClientHandshake{kind, 1, 2}, input, piece_bytes);
    require(said.out.empty() || said.out.size() == rtmp::handshake_bytes, "C2 answers S1");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const auto input = std::as_bytes(std::span{data, size}).subspan(1);
  const auto piece_bytes = std::size_t{1} + data[0] * 8U;
  check_server(input, piece_bytes);
  check_client(input, piece_bytes);
  return 0;
}
