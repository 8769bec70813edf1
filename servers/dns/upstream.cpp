#include "servers/dns/upstream.hpp"

#include <array>
#include <cstring>

#include "common/net/random.hpp"
#include "common/resolver/exchange.hpp"

namespace labnet::dns_server {
namespace {

/// The same name with each letter in upper or lower case at random (draft-vixie-dnsext-dns0x20).
dns::Name in_random_case(const dns::Name& name) {
  std::array<std::byte, dns::name_bytes_max> wire{};
  std::array<std::byte, dns::name_bytes_max> random{};
  const auto bytes = name.wire();
  std::memcpy(wire.data(), bytes.data(), bytes.size());
  net::fill_randomly(std::span{random}.first(bytes.size()));
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const auto octet = std::to_integer<char>(wire[i]);
    // Length octets are below 'A'.
    const auto lower = static_cast<char>(octet | 0x20);
    if (lower < 'a' || lower > 'z' || octet < 'A') continue;
    wire[i] = static_cast<std::byte>((random[i] & std::byte{1}) != std::byte{0} ? lower : lower & ~0x20);
  }
  return dns::Name{dns::NameView{Bytes{wire}.first(bytes.size())}};
}

Asked compose(const dns::Question& question, const UpstreamOptions& options) {
  Asked asked{net::random_number<std::uint16_t>(), question, {}, options.edns};
  if (options.random_case) asked.sent_name = in_random_case(question.name);
  return asked;
}

Buffer to_wire(const Asked& asked, const UpstreamOptions& options) {
  dns::Message message;
  message.header.id = asked.id;
  message.header.recursion_desired = options.recursion_desired;
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

/// One question and its reply, over UDP and if need be over TCP.
struct Exchange {
  net::Executor executor;
  net::Endpoint server;
  dns::Name bailiwick;
  UpstreamOptions options;
  IsItsToTell is_its_to_tell;

  /// edns_refused  set to whether the fault is that of EDNS
  net::Task<Result<Accepted>> run(const dns::Question& question, bool& edns_refused) const {
    const auto asked = compose(question, options);
    const auto query = to_wire(asked, options);
    // The reply is read while it is waited for: what cannot be believed is as good as nothing.
    Result<Accepted, ReplyFault> accepted = ReplyFault::unreadable;
    const auto is_awaited = [&](Bytes reply) {
      accepted = accept_reply(asked, reply, bailiwick, is_its_to_tell);
      return accepted || !is_foreign(accepted.error());
    };
    const auto over_udp = co_await resolver::exchange_over_udp(executor, server, query, is_awaited, options.timeout);
    if (!over_udp) co_return fault(": ", net::describe(over_udp.error()));
    edns_refused = !accepted && accepted.error() == ReplyFault::edns_refused;
    if (!accepted) co_return fault(": ", describe(accepted.error()));
    if (!accepted->truncated) co_return *std::move(accepted);

    const auto over_tcp = co_await resolver::exchange_over_tcp(executor, server, query, options.timeout);
    if (!over_tcp) co_return fault(" over TCP: ", net::describe(over_tcp.error()));
    accepted = accept_reply(asked, *over_tcp, bailiwick, is_its_to_tell);
    if (!accepted) co_return fault(" over TCP: ", describe(accepted.error()));
    if (accepted->truncated) co_return fault(" over TCP: ", "truncated");
    co_return *std::move(accepted);
  }

  Error fault(std::string_view where, std::string_view why) const { return {net::to_string(server), where, why}; }
};

}  // namespace

net::Task<Result<Accepted>> ask_upstream(net::Executor executor, dns::Question question, net::Endpoint server,
                                         dns::Name bailiwick, UpstreamOptions options, IsItsToTell is_its_to_tell) {
  Exchange exchange{executor, std::move(server), std::move(bailiwick), options, std::move(is_its_to_tell)};
  bool edns_refused = false;
  auto reply = co_await exchange.run(question, edns_refused);
  if (!edns_refused) co_return reply;
  exchange.options.edns = false;
  reply = co_await exchange.run(question, edns_refused);
  co_return reply;
}

}  // namespace labnet::dns_server
