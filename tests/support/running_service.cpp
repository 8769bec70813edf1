#include "tests/support/running_service.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <stdexcept>

#include "common/base/text.hpp"

namespace labnet::test {
namespace {

std::uint16_t port_behind(const std::string& line, const std::string& front) {
  const auto at = line.find(front);
  if (at == line.npos) return 0;
  const auto start = at + front.size();
  return parse_integer<std::uint16_t>(line.substr(start, line.find(' ', start) - start)).value_or(0);
}

}  // namespace

RunningService::RunningService(std::string protocol, std::vector<std::string> options, How how)
    : protocol_{std::move(protocol)}, options_{std::move(options)}, how_{std::move(how)} {
  start();
}

void RunningService::start() {
  // The log goes where the ready line goes, so that tests can wait for its lines.
  std::vector<std::string> command{
      "sh", "-c", "exec \"$0\" \"$@\" 2>&1", labnet(), "serve", protocol_, "--listen", "127.0.0.1:0", "--workers", "1"};
  command.insert(command.end(), options_.begin(), options_.end());
  child_ = std::make_unique<Child>(command, how_);
  const auto is_of_log = [](const std::string& text) {
    return text.find(" info ") != text.npos || text.find(" warning ") != text.npos;
  };
  auto line = child_->line();
  for (early_log_.clear(); line && is_of_log(*line); line = child_->line()) early_log_.push_back(*line);
  if (!line || !line->starts_with(fmt::format("ready {} ", protocol_))) {
    throw std::runtime_error{line.value_or("it is not ready")};
  }
  ready_ = *line;
}

std::uint16_t RunningService::port(const std::string& scheme) const {
  return port_behind(ready_, scheme + "://127.0.0.1:");
}

std::size_t RunningService::descriptors() const {
  const std::filesystem::directory_iterator all{fmt::format("/proc/{}/fd", pid())};
  return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

std::size_t RunningService::resident_bytes() const {
  std::ifstream status{fmt::format("/proc/{}/status", pid())};
  for (std::string line; std::getline(status, line);) {
    if (!line.starts_with("VmRSS:")) continue;
    const auto first = line.find_first_of("0123456789");
    return parse_integer<std::size_t>(line.substr(first, line.find(' ', first) - first)).value() << 10;
  }
  throw std::runtime_error{"the process has no status"};
}

std::string RunningService::wait_for_log(const std::string& text) {
  for (const auto& line : early_log_) {
    if (line.find(text) != line.npos) return line;
  }
  for (;;) {
    const auto line = child_->line();
    if (line && line->find(text) != line->npos) return *line;
    if (line) continue;
    ADD_FAILURE() << "the log does not say: " << text;
    return {};
  }
}

int RunningService::terminate() {
  child_->signal(SIGTERM);
  return child_->wait().exit_code;
}

void RunningService::kill_and_restart() {
  child_->signal(SIGKILL);
  child_->wait();
  start();
}

}  // namespace labnet::test
