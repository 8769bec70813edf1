#include "common/log/log.hpp"

#include <signal.h>
#include <spdlog/async.h>
#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>

#include <atomic>

#include "common/log/line.hpp"
#include "common/log/sink.hpp"

namespace labnet::log {
namespace {

constexpr auto text_pattern = "%Y-%m-%d %H:%M:%S.%e %-7l %n: %v";
constexpr auto json_pattern = R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l","name":"%n",%v})";

std::atomic<Level> lowest{Level::warning};
std::atomic<Format> line_format{Format::text};
std::atomic<spdlog::logger*> running{nullptr};

spdlog::level::level_enum spdlog_level(Level level) {
  switch (level) {
    case Level::debug:
      return spdlog::level::debug;
    case Level::info:
      return spdlog::level::info;
    case Level::warning:
      return spdlog::level::warn;
    case Level::error:
      break;
  }
  return spdlog::level::err;
}

std::unique_ptr<spdlog::formatter> make_formatter(Format format) {
  if (format == Format::json)
    return std::make_unique<spdlog::pattern_formatter>(json_pattern, spdlog::pattern_time_type::utc);
  return std::make_unique<spdlog::pattern_formatter>(text_pattern);
}

/// The logger of programs that start none.
spdlog::logger& fallback() {
  static const auto logger = [] {
    auto sink = std::make_shared<DescriptorSink>(Options{.name = "labnet"});
    sink->set_formatter(make_formatter(Format::text));
    auto made = std::make_unique<spdlog::logger>("labnet", std::move(sink));
    made->set_level(spdlog::level::trace);
    return made;
  }();
  return *logger;
}

void write(Level level, std::string_view message, Fields fields) {
  if (!is_enabled(level)) return;
  auto* const started = running.load(std::memory_order_acquire);
  auto& logger = started ? *started : fallback();
  const auto body = line_format == Format::json ? json_line(message, fields) : text_line(message, fields);
  logger.log(spdlog_level(level), spdlog::string_view_t{body});
}

/// Threads made while this lives take no signals: those are for the program's own threads.
class SignalsBlocked {
 public:
  SignalsBlocked() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~SignalsBlocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

 private:
  sigset_t before_;
};

}  // namespace

struct Running::State {
  std::shared_ptr<DescriptorSink> sink;
  std::shared_ptr<spdlog::details::thread_pool> queue;  // asynchronous mode only
  std::shared_ptr<spdlog::logger> logger;
};

Running::Running(const Options& options) : state_{std::make_unique<State>()} {
  state_->sink = std::make_shared<DescriptorSink>(options);
  if (options.asynchronous) {
    const SignalsBlocked blocked;
    state_->queue = std::make_shared<spdlog::details::thread_pool>(queue_entries_max, 1);
    state_->sink->set_overrun([queue = state_->queue.get()] { return queue->overrun_counter(); });
    state_->logger = std::make_shared<spdlog::async_logger>(options.name, state_->sink, state_->queue,
                                                            spdlog::async_overflow_policy::overrun_oldest);
  } else {
    state_->logger = std::make_shared<spdlog::logger>(options.name, state_->sink);
  }
  state_->logger->set_level(spdlog::level::trace);  // is_enabled has decided before
  state_->logger->set_formatter(make_formatter(options.format));
  line_format = options.format;
  lowest = options.level;
  running.store(state_->logger.get(), std::memory_order_release);
}

Running::~Running() {
  running.store(nullptr, std::memory_order_release);
  line_format = Format::text;
  lowest = Level::warning;
  state_->queue.reset();  // writes what is queued, then ends the thread
}

bool is_enabled(Level level) {
  return level >= lowest.load(std::memory_order_relaxed);
}
void set_level(Level level) {
  lowest = level;
}

void debug(std::string_view message, Fields fields) {
  write(Level::debug, message, fields);
}
void info(std::string_view message, Fields fields) {
  write(Level::info, message, fields);
}
void warning(std::string_view message, Fields fields) {
  write(Level::warning, message, fields);
}
void error(std::string_view message, Fields fields) {
  write(Level::error, message, fields);
}

}  // namespace labnet::log
