#include "clients/lab/host.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>

#include <boost/json/array.hpp>

#include "common/namespaces/namespaces.hpp"

namespace labnet::lab_client {
namespace {

constexpr int no_such_program = 127;
constexpr int cannot_run = 126;

[[noreturn]] void execute(const std::vector<std::string>& command) {
  std::vector<char*> argv;
  for (const auto& word : command) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  execvp(argv[0], argv.data());
  const auto error = errno;
  fmt::print(stderr, "labnet exec: cannot run {}: {}\n", command.front(), std::strerror(error));
  _exit(error == ENOENT ? no_such_program : cannot_run);
}

volatile pid_t program_pid = 0;

/// For signals that somebody sends to this process alone: the program is who is meant.
extern "C" void pass_on(int signal) {
  kill(program_pid, signal);
}

int wait_for_program() {
  for (int status = 0;;) {
    if (waitpid(program_pid, &status, WUNTRACED) < 0) {
      if (errno == EINTR) continue;
      return cannot_run;
    }
    if (WIFSTOPPED(status)) {  // Ctrl-Z stops the pair; `fg` wakes both
      raise(SIGSTOP);
      kill(program_pid, SIGCONT);
      continue;
    }
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  }
}

}  // namespace

Result<control::json::object> enter_host(control::Client& lab, const std::string& host) {
  auto reply = lab.ask({{"do", "join"}, {"host", host}}, answer_deadline);
  if (!reply) return reply.error();
  auto descriptors = lab.take_descriptors();
  if (descriptors.size() < 4) return Error{"the lab did not hand its namespaces over"};
  namespaces::HostNamespaces namespaces{};
  namespaces.pid = std::move(descriptors[0]);
  namespaces.network = std::move(descriptors[1]);
  namespaces.mount = std::move(descriptors[2]);
  namespaces.uts = std::move(descriptors[3]);
  if (descriptors.size() > 4) namespaces.user = std::move(descriptors[4]);
  if (const auto entered = namespaces::enter(namespaces, namespaces::From::real_machine); !entered) {
    return entered.error();
  }
  return std::move(reply->at("host").as_object());
}

int run_program(const std::vector<std::string>& command) {
  // The terminal sends Ctrl-C to the program as well: it decides what that means, this process reports the outcome.
  for (const int signal : {SIGINT, SIGQUIT}) std::signal(signal, SIG_IGN);
  // The program cannot see its parent's pid, which is outside its PID namespace; it sees the end of this pipe close.
  std::array<int, 2> life{};
  if (pipe2(life.data(), O_CLOEXEC) < 0) {
    fmt::print(stderr, "labnet exec: cannot make a pipe: {}\n", std::strerror(errno));
    return cannot_run;
  }
  program_pid = fork();
  if (program_pid < 0) {
    fmt::print(stderr, "labnet exec: cannot start a process: {}\n", std::strerror(errno));
    return cannot_run;
  }
  if (program_pid == 0) {
    for (const int signal : {SIGINT, SIGQUIT, SIGPIPE}) std::signal(signal, SIG_DFL);
    if (const auto kept = namespaces::keep_network_rights_over_exec(); !kept) {
      fmt::print(stderr, "labnet exec: {}\n", kept.error().message);
    }
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    close(life[1]);
    pollfd parent{life[0], 0, 0};                     // POLLHUP comes without being asked for
    if (poll(&parent, 1, 0) != 0) _exit(cannot_run);  // it was killed before the signal was arranged
    execute(command);
  }
  for (const int signal : {SIGTERM, SIGHUP}) std::signal(signal, pass_on);
  return wait_for_program();
}

Result<std::string> interface_name(const control::json::object& host, std::string_view network) {
  std::string networks;
  for (const auto& card : host.at("interfaces").as_array()) {
    const auto& about = card.as_object();
    if (network.empty() || control::text_of(about, "network") == network) {
      return std::string{control::text_of(about, "name")};
    }
    networks += fmt::format("{}{}", networks.empty() ? "" : ", ", control::text_of(about, "network"));
  }
  return Error{fmt::format("host {} is not in a network named {}; it is in: {}", control::text_of(host, "name"),
                           network, networks)};
}

}  // namespace labnet::lab_client
