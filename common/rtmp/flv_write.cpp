// FLV files written.
#include <algorithm>

#include "common/rtmp/flv.hpp"
#include "common/rtmp/octets.hpp"

namespace labnet::rtmp {

std::array<std::byte, flv_header_bytes> flv_header(bool has_audio, bool has_video) {
  constexpr std::uint32_t version = 1, audio = 4, video = 1, header_bytes = 9;
  std::array<std::byte, flv_header_bytes> bytes{};
  std::ranges::copy(as_bytes("FLV"), bytes.begin());
  auto* at = put_u8(bytes.data() + 3, version);
  at = put_u8(at, (has_audio ? audio : 0U) | (has_video ? video : 0U));
  put_u32(at, header_bytes);  // and the four octets of zero that would be the length of a tag before the first
  return bytes;
}

std::array<std::byte, flv_tag_header_bytes> flv_tag_header(MessageType type, std::uint32_t timestamp,
                                                           std::size_t payload_bytes) {
  std::array<std::byte, flv_tag_header_bytes> bytes{};
  auto* at = put_u8(bytes.data(), static_cast<std::uint32_t>(type));
  at = put_u24(at, static_cast<std::uint32_t>(payload_bytes));
  at = put_u24(at, timestamp);
  put_u8(at, timestamp >> 24U);  // and a stream id of zero
  return bytes;
}

std::array<std::byte, flv_tag_trailer_bytes> flv_tag_trailer(std::size_t payload_bytes) {
  std::array<std::byte, flv_tag_trailer_bytes> bytes{};
  put_u32(bytes.data(), static_cast<std::uint32_t>(flv_tag_header_bytes + payload_bytes));
  return bytes;
}

void write_flv_tag(MessageType type, std::uint32_t timestamp, Bytes payload, Buffer& out) {
  const auto header = flv_tag_header(type, timestamp, payload.size());
  const auto trailer = flv_tag_trailer(payload.size());
  out.insert(out.end(), header.begin(), header.end());
  out.insert(out.end(), payload.begin(), payload.end());
  out.insert(out.end(), trailer.begin(), trailer.end());
}

Buffer flv_metadata(AmfObject properties) {
  properties.kind = AmfObject::Kind::ecma_array;
  Buffer payload;
  ByteWriter out{payload};
  write_amf("onMetaData", out);
  write_amf(std::move(properties), out);
  return payload;
}

}  // namespace labnet::rtmp
