#include "servers/dns/responder.hpp"

#include <algorithm>

#include "common/dns/query_view.hpp"
#include "common/log/log.hpp"
#include "servers/dns/query_log.hpp"

namespace labnet::dns_server {
namespace {

using Unknown = Responder::Unknown;

std::size_t size_for(const Unknown& unknown, Transport transport, std::size_t udp_bytes_max) {
  if (transport == Transport::tcp) return dns::message_bytes_max;
  if (!unknown.edns) return dns::plain_udp_bytes_max;
  return std::min(unknown.edns->datagram_bytes_max(), udp_bytes_max);
}

/// Nothing if the resolver cannot help.
/// own_reply  for the aliases: it has none if it is a referral; empty if the query's name is outside the zones
std::optional<Unknown> find_unknown(const dns::QueryView& query, Bytes own_reply) {
  // Nothing else of the query is kept, which may be long.
  if (query.dns_class != dns::Class::in) return std::nullopt;
  const dns::Question asked{dns::Name{query.name}, query.type, query.dns_class};
  Unknown unknown{query.header, query.edns, asked, asked, {}};
  if (own_reply.empty()) return unknown;
  auto own = dns::parse_message(own_reply);
  if (!own) return std::nullopt;
  if (own->message.answers.empty()) return unknown;
  unknown.aliases = std::move(own->message.answers);
  const auto* last = std::get_if<dns::Cname>(&unknown.aliases.back().data);
  if (last == nullptr) return std::nullopt;
  unknown.question.name = last->target;
  return unknown;
}

bool is_in(const std::vector<Ipv4Subnet>& subnets, const net::asio::ip::address& address) {
  if (!address.is_v4()) return false;
  const Ipv4Address plain{address.to_v4().to_uint()};
  return std::ranges::any_of(subnets, [&](const Ipv4Subnet& subnet) { return subnet.contains(plain); });
}

}  // namespace

Responder::Responder(net::Worker& worker, const Config& config, SharedCache& cache,
                     std::shared_ptr<net::Quota> questions, std::shared_ptr<net::Quota> questions_per_zone,
                     std::uint16_t forward_port)
    : config_{config},
      resolver_{worker, config.recursion, cache, std::move(questions_per_zone), forward_port},
      questions_{std::move(questions)},
      zones_{std::make_shared<const ZoneSet>()} {}

/// RA is for those who may ask for recursion, in every reply to them.
AnswerOptions Responder::options_for(const Client& client) const {
  return {.transport = client.transport,
          .recursion_available = resolver_.is_offered() && is_in(config_.recursion.allow, client.address),
          .transfer_allowed = client.transport == Transport::tcp && is_in(config_.transfer.allow, client.address),
          .udp_bytes_max = config_.udp_bytes_max,
          .identity = &config_.identity};
}

Responder::Rest Responder::answer(Bytes query, const Client& client, Buffer& out) {
  const auto size_before = out.size();
  const auto options = options_for(client);
  const auto outcome = dns_server::answer(query, *zones_, options, out);
  if (outcome.kind == Outcome::Kind::ignored) return {};
  counts_.count_query(outcome.type, client.transport == Transport::tcp);
  if (outcome.kind == Outcome::Kind::replied) counts_.count_reply(outcome.rcode);
  if (outcome.kind == Outcome::Kind::transfer) {
    ++counts_.transfers;
    return TransferQuestion{std::shared_ptr<const Zone>{zones_, outcome.zone}, options};
  }
  if (outcome.kind != Outcome::Kind::replied) {
    const auto view = dns::view_query(query).value();  // `answer` has read it, too
    if (auto open = answer_from_cache(view, client, options, out, size_before, outcome.rcode)) return *std::move(open);
  }
  if (config_.query_log) log_query(Bytes{out}.subspan(size_before), client);
  return {};
}

std::optional<Responder::OpenQuestion> Responder::answer_from_cache(const dns::QueryView& query, const Client& client,
                                                                    const AnswerOptions& options, Buffer& out,
                                                                    std::size_t size_before, dns::Rcode own_rcode) {
  auto unknown = find_unknown(query, Bytes{out}.subspan(size_before));
  if (!unknown) {
    const auto is_empty = out.size() == size_before;
    if (is_empty) answer_without_data(query, dns::Rcode::refused, options, out);
    counts_.count_reply(is_empty ? dns::Rcode::refused : own_rcode);
    return std::nullopt;
  }
  out.resize(size_before);
  if (const auto known = resolver_.find_in_cache(unknown->question)) {
    ++counts_.cache_hits;
    write_reply(*unknown, *known, client, out);
    return std::nullopt;
  }
  ++counts_.cache_misses;
  if (!unknown->header.recursion_desired) {  // nothing but what is known already
    answer_without_data(query, dns::Rcode::refused, options, out);
    counts_.count_reply(dns::Rcode::refused);
    return std::nullopt;
  }
  auto place = questions_->enter(client.address);
  if (place) return OpenQuestion{client, *std::move(unknown), *std::move(place)};
  log::warning("too many questions under way", {{"client", client.address.to_string()}});
  ++counts_.refused;
  answer_without_data(query, dns::Rcode::servfail, options, out);
  counts_.count_reply(dns::Rcode::servfail);
  return std::nullopt;
}

net::Task<void> Responder::resolve(const OpenQuestion& open, Buffer& out) {
  const auto found = co_await resolver_.resolve(open.unknown.question);
  const auto size_before = out.size();
  write_reply(open.unknown, found, open.client, out);
  if (config_.query_log) log_query(Bytes{out}.subspan(size_before), open.client);
}

/// Appends what the resolver found to `out`, as the reply to the query.
void Responder::write_reply(const Unknown& unknown, const CachedAnswer& answer, const Client& client, Buffer& out) {
  counts_.count_reply(answer.rcode);
  const auto& header = unknown.header;
  dns::Message reply;
  reply.header.id = header.id;
  reply.header.response = true;
  reply.header.authoritative = !unknown.aliases.empty();  // it is for the first owner (RFC 1035, section 4.1.1)
  reply.header.recursion_desired = header.recursion_desired;
  reply.header.recursion_available = true;
  reply.header.checking_disabled = header.checking_disabled;
  reply.header.rcode = answer.rcode;
  reply.question = unknown.asked;
  reply.answers = unknown.aliases;
  reply.answers.insert(reply.answers.end(), answer.answers.begin(), answer.answers.end());
  if (answer.soa) reply.authorities.push_back(*answer.soa);
  if (unknown.edns) {
    reply.edns.emplace();
    reply.edns->udp_payload_bytes = static_cast<std::uint16_t>(config_.udp_bytes_max);
    reply.edns->dnssec_ok = unknown.edns->dnssec_ok;
  }
  dns::write_message(reply, out, size_for(unknown, client.transport, config_.udp_bytes_max));
}

}  // namespace labnet::dns_server
