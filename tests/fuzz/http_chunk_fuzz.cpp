// Any octets as a chunked body, in pieces, too: the first octet says how long each is; and as data to be coded.
#include <algorithm>
#include <string>

#include "common/http/chunked.hpp"
#include "tests/support/require.hpp"

namespace {

using namespace labnet;
using test::require;

struct Decoded {
  std::string body;
  std::size_t rest_bytes = 0;
  bool finished = false;
  std::optional<http::ChunkFault> fault;

  bool operator==(const Decoded&) const = default;
};

Decoded decode(std::string_view coded, std::size_t piece_bytes) {
  http::ChunkedDecoder decoder;
  Decoded decoded;
  while (!coded.empty() && !decoder.finished()) {
    const auto piece = coded.substr(0, piece_bytes);
    const auto step = decoder.decode(as_bytes(piece));
    if (!step) {
      decoded.fault = step.error();
      return decoded;
    }
    require(step->used > 0 && step->used <= piece.size(), "a piece is used at least in part");
    require(step->data.size() <= step->used, "data are a part of what is used");
    require(step->finished == decoder.finished(), "the end is told");
    decoded.body += as_text(step->data);
    coded.remove_prefix(step->used);
  }
  decoded.finished = decoder.finished();
  decoded.rest_bytes = coded.size();
  require(decoder.body_bytes() == decoded.body.size(), "the body's bytes are counted");
  return decoded;
}

std::string encode(std::string_view data, std::size_t piece_bytes) {
  std::string coded;
  for (; !data.empty(); data.remove_prefix(std::min(data.size(), piece_bytes))) {
    coded += http::chunk(data.substr(0, piece_bytes));
  }
  return coded.append(http::last_chunk);
}

void check(std::string_view octets, std::size_t piece_bytes) {
  require(decode(octets, piece_bytes) == decode(octets, SIZE_MAX), "a body in pieces gives the same");
  const auto again = decode(encode(octets, piece_bytes) + "GET", 3);
  require(again.finished && !again.fault, "what is coded is decoded");
  require(again.body == octets && again.rest_bytes == 3, "and comes back as it was");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  check(as_text(std::as_bytes(std::span{data, size})).substr(1), std::max<std::size_t>(1, data[0]));
  return 0;
}
