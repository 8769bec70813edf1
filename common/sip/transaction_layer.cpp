#include "common/sip/transaction_layer.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "common/sip/transaction_key.hpp"

namespace labnet::sip {
namespace {

constexpr std::size_t acks_per_invite_max = 16;  // further on, as many phones may answer one INVITE

}  // namespace

struct TransactionLayer::Server {
  Server(std::uint64_t own_number, const Message& message, const Hop& source, ServerTransaction::Kind kind,
         const Timers& timers)
      : number{own_number},
        request{message},
        from{source},
        hop{response_hop(message, source)},
        machine{kind, hop.delivery(), timers} {}

  std::uint64_t number;
  std::optional<StoredMessage> request;  // until its final response has gone out
  Hop from;
  Hop hop;  // where the responses go
  ServerTransaction machine;
  Buffer response;                       // the last one, until it is acknowledged
  const std::string* key = nullptr;      // in the map
  const std::string* ack_key = nullptr;  // in the map, once a 2xx of an INVITE waits for its ACK
  TimePoint alarm_at = never;
};

struct TransactionLayer::Client {
  Client(std::uint64_t own_number, const Message& message, Hop next, bool is_of_user, ClientTransaction::Kind kind,
         const Timers& timers, TimePoint now)
      : number{own_number},
        request{message.bytes().begin(), message.bytes().end()},
        hop{std::move(next)},
        machine{kind, hop.delivery(), timers, now},
        has_user{is_of_user} {}

