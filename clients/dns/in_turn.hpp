// One server after the other, until one gives what is wanted.
#pragma once

#include <optional>
#include <vector>

#include "clients/dns/client.hpp"

namespace labnet::dns_client {

/// asking  has `Task<Result<Answer>> ask(resolver::Server)`
/// rounds  how often each server is asked
/// faults  that of the last one; each before it is a notice
template <class Answer>
net::Task<Result<Answer>> ask_in_turn(auto& asking, const std::vector<resolver::Server>& servers, int rounds,
                                      const Observer& observer) {
  std::optional<Error> last;
  for (int round = 0; round < rounds; ++round) {
    for (const auto& server : servers) {
      if (last) observer.on_notice(last->message);
      auto answer = co_await asking.ask(server);
      if (answer) co_return answer;
      last = answer.error();
    }
  }
  co_return last.value_or(Error{"there is no name server to ask"});
}

}  // namespace labnet::dns_client
