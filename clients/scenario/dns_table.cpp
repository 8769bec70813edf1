#include "clients/scenario/dns_table.hpp"

#include "common/dns/dig_text.hpp"

namespace labnet::scenario {
namespace {

/// The zone to whose servers a reply without answers refers (RFC 1034, section 4.3.1); empty if it is no referral.
std::string referral_of(const dns::Message& message) {
  if (!message.answers.empty() || message.authorities.empty()) return {};
  const auto& first = message.authorities.front();
  return first.type() == dns::Type::ns ? without_last_dot(first.name) : std::string{};
}

DnsAnswer answer_of(std::uint64_t number, const dns::Message& message, std::uint16_t udp_bytes) {
  DnsAnswer answer{.number = number, .rcode = dns::to_text(message.header.rcode), .udp_bytes = udp_bytes};
  answer.flags = dns::answer_flag_names(message.header);
  for (const auto& record : message.answers) answer.records.push_back(dns::to_text(record));
  answer.referral = referral_of(message);
  if (!message.answers.empty()) answer.last_data = dns::to_text(message.answers.back().data);
  return answer;
}

}  // namespace

void DnsTableBuilder::add(std::uint64_t number, packet::Timestamp time, const packet::Frame& frame) {
  if (!frame.udp || !frame.ipv4) return;
  const auto& udp = *frame.udp;
  if (udp.source_port != dns_port && udp.destination_port != dns_port) return;
  const auto parsed = dns::parse_message(udp.payload);
  if (!parsed) return;
  const auto& message = parsed->message;
  if (message.header.response) {
    const auto asked =
        open_.find({frame.ipv4->destination, udp.destination_port, frame.ipv4->source, message.header.id});
    if (asked == open_.end()) return;
    exchanges_[asked->second].answer = answer_of(number, message, udp.length_bytes);
    open_.erase(asked);
    return;
  }
  if (!message.question || exchanges_.size() == exchanges_max) return;
  open_[{frame.ipv4->source, udp.source_port, frame.ipv4->destination, message.header.id}] = exchanges_.size();
  exchanges_.push_back({.number = number,
                        .time = time,
                        .client = frame.ipv4->source,
                        .server = frame.ipv4->destination,
                        .client_port = udp.source_port,
                        .id = message.header.id,
                        .name = without_last_dot(message.question->name),
                        .type = dns::to_text(message.question->type),
                        .has_edns = message.edns.has_value()});
}

}  // namespace labnet::scenario
