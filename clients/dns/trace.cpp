#include "clients/dns/trace.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "clients/dns/aliases.hpp"
#include "clients/dns/text.hpp"
#include "common/base/text.hpp"

namespace labnet::dns_client {
namespace {

using dns::Record;
using dns::Type;
using resolver::Family;
using resolver::Server;

/// A zone and the names of its servers.
struct Delegation {
  dns::Name zone;
  std::vector<dns::Name> hosts;
};

/// The NS records that stand first among `records` and all that have their owner.
std::optional<Delegation> delegation_in(const std::vector<Record>& records) {
  const auto is_ns = [](const Record& record) { return record.type() == Type::ns; };
  const auto first = std::ranges::find_if(records, is_ns);
  if (first == records.end()) return std::nullopt;
  Delegation delegation{first->name, {}};
  for (const auto& record : records) {
    if (is_ns(record) && record.name == first->name) delegation.hosts.push_back(std::get<dns::Ns>(record.data).host);
  }
  return delegation;
}

/// What the reply refers to; nothing if it is an answer, or says that there is none (RFC 2308, section 2.2: then there
/// is an SOA).
std::optional<Delegation> referral_in(const dns::Message& reply) {
  const auto is_soa = [](const Record& record) { return record.type() == Type::soa; };
  const auto answers = !reply.answers.empty() || reply.header.rcode != dns::Rcode::noerror ||
                       std::ranges::any_of(reply.authorities, is_soa);
  return answers ? std::nullopt : delegation_in(reply.authorities);
}

std::optional<IpAddress> address_in(const dns::Rdata& data, Family family) {
  const auto* const a = std::get_if<dns::A>(&data);
  const auto* const aaaa = std::get_if<dns::Aaaa>(&data);
  if (a != nullptr && family != Family::ipv6) return a->address;
  if (aaaa != nullptr && family != Family::ipv4) return aaaa->address;
  return std::nullopt;
}

std::vector<IpAddress> addresses_of(const dns::Name& host, const std::vector<Record>& records, Family family) {
  std::vector<IpAddress> addresses;
  for (const auto& record : records) {
    const auto address = address_in(record.data, family);
    if (address && record.name == host) addresses.push_back(*address);
  }
  return addresses;
}

/// The servers of one zone, each with the name it was found by.
class ZoneServers {
 public:
  explicit ZoneServers(std::size_t addresses_max) : addresses_max_{addresses_max} {}

  void add(const std::string& name, const Server& server) {
    if (servers_.size() == addresses_max_) return;
    servers_.push_back(server);
    names_.push_back(name);
  }
  const std::vector<Server>& servers() const { return servers_; }
  const std::string& name_of(const Server& server) const {
    const auto at = std::ranges::find(servers_, server) - servers_.begin();
    return names_[static_cast<std::size_t>(at)];
  }

 private:
  std::size_t addresses_max_;
  std::vector<Server> servers_;
  std::vector<std::string> names_;
};

class Trace {
 public:
  Trace(net::Executor executor, const Query& query, const TraceStart& start, const Options& options,
        const TraceLimits& limits, const Observer& observer, const OnStep& on_step)
      : executor_{executor},
        query_{query},
        start_{start},
        options_{options},
        limits_{limits},
        observer_{observer},
        on_step_{on_step} {}

  net::Task<TraceEnd> run() {
    auto servers = co_await find_root();
    if (!servers) co_return TraceEnd{servers.error(), has_reply_};
    auto query = query_;
    query.recursion_desired = false;
    dns::Name zone;  // whose servers are asked; at first the root
    for (std::size_t referrals = 0;; ++referrals) {
      const auto reply = co_await ask_one_of(*servers, query);
      if (!reply) co_return TraceEnd{reply.error(), has_reply_};
      const auto& server_name = servers->name_of(reply->server);
      const auto rcode = reply->message.header.rcode;
      if (rcode != dns::Rcode::noerror && rcode != dns::Rcode::nxdomain) {
        co_return TraceEnd{Error{fmt::format("{} says {}", server_name, dns::to_text(rcode))}};
      }
      const auto referral = referral_in(reply->message);
      if (!referral) co_return TraceEnd{std::nullopt, true, absence_in(reply->message, server_name)};
      if (auto fault = judge(*referral, zone, server_name)) co_return TraceEnd{std::move(fault)};
      if (referrals == limits_.referrals_max) {
        co_return TraceEnd{Error{fmt::format("{} leads on, but more than {} referrals are not followed", server_name,
                                             limits_.referrals_max)}};
      }
      auto next = co_await find_servers(*referral, zone, reply->message.additionals);
      if (!next) co_return TraceEnd{next.error(), has_reply_};
      servers = std::move(next);
      zone = referral->zone;
    }
  }