  std::uint64_t number;
  Buffer request;
  Hop hop;
  ClientTransaction machine;
  struct Ack {
    std::string to_tag;  // of the 2xx
    Buffer bytes;
    Hop hop;
  };
  std::vector<Ack> acks;  // one for each phone that has answered
  bool has_user;          // the layer's own CANCEL has none
  bool wants_cancel = false;
  const std::string* key = nullptr;  // in the map
  TimePoint alarm_at = never;
};

TransactionLayer::TransactionLayer(MessageTransport& transport, TransactionUser& user, const Timers& timers,
                                   const Limits& limits)
    : transport_{transport}, user_{user}, timers_{timers}, limits_{limits} {}

TransactionLayer::~TransactionLayer() = default;

// What arrives

bool TransactionLayer::receive(Bytes bytes, const Hop& from, TimePoint now) {
  const auto read = received_.read(bytes);
  if (!read) {
    refuse(received_, read.error(), from);
    user_.on_fault(read.error(), received_, from, now);
  } else if (received_.is_response()) {
    on_response(received_, from, now);
  } else if (received_.method() == Method::ack) {
    on_ack(received_, from, now);
  } else if (received_.method() == Method::cancel) {
    on_cancel(received_, from, now);
  } else {
    on_request(received_, from, now);
  }
  return read.has_value();
}

void TransactionLayer::refuse_broken(Bytes bytes, FaultKind kind, const Hop& from, TimePoint now) {
  (void)received_.read(bytes);
  const Fault fault{kind, HeaderName::other};
  if (received_.is_request()) refuse(received_, fault, from);
  user_.on_fault(fault, received_, from, now);
}

void TransactionLayer::refuse(const Message& request, const Fault& fault, const Hop& from) {
  if (!request.is_answerable()) return;
  answer(request, from, {.status = status_of(fault.kind), .reason = describe(fault.kind)});
}

void TransactionLayer::on_request(const Message& request, const Hop& from, TimePoint now) {
  const auto known = server_keys_.find(server_key(request));
  if (known == server_keys_.end()) return user_.on_request(request, from, now);
  const auto& server = *servers_.at(known->second);
  if (server.machine.on_request_again()) transport_.send(server.response, server.hop);
}

void TransactionLayer::on_ack(const Message& ack, const Hop& from, TimePoint now) {
  // That of a refusal has the INVITE's branch; that of a 2xx, which is a transaction of its own, has not, but for old
  // clients.
  auto known = server_keys_.find(server_key(ack));
  if (known == server_keys_.end()) known = server_keys_.find(ack_key(ack));
  if (known == server_keys_.end()) return;
  auto& server = *servers_.at(known->second);
  const bool is_of_success = server.machine.state() == ServerTransaction::State::accepted;
  if (!server.machine.on_acknowledgement(now)) return;  // a copy
  server.response = Buffer{};
  set_alarm(server.number, server.machine.next(), server.alarm_at);
  if (is_of_success) user_.on_ack(ServerId{server.number}, ack, from, now);
}

void TransactionLayer::on_cancel(const Message& cancel, const Hop& from, TimePoint now) {
  const auto known = server_keys_.find(server_key(cancel, true));
  if (known == server_keys_.end()) return answer(cancel, from, {.status = 481});
  user_.on_cancel(ServerId{known->second}, cancel, from, now);
}

void TransactionLayer::on_response(const Message& response, const Hop& from, TimePoint now) {
  const auto known = client_keys_.find(client_key(response));
  if (known == client_keys_.end()) return;
  auto& client = *clients_.at(known->second);
  const auto outcome = client.machine.on_response(response.status(), now);
  if (outcome.is_acknowledged) acknowledge_failure(client, response);
  if (client.wants_cancel && client.machine.state() == ClientTransaction::State::proceeding) send_cancel(client, now);
  set_alarm(client.number, client.machine.next(), client.alarm_at);
  if (acknowledge_again(client, response)) return;
  if (outcome.is_news && client.has_user) user_.on_response(ClientId{client.number}, response, from, now);
}

void TransactionLayer::acknowledge_failure(const Client& client, const Message& response) {
  Message invite;
  if (!invite.read(client.request)) return;
  Buffer ack;
  MessageWriter writer{ack};
  writer.begin_ack(invite, response);
  if (const auto bytes = writer.finish()) transport_.send(*bytes, client.hop);
}

bool TransactionLayer::acknowledge_again(const Client& client, const Message& response) {
  const auto known = std::ranges::find(client.acks, response.to_tag(), &Client::Ack::to_tag);
  const bool is_success = response.status() >= 200 && response.status() < 300;
  if (!is_success || known == client.acks.end()) return false;
  transport_.send(known->bytes, known->hop);
  return true;
}

void TransactionLayer::acknowledge(ClientId invite, Bytes ack, const Hop& to) {
  transport_.send(ack, to);
  Message message;
  auto* const client = find(invite);
  if (client == nullptr || client->acks.size() == acks_per_invite_max || !message.read(ack)) return;
  client->acks.push_back({std::string{message.to_tag()}, Buffer(ack.begin(), ack.end()), to});
}

void TransactionLayer::on_transport_fault(const Hop& hop, TimePoint now) {
  for (const auto id : clients_at(hop)) {
    auto* const client = find(id);
    if (client == nullptr) continue;  // the user has forgotten it meanwhile
    const bool has_answer = client->machine.state() >= ClientTransaction::State::completed;
    if (has_answer) continue;
    end(*client, NoResponse::not_transported, now);
  }
}

std::vector<ClientId> TransactionLayer::clients_at(const Hop& hop) const {
  std::vector<ClientId> there;
  if (is_stream(hop.transport)) {
    const auto [begin, end] = clients_of_connections_.equal_range(hop.connection);
    for (auto entry = begin; entry != end; ++entry) there.push_back(ClientId{entry->second});
    return there;
  }
  for (const auto& [number, client] : clients_) {
    if (client->hop == hop) there.push_back(ClientId{number});
  }
  return there;
}

// Time

TimePoint TransactionLayer::next() const {
  return alarms_.empty() ? never : alarms_.top().at;
}

void TransactionLayer::set_alarm(std::uint64_t number, TimePoint next, TimePoint& alarm_at) {
  // One that rings too early is set anew then.
  if (next >= alarm_at) return;
  alarm_at = next;
  alarms_.push({next, number});
}

void TransactionLayer::on_timer(TimePoint now) {
  while (next() <= now) {
    const auto alarm = alarms_.top();
    alarms_.pop();
    if (auto* const server = find(ServerId{alarm.number}); server != nullptr && server->alarm_at == alarm.at) {
      on_timer_of(*server, now);
    } else if (auto* const client = find(ClientId{alarm.number}); client != nullptr && client->alarm_at == alarm.at) {
      on_timer_of(*client, now);
    }
  }
}

void TransactionLayer::on_timer_of(Server& server, TimePoint now) {
  server.alarm_at = never;
  const auto outcome = server.machine.on_timer(now);
  if (outcome == TimerOutcome::send_again) transport_.send(server.response, server.hop);
  if (outcome == TimerOutcome::nothing || outcome == TimerOutcome::send_again) {
    return set_alarm(server.number, server.machine.next(), server.alarm_at);
  }
  const ServerId id{server.number};
  if (outcome == TimerOutcome::timed_out) user_.on_no_ack(id, now);
  if (auto* const left = find(id)) erase(*left);
}

void TransactionLayer::on_timer_of(Client& client, TimePoint now) {
  client.alarm_at = never;
  const auto outcome = client.machine.on_timer(now);
  if (outcome == TimerOutcome::send_again && !transport_.send(client.request, client.hop)) {
    return end(client, NoResponse::not_transported, now);
  }
  if (outcome == TimerOutcome::timed_out) {
    return end(client, client.wants_cancel ? NoResponse::cancelled_in_vain : NoResponse::timed_out, now);
  }
  if (outcome == TimerOutcome::ended) return erase(client);
  set_alarm(client.number, client.machine.next(), client.alarm_at);
}

void TransactionLayer::end(Client& client, NoResponse reason, TimePoint now) {
  const ClientId id{client.number};
  const bool has_user = client.has_user;
  erase(client);
  if (has_user) user_.on_no_response(id, reason, now);
}

// The server's half

ServerId TransactionLayer::begin(const Message& request, const Hop& from) {
  if (servers_.size() >= limits_.server_transactions_max) return ServerId::none;
  const auto [key, is_new] = server_keys_.try_emplace(server_key(request), last_number_ + 1);
  if (!is_new) return ServerId::none;
  const auto number = ++last_number_;
  const auto kind =
      request.method() == Method::invite ? ServerTransaction::Kind::invite : ServerTransaction::Kind::other;
  auto server = std::make_unique<Server>(number, request, from, kind, timers_);
  server->key = &key->first;
  servers_.emplace(number, std::move(server));
  return ServerId{number};
}

const Message* TransactionLayer::request_of(ServerId id) const {
  const auto* const server = find(id);
  return server == nullptr || !server->request ? nullptr : &**server->request;
}

bool TransactionLayer::respond(ServerId id, int status, Bytes response, TimePoint now) {
  auto* const server = find(id);
  if (server == nullptr || !server->machine.on_response(status, now)) return false;
  server->response.assign(response.begin(), response.end());
  transport_.send(server->response, server->hop);
  set_alarm(server->number, server->machine.next(), server->alarm_at);
  if (server->machine.state() == ServerTransaction::State::accepted) {
    const auto [key, is_new] = server_keys_.try_emplace(ack_key(**server->request), server->number);
    if (is_new) server->ack_key = &key->first;
  }
  if (status >= 200) server->request.reset();
  return true;
}

void TransactionLayer::limit_copies(ServerId id, int copies_max) {
  if (auto* const server = find(id)) server->machine.limit_copies(copies_max);
}

bool TransactionLayer::begin_response(ServerId id, MessageWriter& writer, const ResponseParts& parts) const {
  const auto* const request = request_of(id);
  if (request == nullptr) return false;
  sip::begin_response(writer, *request, find(id)->from, parts);
  return true;
}

bool TransactionLayer::respond(ServerId id, const ResponseParts& parts, TimePoint now) {
  Buffer response;
  MessageWriter writer{response};
  if (!begin_response(id, writer, parts)) return false;
  const auto bytes = writer.finish();
  return bytes && respond(id, parts.status, *bytes, now);
}

void TransactionLayer::answer(const Message& request, const Hop& from, const ResponseParts& parts) {
  Buffer response;
  MessageWriter writer{response};
  sip::begin_response(writer, request, from, parts);
  if (const auto bytes = writer.finish()) transport_.send(*bytes, response_hop(request, from));
}

// The client's half

ClientId TransactionLayer::send(Bytes request, const Hop& to, TimePoint now) {
  Message message;
  if (!message.read(request)) return ClientId::none;
  return start(message, to, true, now);
}

ClientId TransactionLayer::start(const Message& message, const Hop& to, bool has_user, TimePoint now) {
  if (clients_.size() >= limits_.client_transactions_max) return ClientId::none;
  if (!transport_.send(message.bytes(), to)) return ClientId::none;
  const auto [key, is_new] = client_keys_.try_emplace(client_key(message), last_number_ + 1);
  if (!is_new) return ClientId::none;
  const auto number = ++last_number_;
  const auto kind =
      message.method() == Method::invite ? ClientTransaction::Kind::invite : ClientTransaction::Kind::other;
  auto client = std::make_unique<Client>(number, message, to, has_user, kind, timers_, now);
  client->key = &key->first;
  set_alarm(number, client->machine.next(), client->alarm_at);
  if (is_stream(to.transport)) clients_of_connections_.emplace(to.connection, number);
  clients_.emplace(number, std::move(client));
  return ClientId{number};
}

Bytes TransactionLayer::request_of(ClientId id) const {
  const auto* const client = find(id);
  return client == nullptr ? Bytes{} : Bytes{client->request};
}

void TransactionLayer::cancel(ClientId invite, TimePoint now) {
  auto* const client = find(invite);
  if (client == nullptr || client->machine.kind() != ClientTransaction::Kind::invite) return;
  if (std::exchange(client->wants_cancel, true)) return;
  if (client->machine.state() == ClientTransaction::State::proceeding) send_cancel(*client, now);
}

void TransactionLayer::send_cancel(Client& client, TimePoint now) {
  if (client.machine.next() != never) return;  // it has been sent
  client.machine.wait_until(now + timers_.transaction_timeout());
  set_alarm(client.number, client.machine.next(), client.alarm_at);
  Message invite;
  if (!invite.read(client.request)) return;
  Buffer cancel;
  MessageWriter writer{cancel};
  writer.begin_cancel(invite);
  const auto bytes = writer.finish();
  Message message;
  if (bytes && message.read(*bytes)) start(message, client.hop, false, now);
}

void TransactionLayer::forget(ClientId id) {
  if (auto* const client = find(id)) erase(*client);
}

TransactionLayer::Server* TransactionLayer::find(ServerId id) const {
  const auto found = servers_.find(static_cast<std::uint64_t>(id));
  return found == servers_.end() ? nullptr : found->second.get();
}

TransactionLayer::Client* TransactionLayer::find(ClientId id) const {
  const auto found = clients_.find(static_cast<std::uint64_t>(id));
  return found == clients_.end() ? nullptr : found->second.get();
}

void TransactionLayer::erase(Server& server) {
  server_keys_.erase(server_keys_.find(*server.key));
  if (server.ack_key != nullptr) server_keys_.erase(server_keys_.find(*server.ack_key));
  servers_.erase(server.number);
}

void TransactionLayer::erase(Client& client) {
  client_keys_.erase(client_keys_.find(*client.key));
  if (is_stream(client.hop.transport)) {
    const auto [begin, end] = clients_of_connections_.equal_range(client.hop.connection);
    clients_of_connections_.erase(
        std::find_if(begin, end, [&](const auto& entry) { return entry.second == client.number; }));
  }
  clients_.erase(client.number);
}

}  // namespace labnet::sip
