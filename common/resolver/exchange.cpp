#include "common/resolver/exchange.hpp"

#include "common/net/connected_datagram.hpp"
#include "common/resolver/message_stream.hpp"

namespace labnet::resolver {

net::Task<Result<Buffer, net::StreamFault>> exchange_over_udp(net::Executor executor, net::Endpoint server, Bytes query,
                                                              IsAwaited is_awaited, net::Timeout timeout) {
  auto socket = net::ConnectedDatagram::open(executor, server);
  if (!socket) co_return socket.error();
  if (const auto sent = socket->send(query); !sent) co_return sent.error();
  const auto until = net::deadline_after(timeout);
  Buffer reply(udp_reply_bytes_max);
  for (;;) {
    const auto count = co_await socket->receive(reply, until);
    if (!count) co_return count.error();
    if (!is_awaited(Bytes{reply}.first(*count))) continue;
    reply.resize(*count);
    co_return reply;
  }
}

net::Task<Result<Buffer, net::StreamFault>> exchange_over_tcp(net::Executor executor, net::Endpoint server, Bytes query,
                                                              net::Timeout timeout) {
  const auto until = net::deadline_after(timeout);
  auto stream = co_await net::Stream::connect(executor, server, timeout);
  if (!stream) co_return stream.error();
  const auto written = co_await write_message(*stream, query, net::time_left(until));
  if (!written) co_return written.error();
  Buffer reply;
  const auto read = co_await read_message(*stream, reply, net::time_left(until));
  if (!read) co_return read.error();
  co_return reply;
}

}  // namespace labnet::resolver
