#include "servers/dns/server.hpp"

#include <fmt/format.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "common/log/log.hpp"
#include "common/net/datagram.hpp"
#include "common/net/listener.hpp"
#include "common/resolver/message_stream.hpp"
#include "servers/dns/answer.hpp"
#include "servers/dns/cache_report.hpp"
#include "servers/dns/zone/load.hpp"

namespace labnet::dns_server {
namespace {

namespace asio = boost::asio;
namespace json = boost::json;
using control::text_of;

/// The largest datagram that a configuration may ask for.
constexpr std::size_t reply_bytes_max = 4096;

std::size_t size_for(const dns::Message& query, Transport transport, std::size_t udp_bytes_max) {
  if (transport == Transport::tcp) return dns::message_bytes_max;
  if (!query.edns) return dns::plain_udp_bytes_max;
  return std::min(query.edns->datagram_bytes_max(), udp_bytes_max);
}

/// What is left to the resolver of a query.
struct OpenQuestion {
  dns::Message query;
  dns::Question question;            // the query's own, or for the end of a chain of aliases that leaves the zones
  std::vector<dns::Record> aliases;  // which lead there, from the zones
  std::optional<net::Quota::Place> place;
};

/// Nothing if the resolver cannot help.
/// own_reply  for the aliases; empty if the query's name is outside the zones
std::optional<OpenQuestion> open_question(Bytes query, Bytes own_reply) {
  auto parsed = dns::parse_message(query);
  if (!parsed || !parsed->message.question || parsed->message.question->dns_class != dns::Class::in)
    return std::nullopt;
  OpenQuestion open{std::move(parsed->message), {}, {}, {}};
  open.question = *open.query.question;
  if (own_reply.empty()) return open;
  auto own = dns::parse_message(own_reply);
  if (!own || own->message.answers.empty()) return std::nullopt;
  open.aliases = std::move(own->message.answers);
  const auto* last = std::get_if<dns::Cname>(&open.aliases.back().data);
  if (last == nullptr) return std::nullopt;
  open.question.name = last->target;
  return open;
}

/// Appends what the resolver found to `out`, as the reply to the query.
void write_reply(const OpenQuestion& open, const CachedAnswer& answer, Transport transport, std::size_t udp_bytes_max,
                 Buffer& out) {
  const auto& query = open.query;
  dns::Message reply;
  reply.header.id = query.header.id;
  reply.header.response = true;
  reply.header.authoritative = !open.aliases.empty();  // it is for the first owner (RFC 1035, section 4.1.1)
  reply.header.recursion_desired = query.header.recursion_desired;
  reply.header.recursion_available = true;
  reply.header.checking_disabled = query.header.checking_disabled;
  reply.header.rcode = answer.rcode;
  reply.question = query.question;
  reply.answers = open.aliases;
  reply.answers.insert(reply.answers.end(), answer.answers.begin(), answer.answers.end());
  if (answer.soa) reply.authorities.push_back(*answer.soa);
  if (query.edns) {
    reply.edns.emplace();
    reply.edns->udp_payload_bytes = static_cast<std::uint16_t>(udp_bytes_max);
    reply.edns->dnssec_ok = query.edns->dnssec_ok;
  }
  dns::write_message(reply, out, size_for(query, transport, udp_bytes_max));
}

}  // namespace

LoadedZones load_zones(const std::vector<ZoneFile>& files, const AddressMap& addresses) {
  LoadedZones loaded;
  std::vector<std::shared_ptr<const Zone>> zones;
  for (const auto& file : files) {
    auto built = load_zone(file.file.string(), file.origin, addresses);
    loaded.faults.insert(loaded.faults.end(), built.faults.begin(), built.faults.end());
    loaded.warnings.insert(loaded.warnings.end(), built.warnings.begin(), built.warnings.end());
    if (built.zone) zones.push_back(std::move(built.zone));
  }
  if (!loaded.faults.empty()) return loaded;
  auto set = ZoneSet::make(std::move(zones));
  if (set) {
    loaded.zones = *std::move(set);
  } else {
    loaded.faults.push_back({"zones", 0, 0, set.error().message});
  }
  return loaded;
}

struct Server::WorkerState {
  WorkerState(Server& server_, net::Worker& worker_)
      : server{server_},
        config{server_.options_.config},
        worker{worker_},
        resolver{worker_, config.recursion, server_.cache_, server_.options_.forward_port},
        zones{server_.zones_} {}

  /// RA is for those who may ask for recursion, in every reply to them.
  AnswerOptions options_for(const asio::ip::address& client, Transport transport) const {
    const auto is_allowed = client.is_v4() && resolver.is_offered() &&
                            std::ranges::any_of(config.recursion.allow, [&](const Ipv4Subnet& subnet) {
                              return subnet.contains({client.to_v4().to_uint()});
                            });
    return {transport, is_allowed, config.udp_bytes_max};
  }

