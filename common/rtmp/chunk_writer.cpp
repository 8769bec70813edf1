// Messages taken apart.
#include "common/rtmp/chunk_writer.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include "common/rtmp/octets.hpp"

namespace labnet::rtmp {
namespace {

/// A header as it is built.
struct HeaderBytes {
  std::array<std::byte, chunk_header_bytes_max> bytes{};
  std::size_t size = 0;

  Bytes view() const { return Bytes{bytes}.first(size); }
};

std::byte* put_basic_header(std::byte* at, std::uint32_t fmt, std::uint32_t chunk_stream_id) {
  constexpr std::uint32_t two_octets_from = 64;
  constexpr std::uint32_t three_octets_from = two_octets_from + 256;
  if (chunk_stream_id < two_octets_from) return put_u8(at, fmt << 6U | chunk_stream_id);
  const auto rest = chunk_stream_id - two_octets_from;
  if (chunk_stream_id < three_octets_from) return put_u8(put_u8(at, fmt << 6U), rest);
  return put_u8(put_u8(put_u8(at, fmt << 6U | 1U), rest), rest >> 8U);  // little-endian
}

/// timestamp  or delta, as fmt has it; of fmt 3 the one to repeat
HeaderBytes header_bytes_of(std::uint32_t fmt, const MessageHeader& header, std::uint32_t timestamp,
                            std::size_t length) {
  HeaderBytes built;
  auto* at = put_basic_header(built.bytes.data(), fmt, header.chunk_stream_id);
  if (fmt < 3) at = put_u24(at, std::min(timestamp, extended_timestamp));
  if (fmt < 2) at = put_u8(put_u24(at, static_cast<std::uint32_t>(length)), static_cast<std::uint32_t>(header.type));
  if (fmt == 0) at = put_u32_little(at, header.stream_id);
  if (timestamp >= extended_timestamp) at = put_u32(at, timestamp);
  built.size = static_cast<std::size_t>(at - built.bytes.data());
  return built;
}

std::size_t continuations(std::size_t payload_bytes, std::uint32_t chunk_bytes) {
  return payload_bytes == 0 ? 0 : (payload_bytes - 1) / chunk_bytes;
}

/// All chunks of a message.
void put_chunks(std::byte* at, Bytes first_header, Bytes next_header, Bytes payload, std::uint32_t chunk_bytes) {
  auto header = first_header;
  do {
    const auto piece = payload.first(std::min<std::size_t>(payload.size(), chunk_bytes));
    at = std::ranges::copy(header, at).out;
    at = std::ranges::copy(piece, at).out;
    payload = payload.subspan(piece.size());
    header = next_header;
  } while (!payload.empty());
}

}  // namespace

std::size_t wire_image_bytes(const MessageHeader& header, std::size_t payload_bytes, std::uint32_t chunk_bytes) {
  return header_bytes_of(0, header, header.timestamp, payload_bytes).size + payload_bytes +
         continuations(payload_bytes, chunk_bytes) * header_bytes_of(3, header, header.timestamp, 0).size;
}

SharedBytes wire_image(const MessageHeader& header, Bytes payload, std::uint32_t chunk_bytes) {
  const auto first = header_bytes_of(0, header, header.timestamp, payload.size());
  const auto next = header_bytes_of(3, header, header.timestamp, 0);
  const auto size = wire_image_bytes(header, payload.size(), chunk_bytes);
  auto block = new_block(size);
  put_chunks(block.get(), first.view(), next.view(), payload, chunk_bytes);
  return {std::move(block), size};
}

void ChunkWriter::write(const MessageHeader& header, Bytes payload, Buffer& out) {
  const auto id_of = [](const ChunkStream& stream) { return stream.header.chunk_stream_id; };
  auto known = std::ranges::find(streams_, header.chunk_stream_id, id_of);
  const bool is_fresh = known == streams_.end();
  if (is_fresh) known = streams_.insert(streams_.end(), ChunkStream{});
  auto& last = *known;

  const auto delta = header.timestamp - last.header.timestamp;  // time that goes back makes a large one
  std::uint32_t fmt = 0;
  if (!is_fresh && header.stream_id == last.header.stream_id && delta < extended_timestamp) {
    fmt = 1;
    if (header.type == last.header.type && payload.size() == last.length) fmt = 2;
    // Behind a fmt 0 some readers take its timestamp for the delta, as the specification asks, and others take 0.
    if (fmt == 2 && last.has_delta && delta == last.delta) fmt = 3;
  }
  const auto timestamp = fmt == 0 ? header.timestamp : delta;
  last = {header, static_cast<std::uint32_t>(payload.size()), delta, fmt != 0};

  const auto first = header_bytes_of(fmt, header, timestamp, payload.size());
  const auto next = header_bytes_of(3, header, timestamp, 0);
  const auto start = out.size();
  out.resize(start + first.size + payload.size() + continuations(payload.size(), chunk_bytes_) * next.size);
  put_chunks(out.data() + start, first.view(), next.view(), payload, chunk_bytes_);

  if (header.type == MessageType::set_chunk_size && payload.size() >= 4) {
    const auto bytes = u32_at(payload.data());
    if (bytes > 0 && bytes <= chunk_bytes_max) chunk_bytes_ = bytes;
  }
}

}  // namespace labnet::rtmp
