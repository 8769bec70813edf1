#include "servers/dns/query_log.hpp"

#include "common/base/text.hpp"
#include "common/dns/dig_text.hpp"
#include "common/log/log.hpp"

namespace labnet::dns_server {
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
                      {"flags", join(dns::answer_flag_names(message.header), " ")},
                      {"answers", message.answers.size()},
                      {"bytes", reply.size()}});
}

}  // namespace labnet::dns_server
