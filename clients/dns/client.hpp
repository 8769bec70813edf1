// Asks name servers one question, as dig does: over UDP, and over TCP if the reply does not fit a datagram.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "common/dns/message.hpp"
#include "common/net/endpoint.hpp"
#include "common/net/runtime.hpp"
#include "common/resolver/address.hpp"

namespace labnet::dns_client {

/// What is asked, and how the bits of the header are set. The defaults are dig's.
struct Query {
  dns::Question question;
  bool recursion_desired = true;                       // RD
  bool authentic_data = true;                          // AD: "I understand that bit" (RFC 6840, section 5.7)
  bool checking_disabled = false;                      // CD
  std::optional<dns::EdnsHeader> edns{std::in_place};  // none: a plain message of RFC 1035

  bool operator==(const Query&) const = default;
};

struct Options {
  static constexpr std::chrono::milliseconds timeout_max = std::chrono::minutes{10};
  static constexpr int tries_max = 100;

  std::chrono::milliseconds timeout{5000};  // of one try, over TCP with its connection
  int tries = 3;                            // over UDP, at each server; over TCP one
  bool over_tcp = false;                    // from the start
  bool ignore_truncation = false;           // a reply with TC is the reply
};

enum class Transport { udp, tcp };

struct Reply {
  dns::Message message;
  Buffer wire;                     // as it came
  std::size_t trailing_bytes = 0;  // behind the last record
  resolver::Server server;
  Transport transport = Transport::udp;
  std::chrono::nanoseconds duration{};  // from when the answered query was sent
};

/// A message that was sent, or that came for one, as it was on the wire: it may be broken.
struct Passage {
  enum class Direction { sent, received };
  Direction direction;
  resolver::Server server;
  Transport transport;
  Bytes octets;  // valid during the call
};

/// Who is told what happens on the way.
struct Observer {
  std::function<void(const std::string& sentence)> on_notice = [](const auto&) {};  // a try failed, a reply was cut
  std::function<void(const Passage& message)> on_message = [](const auto&) {};
};

/// Asks the servers in their order, `tries` times round, until one replies; any reply will do, a refusal too.
/// faults  one sentence: why the last try failed, or that what came is no DNS message
net::Task<Result<Reply>> ask(net::Executor executor, Query query, std::vector<resolver::Server> servers,
                             Options options, Observer observer);

/// What to ask for the name of an address.
dns::Name reverse_name(const IpAddress& address);

net::Endpoint endpoint_of(const resolver::Server& server, Transport transport);

/// Whether this is the reply to what was asked, as far as its head can be read. The rest may be broken: a person who
/// looks for the reason wants to know.
bool is_reply_to(const Query& query, std::uint16_t id, Bytes reply);

/// The message that is sent.
Buffer to_wire(const Query& query, std::uint16_t id);

}  // namespace labnet::dns_client
