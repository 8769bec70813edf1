#include "servers/sip/server.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/log/clock.hpp"
#include "common/log/log.hpp"
#include "common/net/random.hpp"
#include "servers/sip/media_sounds.hpp"

namespace labnet::sip_server {

namespace json = boost::json;

namespace {

constexpr std::size_t calls_shown = 100;

Result<void> check_certificate(const Config& config) {
  const auto secure = std::ranges::find(config.listen, "tls", &net::Endpoint::scheme);
  if (config.tls.is_offered() || secure == config.listen.end()) return {};
  return Error{net::to_string(*secure), " needs a certificate: tls of the configuration, or --tls"};
}

std::string text_of(const MediaCounts& counts) {
  return fmt::format("{} packets, {} lost, {:.1f} ms jitter", counts.packets, counts.lost, counts.jitter_ms);
}

}  // namespace

Result<void> Server::check(const Config& config) {
  if (const auto checked = Store::check(config.store); !checked) return checked.error();
  if (const auto checked = service::check(config.tls); !checked) return checked.error();
  if (config.media.speech) {  // own sounds have no faults, and are made at the start
    if (const auto sounds = MediaSounds::make(config.media); !sounds) return sounds.error();
  }
  return check_certificate(config);
}

Server::Server(net::Runtime& runtime, Options options)
    : runtime_{runtime}, worker_{runtime.workers().front()}, options_{std::move(options)}, timer_{worker_.executor()} {
  on_reload_ = worker_.on_reload([this] { reload(); });
  on_stop_ = worker_.on_stop([this] {
    if (exchange_) exchange_->hang_up(net::Clock::now());
    timer_.cancel();
  });
}

Server::~Server() = default;

Result<void> Server::start() {
  const auto& config = options_.config;
  if (const auto checked = check_certificate(config); !checked) return checked.error();
  auto store = Store::open(worker_, config.store);
  if (!store) return store.error();
  store_ = *std::move(store);
  auto media = MediaRelay::make(runtime_.workers(), config.media);
  if (!media) return media.error();
  media_ = *std::move(media);
  transport_ = std::make_unique<Transport>(
      worker_, config.limits,
      Transport::Receiver{.on_message =
                              [this](Bytes message, const sip::Hop& from) {
                                const bool is_read = exchange_->receive(message, from, net::Clock::now());
                                set_timer();
                                return is_read;
                              },
                          .on_broken =
                              [this](Bytes bytes, sip::FaultKind fault, const sip::Hop& from) {
                                exchange_->refuse_broken(bytes, fault, from, net::Clock::now());
                              },
                          .on_closed =
                              [this](const sip::Hop& hop) {
                                exchange_->on_transport_fault(hop, net::Clock::now());
                                set_timer();
                              }});
  exchange_ = std::make_unique<Exchange>(
      config.exchange(),
      Exchange::Surroundings{*transport_, *media_, *this, [] { return net::random_number<std::uint64_t>(); },
                             [this](const sip::Hop& to) { return transport_->connect(to); }},
      net::Clock::now(), seconds_now());
  auto tls = load_tls(config);
  if (!tls) return tls.error();
  transport_->set_tls(*std::move(tls));
  if (const auto listening = listen(); !listening) return listening.error();
  if (const auto restored = restore(); !restored) return restored.error();
  set_timer();
  return {};
}

Result<void> Server::restore() {
  auto all = store_->load(seconds_now());
  if (!all) return all.error();
  const auto now = net::Clock::now();
  for (auto& [user, bindings] : *all) exchange_->restore(user, std::move(bindings), now);
  const auto calls = store_->load_calls_under_way();
  if (!calls) return calls.error();
  if (!calls->empty()) log::warning("the last run was killed during calls", {{"calls", calls->size()}});
  for (const auto& call : *calls) exchange_->restore(call, now);
  return {};
}

Result<void> Server::listen() {
  for (const auto& wanted : options_.config.listen) {
    auto local = transport_->listen(wanted);
    if (!local) return local.error();
    endpoints_.push_back(*std::move(local));
  }
  for (auto& one : options_.handed_in) {
    auto local = transport_->adopt(std::move(one));
    if (!local) return local.error();
    endpoints_.push_back(*std::move(local));
  }
  return {};
}

/// Null without a certificate.
Result<std::shared_ptr<const net::TlsServer>> Server::load_tls(const Config& config) const {
  if (!config.tls.is_offered()) return std::shared_ptr<const net::TlsServer>{};
  auto listening = options_.config.listen;
  for (const auto& one : options_.handed_in) listening.push_back(one.local);
  auto identity = service::identity_of(config.tls, listening);
  if (!identity) return identity.error();
  net::TlsServerOptions tls{.identities = {}, .protocols = {}};
  tls.identities.push_back(*std::move(identity));
  return net::TlsServer::make(tls);
}

// Time

void Server::set_timer() {
  const auto next = exchange_->next();
  if (next >= timer_at_) return;
  timer_at_ = next;
  timer_.expires_at(next);
  timer_.async_wait([this](const boost::system::error_code& error) {
    if (!error) on_timer();
  });
}

void Server::on_timer() {
  timer_at_ = sip::never;
  exchange_->on_timer(net::Clock::now());
  set_timer();
}

// What the exchange tells

void Server::on_bindings(const std::string& user, const std::vector<Binding>& bindings, std::function<void()> then) {
  store_->save(user, bindings, [this, then = std::move(then)] {
    then();
    set_timer();
  });
}

void Server::on_call_under_way(const KeptCall& call) {
  store_->save(call);
}

bool Server::keeps_calls() const {
  return store_->outlives_the_process();
}

void Server::on_call_end(const CallRecord& record) {
  const auto began = exchange_->wall_time(record.began);
  store_->save(record, began);
  ++(record.answered ? call_counts_.answered : call_counts_.unanswered);
  if (!record.answered && !may_log_refusal()) return;
  log::info("call ended", {{"caller", record.caller},
                           {"callee", record.callee},
                           {"status", record.status},
                           {"cause", record.cause},
                           {"codec", record.codec},
                           {"from_caller", text_of(record.media[0])},
                           {"from_callee", text_of(record.media[1])}});
}

void Server::on_refusal(const sip::Hop& from, std::string_view what, std::string_view why) {
  if (may_log_refusal()) log::warning("refused", {{"from", sip::to_string(from)}, {"request", what}, {"why", why}});
}

bool Server::may_log_refusal() {
  return refusal_lines_.lets_write(net::Clock::now());
}

// What a lab asks

control::asio::awaitable<json::object> Server::answer(json::object request) {
  const auto what = control::text_of(request, "do");
  if (what == "reload") co_return reload();
  if (what == "registrations") co_return show_registrations();
  if (what == "calls") co_return show_calls();
  co_return control::failure(fmt::format("a SIP service does not know how to do \"{}\"", what));
}

void Server::measure(const net::Worker& worker, control::Metrics& out) {
  const auto& media = media_->totals(worker);
  const auto counter = [&](std::string_view name, std::string_view help, std::uint64_t value) {
    out.counter(name, help, static_cast<double>(value));
  };
  const auto gauge = [&](std::string_view name, std::string_view help, std::size_t value) {
    out.gauge(name, help, static_cast<double>(value));
  };
  counter("labnet_sip_rtp_received_packets_total", "RTP packets of calls that came from their sides.",
          media.received_packets);
  counter("labnet_sip_rtp_received_bytes_total", "The octets of these, headers included.", media.received_bytes);
  counter("labnet_sip_rtp_sent_packets_total", "RTP packets that were relayed, and those of own sounds.",
          media.sent_packets);
  counter("labnet_sip_rtp_sent_bytes_total", "The octets of these, headers included.", media.sent_bytes);
  if (&worker != &worker_) return;  // signalling is the first one's
  exchange_->counts().measure(out);
  transport_->sent().measure(out);
  call_counts_.measure(out);
  gauge("labnet_sip_registrations", "Phones that are registered.", exchange_->location().size());
  gauge("labnet_sip_active_calls", "Calls under way.", exchange_->calls());
  gauge("labnet_sip_transactions", "Transactions that are kept.", exchange_->transactions());
  gauge("labnet_sip_open_connections", "Connections by TCP and TLS that are open.", transport_->connections());
  gauge("labnet_sip_media_ports_free", "Pairs of ports that no call uses.", media_->ports_free());
}

json::object Server::show_registrations() const {
  auto reply = control::success();
  json::array list;
  const auto now = seconds_now();
  exchange_->location().for_each([&](const std::string& user, const Binding& binding) {
    json::object one{{"user", user},
                     {"contact", binding.contact},
                     {"from", sip::to_string(binding.hop)},
                     {"expires_s", (binding.expires_at - now).count()},
                     {"user_agent", binding.user_agent}};
    const auto* const reach = exchange_->reachability(binding.contact);
    if (reach != nullptr && reach->round_trip) one["round_trip_ms"] = reach->round_trip->count();
    list.push_back(std::move(one));
  });
  reply["registrations"] = std::move(list);
  reply["calls"] = exchange_->calls();
  return reply;
}

json::object Server::show_calls() {
  const auto lines = store_->calls(calls_shown);
  if (!lines) return control::failure(lines.error().message);
  json::array list;
  for (const auto& line : *lines) {
    list.push_back(json::object{{"began", line.began.time_since_epoch().count()},
                                {"caller", line.caller},
                                {"callee", line.callee},
                                {"status", line.status},
                                {"seconds", line.seconds},
                                {"cause", line.cause}});
  }
  auto reply = control::success();
  reply["calls"] = std::move(list);
  return reply;
}

/// Users, extensions and certificates are read again; what is registered and who talks stay. With a fault all stays.
json::object Server::reload() {
  auto config = options_.read_again ? options_.read_again() : Result<Config>{options_.config};
  if (!config) {
    log::error("users stay as they are", {{"fault", config.error().message}});
    return control::failure(config.error().message);
  }
  auto tls = load_tls(*config);
  if (!tls) {
    log::error("users stay as they are", {{"fault", tls.error().message}});
    return control::failure(tls.error().message);
  }
  transport_->set_tls(*std::move(tls));
  options_.config.users = config->users;
  options_.config.extensions = config->extensions;
  exchange_->set_config(options_.config.exchange());
  log::info("users, extensions and certificates read again", {{"users", options_.config.users.size()}});
  auto reply = control::success();
  reply["users"] = options_.config.users.size();
  return reply;
}

}  // namespace labnet::sip_server
