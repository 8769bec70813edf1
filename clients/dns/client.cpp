#include "clients/dns/client.hpp"

#include <fmt/format.h>

#include "clients/dns/in_turn.hpp"
#include "common/net/random.hpp"
#include "common/resolver/exchange.hpp"

namespace labnet::dns_client {
namespace {

std::string_view why_none_came(net::StreamFault fault, Transport transport) {
  // A connection may have brought a part of it.
  if (transport == Transport::tcp && fault == net::StreamFault::deadline) return "no whole reply came in time";
  return net::describe(fault);
}

/// One question on its way from server to server.
class Asking {
 public:
  Asking(net::Executor executor, const Query& query, const Options& options, const Observer& observer)
      : executor_{executor}, query_{query}, options_{options}, observer_{observer} {}

  net::Task<Result<Reply>> ask(const resolver::Server& server) {
    auto reply = co_await try_once(server, options_.over_tcp ? Transport::tcp : Transport::udp);
    if (!reply || !reply->message.header.truncated || options_.over_tcp || options_.ignore_truncation) co_return reply;
    observer_.on_notice("the reply is truncated, asking again over TCP");
    reply = co_await try_once(server, Transport::tcp);
    co_return reply;
  }

 private:
  net::Task<Result<Reply>> try_once(resolver::Server server, Transport transport) {
    const auto id = net::random_number<std::uint16_t>();
    const auto wire = to_wire(query_, id);
    const auto endpoint = endpoint_of(server, transport);
    const auto began = net::Clock::now();
    observer_.on_message({Passage::Direction::sent, server, transport, wire});
    const auto is_awaited = [&](Bytes reply) { return is_reply_to(query_, id, reply); };
    Result<Buffer, net::StreamFault> received = net::StreamFault::stopped;
    if (transport == Transport::udp) {
      received = co_await resolver::exchange_over_udp(executor_, endpoint, wire, is_awaited, options_.timeout);
    } else {
      received = co_await resolver::exchange_over_tcp(executor_, endpoint, wire, options_.timeout);
    }
    const auto duration = net::Clock::now() - began;
    if (!received) co_return Error{net::to_string(endpoint), ": ", why_none_came(received.error(), transport)};
    observer_.on_message({Passage::Direction::received, server, transport, *received});
    if (!is_awaited(*received)) co_return Error{net::to_string(endpoint), ": what came is no reply to the question"};
    auto parsed = dns::parse_message(*received);
    if (!parsed) {
      co_return Error{fmt::format("{}: the reply of {} bytes is no DNS message: {}", net::to_string(endpoint),
                                  received->size(), dns::describe(parsed.error()))};
    }
    co_return Reply{.message = std::move(parsed->message),
                    .wire = *std::move(received),
                    .trailing_bytes = parsed->trailing_bytes,
                    .server = server,
                    .transport = transport,
                    .duration = duration};
  }

  net::Executor executor_;
  const Query& query_;
  const Options& options_;
  const Observer& observer_;
};

}  // namespace

net::Endpoint endpoint_of(const resolver::Server& server, Transport transport) {
  return {transport == Transport::udp ? "udp" : "tcp", net::to_asio(server.address), server.port};
}

bool is_reply_to(const Query& query, std::uint16_t id, Bytes reply) {
  ByteReader reader{reply};
  dns::SectionCounts counts;
  const auto header = dns::read_header(reader, counts);
  if (!header || !header->response || header->id != id) return false;
  // A server that could not read the question leaves it out.
  if (counts.questions == 0) return true;
  const auto name = dns::read_name(reader);
  const auto type = reader.u16();
  const auto dns_class = reader.u16();
  const auto& asked = query.question;
  return !name || !dns_class ||
         (*name == asked.name && *type == static_cast<std::uint16_t>(asked.type) &&
          *dns_class == static_cast<std::uint16_t>(asked.dns_class));
}

dns::Name reverse_name(const IpAddress& address) {
  return std::visit([](const auto& one) { return dns::reverse_name(one); }, address);
}

Buffer to_wire(const Query& query, std::uint16_t id) {
  dns::Message message;
  message.header.id = id;
  message.header.recursion_desired = query.recursion_desired;
  message.header.authentic_data = query.authentic_data;
  message.header.checking_disabled = query.checking_disabled;
  message.question = query.question;
  if (query.edns) static_cast<dns::EdnsHeader&>(message.edns.emplace()) = *query.edns;
  Buffer wire;
  dns::write_message(message, wire);
  return wire;
}

net::Task<Result<Reply>> ask(net::Executor executor, Query query, std::vector<resolver::Server> servers,
                             Options options, Observer observer) {
  Asking asking{executor, query, options, observer};
  const auto rounds = options.over_tcp ? 1 : options.tries;
  auto reply = co_await ask_in_turn<Reply>(asking, servers, rounds, observer);
  co_return reply;
}

}  // namespace labnet::dns_client
