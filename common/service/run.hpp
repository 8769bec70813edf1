// The last part of every `labnet serve` program: it answers until it is told to end.
#pragma once

#include <fmt/format.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "common/control/admin.hpp"
#include "common/log/log.hpp"
#include "common/net/runtime.hpp"
#include "common/program/console.hpp"
#include "common/program/version.hpp"
#include "common/service/control_channel.hpp"
#include "common/service/options.hpp"

namespace labnet::service {

/// The end of --check.
inline program::Exit say_that_all_is_right(program::Console& console, const CommonInput& input) {
  console.print("{}\n", input.config ? fmt::format("{}: ok", *input.config) : std::string{"ok"});
  return program::Exit::done;
}

/// What a service is started with, beside its server's own options.
struct Start {
  std::string_view name;  // "dns"
  const CommonInput& input;
  CommonConfig config{};
  std::function<void()> say_first{};  // in the log, before anything is done
};

/// Adds what every server has: of connections and octets. The Server's own numbers are its `measure`'s.
void add_common_metrics(std::string_view name, const net::Worker& worker, control::Metrics& metrics);

/// Starts the log, the runtime, the admin address if one is wanted, and the server; says "ready NAME ENDPOINTS" once it
/// answers, and runs until the end.
/// Server  has `start`, `endpoints`, `answer` for the requests of a lab, and
///         void measure(const net::Worker& worker, control::Metrics& out)
///         which is called on each worker's thread and tells what that one has counted. What is of the whole service
///         the first worker says: what several say is added up
template <class Server>
program::Exit run(program::Console& console, const Start& start, typename Server::Options options) {
  const log::Running log{{.name = std::string{start.name}, .format = start.input.log_format}};
  if (start.say_first) start.say_first();
  net::Runtime runtime{{.workers = start.input.workers}};
  std::unique_ptr<control::Admin> admin;
  if (const auto& wanted = start.input.admin ? start.input.admin : start.config.admin) {
    auto opened = control::Admin::open(runtime, *wanted, std::string{program::version});
    if (!opened) return console.fail(opened.error());
    admin = *std::move(opened);
    log::info("admin address", {{"address", net::to_string(admin->local())}});
  }
  Server server{runtime, std::move(options)};
  if (const auto started = server.start(); !started) return console.fail(started.error());
  std::optional<ControlChannel> control;
  if (start.input.control) {
    control.emplace(runtime, FileDescriptor{*start.input.control},
                    [&](const control::json::object& request) { return server.answer(request); });
  }
  console.print("ready {} {}\n", start.name, to_text(server.endpoints()));
  console.flush();
  if (admin) {
    admin->set_ready([&server, name = start.name](const net::Worker& worker) {
      control::Metrics metrics;
      add_common_metrics(name, worker, metrics);
      server.measure(worker, metrics);
      return metrics;
    });
  }
  runtime.run();
  return program::Exit::done;
}

}  // namespace labnet::service
