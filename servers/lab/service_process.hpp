// One service of a lab, kept running: started in its host, heard until it is ready, restarted when it ends.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

#include "common/control/server.hpp"
#include "common/namespaces/namespaces.hpp"
#include "servers/lab/log_book.hpp"
#include "servers/lab/service_plan.hpp"

namespace labnet::lab {

/// starting -> ready -> restarting -> starting ...; a service that has not been ready once does not come back.
enum class ServiceState { starting, ready, restarting, failed };
std::string_view to_string(ServiceState state);

class ServiceProcess {
 public:
  static constexpr std::chrono::milliseconds first_pause{100};  // before the first restart; doubled each time
  static constexpr std::chrono::seconds longest_pause{5};
  static constexpr std::chrono::seconds steady_after{10};    // ready for so long, it starts again from first_pause
  static constexpr std::chrono::seconds ready_deadline{10};  // to say that it answers

  /// host   where it runs; nothing for the real machine
  /// changed  called whenever the state has changed
  ServiceProcess(boost::asio::io_context& context, ServicePlan plan, const namespaces::HostNamespaces* host,
                 LogBook& log, std::function<void()> changed);

  void start();
  /// Asks it to end (SIGTERM) and does not restart it.
  void stop();
  /// To be called with what waitpid said of `pid()`.
  void ended(int wait_status);

  /// Passes a control request on and brings the answer back.
  boost::asio::awaitable<control::json::object> ask(control::json::object request);

  const ServicePlan& plan() const { return plan_; }
  ServiceState state() const { return state_; }
  pid_t pid() const { return pid_; }  // 0 if no process runs
  int restarts() const { return restarts_; }
  /// Where it listens, as its `ready` line says: "udp://192.168.1.7:53 tcp://192.168.1.7:53".
  const std::string& endpoints() const { return endpoints_; }
  /// The last line it logged: the likely reason why it failed.
  const std::string& last_words() const { return last_words_; }

 private:
  using Clock = std::chrono::steady_clock;

  void become(ServiceState state);
  boost::asio::awaitable<void> read_output(FileDescriptor output);
  boost::asio::awaitable<void> read_log(FileDescriptor errors);
  void heard(std::string_view output_line);
  void restart_later();
  void fail();
  void log(std::string text) { log_.write(plan_.host, plan_.name, std::move(text)); }
  void log(std::string text, std::string_view event, control::json::object fields, std::string_view level = "warning");

  boost::asio::io_context& context_;
  ServicePlan plan_;
  const namespaces::HostNamespaces* host_;
  LogBook& log_;
  std::function<void()> changed_;
  boost::asio::steady_timer timer_;  // the ready deadline, then the pause before a restart
  std::shared_ptr<control::Channel> channel_;
  ServiceState state_ = ServiceState::starting;
  pid_t pid_ = 0;
  int restarts_ = 0;
  bool stopping_ = false;
  bool was_ready_ = false;
  Clock::time_point ready_since_{};
  std::chrono::milliseconds pause_ = first_pause;
  std::string endpoints_;
  std::string last_words_;
};

}  // namespace labnet::lab
