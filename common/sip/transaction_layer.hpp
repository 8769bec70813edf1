// The transaction layer: which message belongs to what, copies of requests and of responses, and time-outs.
//
// Below it is the transport, above it the transaction user (RFC 3261, section 17):
//
//       on_request, on_response, on_ack ...      send, begin, respond, cancel
//                    ^                                      |
//     receive --> TransactionLayer --> MessageTransport::send
//                    ^
//                 on_timer
//
// No clock and no socket: whoever has them calls `receive` with what arrives and `on_timer` when `next` has come.
// Within any of the user's functions any function of the layer may be called.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <queue>
#include <string>
#include <unordered_map>
#include <vector>

#include "common/sip/client_transaction.hpp"
#include "common/sip/server_transaction.hpp"
#include "common/sip/transaction_user.hpp"
#include "common/sip/writer.hpp"

namespace labnet::sip {

class TransactionLayer {
 public:
  struct Limits {
    std::size_t server_transactions_max = 200'000;
    std::size_t client_transactions_max = 200'000;
  };

  TransactionLayer(MessageTransport& transport, TransactionUser& user, const Timers& timers, const Limits& limits);
  TransactionLayer(MessageTransport& transport, TransactionUser& user, const Timers& timers = {})
      : TransactionLayer{transport, user, timers, Limits{}} {}
  TransactionLayer(const TransactionLayer&) = delete;
  TransactionLayer& operator=(const TransactionLayer&) = delete;
  ~TransactionLayer();

  /// One message, whole: a datagram, or what StreamSplitter gives. False: it cannot be read.
  bool receive(Bytes bytes, const Hop& from, TimePoint now);
  /// What has come on a connection where nobody knows where the message ends, or where the next one begins. It is
  /// answered as far as it can be read; the connection must be closed then.
  void refuse_broken(Bytes bytes, FaultKind fault, const Hop& from, TimePoint now);
  /// The transport has learnt that what was sent there has not arrived: a connection is broken, ICMP says so. Client
  /// transactions that wait for an answer from there end.
  void on_transport_fault(const Hop& hop, TimePoint now);

  /// When `on_timer` wants to be called; `never` if nothing is waited for.
  TimePoint next() const;
  void on_timer(TimePoint now);

  // The server's half.
  /// Keeps a copy of the request. `none` if there are too many: answer 503 without a transaction.
  ServerId begin(const Message& request, const Hop& from);
  /// The request of a transaction; null once its final response has gone out.
  const Message* request_of(ServerId id) const;
  /// Begins a response to it, with the sender's address in its Via. False: its final response has gone out.
  bool begin_response(ServerId id, MessageWriter& writer, const ResponseParts& parts) const;
  /// What begin_response has begun. False, and nothing is sent: the transaction has
  /// ended or has had its final response.
  bool respond(ServerId id, int status, Bytes response, TimePoint now);
  /// A response without a body and without more headers.
  bool respond(ServerId id, const ResponseParts& parts, TimePoint now);
  /// Before the final response: see ServerTransaction::limit_copies.
  void limit_copies(ServerId id, int copies_max);
  /// Without a transaction (RFC 3261, section 8.2.7).
  void answer(const Message& request, const Hop& from, const ResponseParts& parts);

  // The client's half.
  /// request  with a branch that nobody else has, at the top of its Vias
  /// returns  `none` if there are too many, or if it could not be sent; on_no_response is not called then
  ClientId send(Bytes request, const Hop& to, TimePoint now);
  /// The request of a transaction, as it was sent; empty once that has ended.
  Bytes request_of(ClientId id) const;
  /// Sends the ACK of a 2xx of that INVITE, which the user has written (RFC 3261, section 13.2.2.4), and sends it again
  /// for each copy of that 2xx. If the INVITE's transaction has ended it is only sent.
  void acknowledge(ClientId invite, Bytes ack, const Hop& to);
  /// Sends CANCEL for an INVITE, once a provisional response has come (RFC 3261, section 9.1). Its final response still
  /// arrives, 487 or another one.
  void cancel(ClientId invite, TimePoint now);
  /// The user has no more interest: whatever comes belongs to nothing.
  void forget(ClientId id);

  std::size_t server_transactions() const { return servers_.size(); }
  std::size_t client_transactions() const { return clients_.size(); }

 private:
  struct Server;
  struct Client;
  struct Alarm {
    TimePoint at;
    std::uint64_t number;  // of a server or a client
    bool operator>(const Alarm& other) const { return at > other.at; }
  };

  void on_request(const Message& request, const Hop& from, TimePoint now);
  void on_ack(const Message& ack, const Hop& from, TimePoint now);
  void on_cancel(const Message& cancel, const Hop& from, TimePoint now);
  void on_response(const Message& response, const Hop& from, TimePoint now);
  void refuse(const Message& request, const Fault& fault, const Hop& from);

  void acknowledge_failure(const Client& client, const Message& response);
  bool acknowledge_again(const Client& client, const Message& response);
  void send_cancel(Client& client, TimePoint now);
  ClientId start(const Message& message, const Hop& to, bool has_user, TimePoint now);
  void on_timer_of(Server& server, TimePoint now);
  void on_timer_of(Client& client, TimePoint now);
  void end(Client& client, NoResponse reason, TimePoint now);

  void set_alarm(std::uint64_t number, TimePoint next, TimePoint& alarm_at);
  Server* find(ServerId id) const;
  Client* find(ClientId id) const;
  void erase(Server& server);
  void erase(Client& client);
  std::vector<ClientId> clients_at(const Hop& hop) const;

  MessageTransport& transport_;
  TransactionUser& user_;
  const Timers timers_;
  const Limits limits_;
  std::uint64_t last_number_ = 0;
  Message received_;
  std::unordered_map<std::uint64_t, std::unique_ptr<Server>> servers_;
  std::unordered_map<std::uint64_t, std::unique_ptr<Client>> clients_;
  std::unordered_map<std::string, std::uint64_t> server_keys_;
  std::unordered_map<std::string, std::uint64_t> client_keys_;
  std::unordered_multimap<std::uint64_t, std::uint64_t> clients_of_connections_;
  std::priority_queue<Alarm, std::vector<Alarm>, std::greater<>> alarms_;
};

}  // namespace labnet::sip
