#include "servers/lab/supervisor.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <fstream>
#include <memory>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/json/array.hpp>

#include "common/base/text.hpp"
#include "common/control/server.hpp"
#include "servers/lab/host_files.hpp"
#include "servers/lab/namespace_network.hpp"
#include "servers/lab/service_process.hpp"
#include "servers/lab/trust.hpp"

namespace labnet::lab {
namespace {

namespace asio = boost::asio;
namespace json = boost::json;
using asio::experimental::awaitable_operators::operator||;
using control::Session;

/// Commands that follow the log; fewer than may be connected, so that there is always room for others.
constexpr int followers_max = control::connections_max / 2;

/// How long services may take to finish what they are doing when the lab goes down.
constexpr std::chrono::milliseconds drain_deadline{500};

/// Tells the front why there is no lab. Returns the process's exit code.
int give_up(const FileDescriptor& front, const json::object& message) {
  const auto line = control::to_line(message);
  // If the front is gone, nobody wants to know.
  [[maybe_unused]] const auto sent = send(front.get(), line.data(), line.size(), MSG_NOSIGNAL);
  return 1;
}

json::object describe(const NamespaceFault& fault) {
  auto message = control::failure(fault.what);
  message["step"] = static_cast<int>(fault.step);
  message["errno"] = fault.error_number;
  return message;
}

/// Proportional set size in KiB (proc(5), smaps_rollup): shared pages count in parts. 0 if the process is gone.
long proportional_set_kib(pid_t pid) {
  std::ifstream file{fmt::format("/proc/{}/smaps_rollup", pid)};
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("Pss:")) return std::strtol(line.c_str() + 4, nullptr, 10);
  }
  return 0;
}

class Supervisor {
 public:
  Supervisor(SupervisorOptions options, NamespaceNetwork network, Trust trust)
      : options_{std::move(options)},
        lab_{options_.lab},
        network_{std::move(network)},
        trust_{std::move(trust)},
        log_{context_, std::move(options_.echo)},
        signals_{context_, SIGCHLD, SIGTERM},
        drained_{context_},
        front_{context_, asio::local::stream_protocol{}, options_.front.release()} {}

  int run() {
    for (const auto& shortfall : network_.shortfalls) log_.write("", "", "note: " + shortfall);
    // Of all that runs in a host services alone get to know with what the outside world's certificates are signed.
    setenv("LABNET_OUTSIDE_CA_DIR", trust_.outside_authority().c_str(), 1);
    setenv("SSL_CERT_FILE", authorities().c_str(), 0);
    watch_signals();
    watch_front();
    asio::co_spawn(context_, control::accept_connections(std::move(options_.control), options_.owner, handler_),
                   asio::detached);
    start_services();
    context_.run();
    return 0;
  }

 private:
  // -- services

  void start_services() {
    for (auto& plan : plan_services(lab_, options_.mode, options_.published, options_.paths.files)) {
      const auto* host = network_.host(plan.host);
      plan.keeps_rights = network_.low_ports_need_rights;
      services_.push_back(std::make_unique<ServiceProcess>(context_, std::move(plan),
                                                           host == nullptr ? nullptr : &host->namespaces, log_,
                                                           [this] { service_changed(); }));
      services_.back()->start();
    }
    service_changed();  // a lab without services is ready at once
  }

  void service_changed() {
    if (told_front_) return;
    const auto failed = std::ranges::find(services_, ServiceState::failed, &ServiceProcess::state);
    if (failed != services_.end()) {
      const auto& service = **failed;
      tell_front(control::failure(fmt::format("service {} on host {} did not start: {}", service.plan().name,
                                              service.plan().host, service.last_words())));
      stop();
      return;
    }
    const auto is_ready = [](const auto& service) { return service->state() == ServiceState::ready; };
    if (!std::ranges::all_of(services_, is_ready)) return;
    refresh_trust();  // one of them may have made the lab CA
    auto message = control::success();
    message["shortfalls"] = json::array(network_.shortfalls.begin(), network_.shortfalls.end());
    tell_front(std::move(message));
  }

  void refresh_trust() {
    if (const auto refreshed = trust_.refresh(); !refreshed) log_.write("", "", refreshed.error().message);
  }

  /// The CAs that are trusted in the hosts, as a host's programs find them.
  std::string authorities() const {
    return network_.covers_authorities ? system_authorities : trust_.authorities().string();
  }