  /// Replies at once where that is possible, to `out`, which is empty. Else returns what the resolver has to ask first.
  std::optional<OpenQuestion> answer_at_once(Bytes query, const asio::ip::address& client, Transport transport,
                                             Buffer& out) {
    const auto options = options_for(client, transport);
    const auto outcome = dns_server::answer(query, *zones, options, out);
    if (config.query_log) log_query(query, client, outcome);
    if (outcome.kind == Outcome::Kind::ignored || outcome.kind == Outcome::Kind::replied) return std::nullopt;
    auto open = open_question(query, out);
    if (!open) {
      if (out.empty()) answer_without_data(query, rcode_for_unanswerable(query), options, out);
      return std::nullopt;
    }
    out.clear();
    if (const auto known = resolver.find_in_cache(open->question)) {
      write_reply(*open, *known, transport, config.udp_bytes_max, out);
      return std::nullopt;
    }
    if (auto place = server.questions_->enter(client)) {
      open->place.emplace(*std::move(place));
      return open;
    }
    log::warning("too many questions under way", {{"client", client.to_string()}});
    answer_without_data(query, dns::Rcode::servfail, options, out);
    return std::nullopt;
  }

  /// For what is neither in the zones nor a question of the Internet's.
  static dns::Rcode rcode_for_unanswerable(Bytes query) {
    return dns::parse_message(query) ? dns::Rcode::refused : dns::Rcode::formerr;
  }

  void log_query(Bytes query, const asio::ip::address& client, const Outcome& outcome) const {
    const auto parsed = dns::parse_message(query);
    if (!parsed || !parsed->message.question) return;
    const auto& question = *parsed->message.question;
    const auto is_replied = outcome.kind == Outcome::Kind::replied;
    log::info("query", {{"client", client.to_string()},
                        {"name", dns::to_text(question.name)},
                        {"type", dns::to_text(question.type)},
                        {"rcode", is_replied ? dns::to_text(outcome.rcode) : "(recursion)"}});
  }

  /// Asks the resolver what `answer_at_once` could not tell.
  net::Task<void> resolve(OpenQuestion open, Transport transport, Buffer& out) {
    const auto found = co_await resolver.resolve(open.question);
    write_reply(open, found, transport, config.udp_bytes_max, out);
  }

  std::size_t on_datagram(net::DatagramSocket& socket, const net::Datagram& datagram, std::span<std::byte> reply) {
    scratch.clear();
    if (datagram.is_cut) return 0;
    auto open = answer_at_once(datagram.bytes, datagram.peer.address.address(), Transport::udp, scratch);
    if (open) {
      worker.spawn(answer_later(socket, *std::move(open), datagram.peer));
      return 0;
    }
    const auto count = std::min(scratch.size(), reply.size());
    std::copy_n(scratch.begin(), count, reply.begin());
    return count;
  }

  net::Task<void> answer_later(net::DatagramSocket& socket, OpenQuestion open, net::Peer peer) {
    Buffer reply;
    co_await resolve(std::move(open), Transport::udp, reply);
    socket.send_to(reply, peer);
  }

  /// RFC 7766: messages behind their lengths, one after the other.
  net::Task<void> on_connection(net::Stream stream) {
    const auto client = stream.peer().address;
    Buffer query;
    Buffer reply;
    while (!worker.is_stopping()) {
      const auto read = co_await resolver::read_message(stream, query, config.idle_timeout);
      if (!read || query.size() < dns::header_bytes) co_return;  // no message: whoever sends that has lost the thread
      reply.clear();
      auto open = answer_at_once(query, client, Transport::tcp, reply);
      if (open) co_await resolve(*std::move(open), Transport::tcp, reply);
      if (reply.empty()) co_return;  // what is no query gets no answer
      const auto written = co_await resolver::write_message(stream, reply, config.idle_timeout);
      if (!written) co_return;
    }
  }

  void serve(std::unique_ptr<net::DatagramSocket> socket) {
    auto& one = *datagrams.emplace_back(std::move(socket));
    worker.spawn(one.serve([this, &one](const net::Datagram& datagram, std::span<std::byte> reply) {
      return on_datagram(one, datagram, reply);
    }));
  }

  void serve(std::unique_ptr<net::Listener> listener) {
    auto& one = *listeners.emplace_back(std::move(listener));
    worker.spawn(one.serve([this](net::Stream stream) { return on_connection(std::move(stream)); }));
  }

