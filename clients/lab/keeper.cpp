#include "clients/lab/keeper.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <fstream>
#include <optional>

#include "common/namespaces/namespaces.hpp"
#include "common/program/console.hpp"

namespace labnet::lab_client {
namespace {

[[noreturn]] void execute(const std::vector<std::string>& command) {
  std::vector<char*> argv;
  for (const auto& word : command) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  execvp(argv[0], argv.data());
  const auto error = errno;
  program::say(fmt::format("labnet exec: cannot run {}: {}\n", command.front(), std::strerror(error)));
  _exit(error == ENOENT ? no_such_program : cannot_run);
}

/// The other end of a pipe, which nobody writes to, is closed.
bool is_closed(const FileDescriptor& pipe) {
  pollfd end{pipe.get(), 0, 0};  // POLLHUP comes without being asked for
  return poll(&end, 1, 0) != 0;
}

/// Kills the children of this process; false if they cannot be found. /proc may be that of the real machine, where
/// they have other pids than here, so each is named by its folder there and not by its pid.
bool kill_children() {
  std::ifstream children{"/proc/thread-self/children"};
  if (!children) return false;
  for (std::string pid; children >> pid;) {
    const FileDescriptor child{open(fmt::format("/proc/{}", pid).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    if (child) syscall(SYS_pidfd_send_signal, child.get(), SIGKILL, nullptr, 0);
  }
  return true;
}

/// Kills the children, and what they leave to this process thereby, until nothing is left.
void end_descendants() {
  while (kill_children()) {
    // The kernel hands the children of one that dies over before it tells of its end.
    if (waitpid(-1, nullptr, 0) < 0 && errno == ECHILD) return;
  }
}

class Keeper {
 public:
  explicit Keeper(FileDescriptor life) : life_{std::move(life)} {
    sigemptyset(&awaited_);
    for (const int signal : {SIGCHLD, SIGCONT, SIGHUP, SIGTERM}) sigaddset(&awaited_, signal);
    sigprocmask(SIG_BLOCK, &awaited_, &before_);
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    prctl(PR_SET_PDEATHSIG, SIGCONT);  // of all signals this one, for it wakes a process that was stopped
  }

  int run(const std::vector<std::string>& command) {
    const auto own_pid = getpid();
    program_ = fork();
    if (program_ < 0) {
      program::say(fmt::format("labnet exec: cannot start a process: {}\n", std::strerror(errno)));
      return cannot_run;
    }
    if (program_ == 0) become_program(command, own_pid);
    for (;;) {
      if (is_closed(life_)) return end_at_once();
      if (const auto code = look_at_children()) return *code;
      handle(sigwaitinfo(&awaited_, nullptr));
    }
  }

 private:
  [[noreturn]] void become_program(const std::vector<std::string>& command, pid_t parent) const {
    if (const auto kept = namespaces::keep_network_rights_over_exec(); !kept) {
      program::say(fmt::format("labnet exec: {}\n", kept.error().message));
    }
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(cannot_run);  // it was killed before the signal was arranged
    for (const int signal : {SIGINT, SIGQUIT, SIGPIPE}) std::signal(signal, SIG_DFL);
    sigprocmask(SIG_SETMASK, &before_, nullptr);
    execute(command);
  }

  void handle(int signal) {
    if (signal == SIGTERM) is_told_to_end_ = true;
    if (signal > 0 && signal != SIGCHLD && !is_closed(life_)) kill(program_, signal);
  }

  /// Takes the ends of children: the program's exit code once that one is among them.
  std::optional<int> look_at_children() {
    int status = 0;
    for (pid_t pid = 0; (pid = waitpid(-1, &status, WNOHANG | WUNTRACED)) > 0;) {
      if (pid != program_) continue;  // an orphan
      if (WIFSTOPPED(status)) {
        raise(SIGSTOP);  // for exec to see; it wakes both again
        continue;
      }
      if (is_told_to_end_) end_descendants();
      return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    }
    return std::nullopt;
  }

  int end_at_once() const {
    kill(program_, SIGKILL);  // even if it cannot be told what others there are
    end_descendants();
    return cannot_run;
  }

  FileDescriptor life_;
  sigset_t awaited_{}, before_{};
  pid_t program_ = 0;
  bool is_told_to_end_ = false;
};

}  // namespace

int keep_program(const std::vector<std::string>& command, FileDescriptor life) {
  return Keeper{std::move(life)}.run(command);
}

}  // namespace labnet::lab_client
