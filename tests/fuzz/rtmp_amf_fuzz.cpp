// Any octets as values of AMF 0: what is read is written as octets that read the same, and a line of text is one.
#include <algorithm>

#include "common/rtmp/amf0.hpp"
#include "tests/support/require.hpp"

namespace {

using namespace labnet;
using test::require;

Buffer written(const std::vector<rtmp::AmfValue>& values) {
  Buffer out;
  ByteWriter writer{out};
  for (const auto& value : values) write_amf(value, writer);
  return out;
}

void check_text(const rtmp::AmfValue& value) {
  const auto text = to_text(value);
  require(text.size() <= rtmp::amf_text_bytes_max + 3, "a text has an end");
  require(std::ranges::none_of(text, [](char c) { return static_cast<unsigned char>(c) < ' '; }), "and one line");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto input = std::as_bytes(std::span{data, size});
  rtmp::AmfReader reader{input};
  const auto values = reader.rest();
  require(reader.position() <= size, "nothing is read behind the end");
  if (!values) {
    require(!describe(values.error()).empty(), "a fault has words");
    return 0;
  }
  require(reader.position() == size, "everything is read");
  for (const auto& value : *values) check_text(value);
  const auto once = written(*values);
  const auto again = rtmp::AmfReader{once}.rest();
  require(again.has_value(), "what is written is read");
  require(written(*again) == once, "and is the same");  // as octets: a number may be none, and equal nothing
  return 0;
}
