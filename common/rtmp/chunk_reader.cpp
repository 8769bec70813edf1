// Chunks put together.
#include "common/rtmp/chunk_reader.hpp"

#include <algorithm>

#include "common/rtmp/octets.hpp"

namespace labnet::rtmp {
namespace {

constexpr std::array<std::size_t, 4> message_header_bytes{11, 7, 3, 0};  // of each fmt
constexpr std::size_t extended_bytes = 4;
constexpr std::uint32_t id_of_longer_forms = 64;  // ids of two and three octets begin here

struct BasicHeader {
  std::uint8_t fmt = 0;
  std::uint32_t chunk_stream_id = 0;
  std::size_t bytes = 0;
};
std::optional<BasicHeader> parse_basic_header(Bytes input) {
  if (input.empty()) return std::nullopt;
  const auto first = octet_at(input.data());
  BasicHeader basic{static_cast<std::uint8_t>(first >> 6U), first & 0x3fU, 1};
  if (basic.chunk_stream_id >= chunk_stream_id_min) return basic;
  basic.bytes = 2 + basic.chunk_stream_id;
  if (input.size() < basic.bytes) return std::nullopt;
  basic.chunk_stream_id = id_of_longer_forms + octet_at(input.data() + 1);
  if (basic.bytes == 3) basic.chunk_stream_id += octet_at(input.data() + 2) * 256U;
  return basic;
}

/// In fmt 3 an extended timestamp may be repeated, or left out: then a payload stands in its place, or the next chunk.
enum class Repeated { yes, no, not_known_yet };
Repeated is_repeated(Bytes input, std::uint32_t timestamp) {
  std::array<std::byte, extended_bytes> expected{};
  put_u32(expected.data(), timestamp);
  const auto compared = std::min(input.size(), extended_bytes);
  if (!std::equal(expected.begin(), expected.begin() + static_cast<std::ptrdiff_t>(compared), input.begin()))
    return Repeated::no;
  return compared == extended_bytes ? Repeated::yes : Repeated::not_known_yet;
}

}  // namespace

std::string_view describe(ChunkFault fault) {
  switch (fault) {
    case ChunkFault::continues_nothing:
      return "a chunk continues a message that has not begun";
    case ChunkFault::compares_with_nothing:
      return "a chunk refers to the message before it, and there is none";
    case ChunkFault::message_not_finished:
      return "a message begins before the one before it on its chunk stream has ended";
    case ChunkFault::message_too_long:
      return "a message is too long";
    case ChunkFault::partial_messages_too_long:
      return "messages that are not whole take too much memory";
    case ChunkFault::too_many_chunk_streams:
      return "there are too many chunk streams";
    case ChunkFault::bad_chunk_size:
      return "Set Chunk Size does not name a chunk size";
  }
  return "";
}

struct ChunkReader::Header {
  std::uint8_t fmt = 0;
  std::uint32_t chunk_stream_id = 0;
  std::size_t bytes = 0;  // of all of it
  // What fmt does not have is 0.
  std::uint32_t timestamp = 0;  // or delta
  bool has_extended_timestamp = false;
  std::uint32_t length = 0;
  MessageType type{};
  std::uint32_t stream_id = 0;
};

Result<ChunkReader::Step, ChunkFault> ChunkReader::read(Bytes input) {
  std::size_t used = 0;
  if (pending_bytes_ > 0) {
    const auto step = read_behind_pending(input);
    if (!step || step->message || step->used == input.size()) return step;
    used = step->used;
  }
  auto step = read_whole_headers(input.subspan(used));
  if (!step) return step;
  step->used += used;
  if (!step->message) return keep_rest(input, *step);
  return step;
}

/// What is left of the input before, and behind it enough of this one for a whole header.
Result<ChunkReader::Step, ChunkFault> ChunkReader::read_behind_pending(Bytes input) {
  std::array<std::byte, 2 * chunk_header_bytes_max> joined{};
  const auto before = pending_bytes_;
  const auto added = std::min(input.size(), chunk_header_bytes_max);
  std::copy_n(pending_.begin(), before, joined.begin());
  std::copy_n(input.begin(), added, joined.begin() + static_cast<std::ptrdiff_t>(before));
  const auto whole = Bytes{joined}.first(before + added);
  pending_bytes_ = 0;
  auto step = read_whole_headers(whole);
  if (!step) return step;
  if (step->used < before) {  // a header is not whole yet, or a message has ended within what was left
    step->used = keep_rest(step->message ? whole.first(before) : whole, Step{step->used}).used;
  }
  step->used -= before;
  return step;
}

/// What follows the last whole header or payload is less than a header.
ChunkReader::Step ChunkReader::keep_rest(Bytes input, Step step) {
  const auto rest = input.subspan(step.used);
  std::ranges::copy(rest, pending_.begin());
  pending_bytes_ = rest.size();
  step.used = input.size();
  return step;
}

/// As read, but a header at the end that is not whole is not used.
Result<ChunkReader::Step, ChunkFault> ChunkReader::read_whole_headers(Bytes input) {
  Step step;
  for (;;) {
    if (!is_in_chunk_) {
      const auto header = parse_header(input.subspan(step.used));
      if (!header) return step;
      if (const auto begun = begin_chunk(*header); !begun) return begun.error();
      step.used += header->bytes;
    }
    auto& stream = streams_[current_];
    const auto payload = input.subspan(step.used, std::min<std::size_t>(chunk_left_, input.size() - step.used));
    if (const auto appended = append(stream, payload); !appended) return appended.error();
    step.used += payload.size();
    if (chunk_left_ > 0) return step;
    is_in_chunk_ = false;
    if (!stream.payload.is_whole()) continue;
    auto message = finish_message(stream);
    if (!message) return message.error();
    step.message = *std::move(message);
    return step;
  }
}

/// Nothing if it is not whole.
std::optional<ChunkReader::Header> ChunkReader::parse_header(Bytes input) const {
  const auto basic = parse_basic_header(input);
  if (!basic) return std::nullopt;
  Header header{.fmt = basic->fmt, .chunk_stream_id = basic->chunk_stream_id, .bytes = basic->bytes};
  const auto fields_bytes = message_header_bytes[basic->fmt];
  if (input.size() < header.bytes + fields_bytes) return std::nullopt;
  const auto* const fields = input.data() + header.bytes;
  header.bytes += fields_bytes;
  if (header.fmt == 3) {
    const auto known = index_of(header.chunk_stream_id);
    if (known == streams_.size() || !streams_[known].has_extended_timestamp) return header;
    const auto repeated = is_repeated(input.subspan(header.bytes), streams_[known].timestamp_field);
    if (repeated == Repeated::not_known_yet) return std::nullopt;
    if (repeated == Repeated::yes) header.bytes += extended_bytes;
    return header;
  }
  header.timestamp = u24_at(fields);
  if (header.fmt < 2) {
    header.length = u24_at(fields + 3);
    header.type = static_cast<MessageType>(octet_at(fields + 6));
  }
  if (header.fmt == 0) header.stream_id = u32_little_at(fields + 7);
  header.has_extended_timestamp = header.timestamp == extended_timestamp;
  if (!header.has_extended_timestamp) return header;
  if (input.size() < header.bytes + extended_bytes) return std::nullopt;
  header.timestamp = u32_at(input.data() + header.bytes);
  header.bytes += extended_bytes;
  return header;
}

/// Which of streams_; their number if it is none of them.
std::size_t ChunkReader::index_of(std::uint32_t chunk_stream_id) const {
  const auto id_of = [](const ChunkStream& stream) { return stream.header.chunk_stream_id; };
  return static_cast<std::size_t>(std::ranges::find(streams_, chunk_stream_id, id_of) - streams_.begin());
}

Result<void, ChunkFault> ChunkReader::begin_chunk(const Header& header) {
  current_ = index_of(header.chunk_stream_id);
  if (current_ == streams_.size()) {
    if (header.fmt == 3) return ChunkFault::continues_nothing;
    const bool is_of_librtmp = header.fmt == 1 && header.chunk_stream_id == chunk_stream::control;
    if (header.fmt != 0 && !is_of_librtmp) return ChunkFault::compares_with_nothing;
    if (streams_.size() == limits_.chunk_streams) return ChunkFault::too_many_chunk_streams;
    streams_.emplace_back().header.chunk_stream_id = header.chunk_stream_id;
  }
  auto& stream = streams_[current_];
  if (stream.is_under_way && header.fmt != 3) return ChunkFault::message_not_finished;
  if (!stream.is_under_way) {
    if (const auto begun = begin_message(stream, header); !begun) return begun.error();
  }
  is_in_chunk_ = true;
  chunk_left_ = std::min(chunk_bytes_, stream.payload.left());
  return {};
}

/// Section 5.3.1.2. What the header does not say is as it was; a fmt 3 behind a fmt 0 takes its timestamp for the delta
/// (5.3.1.2.4).
Result<void, ChunkFault> ChunkReader::begin_message(ChunkStream& stream, const Header& header) {
  if (header.fmt < 3) {
    stream.timestamp_field = header.timestamp;
    stream.has_extended_timestamp = header.has_extended_timestamp;
  }
  if (header.fmt < 2) {
    stream.length = header.length;
    stream.header.type = header.type;
  }
  if (header.fmt == 0) {
    stream.header.stream_id = header.stream_id;
    stream.header.timestamp = header.timestamp;
  } else {
    stream.header.timestamp += stream.timestamp_field;  // modulo 2^32
  }
  if (stream.length > limits_.message_bytes) return ChunkFault::message_too_long;
  stream.payload.begin(stream.length);
  stream.is_under_way = true;
  return {};
}

Result<void, ChunkFault> ChunkReader::append(ChunkStream& stream, Bytes payload) {
  const auto growth = stream.payload.allocated_bytes_with(payload.size()) - stream.payload.allocated_bytes();
  if (partial_bytes_ + growth > limits_.partial_bytes) return ChunkFault::partial_messages_too_long;
  partial_bytes_ += growth;
  stream.payload.append(payload);
  chunk_left_ -= static_cast<std::uint32_t>(payload.size());
  return {};
}

Result<Message, ChunkFault> ChunkReader::finish_message(ChunkStream& stream) {
  partial_bytes_ -= stream.payload.allocated_bytes();
  stream.is_under_way = false;
  Message message{stream.header, stream.payload.take()};
  if (const auto obeyed = obey(message); !obeyed) return obeyed.error();
  return message;
}

void ChunkReader::drop_message(ChunkStream& stream) {
  partial_bytes_ -= stream.payload.allocated_bytes();
  stream.payload.begin(0);
  stream.is_under_way = false;
}

Result<void, ChunkFault> ChunkReader::obey(const Message& message) {
  const auto type = message.header.type;
  if (type != MessageType::set_chunk_size && type != MessageType::abort) return {};
  ByteReader payload{message.bytes()};
  const auto value = payload.u32();
  if (type == MessageType::set_chunk_size) {
    if (!value || *value == 0 || *value > chunk_bytes_max) return ChunkFault::bad_chunk_size;
    chunk_bytes_ = *value;
  } else if (value) {
    if (const auto aborted = index_of(*value); aborted < streams_.size()) drop_message(streams_[aborted]);
  }
  return {};
}

}  // namespace labnet::rtmp
