#include "servers/dns/counts.hpp"

namespace labnet::dns_server {
namespace {

/// By the names that there are: a stranger must not be able to make new series.
std::string label_of(dns::Type type) {
  auto text = dns::to_text(type);
  return text.starts_with("TYPE") ? "other" : text;
}

}  // namespace

void Counts::measure(control::Metrics& out) const {
  const auto number = [](std::uint64_t count) { return static_cast<double>(count); };
  constexpr std::string_view queries = "labnet_dns_queries_total";
  constexpr std::string_view queries_help = "Questions by the type that was asked for.";
  for (std::size_t i = 0; i < types.size(); ++i) {
    if (types[i] > 0)
      out.counter(queries, queries_help, number(types[i]),
                  {{"type", label_of(dns::Type{static_cast<std::uint16_t>(i)})}});
  }
  if (unreadable > 0) out.counter(queries, queries_help, number(unreadable), {{"type", "unreadable"}});
  constexpr std::string_view transports = "labnet_dns_messages_received_total";
  constexpr std::string_view transports_help = "The same questions by what they came by.";
  out.counter(transports, transports_help, number(by_udp), {{"transport", "udp"}});
  out.counter(transports, transports_help, number(by_tcp), {{"transport", "tcp"}});
  for (std::size_t i = 0; i < rcodes.size(); ++i) {
    if (rcodes[i] == 0) continue;
    out.counter("labnet_dns_replies_total", "Replies by their response code.", number(rcodes[i]),
                {{"rcode", dns::to_text(dns::Rcode{static_cast<std::uint16_t>(i)})}});
  }
  constexpr std::string_view cache = "labnet_dns_cache_lookups_total";
  constexpr std::string_view cache_help = "Questions outside the own zones, by whether the cache knew the answer.";
  out.counter(cache, cache_help, number(cache_hits), {{"result", "hit"}});
  out.counter(cache, cache_help, number(cache_misses), {{"result", "miss"}});
  out.counter("labnet_dns_questions_refused_total", "Questions refused since too many were under way.",
              number(refused));
  out.counter("labnet_dns_zone_transfers_total", "Zones that were asked for whole, and given.", number(transfers));
}

}  // namespace labnet::dns_server
