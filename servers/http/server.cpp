#include "servers/http/server.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "common/log/log.hpp"

namespace labnet::http_server {

namespace json = boost::json;

namespace {

bool offers_tls(const Config& config) {
  return std::ranges::any_of(config.sites, [](const SiteConfig& site) { return site.tls.is_offered(); });
}

/// What is spoken at a socket that was handed in: by its name TLS from the first byte on, or HTTP.
net::Endpoint endpoint_of(const net::HandedIn& socket) {
  auto endpoint = socket.local;
  endpoint.scheme = socket.name == "https" ? "https" : "http";
  return endpoint;
}

/// With the place in the configuration, if it stands there.
Error at(const std::optional<settings::Mark>& mark, std::string sentence) {
  return mark ? Error{settings::to_string({*mark, std::move(sentence)})} : Error{std::move(sentence)};
}

Result<void> check_tls(const Config& config) {
  for (const auto& site : config.sites) {
    if (!site.https_only || site.tls.is_offered()) continue;
    return at(site.https_only_mark,
              fmt::format("the site {} is to be served by https only and has no certificate: tls says which",
                          site.names.empty() ? site.root.string() : site.names.front()));
  }
  const auto secure = std::ranges::find(config.listen, "https", &net::Endpoint::scheme);
  if (offers_tls(config) || secure == config.listen.end()) return {};
  return at(config.listen_mark, net::to_string(*secure) + " needs a certificate: tls of a site, or --tls");
}

constexpr std::string_view is_for_tls =
    "This port is for HTTPS alone, and you have asked in clear. Ask for https:// in place of http://.";

/// As no handshake of TLS begins.
bool begins_a_method(std::byte first) {
  return first >= std::byte{'A'} && first <= std::byte{'Z'};
}

void tell_doubts(const SiteSet& sites) {
  for (const auto& doubt : sites.doubts()) log::warning("is this meant?", {{"doubt", doubt}});
}

/// Sent as it is to whom there is no room for.
std::string full_response(net::Full full) {
  const std::string_view why = full == net::Full::in_all ? "This server has as many connections as it may have.\n"
                                                         : "You have as many connections as one address may have.\n";
  return fmt::format(
      "HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/plain\r\nContent-Length: {}\r\nRetry-After: 1\r\n"
      "Connection: close\r\n\r\n{}",
      why.size(), why);
}

}  // namespace

Server::Server(net::Runtime& runtime, Options options)
    : runtime_{runtime},
      options_{std::move(options)},
      quota_{net::Quota::make(
          {options_.config.limits.connections_max, options_.config.limits.connections_per_address_max})} {
  on_reload_ = runtime_.workers().front().on_reload([this] { reload(); });
}

Server::~Server() = default;

Result<std::vector<std::string>> Server::check(Config config) {
  if (config.access_log) {
    if (const auto why = objection_to_access_log(*config.access_log); !why.empty()) {
      return Error{"no access log can be written: ", why};
    }
  }
  for (auto& site : config.sites) {
    for (auto& application : site.applications) application.file.reset();  // which is not to be made
  }
  const auto sites = SiteSet::make(config);
  if (!sites) return sites.error();
  for (const auto& site : config.sites) {
    if (const auto checked = service::check(site.tls); !checked) return checked.error();
  }
  if (const auto checked = check_tls(config); !checked) return checked.error();
  return (*sites)->doubts();
}

/// Null without a certificate.
Result<std::shared_ptr<const net::TlsServer>> Server::load_tls(const Config& config) const {
  net::TlsServerOptions tls{.identities = {}, .protocols = {"http/1.1", "http/1.0"}};
  auto listening = options_.config.listen;
  for (const auto& one : options_.handed_in) listening.push_back(one.local);
  for (const auto& site : config.sites) {
    if (!site.tls.is_offered()) continue;
    auto identity = service::identity_of(site.tls, listening);
    if (!identity) return identity.error();
    tls.identities.push_back(*std::move(identity));
  }
  if (tls.identities.empty()) return std::shared_ptr<const net::TlsServer>{};
  return net::TlsServer::make(tls);
}

Result<void> Server::start() {
  if (const auto checked = check_tls(options_.config); !checked) return checked.error();
  const auto sites = SiteSet::make(options_.config);
  if (!sites) return sites.error();
  auto tls = load_tls(options_.config);
  if (!tls) return tls.error();
  tls_ = *std::move(tls);
  sites_ = *sites;
  tell_doubts(*sites_);
  const auto& config = options_.config;
  const auto gate = std::make_shared<Gate>(config.limits);
  for (auto& worker : runtime_.workers()) {
    contexts_.push_back(Context{
        .worker = worker, .limits = config.limits, .like = config.like, .responder = Responder{worker, *sites, gate}});
    auto& context = contexts_.back();
    if (!config.access_log) continue;
    context.access_log = std::make_unique<AccessLog>(worker, *config.access_log);
    if (const auto opened = context.access_log->open(); !opened) return opened.error();
  }
  net::ListenerOptions listener_options;
  listener_options.quota = quota_;
  listener_options.on_full = full_response;
  if (const auto listening = listen(listener_options); !listening) return listening.error();
  if (const auto adopted = adopt(listener_options); !adopted) return adopted.error();
  const auto secure = std::ranges::find(endpoints_, "https", &net::Endpoint::scheme);
  for (auto& context : contexts_) {
    if (secure != endpoints_.end()) context.responder.set_https_port(secure->port);
  }
  return {};
}

Result<void> Server::listen(const net::ListenerOptions& options) {
  for (auto wanted : options_.config.listen) {
    for (auto& context : contexts_) {
      auto listener = net::Listener::open(context.worker, wanted, options);
      if (!listener) return listener.error();
      wanted.port = (*listener)->local().port;  // the other workers take the port that the system has picked
      serve(context, *std::move(listener), wanted.scheme == "https");
    }
    endpoints_.push_back(wanted);
  }
  return {};
}

Result<void> Server::adopt(const net::ListenerOptions& options) {
  for (auto& one : options_.handed_in) {
    const auto endpoint = endpoint_of(one);
    const auto is_secure = endpoint.scheme == "https";
    if (is_secure && !tls_.load()) {
      log::warning("without a certificate nothing is done at a socket for TLS",
                   {{"address", net::to_string(endpoint)}});
      one.socket.reset();
      continue;
    }
    auto& context = contexts_.front();
    auto listener = net::Listener::adopt(context.worker, std::move(one.socket), options);
    if (!listener) return listener.error();
    endpoints_.push_back(endpoint);
    serve(context, *std::move(listener), is_secure);
  }
  return {};
}

void Server::serve(Context& context, std::unique_ptr<net::Listener> listener, bool is_secure) {
  auto& one = *listeners_.emplace_back(std::move(listener));
  context.worker.spawn(one.serve(
      [this, &context, is_secure](net::Stream stream) { return serve(context, std::move(stream), is_secure); }));
}

net::Task<void> Server::serve(Context& context, net::Stream stream, bool is_secure) {
  if (is_secure) {
    const auto until = net::deadline_after(net::Stream::handshake_timeout_default);
    const auto first = co_await stream.look_at_first(net::time_left(until));
    if (!first) co_return;
    if (begins_a_method(*first)) co_return co_await serve_connection(context, std::move(stream), is_for_tls);
    const auto secured = co_await stream.accept_tls(tls_.load(), net::time_left(until));
    if (!secured) co_return;
  }
  co_await serve_connection(context, std::move(stream));
}

control::asio::awaitable<json::object> Server::answer(json::object request) {
  const auto what = control::text_of(request, "do");
  if (what == "reload") co_return reload();
  co_return control::failure(fmt::format("an HTTP service does not know how to do \"{}\"", what));
}

void Server::measure(const net::Worker& worker, control::Metrics& out) {
  contexts_[worker.index()].counts.measure(out);
  if (worker.index() != 0) return;
  out.gauge("labnet_http_open_connections", "Connections that are open.", static_cast<double>(quota_->count()));
}

/// The configuration and the certificates are read again; connections that are there go on, with the new sites from
/// their next request on. With a fault all stays.
json::object Server::reload() {
  auto config = options_.read_again ? options_.read_again() : Result<Config>{options_.config};
  const auto reloaded = config ? reload_from(*std::move(config)) : Result<void>{config.error()};
  if (!reloaded) {
    log::error("sites stay as they are", {{"fault", reloaded.error().message}});
    return control::failure(reloaded.error().message);
  }
  const auto count = options_.config.sites.size();
  log::info("sites and certificates read again", {{"sites", count}});
  auto reply = control::success();
  reply["sites"] = count;
  return reply;
}

Result<void> Server::reload_from(Config config) {
  if (const auto checked = check_tls(config); !checked) return checked.error();
  const auto sites = SiteSet::make(config, sites_.get());
  if (!sites) return sites.error();
  auto tls = load_tls(config);
  if (!tls) return tls.error();
  const auto& before = options_.config;
  const bool has_fixed_changes = config.listen != before.listen || config.access_log != before.access_log ||
                                 config.limits.connections_max != before.limits.connections_max ||
                                 config.limits.connections_per_address_max != before.limits.connections_per_address_max;
  if (has_fixed_changes) {
    log::warning("listen, access_log, connections_max and connections_per_address_max change with a new start only");
  }
  config.listen = before.listen;
  config.access_log = before.access_log;
  options_.config = std::move(config);
  tls_ = *std::move(tls);
  sites_ = *sites;
  tell_doubts(*sites_);
  for (auto& context : contexts_) {
    context.worker.post([&context, sites = *sites, limits = options_.config.limits, like = options_.config.like] {
      context.responder.replace(sites);
      context.limits = limits;
      context.like = like;
      if (!context.access_log) return;
      if (const auto opened = context.access_log->open(); !opened) {
        log::error("the access log stays as it is", {{"fault", opened.error().message}});
      }
    });
  }
  return {};
}

}  // namespace labnet::http_server
