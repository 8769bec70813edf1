// FLV files read.
#include <fmt/format.h>

#include <algorithm>

#include "common/rtmp/flv.hpp"
#include "common/rtmp/octets.hpp"

namespace labnet::rtmp {
namespace {

constexpr std::uint8_t encrypted_flag = 0x20;
constexpr std::uint8_t tag_type_bits = 0x1f;

std::string_view describe(FlvFault::Kind kind) {
  switch (kind) {
    case FlvFault::Kind::not_flv:
      return "it does not begin with FLV";
    case FlvFault::Kind::unknown_version:
      return "its version is not 1";
    case FlvFault::Kind::bad_header:
      return "the length of the header cannot be right";
    case FlvFault::Kind::tag_too_long:
      return "a tag is too long";
    case FlvFault::Kind::encrypted:
      return "a tag is encrypted";
  }
  return "";
}

}  // namespace

std::string describe(const FlvFault& fault) {
  return fmt::format("octet {}: {}", fault.offset, describe(fault.kind));
}

Result<std::uint64_t, FlvFault> first_flv_tag(Bytes header) {
  const auto* const fields = header.data();
  const auto header_bytes = u32_at(fields + 5);
  if (!as_text(header).starts_with("FLV")) return FlvFault{FlvFault::Kind::not_flv, 0};
  if (octet_at(fields + 3) != 1) return FlvFault{FlvFault::Kind::unknown_version, 0};
  if (header_bytes < shortest_flv_header_bytes || header_bytes > flv_header_bytes_max)
    return FlvFault{FlvFault::Kind::bad_header, 0};
  return std::uint64_t{header_bytes} + flv_tag_trailer_bytes;
}

FlvTagHeader parse_flv_tag_header(Bytes header) {
  const auto* const fields = header.data();
  const auto type = octet_at(fields);
  return {.type = static_cast<MessageType>(type & tag_type_bits),
          .timestamp = u24_at(fields + 4) | std::uint32_t{octet_at(fields + 7)} << 24U,
          .payload_bytes = u24_at(fields + 1),
          .is_encrypted = (type & encrypted_flag) != 0};
}

FlvReader FlvReader::at_tag(std::uint64_t offset, std::uint32_t tag_bytes_max) {
  FlvReader reader{tag_bytes_max};
  reader.position_ = reader.whole_bytes_ = offset;
  reader.expect(State::tag_header, flv_tag_header_bytes);
  return reader;
}

Result<FlvReader::Step, FlvFault> FlvReader::read(Bytes input) {
  Step step;
  while (step.used < input.size() || left_ == 0) {
    const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(left_, input.size() - step.used));
    take(input.subspan(step.used, count));
    step.used += count;
    if (left_ > 0) continue;
    const auto was_payload = state_ == State::payload;
    if (const auto begun = begin_next(); !begun) return begun.error();
    if (!was_payload) continue;
    step.tag = std::move(tag_);
    tag_ = {};
    return step;
  }
  return step;
}

/// Bytes of what is being read, left_ of them at most.
void FlvReader::take(Bytes bytes) {
  position_ += bytes.size();
  left_ -= bytes.size();
  if (bytes.empty()) return;
  if (state_ == State::header || state_ == State::tag_header) {
    std::ranges::copy(bytes, pending_.begin() + static_cast<std::ptrdiff_t>(pending_bytes_));
    pending_bytes_ += bytes.size();
  } else if (state_ == State::payload) {
    payload_.append(bytes);
  }
}

/// What was being read is whole.
Result<void, FlvFault> FlvReader::begin_next() {
  switch (state_) {
    case State::header:
      return take_header();
    case State::tag_header:
      return take_tag_header();
    case State::payload:
      tag_.payload = payload_.take();
      expect(State::trailer, flv_tag_trailer_bytes);
      return {};
    case State::header_rest:
    case State::trailer:
      whole_bytes_ = position_;
      expect(State::tag_header, flv_tag_header_bytes);
      return {};
  }
  return {};
}

void FlvReader::expect(State state, std::uint64_t bytes) {
  state_ = state;
  left_ = bytes;
  pending_bytes_ = 0;
}

Result<void, FlvFault> FlvReader::take_header() {
  const auto first_tag = first_flv_tag(Bytes{pending_}.first(shortest_flv_header_bytes));
  if (!first_tag) return first_tag.error();
  flags_ = octet_at(pending_.data() + 4);
  expect(State::header_rest, *first_tag - shortest_flv_header_bytes);
  return {};
}

Result<void, FlvFault> FlvReader::take_tag_header() {
  const auto header = parse_flv_tag_header(pending_);
  tag_ = {.type = header.type, .timestamp = header.timestamp, .offset = position_ - flv_tag_header_bytes};
  if (header.is_encrypted) return FlvFault{FlvFault::Kind::encrypted, tag_.offset};
  if (header.payload_bytes > tag_bytes_max_) return FlvFault{FlvFault::Kind::tag_too_long, tag_.offset};
  payload_.begin(header.payload_bytes);
  expect(State::payload, header.payload_bytes);
  return {};
}

bool FlvReader::is_cut() const {
  if (state_ == State::trailer) return false;
  return state_ != State::tag_header || pending_bytes_ > 0;
}

}  // namespace labnet::rtmp