 private:
  net::Task<Result<ZoneServers>> find_root() {
    ZoneServers known{limits_.addresses_max};
    const auto add = [&](const Server& server) { known.add(to_string(server.address), server); };
    if (start_.root) {
      add(*start_.root);
      co_return known;
    }
    std::ranges::for_each(start_.local_servers, add);
    auto query = query_;
    query.question = {dns::Name{}, Type::ns, query_.question.dns_class};
    const auto reply = co_await ask_one_of(known, query);
    if (!reply) co_return reply.error();
    const auto root = delegation_in(reply->message.answers);
    if (!root || !root->zone.is_root()) {
      co_return Error{fmt::format("{} names no servers of the root ({})", known.name_of(reply->server),
                                  dns::to_text(reply->message.header.rcode))};
    }
    auto servers = co_await find_servers(*root, root->zone, reply->message.additionals);
    co_return servers;
  }

  net::Task<Result<Reply>> ask_one_of(const ZoneServers& zone, Query query) {
    auto reply = co_await ask(executor_, query, zone.servers(), options_, observer_);
    has_reply_ = reply.has_value();
    if (reply) on_step_({*reply, zone.name_of(reply->server)});
    co_return reply;
  }

  std::optional<std::string> absence_in(const dns::Message& reply, const std::string& server_name) const {
    const auto name = dns::to_text(query_.question.name);
    if (reply.header.rcode == dns::Rcode::nxdomain) {
      return fmt::format("{} says that there is no such name: {} (NXDOMAIN)", server_name, name);
    }
    if (!reply.answers.empty()) return std::nullopt;
    return fmt::format("{} says that {} has no records of type {}", server_name, name,
                       dns::to_text(query_.question.type));
  }

  /// A referral has to come nearer to the name, else it could go round for ever.
  std::optional<Error> judge(const Delegation& referral, const dns::Name& zone, const std::string& server_name) const {
    const auto& name = query_.question.name;
    if (referral.zone == zone || !referral.zone.view().is_at_or_below(zone)) {
      return Error{fmt::format("{} refers to {}, which is not below {} (RFC 1034, section 5.3.3)", server_name,
                               dns::to_text(referral.zone), dns::to_text(zone))};
    }
    if (!name.view().is_at_or_below(referral.zone)) {
      return Error{fmt::format("{} refers to {}, which does not lead to {}", server_name, dns::to_text(referral.zone),
                               dns::to_text(name))};
    }
    return std::nullopt;
  }

  /// parent  whose server named them
  net::Task<Result<ZoneServers>> find_servers(Delegation delegation, dns::Name parent,
                                              std::vector<Record> additionals) {
    auto& hosts = delegation.hosts;
    if (hosts.size() > limits_.names_max) hosts.resize(limits_.names_max);
    ZoneServers found{limits_.addresses_max};
    const auto add = [&](const dns::Name& host, const std::vector<IpAddress>& addresses) {
      for (const auto& address : addresses) found.add(without_last_dot(host), {address, start_.port});
    };
    for (const auto& host : hosts) {
      if (!host.view().is_at_or_below(parent)) continue;  // not for a server of this zone to say
      add(host, addresses_of(host, additionals, start_.family));
    }
    for (const auto& host : hosts) {
      if (!found.servers().empty()) break;
      const auto addresses = co_await look_up(host);
      add(host, addresses);
    }
    if (!found.servers().empty()) co_return found;
    has_reply_ = true;
    co_return Error{
        fmt::format("no address was found of the servers of {}: {}", dns::to_text(delegation.zone), names_of(hosts))};
  }

  static std::string names_of(const std::vector<dns::Name>& hosts) {
    std::vector<std::string> names;
    for (const auto& host : hosts) names.push_back(without_last_dot(host));
    return join(names, ", ");
  }

  net::Task<std::vector<IpAddress>> look_up(dns::Name host) {
    std::vector<IpAddress> addresses;
    auto types = std::vector<Type>(1, start_.family == Family::ipv6 ? Type::aaaa : Type::a);
    if (start_.family == Family::both) types.push_back(Type::aaaa);
    for (const auto type : types) {
      Query query;
      query.question = {host, type, dns::Class::in};
      const auto reply = co_await ask(executor_, query, start_.local_servers, options_, observer_);
      if (!reply) {
        observer_.on_notice(reply.error().message);
        break;
      }
      const auto& answers = reply->message.answers;
      addresses = addresses_of(chain_from(host, answers).owner, answers, start_.family);
      if (!addresses.empty()) break;
    }
    co_return addresses;
  }

  net::Executor executor_;
  const Query& query_;
  const TraceStart& start_;
  const Options& options_;
  const TraceLimits& limits_;
  const Observer& observer_;
  const OnStep& on_step_;
  bool has_reply_ = true;  // of the last question on the way
};

}  // namespace

net::Task<TraceEnd> trace(net::Executor executor, Query query, TraceStart start, Options options, TraceLimits limits,
                          Observer observer, OnStep on_step) {
  Trace one{executor, query, start, options, limits, observer, on_step};
  auto end = co_await one.run();
  co_return end;
}

}  // namespace labnet::dns_client
