#include "servers/lab/process.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/close_range.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <cstring>

#include "common/base/pipe.hpp"
#include "common/program/console.hpp"

namespace labnet::lab {
namespace {

constexpr int first_handed_in = 3;  // SD_LISTEN_FDS_START of sd_listen_fds(3)

Result<Pipe> make_socket_pair() {
  std::array<int, 2> ends{};
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) < 0) return system_error("cannot make a socket");
  fcntl(ends[0], F_SETFL, O_NONBLOCK);
  return Pipe{FileDescriptor{ends[0]}, FileDescriptor{ends[1]}};
}

/// Moves the descriptors to 3, 4, ... First out of the way of each other, then into place, open over exec.
void put_in_place(std::vector<int> descriptors) {
  const auto count = static_cast<int>(descriptors.size());
  for (auto& descriptor : descriptors) descriptor = fcntl(descriptor, F_DUPFD_CLOEXEC, first_handed_in + count);
  for (int i = 0; i < count; ++i) dup2(descriptors[static_cast<std::size_t>(i)], first_handed_in + i);
  // What else whoever started this program had open is no business of the new one.
  close_range(static_cast<unsigned>(first_handed_in + count), ~0u, CLOSE_RANGE_CLOEXEC);
}

[[noreturn]] void execute(const std::vector<std::string>& arguments) {
  std::vector<char*> argv;
  std::string name = "labnet";
  argv.push_back(name.data());
  for (const auto& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  execv("/proc/self/exe", argv.data());
  program::say(fmt::format("cannot execute /proc/self/exe: {}\n", std::strerror(errno)));
  _exit(127);
}

void reset_signals() {
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGCHLD, SIGPIPE}) std::signal(signal, SIG_DFL);
}

}  // namespace

Result<Child> start_labnet(std::vector<std::string> arguments, const std::vector<HandedOver>& handed_in,
                           bool with_control, const std::function<Result<void>()>& prepare) {
  auto output = make_pipe();
  auto errors = make_pipe();
  if (!output || !errors) return output ? errors.error() : output.error();
  Pipe control;
  std::vector<int> inherited;
  std::string names;
  for (const auto& one : handed_in) {
    inherited.push_back(one.descriptor);
    names += fmt::format("{}{}", names.empty() ? "" : ":", one.name);
  }
  if (with_control) {
    auto pair = make_socket_pair();
    if (!pair) return pair.error();
    control = std::move(*pair);
    arguments.insert(arguments.end(), {"--control-fd", std::to_string(first_handed_in + handed_in.size())});
    inherited.push_back(control.writing.get());
  }
  const auto parent = getpid();
  const auto child = fork();
  if (child < 0) return system_error("cannot start a process");
  if (child == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(1);  // it died before the line above
    reset_signals();
    dup2(output->writing.get(), STDOUT_FILENO);
    dup2(errors->writing.get(), STDERR_FILENO);
    const auto nothing = open("/dev/null", O_RDONLY);
    dup2(nothing, STDIN_FILENO);
    if (nothing > STDERR_FILENO) close(nothing);
    if (const auto prepared = prepare(); !prepared) {
      program::say(prepared.error().message + "\n");
      _exit(1);
    }
    // Entering namespaces may have cleared it.
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(1);
    put_in_place(inherited);
    if (!handed_in.empty()) {
      setenv("LISTEN_FDS", std::to_string(handed_in.size()).c_str(), 1);
      setenv("LISTEN_FDNAMES", names.c_str(), 1);
      setenv("LISTEN_PID", std::to_string(getpid()).c_str(), 1);
    }
    execute(arguments);
  }
  return Child{child, std::move(output->reading), std::move(errors->reading), std::move(control.reading)};
}

std::string describe_end(int wait_status) {
  if (WIFSIGNALED(wait_status)) {
    return fmt::format("was ended by signal {} ({})", WTERMSIG(wait_status), strsignal(WTERMSIG(wait_status)));
  }
  return fmt::format("ended with exit code {}", WEXITSTATUS(wait_status));
}

}  // namespace labnet::lab
