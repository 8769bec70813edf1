#include "servers/dns/server.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/steady_timer.hpp>

#include "common/log/log.hpp"
#include "common/net/datagram.hpp"
#include "common/net/listener.hpp"
#include "servers/dns/cache_report.hpp"
#include "servers/dns/connection.hpp"

namespace labnet::dns_server {
namespace {

namespace asio = boost::asio;
namespace json = boost::json;
using control::text_of;

/// The largest datagram that a configuration may ask for.
constexpr std::size_t sent_bytes_max = 4096;

}  // namespace

struct Server::WorkerState {
  WorkerState(Server& server, net::Worker& worker_, const std::shared_ptr<const ZoneSet>& zones)
      : config{server.options_.config}, worker{worker_}, responder{worker_,
                                                                   config,
                                                                   server.cache_,
                                                                   server.questions_,
                                                                   server.questions_per_zone_,
                                                                   server.options_.forward_port} {
    responder.serve_zones(zones);
  }

  std::size_t on_datagram(net::DatagramSocket& socket, const net::Datagram& datagram, std::span<std::byte> reply) {
    scratch.clear();
    if (datagram.is_cut) return 0;
    const Client client{net::unmapped(datagram.peer.address.address()), Transport::udp};
    auto rest = responder.answer(datagram.bytes, client, scratch);
    if (auto* open = std::get_if<Responder::OpenQuestion>(&rest)) {
      worker.spawn(answer_later(socket, std::move(*open), datagram.peer));
      return 0;
    }
    const auto count = std::min(scratch.size(), reply.size());
    std::copy_n(scratch.begin(), count, reply.begin());
    return count;
  }

  net::Task<void> answer_later(net::DatagramSocket& socket, Responder::OpenQuestion open, net::Peer peer) {
    Buffer reply;
    co_await responder.resolve(open, reply);
    socket.send_to(reply, peer);
  }

  void serve(std::unique_ptr<net::DatagramSocket> socket) {
    auto& one = *datagrams.emplace_back(std::move(socket));
    worker.spawn(one.serve([this, &one](const net::Datagram& datagram, std::span<std::byte> reply) {
      return on_datagram(one, datagram, reply);
    }));
  }

  void serve(std::unique_ptr<net::Listener> listener) {
    auto& one = *listeners.emplace_back(std::move(listener));
    worker.spawn(one.serve([this](net::Stream stream) {
      return serve_connection(worker, responder, std::move(stream), config.idle_timeout);
    }));
  }

  const Config& config;
  net::Worker& worker;
  Responder responder;
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
      questions_per_zone_{net::Quota::make(
          {std::numeric_limits<std::size_t>::max(), options_.config.recursion.questions_per_zone_max})} {
  const auto zones = std::make_shared<const ZoneSet>(std::move(options_.zones));
  for (auto& worker : runtime_.workers()) workers_.push_back(std::make_unique<WorkerState>(*this, worker, zones));
  auto& first = runtime_.workers().front();
  reloader_.emplace(first, ReloadOptions{options_.config.zones, options_.addresses, std::move(options_.config_file)},
                    zones, [this](const std::shared_ptr<const ZoneSet>& loaded) { serve_zones(loaded); });
  on_reload_ = first.on_reload([this] { reloader_->reload([](const json::object&) {}); });
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
  const net::DatagramOptions datagram_options{.reply_bytes_max = sent_bytes_max};
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

asio::awaitable<json::object> Server::answer(json::object request) {
  const auto what = text_of(request, "do");
  if (what == "reload") co_return co_await reload();
  if (what == "cache.show") co_return show_cache();
  if (what == "cache.flush") co_return flush_cache(request);
  co_return control::failure(fmt::format("a DNS service does not know how to do \"{}\"", what));
}

asio::awaitable<json::object> Server::reload() {
  struct Waiting {
    asio::steady_timer done;
    json::object reply;
  };
  const auto executor = co_await asio::this_coro::executor;
  // A timer that is never due: the reply cancels it.
  const auto waiting =
      std::make_shared<Waiting>(Waiting{asio::steady_timer{executor, asio::steady_timer::time_point::max()}, {}});
  reloader_->reload([waiting](const json::object& reply) {
    waiting->reply = reply;
    waiting->done.cancel();
  });
  co_await waiting->done.async_wait(asio::as_tuple(asio::use_awaitable));
  co_return std::move(waiting->reply);
}

void Server::measure(const net::Worker& worker, control::Metrics& out) {
  workers_[worker.index()]->responder.counts().measure(out);
  if (worker.index() != 0) return;
  out.gauge("labnet_dns_open_connections", "TCP connections that are open.",
            static_cast<double>(connections_->count()));
  out.gauge("labnet_dns_open_questions", "Questions that the resolver is asking other servers for.",
            static_cast<double>(questions_->count()));
  const auto entries = cache_.use([](const Cache& cache) { return cache.size(); });
  out.gauge("labnet_dns_cache_entries", "Records and negative answers that are remembered.",
            static_cast<double>(entries));
}

void Server::serve_zones(const std::shared_ptr<const ZoneSet>& zones) {
  for (auto& state : workers_) {
    auto* const one = state.get();
    one->worker.post([one, zones] { one->responder.serve_zones(zones); });
  }
}

json::object Server::show_cache() {
  auto reply = control::success();
  const auto now = SharedCache::now();
  reply["entries"] = report(cache_.use([&](Cache& cache) { return cache.entries(now); }),
                            cache_.use_delegations([&](Delegations& known) { return known.entries(now); }));
  return reply;
}

json::object Server::flush_cache(const json::object& request) {
  const auto wanted = text_of(request, "name");
  std::optional<dns::Name> name;
  if (!wanted.empty()) {
    const auto parsed = dns::parse_name(wanted);
    if (!parsed) return control::failure(fmt::format("\"{}\" is no name: {}", wanted, dns::describe(parsed.error())));
    name = *parsed;
  }
  const auto count = cache_.flush(name);
  auto reply = control::success();
  reply["flushed"] = count;
  return reply;
}

}  // namespace labnet::dns_server
