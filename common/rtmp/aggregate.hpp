// Aggregate messages: several messages in one, as FLV tags stand in a file (RTMP 1.0, section 7.1.6).
//
//   | type 1 | length 3 | timestamp 3, its highest octet 1 | stream id 3 | payload | length + 11: 4 |  and again
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "common/base/result.hpp"
#include "common/rtmp/message.hpp"

namespace labnet::rtmp {

enum class AggregateFault : std::uint8_t {
  truncated,  // a message goes on behind the end
  nested,     // an aggregate within an aggregate
};
std::string_view describe(AggregateFault fault);

/// The messages one after the other, each a part of the aggregate's own memory. The first has the aggregate's
/// timestamp, the others are as far behind it as they were; all have its stream id.
class AggregateReader {
 public:
  explicit AggregateReader(const Message& aggregate) : aggregate_{aggregate} {}

  /// Nothing behind the last. The length behind a message is not looked at, and may be missing behind the last.
  Result<std::optional<Message>, AggregateFault> next();

 private:
  Message aggregate_;
  std::size_t position_ = 0;
  std::optional<std::uint32_t> first_timestamp_{};
};

}  // namespace labnet::rtmp
