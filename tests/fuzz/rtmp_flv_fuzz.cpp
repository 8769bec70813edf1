// Any octets as an FLV file, in pieces, too: the first octet says how long each is. Pieces make no difference, and the
// tags that were read are read again when they are written.
#include <algorithm>
#include <optional>
#include <vector>

#include "common/rtmp/flv.hpp"
#include "tests/support/require.hpp"

namespace {

using namespace labnet;
using test::require;

struct Read {
  std::vector<rtmp::FlvTag> tags;
  std::optional<rtmp::FlvFault> fault;
  bool is_cut = false;
  std::uint64_t whole_bytes = 0;
};

Read read_in_pieces(Bytes input, std::size_t piece_bytes) {
  Read read;
  rtmp::FlvReader reader{100000};
  while (!input.empty()) {
    const auto step = reader.read(input.first(std::min(piece_bytes, input.size())));
    if (!step) {
      read.fault = step.error();
      require(!describe(*read.fault).empty(), "a fault has words");
      return read;
    }
    require(step->used > 0 || step->tag, "something is done");
    input = input.subspan(step->used);
    if (step->tag) read.tags.push_back(*step->tag);
  }
  read.is_cut = reader.is_cut();
  read.whole_bytes = reader.whole_bytes();
  return read;
}

bool is_same(const rtmp::FlvTag& a, const rtmp::FlvTag& b) {
  return a.type == b.type && a.timestamp == b.timestamp && std::ranges::equal(a.payload.bytes(), b.payload.bytes());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const auto input = std::as_bytes(std::span{data, size}).subspan(1);
  const auto at_once = read_in_pieces(input, std::max<std::size_t>(1, input.size()));
  const auto in_pieces = read_in_pieces(input, std::size_t{1} + data[0]);
  require(at_once.fault == in_pieces.fault && at_once.is_cut == in_pieces.is_cut &&
              at_once.whole_bytes == in_pieces.whole_bytes && at_once.whole_bytes <= input.size(),
          "pieces make no difference");
  require(std::ranges::equal(at_once.tags, in_pieces.tags, is_same), "nor to the tags");
  const auto header = rtmp::flv_header(true, true);
  Buffer file{header.begin(), header.end()};
  for (const auto& tag : at_once.tags) write_flv_tag(tag.type, tag.timestamp, tag.payload.bytes(), file);
  const auto again = read_in_pieces(file, file.size());
  require(!again.fault && !again.is_cut && again.whole_bytes == file.size(), "what is written is whole");
  require(std::ranges::equal(again.tags, at_once.tags, is_same), "and is read as it was written");
  return 0;
}