  void tell_front(json::object message) {
    told_front_ = true;
    const auto line = control::to_line(message);
    boost::system::error_code gone;
    front_.send(asio::buffer(line), MSG_NOSIGNAL, gone);
  }

  void watch_signals() {
    signals_.async_wait([this](const boost::system::error_code& cancelled, int signal) {
      if (cancelled) return;
      if (signal == SIGTERM) stop();
      reap();
      watch_signals();
    });
  }

  void reap() {
    int status = 0;
    for (pid_t pid = 0; (pid = waitpid(-1, &status, WNOHANG)) > 0;) {
      // All others are orphans of programs that were executed in a host.
      const auto service = std::ranges::find(services_, pid, &ServiceProcess::pid);
      if (service != services_.end()) (*service)->ended(status);
    }
    if (stopping_ && std::ranges::all_of(services_, [](const auto& service) { return service->pid() == 0; })) end();
  }

  void watch_front() {
    front_.async_receive(asio::buffer(from_front_), [this](const boost::system::error_code&, std::size_t) { stop(); });
  }

  void stop() {
    if (stopping_) return;
    stopping_ = true;
    for (const auto& service : services_) service->stop();
    drained_.expires_after(drain_deadline);
    drained_.async_wait([](const boost::system::error_code&) { end(); });
    reap();
  }

  /// The kernel ends whatever is left in the lab with this process.
  [[noreturn]] static void end() { _exit(0); }

  // -- commands

  asio::awaitable<void> answer(Session& session, const json::object& request) {
    const auto what = control::text_of(request, "do");
    if (what == "status") {
      co_await session.reply(status());
    } else if (what == "join") {
      co_await join(session, request);
    } else if (what == "logs" || what == "events") {
      co_await answer_logs(session, request);
    } else if (what == "neighbours.flush") {
      co_await session.reply(flush_neighbours(request));
    } else if (what == "cache.show" || what == "cache.flush") {
      auto reply = co_await ask_cache(request);
      co_await session.reply(std::move(reply));
    } else if (what == "down") {
      co_await session.reply(control::success());
      stop();
    } else {
      co_await session.reply(control::failure(fmt::format("this lab does not know how to do \"{}\"", what)));
    }
  }

  const Host* host_of(const json::object& request) const { return lab_.find_host(control::text_of(request, "host")); }

  json::object no_such_host(const json::object& request) const {
    std::string names;
    for (const auto& host : lab_.hosts) names += (names.empty() ? "" : ", ") + host.name;
    return control::failure(
        fmt::format("no host of this lab is named \"{}\"; there are {}", control::text_of(request, "host"), names));
  }

  json::object status() const {
    auto message = control::success();
    message["lab"] = lab_.name;
    message["file"] = lab_.file.string();
    message["network"] = to_string(options_.mode);
    if (!options_.why_loopback.empty()) message["why"] = options_.why_loopback;
    message["authorities"] = authorities();
    message["shortfalls"] = json::array(network_.shortfalls.begin(), network_.shortfalls.end());
    auto& hosts = message["hosts"].emplace_array();
    for (const auto& host : lab_.hosts) hosts.push_back(describe(host));
    // A publication has a socket for each transport of its service.
    auto& published = message["published"].emplace_array();
    const Publication* last = nullptr;
    for (const auto& socket : options_.published) {
      if (std::exchange(last, socket.publication) == socket.publication) continue;
      const auto& publication = *socket.publication;
      published.push_back({{"from", fmt::format("{}:{}", to_string(publication.address), publication.port)},
                           {"to", fmt::format("{}:{}", publication.host, publication.host_port)}});
    }
    message["pss_kib"] = proportional_set_kib(getpid());
    return message;
  }

