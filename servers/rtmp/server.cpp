#include "servers/rtmp/server.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "common/log/log.hpp"
#include "servers/rtmp/connection.hpp"
#include "servers/rtmp/recorder.hpp"
#include "servers/rtmp/tunnel_connection.hpp"

namespace labnet::rtmp_server {

namespace json = boost::json;

namespace {

/// What is spoken at a socket that was handed in: its name says it, or it is RTMP.
net::Endpoint endpoint_of(const net::HandedIn& socket) {
  auto endpoint = socket.local;
  endpoint.scheme = is_secure(socket.name) || is_tunnelled(socket.name) ? socket.name : "rtmp";
  return endpoint;
}

/// What somebody speaks where TLS is expected, by the first octet; empty: TLS, or nobody knows.
std::string_view spoken_without_tls(std::byte first) {
  if (first == std::byte{rtmp::handshake_version}) return "RTMP is spoken where TLS is expected";
  const auto is_method = first >= std::byte{'A'} && first <= std::byte{'Z'};
  return is_method ? "HTTP is spoken where TLS is expected" : "";
}

Result<void> check_certificate(const Config& config) {
  const auto secure = std::ranges::find_if(config.listen, is_secure, &net::Endpoint::scheme);
  if (config.tls.is_offered() || secure == config.listen.end()) return {};
  return Error{net::to_string(*secure), " needs a certificate: tls of the configuration, or --tls"};
}

/// Of what a new start alone can change.
bool has_fixed_changes(const Config& before, const Config& after) {
  return before.listen != after.listen || before.chunk_bytes != after.chunk_bytes ||
         before.limits.connections_max != after.limits.connections_max ||
         before.limits.connections_per_address_max != after.limits.connections_per_address_max ||
         before.limits.file_players_max != after.limits.file_players_max ||
         before.limits.tunnels_max != after.limits.tunnels_max ||
         before.limits.tunnels_per_address_max != after.limits.tunnels_per_address_max;
}

}  // namespace

/// What a reload replaces.
struct Server::Shared {
  std::shared_ptr<const Service> service;
  std::shared_ptr<const net::TlsServer> tls;  // null: none
};

Result<void> Server::check(const Config& config) {
  if (const auto made = Service::make(config, {}); !made) return made.error();
  if (const auto checked = check_certificate(config); !checked) return checked.error();
  return service::check(config.tls);
}

Server::Server(net::Runtime& runtime, Options options)
    : runtime_{runtime},
      options_{std::move(options)},
      quota_{net::Quota::make(
          {options_.config.limits.connections_max, options_.config.limits.connections_per_address_max})},
      lasting_{.streams = std::make_shared<Streams>(options_.config.chunk_bytes),
               .file_players =
                   net::Quota::make({options_.config.limits.file_players_max, options_.config.limits.file_players_max}),
               .refusal_lines = std::make_shared<log::LineLimit>(),
               .counts = std::make_shared<net::PerWorker<Counts>>(runtime.workers().size())},
      tunnels_{
          std::make_shared<Tunnels>(net::QuotaLimits{.all_max = options_.config.limits.tunnels_max,
                                                     .per_address_max = options_.config.limits.tunnels_per_address_max},
                                    lasting_.refusal_lines)} {
  on_reload_ = runtime_.workers().front().on_reload([this] { reload(); });
}

Server::~Server() = default;

Result<std::shared_ptr<const Server::Shared>> Server::load(const Config& config) const {
  auto service = Service::make(config, lasting_);
  if (!service) return service.error();
  for (const auto& doubt : config.doubts()) log::warning("is this meant?", {{"doubt", doubt}});
  std::shared_ptr<const net::TlsServer> tls;
  if (config.tls.is_offered()) {
    auto listening = config.listen;
    for (const auto& one : options_.handed_in) listening.push_back(one.local);
    auto identity = service::identity_of(config.tls, listening);
    if (!identity) return identity.error();
    net::TlsServerOptions tls_options;
    tls_options.identities.push_back(*std::move(identity));
    auto made = net::TlsServer::make(tls_options);
    if (!made) return made.error();
    tls = *std::move(made);
  }
  return std::make_shared<const Shared>(Shared{*std::move(service), std::move(tls)});
}

Result<void> Server::start() {
  if (const auto checked = check_certificate(options_.config); !checked) return checked.error();
  auto loaded = load(options_.config);
  if (!loaded) return loaded.error();
  shared_ = *std::move(loaded);
  if (const auto& recordings = shared_.load()->service->recordings) {
    const auto completed = complete_recordings(*recordings);
    if (completed > 0) log::warning("recordings of a run that was killed have their names now", {{"count", completed}});
  }
  net::ListenerOptions listener_options;
  listener_options.quota = quota_;
  if (const auto listening = listen(listener_options); !listening) return listening.error();
  return adopt(listener_options);
}

Result<void> Server::listen(const net::ListenerOptions& options) {
  for (auto wanted : options_.config.listen) {
    for (auto& worker : runtime_.workers()) {
      auto listener = net::Listener::open(worker, wanted, options);
      if (!listener) return listener.error();
      wanted.port = (*listener)->local().port;  // the other workers take the port that the system has picked
      serve(worker, *std::move(listener), wanted.scheme);
    }
    endpoints_.push_back(wanted);
  }
  return {};
}

Result<void> Server::adopt(const net::ListenerOptions& options) {
  for (auto& one : options_.handed_in) {
    const auto endpoint = endpoint_of(one);
    if (is_secure(endpoint.scheme) && !options_.config.tls.is_offered()) {
      log::warning("nobody is served there by TLS: there is no certificate", {{"address", net::to_string(endpoint)}});
      one.socket.reset();
      continue;
    }
    auto& first = runtime_.workers().front();
    auto listener = net::Listener::adopt(first, std::move(one.socket), options);
    if (!listener) return listener.error();
    serve(first, *std::move(listener), endpoint.scheme);
    endpoints_.push_back(endpoint);
  }
  return {};
}

void Server::serve(net::Worker& worker, std::unique_ptr<net::Listener> listener, const std::string& scheme) {
  auto& one = *listeners_.emplace_back(std::move(listener));
  worker.spawn(one.serve([this, &worker, by_tls = is_secure(scheme), within_http = is_tunnelled(scheme)](
                             net::Stream stream) { return serve(worker, std::move(stream), by_tls, within_http); }));
}

/// False: it has failed. Why is told, unless nothing has come.
net::Task<bool> Server::secure(net::Stream& stream, const Shared& shared, bool gives_tickets) {
  const auto until = net::deadline_after(shared.service->config.limits.handshake_timeout);
  const auto first = co_await stream.look_at_first(net::time_left(until));
  if (!first) co_return false;
  std::string why;
  if (const auto spoken = spoken_without_tls(*first); !spoken.empty()) {
    why = spoken;
  } else {
    const auto secured = co_await stream.accept_tls(shared.tls, net::time_left(until), gives_tickets);
    if (secured) co_return true;
    why = stream.explain(secured.error());
  }
  if (lasting_.refusal_lines->lets_write(net::Clock::now())) {
    log::info("a connection ends", {{"peer", net::to_string(stream.peer())}, {"why", why}});
  }
  co_return false;
}

net::Task<void> Server::serve(net::Worker& worker, net::Stream stream, bool by_tls, bool within_http) {
  const auto shared = shared_.load();
  if (by_tls) {
    // librtmp with GnuTLS takes a ticket of TLS 1.3 for an error, and RTMP itself needs none: it has one connection.
    const auto secured = co_await secure(stream, *shared, within_http);
    if (!secured) co_return;
  }
  if (within_http) {
    const auto current = [this] { return shared_.load()->service; };
    co_return co_await serve_tunnel_connection(worker, current, tunnels_, std::move(stream));
  }
  auto transport = std::make_shared<StreamTransport>(std::move(stream));
  const auto connection = std::make_shared<Connection>(worker, shared->service, std::move(transport));
  co_await connection->run();
}

control::asio::awaitable<json::object> Server::answer(json::object request) {
  const auto what = control::text_of(request, "do");
  if (what == "reload") co_return reload();
  if (what == "streams") co_return show_streams();
  co_return control::failure(fmt::format("an RTMP service does not know how to do \"{}\"", what));
}

void Server::measure(const net::Worker& worker, control::Metrics& out) {
  lasting_.counts->of(worker).measure(out);
  if (worker.index() != 0) return;
  out.gauge("labnet_rtmp_open_connections", "Connections that are open.", static_cast<double>(quota_->count()));
  out.gauge("labnet_rtmp_file_players", "Clients that play a file.",
            static_cast<double>(lasting_.file_players->count()));
}

json::object Server::show_streams() const {
  json::array list;
  for (const auto& report : lasting_.streams->report()) list.push_back(to_json(report));
  auto reply = control::success();
  reply["streams"] = std::move(list);
  reply["connections"] = quota_->count();
  reply["file_players"] = lasting_.file_players->count();
  return reply;
}

/// Applications, keys and certificates are read again; connections that are there keep what they began with. With a
/// fault all stays.
json::object Server::reload() {
  auto config = options_.read_again ? options_.read_again() : Result<Config>{options_.config};
  auto loaded = config ? load(*config) : Result<std::shared_ptr<const Shared>>{config.error()};
  if (!loaded) {
    log::error("applications and keys stay as they are", {{"fault", loaded.error().message}});
    return control::failure(loaded.error().message);
  }
  if (has_fixed_changes(options_.config, *config)) {
    log::warning(
        "listen, chunk_bytes and how many connections, tunnels and players of files there may be change with a new "
        "start only");
    config->listen = options_.config.listen;
    config->chunk_bytes = options_.config.chunk_bytes;
    loaded = load(*config);
    if (!loaded) return control::failure(loaded.error().message);
  }
  shared_ = *std::move(loaded);
  options_.config = *std::move(config);
  log::info("applications, keys and certificates read again", {{"applications", options_.config.apps.size()}});
  auto reply = control::success();
  reply["applications"] = options_.config.apps.size();
  return reply;
}

}  // namespace labnet::rtmp_server
