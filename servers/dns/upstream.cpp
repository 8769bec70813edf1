#include "servers/dns/upstream.hpp"

#include <sys/random.h>

#include <array>
#include <cstring>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/udp.hpp>

#include "common/net/deadline.hpp"
#include "common/net/stream.hpp"

namespace labnet::dns_server {
namespace {

namespace asio = boost::asio;
using UdpSocket = asio::basic_datagram_socket<asio::ip::udp, net::Executor>;

void fill_randomly(void* bytes, std::size_t count) {
  // At most 256 octets: the system gives them whole (getrandom(2)).
  if (getrandom(bytes, count, 0) != static_cast<ssize_t>(count)) std::abort();
}

/// The same name with each letter in upper or lower case at random (draft-vixie-dnsext-dns0x20).
dns::Name in_random_case(const dns::Name& name) {
  std::array<std::byte, dns::name_bytes_max> wire{};
  std::array<std::uint8_t, dns::name_bytes_max> random{};
  const auto bytes = name.wire();
  std::memcpy(wire.data(), bytes.data(), bytes.size());
  fill_randomly(random.data(), bytes.size());
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const auto octet = std::to_integer<char>(wire[i]);
    // Length octets are below 'A'.
    const auto lower = static_cast<char>(octet | 0x20);
    if (lower < 'a' || lower > 'z' || octet < 'A') continue;
    wire[i] = static_cast<std::byte>((random[i] & 1) != 0 ? lower : lower & ~0x20);
  }
  return dns::Name{dns::NameView{Bytes{wire}.first(bytes.size())}};
}

Asked compose(const dns::Question& question, const UpstreamOptions& options) {
  Asked asked{0, question, {}};
  fill_randomly(&asked.id, sizeof asked.id);
  if (options.random_case) asked.sent_name = in_random_case(question.name);
  return asked;
}

Buffer to_wire(const Asked& asked, const UpstreamOptions& options) {
  dns::Message message;
  message.header.id = asked.id;
  message.header.recursion_desired = true;
  message.question = asked.question;
  if (asked.sent_name) message.question->name = *asked.sent_name;
  if (options.edns) {
    message.edns.emplace();
    message.edns->udp_payload_bytes = static_cast<std::uint16_t>(options.udp_bytes_max);
  }
  Buffer wire;
  dns::write_message(message, wire);
  return wire;
}

/// One exchange over UDP: sends and waits for the reply that fits.
class Exchange {
 public:
  Exchange(net::Executor executor, const net::Endpoint& server, const UpstreamOptions& options)
      : socket_{executor}, server_{server}, options_{options} {}

  Result<void> open() {
    boost::system::error_code error;
    socket_.open(server_.udp().protocol(), error);
    if (!error) socket_.connect(server_.udp(), error);
    if (error) return Error{net::to_string(server_), ": ", error.message()};
    return {};
  }

  net::Task<Result<Accepted>> run(const Asked& asked, dns::NameView bailiwick) {
    const auto wire = to_wire(asked, options_);
    boost::system::error_code error;
    socket_.send(asio::buffer(wire), 0, error);  // a datagram: at once or not at all
    if (error) co_return Error{net::to_string(server_), ": ", error.message()};
    const auto until = net::deadline_after(options_.timeout);
    for (;;) {
      const auto waiting = std::make_shared<net::SingleWait>(socket_.get_executor());
      waiting->begin(until);
      const auto [failed, count] = co_await socket_.async_receive(
          asio::buffer(reply_), asio::bind_cancellation_slot(waiting->slot(), net::as_result));
      const auto has_passed = waiting->end();
      if (failed) co_return Error{net::to_string(server_), ": ", has_passed ? "no answer" : failed.message()};
      auto accepted = accept_reply(asked, Bytes{reply_}.first(count), bailiwick);
      if (accepted) co_return *std::move(accepted);
      if (!is_foreign(accepted.error())) co_return Error{net::to_string(server_), ": ", describe(accepted.error())};
    }
  }

 private:
  UdpSocket socket_;
  const net::Endpoint& server_;
  const UpstreamOptions& options_;
  std::array<std::byte, 4096> reply_{};
};

/// RFC 7766: the message behind its length in two octets.
net::Task<Result<Accepted>> ask_over_tcp(net::Executor executor, const Asked& asked, const net::Endpoint& server,
                                         dns::NameView bailiwick, const UpstreamOptions& options) {
  const auto fault = [&](net::StreamFault why) { return Error{net::to_string(server), " over TCP: ", describe(why)}; };
  auto stream = co_await net::Stream::connect(executor, server, options.timeout);
  if (!stream) co_return fault(stream.error());
  const auto message = to_wire(asked, options);
  const std::array length{static_cast<std::byte>(message.size() >> 8), static_cast<std::byte>(message.size() & 0xff)};
  const std::array<Bytes, 2> pieces{Bytes{length}, Bytes{message}};
  const auto written = co_await stream->write(pieces, options.timeout);
  if (!written) co_return fault(written.error());
  std::array<std::byte, 2> reply_length{};
  const auto announced = co_await stream->read_exactly(reply_length, options.timeout);
  if (!announced) co_return fault(announced.error());
  Buffer reply(std::to_integer<std::size_t>(reply_length[0]) << 8 | std::to_integer<std::size_t>(reply_length[1]));
  if (!reply.empty()) {
    const auto read = co_await stream->read_exactly(reply, options.timeout);
    if (!read) co_return fault(read.error());
  }
  auto accepted = accept_reply(asked, reply, bailiwick);
  if (!accepted) co_return Error{net::to_string(server), " over TCP: ", describe(accepted.error())};
  if (accepted->truncated) co_return Error{net::to_string(server), ": truncated over TCP"};
  co_return *std::move(accepted);
}

}  // namespace

net::Task<Result<Accepted>> ask_upstream(net::Executor executor, dns::Question question, net::Endpoint server,
                                         dns::Name bailiwick, UpstreamOptions options) {
  const auto asked = compose(question, options);
  Exchange exchange{executor, server, options};
  if (const auto opened = exchange.open(); !opened) co_return opened.error();
  auto reply = co_await exchange.run(asked, bailiwick);
  if (reply && reply->truncated) reply = co_await ask_over_tcp(executor, asked, server, bailiwick, options);
  co_return reply;
}

}  // namespace labnet::dns_server
