#include "servers/lab/service_process.hpp"

#include <fmt/format.h>
#include <sys/wait.h>

#include <csignal>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "common/base/text.hpp"
#include "common/base/utf8.hpp"
#include "servers/lab/process.hpp"

namespace labnet::lab {
namespace {

namespace asio = boost::asio;
namespace json = boost::json;
constexpr auto result = asio::as_tuple(asio::use_awaitable);

/// Calls `each` with every line that arrives, until the writer has closed its end. Lines are cut at line_bytes_max.
template <class Each>
asio::awaitable<void> for_each_line(asio::posix::stream_descriptor input, Each each) {
  std::string received;
  for (;;) {
    auto buffer = asio::dynamic_buffer(received, LogBook::line_bytes_max);
    const auto [fault, length] = co_await asio::async_read_until(input, buffer, '\n', result);
    if (fault && fault != asio::error::not_found) break;
    const auto line_bytes = fault ? received.size() : length - 1;
    each(std::string_view{received}.substr(0, line_bytes));
    received.erase(0, fault ? received.size() : length);
  }
  if (!received.empty()) each(std::string_view{received});
}

}  // namespace

std::string_view to_string(ServiceState state) {
  switch (state) {
    case ServiceState::starting:
      return "starting";
    case ServiceState::ready:
      return "ready";
    case ServiceState::restarting:
      return "restarting";
    case ServiceState::failed:
      return "failed";
  }
  return "";
}

ServiceProcess::ServiceProcess(asio::io_context& context, ServicePlan plan, const namespaces::HostNamespaces* host,
                               LogBook& log, std::function<void()> changed)
    : context_{context},
      plan_{std::move(plan)},
      host_{host},
      log_{log},
      changed_{std::move(changed)},
      timer_{context} {}

void ServiceProcess::start() {
  state_ = ServiceState::starting;
  auto child = start_labnet(plan_.arguments, plan_.handed_in, true, [this]() -> Result<void> {
    if (host_ == nullptr) return {};
    if (const auto entered = namespaces::enter(*host_, namespaces::From::lab); !entered) return entered;
    return plan_.keeps_rights ? namespaces::keep_network_rights_over_exec() : Result<void>{};
  });
  if (!child) {
    last_words_ = child.error().message;
    log(last_words_);
    restart_later();
    return;
  }
  pid_ = child->pid;
  channel_ = std::make_shared<control::Channel>(
      control::Session::Socket{context_, asio::local::stream_protocol{}, child->control.release()});
  asio::co_spawn(context_, read_output(std::move(child->output)), asio::detached);
  asio::co_spawn(context_, read_log(std::move(child->errors)), asio::detached);
  timer_.expires_after(ready_deadline);
  timer_.async_wait([this](const boost::system::error_code& cancelled) {
    if (cancelled || state_ != ServiceState::starting || pid_ == 0) return;
    log(fmt::format("does not say that it is ready within {} s", ready_deadline.count()));
    kill(pid_, SIGKILL);
  });
}

void ServiceProcess::stop() {
  stopping_ = true;
  timer_.cancel();
  if (pid_ != 0) kill(pid_, SIGTERM);
}

void ServiceProcess::ended(int wait_status) {
  pid_ = 0;
  timer_.cancel();
  if (stopping_) return;
  const auto was_steady = state_ == ServiceState::ready && Clock::now() - ready_since_ >= steady_after;
  if (was_steady) pause_ = first_pause;
  control::json::object fields;
  if (WIFSIGNALED(wait_status)) {
    fields["signal"] = WTERMSIG(wait_status);
  } else {
    fields["exit_code"] = WEXITSTATUS(wait_status);
  }
  log(describe_end(wait_status), "ended", std::move(fields));
  restart_later();
}

void ServiceProcess::restart_later() {
  if (!was_ready_) {
    fail();
    return;
  }
  log(fmt::format("starts again in {} ms", pause_.count()), "restarts",
      {{"pause_ms", pause_.count()}, {"restarts", restarts_ + 1}});
  timer_.expires_after(pause_);
  timer_.async_wait([this](const boost::system::error_code& cancelled) {
    if (cancelled || stopping_) return;
    ++restarts_;
    start();
  });
  pause_ = std::min<std::chrono::milliseconds>(pause_ * 2, longest_pause);
  become(ServiceState::restarting);
}

void ServiceProcess::fail() {
  // What it said last may still be in its pipe.
  timer_.expires_after(std::chrono::milliseconds{20});
  timer_.async_wait([this](const boost::system::error_code&) {
    log("does not start", "failed", {{"why", as_utf8(last_words_)}}, "error");
    become(ServiceState::failed);
  });
}

void ServiceProcess::become(ServiceState state) {
  state_ = state;
  changed_();
}

asio::awaitable<void> ServiceProcess::read_output(FileDescriptor output) {
  co_await for_each_line(asio::posix::stream_descriptor{context_, output.release()},
                         [this](std::string_view line) { heard(line); });
}

asio::awaitable<void> ServiceProcess::read_log(FileDescriptor errors) {
  co_await for_each_line(asio::posix::stream_descriptor{context_, errors.release()}, [this](std::string_view line) {
    auto event = control::event_of_log_line(line);
    last_words_ = event ? control::as_log_text(*event) : std::string{line};
    if (!event) return log(last_words_);
    log_.write(plan_.host, plan_.name, last_words_, *std::move(event));
  });
}

void ServiceProcess::log(std::string text, std::string_view event, control::json::object fields,
                         std::string_view level) {
  control::Event made;
  made.level = level;
  made.name = event;
  made.fields = std::move(fields);
  log_.write(plan_.host, plan_.name, std::move(text), std::move(made));
}

void ServiceProcess::heard(std::string_view output_line) {
  const auto announcement = fmt::format("ready {} ", plan_.protocol);
  if (!output_line.starts_with(announcement)) {
    log(std::string{output_line});
    return;
  }
  timer_.cancel();
  endpoints_ = output_line.substr(announcement.size());
  ready_since_ = Clock::now();
  json::array endpoints;
  for (const auto one : split(endpoints_, ' ')) endpoints.emplace_back(one);
  log(fmt::format("ready at {}", endpoints_), "ready", {{"endpoints", std::move(endpoints)}, {"pid", pid_}}, "info");
  was_ready_ = true;
  become(ServiceState::ready);
}

asio::awaitable<control::json::object> ServiceProcess::ask(control::json::object request) {
  const auto channel = channel_;  // a restart may replace it meanwhile
  if (state_ != ServiceState::ready || !channel) {
    co_return control::failure(
        fmt::format("service {} on host {} is not ready ({})", plan_.name, plan_.host, to_string(state_)));
  }
  co_return co_await channel->ask(std::move(request));
}

}  // namespace labnet::lab
