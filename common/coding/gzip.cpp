// gzip by zlib's deflate and inflate.
#include "common/coding/gzip.hpp"

#include <zlib.h>

#include <algorithm>
#include <limits>
#include <new>

namespace labnet::coding {
namespace {

constexpr int window_bits = 15;  // 32 KiB, the largest
constexpr int gzip_format = 16;  // added to the window: neither zlib's own head nor none at all
constexpr int memory_level = 8;  // zlib's default
constexpr uInt call_bytes_max = std::numeric_limits<uInt>::max();

Bytef* input_of(Bytes bytes) {
  return reinterpret_cast<Bytef*>(const_cast<std::byte*>(bytes.data()));  // zlib does not write there
}

uInt call_size(std::size_t bytes) {
  return static_cast<uInt>(std::min<std::size_t>(bytes, call_bytes_max));
}

}  // namespace

Buffer gzip(Bytes bytes, int level) {
  z_stream stream{};
  const auto begun =
      deflateInit2(&stream, level, Z_DEFLATED, window_bits + gzip_format, memory_level, Z_DEFAULT_STRATEGY);
  if (begun != Z_OK) throw std::bad_alloc{};
  Buffer out(deflateBound(&stream, static_cast<uLong>(bytes.size())));
  std::size_t used = 0, written = 0;
  int state = Z_OK;
  while (state == Z_OK) {
    stream.next_in = input_of(bytes.subspan(used));
    stream.avail_in = call_size(bytes.size() - used);
    stream.next_out = reinterpret_cast<Bytef*>(out.data() + written);
    stream.avail_out = call_size(out.size() - written);
    const auto in = stream.avail_in, room = stream.avail_out;
    const auto is_last = used + in == bytes.size();
    state = deflate(&stream, is_last ? Z_FINISH : Z_NO_FLUSH);
    used += in - stream.avail_in;
    written += room - stream.avail_out;
  }
  deflateEnd(&stream);
  out.resize(written);
  return out;
}

std::string_view describe(GzipFault fault) {
  switch (fault) {
    case GzipFault::malformed:
      return "what came is no gzip, or damaged";
    case GzipFault::too_large:
      return "more comes out of gzip than is allowed";
  }
  return "";
}

void GunzipDecoder::End::operator()(z_stream_s* stream) const {
  inflateEnd(stream);
  delete stream;
}

GunzipDecoder::GunzipDecoder(std::uint64_t output_bytes_max)
    : piece_(piece_bytes), output_bytes_left_{output_bytes_max} {
  auto stream = std::make_unique<z_stream>();
  if (inflateInit2(stream.get(), window_bits + gzip_format) != Z_OK) throw std::bad_alloc{};
  stream_.reset(stream.release());
}

GunzipDecoder::~GunzipDecoder() = default;

Result<GunzipDecoder::Step, GzipFault> GunzipDecoder::decode(Bytes input) {
  if (finished_ && input.empty()) return Step{};
  if (finished_ && inflateReset(stream_.get()) != Z_OK) return GzipFault::malformed;
  finished_ = false;
  stream_->next_in = input_of(input);
  stream_->avail_in = call_size(input.size());
  stream_->next_out = reinterpret_cast<Bytef*>(piece_.data());
  stream_->avail_out = static_cast<uInt>(piece_.size());
  const auto offered = stream_->avail_in;
  const auto state = inflate(stream_.get(), Z_NO_FLUSH);
  // Z_BUF_ERROR: nothing could be done without more input, which is no fault.
  if (state != Z_OK && state != Z_STREAM_END && state != Z_BUF_ERROR) return GzipFault::malformed;
  finished_ = state == Z_STREAM_END;
  const auto produced = piece_.size() - stream_->avail_out;
  if (produced > output_bytes_left_) return GzipFault::too_large;
  output_bytes_left_ -= produced;
  return Step{offered - stream_->avail_in, Bytes{piece_}.first(produced)};
}

}  // namespace labnet::coding