  json::object describe(const Host& host) const {
    json::object about{{"name", host.name}, {"router", host.router}};
    auto& cards = about["interfaces"].emplace_array();
    for (std::size_t i = 0; i < host.interfaces.size(); ++i) {
      const auto& card = host.interfaces[i];
      json::array addresses;
      json::array lab_addresses;  // as the lab file says, where `addresses` is how they are reached
      for (const auto address : card.addresses) {
        addresses.emplace_back(to_string(here(address)));
        lab_addresses.emplace_back(to_string(address));
      }
      cards.push_back({{"name", fmt::format("eth{}", i)},
                       {"network", card.network},
                       {"mac", to_string(card.mac)},
                       {"addresses", std::move(addresses)},
                       {"lab_addresses", std::move(lab_addresses)},
                       {"prefix_bits", lab_.find_network(card.network)->subnet.prefix_bits}});
    }
    if (host.resolver) {
      about["resolver"] = to_string(host.resolver->server);
      about["has_cache"] = host.resolver->cache;
    }
    auto& services = about["services"].emplace_array();
    for (const auto& service : services_) {
      if (service->plan().host != host.name) continue;
      services.push_back({{"name", service->plan().name},
                          {"protocol", service->plan().protocol},
                          {"state", to_string(service->state())},
                          {"endpoints", service->endpoints()},
                          {"pid", service->pid()},
                          {"restarts", service->restarts()},
                          {"pss_kib", service->pid() == 0 ? 0 : proportional_set_kib(service->pid())}});
    }
    return about;
  }

  /// The address under which a lab address is reached in this lab's mode.
  Ipv4Address here(Ipv4Address address) const {
    return options_.mode == NetworkMode::namespaces ? address : loopback_twin(lab_, address);
  }

  std::string why_no_host_can_be_entered() const {
    return fmt::format(
        "the hosts of a lab on the loopback network cannot be entered: they are addresses of this machine; {}",
        options_.why_loopback.empty() ? "start the lab without --network loopback"
                                      : "there are no namespaces, since " + options_.why_loopback);
  }

  asio::awaitable<void> join(Session& session, const json::object& request) {
    const auto* host = host_of(request);
    if (host == nullptr) {
      co_await session.reply(no_such_host(request));
      co_return;
    }
    auto* built = network_.host(host->name);
    if (built == nullptr) {
      auto message = control::failure(why_no_host_can_be_entered());
      co_await session.reply(std::move(message));
      co_return;
    }
    const auto& namespaces = built->namespaces;
    std::vector<int> descriptors{namespaces.pid.get(), namespaces.network.get(), namespaces.mount.get(),
                                 namespaces.uts.get()};
    if (namespaces.user) descriptors.push_back(namespaces.user.get());
    refresh_trust();
    auto message = control::success();
    message["host"] = describe(*host);
    message["authorities"] = authorities();
    co_await session.reply(std::move(message), descriptors);
  }

  asio::awaitable<void> answer_logs(Session& session, const json::object& request) {
    if (!control::is_true(request, "follow")) co_return co_await send_logs(session, request);
    if (followers_ == followers_max) {
      auto message = control::failure(fmt::format("{} others follow this lab's log; end some of them", followers_max));
      co_await session.reply(std::move(message));
      co_return;
    }
    ++followers_;
    co_await send_logs(session, request);
    --followers_;
  }

  /// HOST/SERVICE of all services.
  std::vector<std::string> names_in_log() const {
    std::vector<std::string> names;
    for (const auto& service : services_) {
      names.push_back(fmt::format("{}/{}", service->plan().host, service->plan().name));
    }
    return names;
  }
  bool is_known(std::string_view wanted) const {
    const auto is_named = [&](const auto& service) { return service->plan().name == wanted; };
    const auto names = names_in_log();
    return lab_.find_host(wanted) != nullptr || std::ranges::any_of(services_, is_named) ||
           std::ranges::find(names, wanted) != names.end();
  }

  asio::awaitable<void> send_logs(Session& session, const json::object& request) {
    const auto wanted = control::text_of(request, "service");
    const auto follow = control::is_true(request, "follow");
    const auto is_wanted = [&](const LogLine& line) {
      return wanted.empty() || line.service == wanted || line.host == wanted ||
             fmt::format("{}/{}", line.host, line.service) == wanted;
    };
    if (!wanted.empty() && !is_known(wanted)) {
      auto message = control::failure(fmt::format("no host or service of this lab is named \"{}\"; there are {}",
                                                  wanted, labnet::join(names_in_log(), ", ")));
      co_await session.reply(std::move(message));
      co_return;
    }
    const bool wants_events = control::text_of(request, "do") == "events";
    const auto since = control::text_of(request, "since");
    for (std::uint64_t next = 0;;) {
      // Copied, since lines may come and go while one is sent.
      std::vector<LogLine> lines;
      for (const auto& line : log_.lines()) {
        const bool is_late_enough = since.empty() || control::utc_text(line.heard) >= since;
        if (line.number >= next && is_late_enough && is_wanted(line)) lines.push_back(line);
      }
      if (!log_.lines().empty()) next = log_.lines().back().number + 1;
      for (const auto& line : lines) {
        auto message = control::success();
        message["more"] = true;
        if (wants_events) {
          message["event"] = control::to_json(event_of(line));
        } else {
          message["host"] = line.host;
          message["service"] = line.service;
          message["text"] = line.text;
        }
        const auto sent = co_await session.reply(std::move(message));
        if (!sent) co_return;
      }
      if (!follow) break;
      const auto first = co_await (log_.wait_for(next) || session.wait_for_other_side());
      if (first.index() == 1) co_return;  // it is gone, or has had enough
    }
    co_await session.reply(control::success());
  }

