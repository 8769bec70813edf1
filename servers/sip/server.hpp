// The SIP service: the exchange with a clock, sockets and a store.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include <boost/asio/basic_waitable_timer.hpp>

#include "common/control/metrics.hpp"
#include "common/control/server.hpp"
#include "common/log/line_limit.hpp"
#include "common/net/handed_in.hpp"
#include "common/net/runtime.hpp"
#include "servers/sip/config.hpp"
#include "servers/sip/exchange.hpp"
#include "servers/sip/media_relay.hpp"
#include "servers/sip/store.hpp"
#include "servers/sip/transport.hpp"

namespace labnet::sip_server {

/// Signalling has the first worker; media are spread over all of them.
class Server final : private ExchangeObserver {
 public:
  struct Options {
    Config config;
    std::vector<net::HandedIn> handed_in{};        // those with the name "tls": TLS from the first byte on
    std::function<Result<Config>()> read_again{};  // at a reload; none: the configuration stays
  };
  /// Whether all that a configuration names can be read. Makes nothing. A fault is a sentence.
  static Result<void> check(const Config& config);

  Server(net::Runtime& runtime, Options options);
  ~Server() override;

  Result<void> start();
  const std::vector<net::Endpoint>& endpoints() const { return endpoints_; }

  /// Answers a lab's request: "reload", "registrations", "calls".
  control::asio::awaitable<control::json::object> answer(control::json::object request);
  /// What a worker has counted (service::run): registrations, calls, requests, media.
  void measure(const net::Worker& worker, control::Metrics& out);

 private:
  void on_bindings(const std::string& user, const std::vector<Binding>& bindings, std::function<void()> then) override;
  void on_call_under_way(const KeptCall& call) override;
  bool keeps_calls() const override;
  void on_call_end(const CallRecord& record) override;
  void on_refusal(const sip::Hop& from, std::string_view what, std::string_view why) override;

  Result<std::shared_ptr<const net::TlsServer>> load_tls(const Config& config) const;
  Result<void> listen();
  bool may_log_refusal();
  Result<void> restore();
  control::json::object reload();
  control::json::object show_registrations() const;
  control::json::object show_calls();

  /// Sets the timer to when the exchange wants to be called.
  void set_timer();
  void on_timer();

  using Timer = net::asio::basic_waitable_timer<net::Clock, net::asio::wait_traits<net::Clock>, net::Executor>;

  net::Runtime& runtime_;
  net::Worker& worker_;
  Options options_;
  std::vector<net::Endpoint> endpoints_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<MediaRelay> media_;
  std::unique_ptr<Transport> transport_;
  std::unique_ptr<Exchange> exchange_;
  Timer timer_;
  sip::TimePoint timer_at_ = sip::never;
  /// Of lines about refusals and calls that nobody has answered: strangers must not be able to fill the log.
  log::LineLimit refusal_lines_;
  CallCounts call_counts_;
  net::Worker::Registration on_reload_;
  net::Worker::Registration on_stop_;
};

}  // namespace labnet::sip_server
