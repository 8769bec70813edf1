// What one worker replies to a query, whichever way it came: at once where zones and cache know, else once the resolver
// has asked.
#pragma once

#include <memory>
#include <optional>
#include <variant>
#include <vector>

#include <boost/asio/ip/address.hpp>

#include "common/net/quota.hpp"
#include "common/net/runtime.hpp"
#include "servers/dns/answer.hpp"
#include "servers/dns/config.hpp"
#include "servers/dns/counts.hpp"
#include "servers/dns/resolver.hpp"
#include "servers/dns/zone/zone_set.hpp"

namespace labnet::dns_server {

/// Whom a reply is for.
struct Client {
  net::asio::ip::address address;
  Transport transport = Transport::udp;
};

class Responder {
 public:
  /// What zones do not know.
  struct Unknown {
    dns::Header header;  // of the query
    std::optional<dns::EdnsHeader> edns;
    dns::Question asked;               // as it came
    dns::Question question;            // the same, or for the end of a chain of aliases that leaves the zones
    std::vector<dns::Record> aliases;  // which lead there, from the zones
  };
  /// A query that the resolver has to help with. A value: it holds nothing of the query's octets.
  struct OpenQuestion {
    Client client;
    Unknown unknown;
    net::Quota::Place place;  // among the questions under way
  };
  /// A client that may have the zone has asked for it whole.
  struct TransferQuestion {
    std::shared_ptr<const Zone> zone;
    AnswerOptions options;
  };
  /// Replied, or what is left to do.
  using Rest = std::variant<std::monostate, OpenQuestion, TransferQuestion>;

  /// config              outlives the responder
  /// questions           that the resolvers of all workers may be asking
  /// questions_per_zone  likewise, of which there is no limit in all
  Responder(net::Worker& worker, const Config& config, SharedCache& cache, std::shared_ptr<net::Quota> questions,
            std::shared_ptr<net::Quota> questions_per_zone, std::uint16_t forward_port);

  /// From now on.
  void serve_zones(std::shared_ptr<const ZoneSet> zones) {
    resolver_.serve_zones(zones);
    zones_ = std::move(zones);
  }

  /// Appends the reply to `out` where that is possible at once; nothing for what is no query.
  Rest answer(Bytes query, const Client& client, Buffer& out);

  /// Asks, and appends the reply to `out`.
  /// `open` lives until the answer is sent: so long it takes its place among the questions under way.
  net::Task<void> resolve(const OpenQuestion& open, Buffer& out);

  const Counts& counts() const { return counts_; }

 private:
  AnswerOptions options_for(const Client& client) const;
  /// For what the zones do not know, or not to its end: the aliases that lead there stand behind `size_before`.
  /// own_rcode  of the reply there
  std::optional<OpenQuestion> answer_from_cache(const dns::QueryView& query, const Client& client,
                                                const AnswerOptions& options, Buffer& out, std::size_t size_before,
                                                dns::Rcode own_rcode);
  void write_reply(const Unknown& unknown, const CachedAnswer& answer, const Client& client, Buffer& out);

  const Config& config_;
  Counts counts_;
  Resolver resolver_;
  std::shared_ptr<net::Quota> questions_;
  std::shared_ptr<const ZoneSet> zones_;
};

}  // namespace labnet::dns_server
