#include "clients/lab/host.hpp"

#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>

#include <boost/json/array.hpp>

#include "clients/lab/keeper.hpp"
#include "common/base/pipe.hpp"
#include "common/namespaces/namespaces.hpp"
#include "common/program/console.hpp"

namespace labnet::lab_client {
namespace {

volatile pid_t keeper_pid = 0;

/// For signals that somebody sends to this process alone: the program is who is meant.
extern "C" void pass_on(int signal) {
  kill(keeper_pid, signal);
}

int wait_for_keeper() {
  for (int status = 0;;) {
    if (waitpid(keeper_pid, &status, WUNTRACED) < 0) {
      if (errno == EINTR) continue;
      return cannot_run;
    }
    if (WIFSTOPPED(status)) {  // Ctrl-Z stops them all; `fg` wakes them
      raise(SIGSTOP);
      kill(keeper_pid, SIGCONT);
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
  if (const auto authorities = control::text_of(*reply, "authorities"); !authorities.empty()) {
    setenv("SSL_CERT_FILE", std::string{authorities}.c_str(), 0);
  }
  return std::move(reply->at("host").as_object());
}

int run_program(const std::vector<std::string>& command) {
  // The terminal sends Ctrl-C to the program as well: it decides what that means, this process reports the outcome.
  for (const int signal : {SIGINT, SIGQUIT}) std::signal(signal, SIG_IGN);
  // The keeper cannot see its parent's pid, which is outside its PID namespace; it sees the end of this pipe close.
  auto life = make_pipe();
  if (!life) {
    program::say(fmt::format("labnet exec: {}\n", life.error().message));
    return cannot_run;
  }
  keeper_pid = fork();
  if (keeper_pid < 0) {
    program::say(fmt::format("labnet exec: cannot start a process: {}\n", std::strerror(errno)));
    return cannot_run;
  }
  if (keeper_pid == 0) {
    life->writing.reset();
    _exit(keep_program(command, std::move(life->reading)));
  }
  for (const int signal : {SIGTERM, SIGHUP}) std::signal(signal, pass_on);
  return wait_for_keeper();
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
