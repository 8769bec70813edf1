#include "clients/dns/aliases.hpp"

#include <algorithm>

namespace labnet::dns_client {

Chain chain_from(const dns::Name& asked, const std::vector<dns::Record>& answers) {
  Chain chain{{}, asked};
  while (chain.aliases.size() < answers.size()) {  // one that leads back to itself ends here
    const auto is_next = [&](const dns::Record& record) {
      return record.type() == dns::Type::cname && record.name == chain.owner;
    };
    const auto next = std::ranges::find_if(answers, is_next);
    if (next == answers.end()) break;
    chain.aliases.push_back(next->name);
    chain.owner = std::get<dns::Cname>(next->data).target;
  }
  return chain;
}

}  // namespace labnet::dns_client
