#include "clients/dns/transfer.hpp"

#include <fmt/format.h>

#include "clients/dns/in_turn.hpp"
#include "common/net/random.hpp"
#include "common/resolver/message_stream.hpp"

namespace labnet::dns_client {
namespace {

using resolver::Server;

/// Puts a zone together from the messages of one connection.
class Assembly {
 public:
  Assembly(const Query& query, std::uint16_t id, const TransferLimits& limits)
      : query_{query}, id_{id}, limits_{limits} {}

  /// False while more has to come.
  Result<bool> add(Bytes wire) {
    if (!is_reply_to(query_, id_, wire)) return Error{"what came is no reply to the question"};
    transfer_.bytes += wire.size();
    if (transfer_.bytes > limits_.bytes_max) {
      return Error{fmt::format("the zone takes more than {} bytes", limits_.bytes_max)};
    }
    const auto parsed = dns::parse_message(wire);
    if (!parsed) {
      return Error{
          fmt::format("a message of {} bytes is no DNS message: {}", wire.size(), dns::describe(parsed.error()))};
    }
    ++transfer_.messages;
    const auto rcode = parsed->message.header.rcode;
    if (rcode != dns::Rcode::noerror) return Error{"the server says ", dns::to_text(rcode)};
    // Without this, empty messages could go on and on.
    if (parsed->message.answers.empty()) return Error{"a message of the transfer has no records"};
    for (const auto& record : parsed->message.answers) {
      if (auto added = add(record); !added) return added.error();
    }
    return is_closed_;
  }

  Transfer finish() && { return std::move(transfer_); }

 private:
  Result<void> add(const dns::Record& record) {
    auto& records = transfer_.records;
    if (is_closed_) return Error{"there are records behind the closing SOA"};
    if (records.size() == limits_.records_max) {
      return Error{fmt::format("the zone has more than {} records", limits_.records_max)};
    }
    if (record.dns_class != query_.question.dns_class || !record.name.view().is_at_or_below(query_.question.name)) {
      return Error{fmt::format("there is a record that is not of the zone: {} {} {}", dns::to_text(record.name),
                               dns::to_text(record.dns_class), dns::to_text(record.type()))};
    }
    const auto is_soa = record.type() == dns::Type::soa && record.name == query_.question.name;
    if (records.empty() && !is_soa) return Error{"the transfer does not begin with the zone's SOA"};
    is_closed_ = is_soa && !records.empty();
    if (is_closed_ && record.data != records.front().data) {
      return Error{"the zone has changed on the way: the closing SOA is not the one at the beginning"};
    }
    records.push_back(record);
    return {};
  }

  const Query& query_;
  std::uint16_t id_;
  const TransferLimits& limits_;
  Transfer transfer_;
  bool is_closed_ = false;
};

class Transferring {
 public:
  Transferring(net::Executor executor, const Query& query, const Options& options, const TransferLimits& limits,
               const Observer& observer)
      : executor_{executor}, query_{query}, options_{options}, limits_{limits}, observer_{observer} {}

  net::Task<Result<Transfer>> ask(Server server) {
    const auto endpoint = endpoint_of(server, Transport::tcp);
    const auto began = net::Clock::now();
    const auto until = net::deadline_after(options_.timeout);
    auto stream = co_await net::Stream::connect(executor_, endpoint, options_.timeout);
    if (!stream) co_return fault(endpoint, net::describe(stream.error()));
    const auto id = net::random_number<std::uint16_t>();
    const auto query = to_wire(query_, id);
    const auto written = co_await resolver::write_message(*stream, query, net::time_left(until));
    if (!written) co_return fault(endpoint, net::describe(written.error()));
    observer_.on_message({Passage::Direction::sent, server, Transport::tcp, query});
    Assembly assembly{query_, id, limits_};
    Buffer message;
    const auto end = net::deadline_after(limits_.time_max);
    for (;;) {
      if (net::time_left(end).count() == 0) {
        co_return fault(endpoint, fmt::format("the transfer takes longer than {} s",
                                              std::chrono::duration<double>(limits_.time_max).count()));
      }
      const auto read = co_await resolver::read_message(*stream, message, options_.timeout);
      if (!read) co_return fault(endpoint, why_it_broke_off(read.error()));
      observer_.on_message({Passage::Direction::received, server, Transport::tcp, message});
      const auto is_whole = assembly.add(message);
      if (!is_whole) co_return fault(endpoint, is_whole.error().message);
      if (*is_whole) break;
    }
    auto transfer = std::move(assembly).finish();
    transfer.server = server;
    transfer.duration = net::Clock::now() - began;
    co_return transfer;
  }

 private:
  static Error fault(const net::Endpoint& endpoint, std::string_view reason) {
    return Error{net::to_string(endpoint), ": ", reason};
  }
  static std::string_view why_it_broke_off(net::StreamFault fault) {
    if (fault == net::StreamFault::deadline) return "no whole message came in time";
    if (fault == net::StreamFault::closed) return "the server closes the connection before the closing SOA";
    return net::describe(fault);
  }

  net::Executor executor_;
  const Query& query_;
  const Options& options_;
  const TransferLimits& limits_;
  const Observer& observer_;
};

}  // namespace

net::Task<Result<Transfer>> transfer_zone(net::Executor executor, Query query, std::vector<Server> servers,
                                          Options options, TransferLimits limits, Observer observer) {
  Transferring transferring{executor, query, options, limits, observer};
  auto transfer = co_await ask_in_turn<Transfer>(transferring, servers, 1, observer);
  co_return transfer;
}

}  // namespace labnet::dns_client
