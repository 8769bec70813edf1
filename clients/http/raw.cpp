#include "clients/http/raw.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include "common/base/write_all.hpp"

namespace labnet::http_client {

using net::StreamFault;

namespace {

Error at(const net::Stream& stream, std::string_view why) {
  return Error{net::to_string(stream.peer()), ": ", why};
}

Task<Result<std::uint64_t>> send_all(net::Worker& worker, net::Stream& stream, Body& body, Patience patience) {
  std::uint64_t sent = 0;
  for (;;) {
    const auto piece = co_await body.next(worker);
    if (!piece) co_return piece.error();
    if (piece->empty()) co_return sent;
    const auto written = co_await stream.write_steadily(*piece, patience.within(patience.stall_timeout));
    // The server may have seen enough, and what it says of that still be to come.
    if (!written && written.error() != StreamFault::reset) co_return at(stream, stream.explain(written.error()));
    if (!written) co_return sent;
    sent += piece->size();
  }
}

}  // namespace

Task<Result<std::uint64_t>> exchange_raw(net::Worker& worker, Client& client, Url url, Body& body, Patience patience,
                                         Observer& observer) {
  Timing timing;
  auto stream = co_await client.connect_to(std::move(url), timing);
  if (!stream) co_return stream.error();
  const auto sent = co_await send_all(worker, *stream, body, patience);
  if (!sent) co_return sent.error();
  observer.on_detail(fmt::format("sent: {} bytes", *sent));
  std::uint64_t received = 0;
  Buffer room(Body::piece_bytes);
  for (;;) {
    const auto timeout = received == 0 ? patience.response_timeout : std::min(raw_silence, patience.stall_timeout);
    const auto count = co_await stream->read_some(room, patience.within(timeout));
    if (!count && received == 0) {
      const auto is_late = count.error() == StreamFault::deadline;
      co_return at(*stream, is_late ? patience.explain("nothing came", timeout)
                                    : fmt::format("nothing came: {}", stream->explain(count.error())));
    }
    if (!count) {
      observer.on_detail(fmt::format("received: {} bytes, then {}", received, stream->explain(count.error())));
      break;
    }
    received += *count;
    const auto piece = Bytes{room}.first(*count);
    const auto error_number = co_await worker.run_blocking([&] { return write_all(STDOUT_FILENO, piece); });
    if (error_number != 0) co_return system_error("cannot write what comes", error_number);
  }
  co_await stream->finish(patience.within(patience.close_timeout));
  co_return received;
}

}  // namespace labnet::http_client
