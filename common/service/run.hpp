// The last part of every `labnet serve` program: it answers until it is told to end.
#pragma once

#include <fmt/format.h>

#include <optional>
#include <string>
#include <string_view>

#include "common/program/console.hpp"
#include "common/service/control_channel.hpp"
#include "common/service/options.hpp"

namespace labnet::service {

/// The end of --check.
inline program::Exit say_that_all_is_right(program::Console& console, const CommonInput& input) {
  console.print("{}\n", input.config ? fmt::format("{}: ok", *input.config) : std::string{"ok"});
  return program::Exit::done;
}

/// Starts the server, says "ready NAME ENDPOINTS" once it answers, and runs until the end.
/// server  has `start`, `endpoints` and `answer`, for the requests of a lab
program::Exit run(program::Console& console, net::Runtime& runtime, auto& server, std::string_view name,
                  const CommonInput& input) {
  if (const auto started = server.start(); !started) return console.fail(started.error());
  std::optional<ControlChannel> control;
  if (input.control) {
    control.emplace(runtime, FileDescriptor{*input.control},
                    [&](const control::json::object& request) { return server.answer(request); });
  }
  console.print("ready {} {}\n", name, to_text(server.endpoints()));
  console.flush();
  runtime.run();
  return program::Exit::done;
}

}  // namespace labnet::service
