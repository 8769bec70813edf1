#include "common/rtmp/aggregate.hpp"

#include <algorithm>
#include <utility>

#include "common/rtmp/octets.hpp"

namespace labnet::rtmp {
namespace {

constexpr std::size_t sub_header_bytes = 11;
constexpr std::size_t back_pointer_bytes = 4;

}  // namespace

std::string_view describe(AggregateFault fault) {
  switch (fault) {
    case AggregateFault::truncated:
      return "a message within an aggregate goes on behind its end";
    case AggregateFault::nested:
      return "an aggregate stands within an aggregate";
  }
  return "";
}

Result<std::optional<Message>, AggregateFault> AggregateReader::next() {
  const auto rest = aggregate_.bytes().subspan(position_);
  if (rest.empty()) return std::optional<Message>{};
  if (rest.size() < sub_header_bytes) return AggregateFault::truncated;
  const auto* const fields = rest.data();
  const auto length = u24_at(fields + 1);
  if (rest.size() - sub_header_bytes < length) return AggregateFault::truncated;
  Message message{aggregate_.header, aggregate_.payload.part(position_ + sub_header_bytes, length)};
  message.header.type = static_cast<MessageType>(octet_at(fields));
  if (message.header.type == MessageType::aggregate) return AggregateFault::nested;
  const auto timestamp = u24_at(fields + 4) | std::uint32_t{octet_at(fields + 7)} << 24U;
  if (!first_timestamp_) first_timestamp_ = timestamp;
  message.header.timestamp += timestamp - *first_timestamp_;
  position_ += sub_header_bytes + length;
  position_ += std::min(back_pointer_bytes, aggregate_.payload.size() - position_);
  return std::optional{std::move(message)};
}

}  // namespace labnet::rtmp
