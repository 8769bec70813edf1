#include "servers/ftp/server.hpp"

#include <algorithm>
#include <atomic>

#include "common/log/log.hpp"
#include "servers/ftp/net_transport.hpp"
#include "servers/ftp/session.hpp"

namespace labnet::ftp_server {

namespace json = boost::json;

namespace {

/// What is spoken at a socket that was handed in: by its name TLS from the first byte on, or FTP.
net::Endpoint endpoint_of(const net::HandedIn& socket) {
  auto endpoint = socket.local;
  endpoint.scheme = socket.name == "ftps" ? "ftps" : "ftp";
  return endpoint;
}

Result<void> check_tls(const Config& config) {
  if (config.tls.is_offered()) return {};
  const auto implicit = std::ranges::find(config.listen, "ftps", &net::Endpoint::scheme);
  if (!config.tls.required && implicit == config.listen.end()) return {};
  const auto what = config.tls.required ? "tls.required" : net::to_string(*implicit);
  return Error{what, " needs a certificate: tls.certificate and tls.key, tls.names, or --tls"};
}

}  // namespace

/// What a reload replaces.
struct Server::Shared {
  std::shared_ptr<const Service> service;
  std::shared_ptr<const net::TlsServer> tls;  // null: none
};

Server::Server(net::Runtime& runtime, Options options)
    : runtime_{runtime},
      options_{std::move(options)},
      quota_{net::Quota::make({options_.config.limits.sessions_max, options_.config.limits.sessions_per_address_max})},
      counts_{std::make_shared<net::PerWorker<Counts>>(runtime.workers().size())} {
  on_reload_ = runtime_.workers().front().on_reload([this] { reload(); });
}

Server::~Server() = default;

Result<void> Server::check(const Config& config) {
  if (const auto checked = Service::check(config); !checked) return checked.error();
  if (const auto checked = check_tls(config); !checked) return checked.error();
  return service::check(config.tls.identity);
}

Result<std::shared_ptr<const Server::Shared>> Server::load() const {
  auto service = Service::make(options_.config, counts_);
  if (!service) return service.error();
  for (const auto& doubt : (*service)->doubts()) log::warning("is this meant?", {{"doubt", doubt}});
  std::shared_ptr<const net::TlsServer> tls;
  if (options_.config.tls.is_offered()) {
    auto listening = options_.config.listen;
    for (const auto& one : options_.handed_in) listening.push_back(one.local);
    auto identity = service::identity_of(options_.config.tls.identity, listening);
    if (!identity) return identity.error();
    auto made = net::TlsServer::make({.identities = {*std::move(identity)}});
    if (!made) return made.error();
    tls = *std::move(made);
  }
  return std::make_shared<const Shared>(Shared{*std::move(service), std::move(tls)});
}

net::ListenerOptions Server::listener_options(bool is_implicit) const {
  net::ListenerOptions made;
  made.quota = quota_;
  if (is_implicit) return made;  // in front of TLS a reply in plain text would be garbage
  made.on_full = [language = options_.config.language](net::Full full) {
    const auto& text = full == net::Full::in_all ? texts::too_many_sessions : texts::too_many_from_you;
    return ftp::to_wire(ftp::Reply{421, text.in(language)});
  };
  return made;
}

Result<void> Server::start() {
  if (const auto checked = check_tls(options_.config); !checked) return checked.error();
  auto loaded = load();
  if (!loaded) return loaded.error();
  shared_ = *std::move(loaded);
  for (auto wanted : options_.config.listen) {
    const auto is_implicit = wanted.scheme == "ftps";
    for (auto& worker : runtime_.workers()) {
      auto listener = net::Listener::open(worker, wanted, listener_options(is_implicit));
      if (!listener) return listener.error();
      wanted.port = (*listener)->local().port;  // the other workers take the port that the system has picked
      serve(worker, *std::move(listener), is_implicit);
    }
    endpoints_.push_back(wanted);
  }
  for (auto& one : options_.handed_in) {
    const auto endpoint = endpoint_of(one);
    const auto is_implicit = endpoint.scheme == "ftps";
    if (is_implicit && !options_.config.tls.is_offered()) {  // as with --listen-tls
      log::warning("without a certificate nobody answers by TLS", {{"address", net::to_string(endpoint)}});
      one.socket.reset();
      continue;
    }
    auto& worker = runtime_.workers().front();
    auto listener = net::Listener::adopt(worker, std::move(one.socket), listener_options(is_implicit));
    if (!listener) return listener.error();
    endpoints_.push_back(endpoint);
    serve(worker, *std::move(listener), is_implicit);
  }
  return {};
}

void Server::serve(net::Worker& worker, std::unique_ptr<net::Listener> listener, bool is_implicit) {
  auto& one = *listeners_.emplace_back(std::move(listener));
  worker.spawn(one.serve(
      [this, &worker, is_implicit](net::Stream stream) { return serve(worker, std::move(stream), is_implicit); }));
}

net::Task<void> Server::serve(net::Worker& worker, net::Stream stream, bool is_implicit) {
  const auto shared = shared_.load();
  if (is_implicit) {
    const auto patience =
        std::min(shared->service->config.limits.login_timeout, net::Stream::handshake_timeout_default);
    const auto secured = co_await stream.accept_tls(shared->tls, patience);
    if (!secured) co_return;
  }
  auto transport = std::make_unique<NetTransport>(worker, shared->service->config, shared->tls, std::move(stream));
  const auto session = std::make_shared<Session>(worker, shared->service, std::move(transport));
  co_await session->run();
}

control::asio::awaitable<json::object> Server::answer(json::object request) {
  const auto what = control::text_of(request, "do");
  if (what == "reload") co_return reload();
  co_return control::failure(fmt::format("an FTP service does not know how to do \"{}\"", what));
}

void Server::measure(const net::Worker& worker, control::Metrics& out) {
  counts_->of(worker).measure(out);
  if (worker.index() != 0) return;
  out.gauge("labnet_ftp_sessions", "Control connections that are open.", static_cast<double>(quota_->count()));
}

/// Users and certificate are read again; sessions that are there keep what they began with. With a fault all stays.
json::object Server::reload() {
  auto loaded = load();
  if (!loaded) {
    log::error("users and certificate stay as they are", {{"fault", loaded.error().message}});
    return control::failure(loaded.error().message);
  }
  const auto users = (*loaded)->service->config.users.size();
  shared_ = *std::move(loaded);
  log::info("users and certificate read again", {{"users", users}});
  auto reply = control::success();
  reply["users"] = users;
  return reply;
}

}  // namespace labnet::ftp_server
