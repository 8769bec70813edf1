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

/// Appends what the descriptor holds; closes it at its end.
void take(FileDescriptor& from, std::string& into) {
  std::array<char, 16384> data{};
  for (;;) {
    const auto count = read(from.get(), data.data(), data.size());
    if (count < 0) return;  // nothing more for now
    if (count == 0) return from.reset();
    const auto room = output_bytes_max - std::min(into.size(), output_bytes_max);
    into.append(data.data(), std::min(static_cast<std::size_t>(count), room));
  }
}

}  // namespace

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
    : pid_{pid}, watch_{std::move(watch)}, output_{std::move(output)}, errors_{std::move(errors)}, stop_{&stop} {}

ChildProcess::ChildProcess(ChildProcess&& other) noexcept
    : pid_{std::exchange(other.pid_, 0)},
      watch_{std::move(other.watch_)},
      output_{std::move(other.output_)},
      errors_{std::move(other.errors_)},
      output_text_{std::move(other.output_text_)},
      errors_text_{std::move(other.errors_text_)},
      lines_end_{other.lines_end_},
      stop_{other.stop_} {}

ChildProcess::~ChildProcess() {
  if (pid_ > 0) reap(Ending::interrupted);
}

void ChildProcess::leave_alone() const {
  for (const auto& stream : {output_.get(), errors_.get()}) {
    if (stream >= 0) fcntl(stream, F_SETPIPE_SZ, unread_bytes_max);  // refused, the usual 64 KiB remain
  }
}

void ChildProcess::signal(int number) const {
  if (pid_ > 0) kill(pid_, number);
}

std::optional<Ending> ChildProcess::read_some(Clock::time_point until) {
  // A closed descriptor is -1, which poll passes over.
  std::array<pollfd, 4> events{pollfd{stop_->descriptor(), POLLIN, 0}, pollfd{output_.get(), POLLIN, 0},
                               pollfd{errors_.get(), POLLIN, 0}, pollfd{watch_.get(), POLLIN, 0}};
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now()).count();
  if (left <= 0) return Ending::deadline;
  poll(events.data(), events.size(), static_cast<int>(std::min<std::int64_t>(left, 1'000'000)));
  if (events[1].revents != 0) take(output_, output_text_);
  if (events[2].revents != 0) take(errors_, errors_text_);
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
    const auto end = output_text_.find('\n', lines_end_);
    if (end != std::string::npos) {
      auto text = output_text_.substr(lines_end_, end - lines_end_);
      lines_end_ = end + 1;
      return text;
    }
    if (is_over) return std::nullopt;
    is_over = read_some(until).has_value();
  }
}

Ended ChildProcess::wait(std::chrono::milliseconds time) {
  const auto until = Clock::now() + time;
  for (;;) {
    const auto ending = read_some(until);
    if (ending == Ending::exited) return reap(*ending);
    if (ending) return {*ending, end(end_grace).exit_code};
  }
}

Ended ChildProcess::end(std::chrono::milliseconds time) {
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
