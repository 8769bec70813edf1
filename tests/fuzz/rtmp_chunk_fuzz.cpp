// Any octets as chunks, in pieces, too: the first octet says how long each is. Pieces make no difference, no limit is
// passed, and what was read is read again when it is written.
#include <algorithm>
#include <optional>
#include <vector>

#include "common/rtmp/chunk_reader.hpp"
#include "common/rtmp/chunk_writer.hpp"
#include "tests/support/require.hpp"

namespace {

using namespace labnet;
using test::require;

constexpr rtmp::ChunkLimits limits{.message_bytes = 100000, .partial_bytes = 200000, .chunk_streams = 8};

struct Read {
  std::vector<rtmp::Message> messages;
  std::optional<rtmp::ChunkFault> fault;
};

Read read_in_pieces(Bytes input, std::size_t piece_bytes) {
  Read read;
  rtmp::ChunkReader reader{limits};
  while (!input.empty()) {
    auto piece = input.first(std::min(piece_bytes, input.size()));
    input = input.subspan(piece.size());
    while (!piece.empty()) {
      const auto step = reader.read(piece);
      require(reader.partial_bytes() <= limits.partial_bytes, "no more is kept than may be");
      if (!step) {
        read.fault = step.error();
        return read;
      }
      piece = piece.subspan(step->used);
      require(step->message || piece.empty(), "without a message everything is used");
      if (step->message) read.messages.push_back(*step->message);
    }
  }
  return read;
}

bool is_same(const rtmp::Message& a, const rtmp::Message& b) {
  return a.header == b.header && std::ranges::equal(a.bytes(), b.bytes());
}
void check_same(const Read& a, const Read& b) {
  require(a.fault == b.fault, "the same fault");
  require(std::ranges::equal(a.messages, b.messages, is_same), "the same messages");
}

void check_written(const Read& read) {
  rtmp::ChunkWriter writer;
  Buffer headers_that_refer, images;
  for (const auto& message : read.messages) {
    require(message.payload.size() <= limits.message_bytes, "no message is longer than may be");
    const auto image = wire_image(message.header, message.bytes(), writer.chunk_bytes());
    require(image.size() == wire_image_bytes(message.header, message.payload.size(), writer.chunk_bytes()),
            "an image is as long as it was said");
    images.insert(images.end(), image.bytes().begin(), image.bytes().end());
    writer.write(message, headers_that_refer);
  }
  const Read expected{read.messages, std::nullopt};
  check_same(read_in_pieces(headers_that_refer, headers_that_refer.size()), expected);
  check_same(read_in_pieces(images, images.size()), expected);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const auto input = std::as_bytes(std::span{data, size}).subspan(1);
  const auto at_once = read_in_pieces(input, std::max<std::size_t>(1, input.size()));
  check_same(read_in_pieces(input, std::size_t{1} + data[0]), at_once);
  if (at_once.fault) require(!describe(*at_once.fault).empty(), "a fault has words");
  check_written(at_once);
  return 0;
}
