#include "clients/scenario/child_process.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <thread>
#include <utility>

#include "common/base/pipe.hpp"
#include "common/program/console.hpp"

namespace labnet::scenario {
namespace {

constexpr int no_such_program = 127;

[[noreturn]] void execute(const std::vector<std::string>& words) {
  std::vector<char*> argv;
  for (const auto& word : words) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  execvp(argv[0], argv.data());
  program::say(fmt::format("cannot run {}: {}\n", words.front(), std::strerror(errno)));
  _exit(no_such_program);
}

/// One of its outputs, and what has been read of it.
struct Outlet {
  FileDescriptor pipe;
  KeptText text{output_bytes_max};

  /// What the pipe holds; closes it at its end.
  void take(std::string* lines = nullptr) {
    std::array<char, 16384> data{};
    for (;;) {
      const auto count = read(pipe.get(), data.data(), data.size());
      if (count < 0) return;  // nothing more for now
      if (count == 0) return pipe.reset();
      const std::string_view more{data.data(), static_cast<std::size_t>(count)};
      text.add(more);
      if (lines != nullptr && lines->size() < line_bytes_max) lines->append(more);
    }
  }
};

}  // namespace

/// At a place of its own, as a thread refers to it.
struct ChildProcess::Said {
  Outlet output, errors;
  std::string lines{};  // of its output, what line() has not given yet
  bool gives_lines = true;
  std::optional<Pipe> to_reader{};  // closed when it is to end
  std::thread reader{};

  void take_output() { output.take(gives_lines ? &lines : nullptr); }
  void give_no_lines() {
    gives_lines = false;
    lines.clear();
  }
  void read_until_told() {
    while (output.pipe || errors.pipe) {
      std::array<pollfd, 3> events{pollfd{to_reader->reading.get(), POLLIN, 0}, pollfd{output.pipe.get(), POLLIN, 0},
                                   pollfd{errors.pipe.get(), POLLIN, 0}};
      poll(events.data(), events.size(), -1);
      if (events[1].revents != 0) take_output();
      if (events[2].revents != 0) errors.take();
      if (events[0].revents != 0) return;
    }
  }
};

Result<ChildProcess> ChildProcess::start(const std::vector<std::string>& words, program::StopSignals& stop,
                                         bool together) {
  auto output = make_pipe();
  auto errors = make_pipe();
  if (!output || !errors) return output ? errors.error() : output.error();
  const auto parent = getpid();
  const auto pid = fork();
  if (pid < 0) return system_error("cannot start a process");
  if (pid == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(1);  // it died before the line above
    setpgid(0, 0);
    stop.restore();
    std::signal(SIGPIPE, SIG_DFL);
    const auto nothing = open("/dev/null", O_RDONLY);
    dup2(nothing, STDIN_FILENO);
    dup2(output->writing.get(), STDOUT_FILENO);
    dup2(together ? output->writing.get() : errors->writing.get(), STDERR_FILENO);
    execute(words);
  }
  FileDescriptor watch{static_cast<int>(syscall(SYS_pidfd_open, pid, 0))};
  return ChildProcess{pid, std::move(watch), std::move(output->reading), std::move(errors->reading), stop};
}

ChildProcess::ChildProcess(pid_t pid, FileDescriptor watch, FileDescriptor output, FileDescriptor errors,
                           program::StopSignals& stop)
    : pid_{pid},
      watch_{std::move(watch)},
      said_{std::make_unique<Said>(Said{.output = {std::move(output)}, .errors = {std::move(errors)}})},
      stop_{&stop} {}

ChildProcess::ChildProcess(ChildProcess&& other) noexcept
    : pid_{std::exchange(other.pid_, 0)},
      watch_{std::move(other.watch_)},
      said_{std::move(other.said_)},
      stop_{other.stop_} {}

ChildProcess::~ChildProcess() {
  if (said_) come_back();
  if (pid_ > 0) reap(Ending::interrupted);
}

void ChildProcess::leave_alone() {
  come_back();
  said_->give_no_lines();
  auto pipe = make_pipe();
  if (!pipe) return;  // too many are open: then it waits for a reader when its pipe is full
  said_->to_reader = *std::move(pipe);
  said_->reader = std::thread{[said = said_.get()] { said->read_until_told(); }};
}

void ChildProcess::come_back() {
  if (!said_->reader.joinable()) return;
  said_->to_reader->writing.reset();
  said_->reader.join();
  said_->to_reader.reset();
}

const KeptText& ChildProcess::output() {
  come_back();
  return said_->output.text;
}

const KeptText& ChildProcess::errors() {
  come_back();
  return said_->errors.text;
}

void ChildProcess::signal(int number) const {
  if (pid_ > 0) kill(pid_, number);
}

std::optional<Ending> ChildProcess::read_some(Clock::time_point until) {
  come_back();
  // A closed descriptor is -1, which poll passes over.
  std::array<pollfd, 4> events{pollfd{stop_->descriptor(), POLLIN, 0}, pollfd{said_->output.pipe.get(), POLLIN, 0},
                               pollfd{said_->errors.pipe.get(), POLLIN, 0}, pollfd{watch_.get(), POLLIN, 0}};
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now()).count();
  if (left <= 0) return Ending::deadline;
  poll(events.data(), events.size(), static_cast<int>(std::min<std::int64_t>(left, 1'000'000)));
  if (events[1].revents != 0) said_->take_output();
  if (events[2].revents != 0) said_->errors.take();
  if (events[0].revents != 0) {
    stop_->take();  // it ends this wait; what follows, such as an end in order, is waited for again
    return Ending::interrupted;
  }
  // Its end counts, not that of its outputs: what it has left behind may hold them open.
  if (events[3].revents != 0) return Ending::exited;
  return std::nullopt;
}

std::optional<std::string> ChildProcess::line(std::chrono::milliseconds time) {
  const auto until = Clock::now() + time;
  for (bool is_over = false;;) {
    auto& lines = said_->lines;
    const auto end = lines.find('\n');
    if (end != std::string::npos) {
      auto text = lines.substr(0, end);
      lines.erase(0, end + 1);
      return text;
    }
    if (is_over) return std::nullopt;
    is_over = read_some(until).has_value();
  }
}

Ended ChildProcess::wait(std::chrono::milliseconds time) {
  said_->give_no_lines();
  const auto until = Clock::now() + time;
  for (;;) {
    const auto ending = read_some(until);
    if (ending == Ending::exited) return reap(*ending);
    if (ending) return {*ending, end(end_grace).exit_code};
  }
}

Ended ChildProcess::end(std::chrono::milliseconds time) {
  said_->give_no_lines();
  signal(SIGTERM);
  const auto until = Clock::now() + time;
  for (auto one_has_come = stop_->have_come();;) {
    const auto ending = read_some(until);
    if (!ending || (*ending == Ending::interrupted && !std::exchange(one_has_come, true))) continue;
    return reap(*ending);
  }
}

Ended ChildProcess::reap(Ending ending) {
  if (ending != Ending::exited) kill(pid_, SIGKILL);
  int status = 0;
  while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  pid_ = 0;
  return {ending, WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status)};
}

}  // namespace labnet::scenario