  Server& server;
  const Config& config;
  net::Worker& worker;
  Resolver resolver;
  std::shared_ptr<const ZoneSet> zones;
  std::vector<std::unique_ptr<net::DatagramSocket>> datagrams;
  std::vector<std::unique_ptr<net::Listener>> listeners;
  Buffer scratch;
};

Server::Server(net::Runtime& runtime, Options options)
    : runtime_{runtime},
      options_{std::move(options)},
      cache_{options_.config.cache},
      connections_{net::Quota::make({options_.config.connections_max, options_.config.connections_per_address_max})},
      questions_{net::Quota::make(
          {options_.config.recursion.questions_max, options_.config.recursion.questions_per_address_max})},
      zones_{std::make_shared<const ZoneSet>(std::move(options_.zones))} {
  for (auto& worker : runtime_.workers()) workers_.push_back(std::make_unique<WorkerState>(*this, worker));
  on_reload_ = runtime_.workers().front().on_reload([this] { reload(); });
  // A connection takes one, and so does a question to another server; some are for files, sockets that listen, the log.
  constexpr std::size_t others = 64;
  const auto needed = options_.config.connections_max + options_.config.recursion.questions_max + others;
  if (net::descriptors_max() < needed) {
    log::warning("the system allows fewer open files than the limits may need",
                 {{"allowed", net::descriptors_max()}, {"needed", needed}});
  }
}

Server::~Server() = default;

Result<void> Server::start() {
  const net::DatagramOptions datagram_options{.reply_bytes_max = reply_bytes_max};
  const net::ListenerOptions listener_options{.quota = connections_, .on_full = {}};
  for (auto wanted : options_.config.listen) {
    for (auto& state : workers_) {
      if (wanted.scheme == "tcp") {
        auto listener = net::Listener::open(state->worker, wanted, listener_options);
        if (!listener) return listener.error();
        wanted = (*listener)->local();  // the other workers take the port that the system has picked
        state->serve(*std::move(listener));
      } else {
        auto socket = net::DatagramSocket::open(state->worker, wanted, datagram_options);
        if (!socket) return socket.error();
        wanted = (*socket)->local();
        state->serve(*std::move(socket));
      }
    }
    endpoints_.push_back(wanted);
  }
  for (auto& one : options_.handed_in) {
    endpoints_.push_back(one.local);
    auto& state = *workers_.front();
    if (one.local.scheme == "tcp") {
      auto listener = net::Listener::adopt(state.worker, std::move(one.socket), listener_options);
      if (!listener) return listener.error();
      state.serve(*std::move(listener));
    } else {
      auto socket = net::DatagramSocket::adopt(state.worker, std::move(one.socket), datagram_options);
      if (!socket) return socket.error();
      state.serve(*std::move(socket));
    }
  }
  return {};
}

std::string Server::endpoints() const {
  std::string text;
  for (const auto& endpoint : endpoints_)
    text += fmt::format("{}{}", text.empty() ? "" : " ", net::to_string(endpoint));
  return text;
}

void Server::serve_control(FileDescriptor socket) {
  control_handler_ = [this](control::Session& session, const json::object& request) -> asio::awaitable<void> {
    auto reply = answer(request);
    co_await session.reply(std::move(reply));
  };
  auto& worker = runtime_.workers().front();
  control_ = FileDescriptor{dup(socket.get())};
  control::Session::Socket stream{worker.context(), asio::local::stream_protocol{}, socket.release()};
  asio::co_spawn(worker.context(), control::serve(control::Session{std::move(stream)}, control_handler_),
                 asio::detached);
  on_stop_ = worker.on_stop([this] { shutdown(control_.get(), SHUT_RDWR); });
}

json::object Server::answer(const json::object& request) {
  const auto what = text_of(request, "do");
  if (what == "cache.show") return show_cache();
  if (what == "cache.flush") return flush_cache(request);
  if (what == "reload") return reload();
  return control::failure(fmt::format("a DNS service does not know how to do \"{}\"", what));
}

json::object Server::show_cache() {
  auto reply = control::success();
  reply["entries"] = report(cache_.use([](Cache& cache) { return cache.entries(SharedCache::now()); }));
  return reply;
}

json::object Server::flush_cache(const json::object& request) {
  const auto wanted = text_of(request, "name");
  std::size_t count = 0;
  if (wanted.empty()) {
    count = cache_.use([](Cache& cache) { return cache.flush(); });
  } else {
    const auto name = dns::parse_name(wanted);
    if (!name) return control::failure(fmt::format("\"{}\" is no name: {}", wanted, dns::describe(name.error())));
    count = cache_.use([&](Cache& cache) { return cache.flush(*name); });
  }
  auto reply = control::success();
  reply["flushed"] = count;
  return reply;
}

/// Reads the zone files again. With a fault in any of them all zones stay as they are.
json::object Server::reload() {
  auto loaded = load_zones(options_.config.zones, options_.addresses);
  for (const auto& warning : loaded.warnings) log::warning("zone", {{"warning", to_text(warning)}});
  if (!loaded.faults.empty()) {
    for (const auto& fault : loaded.faults) log::error("zones stay as they are", {{"fault", to_text(fault)}});
    return control::failure(to_text(loaded.faults.front()));
  }
  const auto zones = std::make_shared<const ZoneSet>(std::move(loaded.zones));
  json::array changed;
  for (std::size_t i = 0; i < zones->zones().size(); ++i) {
    const auto& now = *zones->zones()[i];
    const auto& before = *zones_->zones()[i];
    if (now.serial() == before.serial()) continue;
    const auto origin = dns::to_text(now.origin());
    log::info("zone changed", {{"zone", origin}, {"old_serial", before.serial()}, {"serial", now.serial()}});
    changed.push_back({{"zone", origin}, {"old_serial", before.serial()}, {"serial", now.serial()}});
  }
  zones_ = zones;
  for (auto& state : workers_) {
    auto* const one = state.get();
    one->worker.post([one, zones] { one->zones = zones; });
  }
  auto reply = control::success();
  reply["changed"] = std::move(changed);
  return reply;
}

}  // namespace labnet::dns_server