  json::object flush_neighbours(const json::object& request) {
    const auto* host = host_of(request);
    if (host == nullptr) return no_such_host(request);
    auto* built = network_.host(host->name);
    if (built == nullptr) return control::failure("a host on the loopback network has no neighbours");
    const auto flushed = built->netlink.flush_neighbours();
    if (!flushed) return control::failure(flushed.error().message);
    // The others forget it as well: one that has just heard from it would ask whether it is still there, in the middle
    // of what comes next.
    std::vector<Ipv4Address> addresses;
    for (const auto& card : host->interfaces) {
      addresses.insert(addresses.end(), card.addresses.begin(), card.addresses.end());
    }
    for (const auto& other : lab_.hosts) {
      if (&other == host) continue;
      const auto forgotten = network_.host(other.name)->netlink.flush_neighbours(addresses);
      if (!forgotten) return control::failure(forgotten.error().message);
    }
    auto message = control::success();
    message["flushed"] = *flushed;
    return message;
  }

  /// The cache of a host is that of its own resolver, or of the DNS server that runs on it.
  asio::awaitable<json::object> ask_cache(json::object request) {
    const auto* host = host_of(request);
    if (host == nullptr) co_return no_such_host(request);
    ServiceProcess* cache = nullptr;
    for (const auto& service : services_) {
      if (service->plan().host != host->name || service->plan().protocol != "dns") continue;
      if (cache == nullptr || service->plan().name == "resolver") cache = service.get();
    }
    if (cache == nullptr) co_return control::failure(fmt::format("host {} has no DNS cache", host->name));
    co_return co_await cache->ask(std::move(request));
  }

  SupervisorOptions options_;
  const Lab& lab_;
  NamespaceNetwork network_;
  Trust trust_;
  asio::io_context context_{1};
  LogBook log_;
  asio::signal_set signals_;
  asio::steady_timer drained_;
  asio::local::stream_protocol::socket front_;
  char from_front_[1]{};
  const control::Handler handler_{
      [this](Session& session, const json::object& request) { return answer(session, request); }};
  std::vector<std::unique_ptr<ServiceProcess>> services_;
  int followers_ = 0;
  bool told_front_ = false;
  bool stopping_ = false;
};

/// Whoever reads what the front writes sees its end when the front goes into the background.
void let_go_of_outputs() {
  const FileDescriptor nothing{open("/dev/null", O_RDWR | O_CLOEXEC)};
  for (const int standard : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) dup2(nothing.get(), standard);
}

}  // namespace

int run_supervisor(SupervisorOptions options) {
  setsid();  // Ctrl-C is for the front, which then stops the lab in order
  if (!options.echo) let_go_of_outputs();
  const auto has_namespaces = options.mode == NetworkMode::namespaces;
  if (has_namespaces) {
    const auto settled = namespaces::settle_in_namespaces(options.owner, options.group);
    const auto mounted = settled ? mount_files(options.paths.files) : settled;
    if (!mounted) return give_up(options.front, describe(mounted.error()));
  }
  auto trust = Trust::make(options.paths.files);
  if (!trust) return give_up(options.front, control::failure(trust.error().message));
  NamespaceNetwork network;
  if (has_namespaces) {
    auto built = build_network(options.lab, options.in_user_namespace, options.paths.files, trust->authorities());
    if (!built) return give_up(options.front, describe(built.error()));
    network = std::move(*built);
  }
  std::signal(SIGPIPE, SIG_IGN);
  return Supervisor{std::move(options), std::move(network), *std::move(trust)}.run();
}

}  // namespace labnet::lab
