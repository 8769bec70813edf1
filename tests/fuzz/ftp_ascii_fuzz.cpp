// Any octets as a file and as the data of TYPE A, in pieces: the first octet says how long each is. In pieces and in
// one go comes out the same, it is as long as promised, and a file with Unix' line ends comes back as it was.
#include <algorithm>

#include "common/ftp/ascii.hpp"
#include "tests/support/require.hpp"

namespace {

using namespace labnet;
using test::require;

void for_each_piece(Bytes octets, std::size_t piece_bytes, auto work) {
  while (!octets.empty()) {
    const auto piece = octets.first(std::min(octets.size(), piece_bytes));
    work(piece);
    octets = octets.subspan(piece.size());
  }
}

Buffer encoded(Bytes file, std::size_t piece_bytes) {
  ftp::AsciiEncoder encoder;
  Buffer wire;
  for_each_piece(file, piece_bytes, [&](Bytes piece) { encoder.encode(piece, wire); });
  return wire;
}

Buffer decoded(Bytes wire, std::size_t piece_bytes) {
  ftp::AsciiDecoder decoder;
  Buffer file;
  for_each_piece(wire, piece_bytes, [&](Bytes piece) { decoder.decode(piece, file); });
  decoder.finish(file);
  return file;
}

void check(Bytes octets, std::size_t piece_bytes) {
  const auto wire = encoded(octets, SIZE_MAX);
  const auto file = decoded(octets, SIZE_MAX);
  require(encoded(octets, piece_bytes) == wire, "a file in pieces gives the same");
  require(decoded(octets, piece_bytes) == file, "data in pieces gives the same");
  require(wire.size() >= octets.size() && wire.size() <= 2 * octets.size(), "a file is at most twice as long");
  require(file.size() <= octets.size(), "data gets no longer");
  require(encoded(wire, piece_bytes) == wire, "what has its line ends gets no others");
  require(
      as_text(file).find("\r\n") == std::string_view::npos || as_text(octets).find("\r\r\n") != std::string_view::npos,
      "a file has no line ends of the wire");
  if (as_text(octets).find("\r\n") != std::string_view::npos) return;
  require(std::ranges::equal(decoded(wire, piece_bytes), octets), "a file comes back as it was");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  check(std::as_bytes(std::span{data, size}).subspan(1), std::max<std::size_t>(1, data[0]));
  return 0;
}
