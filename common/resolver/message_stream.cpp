#include "common/resolver/message_stream.hpp"

#include <array>

namespace labnet::resolver {
namespace {

using Length = std::array<std::byte, 2>;

Length length_of(Bytes message) {
  return {static_cast<std::byte>(message.size() >> 8), static_cast<std::byte>(message.size() & 0xff)};
}

}  // namespace

net::Task<Result<void, net::StreamFault>> write_message(net::Stream& stream, Bytes message, net::Timeout timeout) {
  const auto length = length_of(message);
  const std::array<Bytes, 2> pieces{Bytes{length}, message};
  const auto written = co_await stream.write(pieces, timeout);
  co_return written;
}

net::Task<Result<void, net::StreamFault>> read_message(net::Stream& stream, Buffer& message, net::Timeout timeout) {
  const auto until = net::deadline_after(timeout);
  Length length{};
  const auto announced = co_await stream.read_exactly(length, timeout);
  if (!announced) co_return announced.error();
  message.resize(std::to_integer<std::size_t>(length[0]) << 8 | std::to_integer<std::size_t>(length[1]));
  if (message.empty()) co_return Result<void, net::StreamFault>{};
  const auto read = co_await stream.read_exactly(message, net::time_left(until));
  co_return read;
}

}  // namespace labnet::resolver
