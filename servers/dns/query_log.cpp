#include "servers/dns/query_log.hpp"

#include "common/dns/message.hpp"
#include "common/log/log.hpp"

namespace labnet::dns_server {
namespace {

std::string flags_of(const dns::Header& header) {
  std::string flags;
  const auto add = [&](bool is_set, std::string_view name) {
    if (!is_set) return;
    if (!flags.empty()) flags += ' ';
    flags += name;
  };
  add(header.authoritative, "aa");
  add(header.truncated, "tc");
  add(header.recursion_desired, "rd");
  add(header.recursion_available, "ra");
  return flags;
}

}  // namespace

void log_query(Bytes reply, const Client& client) {
  const auto parsed = dns::parse_message(reply);
  if (!parsed) return;
  const auto& message = parsed->message;
  const auto transport = client.transport == Transport::udp ? "udp" : "tcp";
  const auto address = client.address.to_string();
  const auto rcode = dns::to_text(message.header.rcode);
  if (!message.question) {
    return log::info("query", {{"client", address}, {"transport", transport}, {"rcode", rcode}});
  }
  const auto& question = *message.question;
  log::info("query", {{"client", address},
                      {"transport", transport},
                      {"name", dns::to_text(question.name)},
                      {"class", dns::to_text(question.dns_class)},
                      {"type", dns::to_text(question.type)},
                      {"rcode", rcode},
                      {"flags", flags_of(message.header)},
                      {"answers", message.answers.size()},
                      {"bytes", reply.size()}});
}

}  // namespace labnet::dns_server
