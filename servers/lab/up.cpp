#include "servers/lab/up.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <optional>

#include "common/control/client.hpp"
#include "common/control/runtime_folder.hpp"
#include "common/program/console.hpp"
#include "servers/lab/check_services.hpp"
#include "servers/lab/lab_file.hpp"
#include "servers/lab/namespace_support.hpp"
#include "servers/lab/process.hpp"
#include "servers/lab/published_sockets.hpp"
#include "servers/lab/supervisor.hpp"

namespace labnet::lab {
namespace {

constexpr int exit_done = 0;
constexpr int exit_failed = 1;
constexpr int exit_wrong_file = 2;

/// How long the supervisor may take to end in order before it is killed: longer than it gives its services.
constexpr std::chrono::milliseconds stop_deadline{2000};

int complain(std::string_view message) {
  program::say(fmt::format("labnet up: {}\n", message));
  return exit_failed;
}

/// The message begins with file:line:column, where editors look for it.
int complain_of_file(std::string_view message) {
  program::say(fmt::format("{}\n", message));
  return exit_wrong_file;
}

/// Standard error for a process that must not wait for whoever reads it: an open file description of its own, which
/// does not block, where there can be one (of a terminal or a pipe); else the same as it is.
FileDescriptor errors_without_blocking() {
  struct stat about {};
  const auto is_pipe = fstat(STDERR_FILENO, &about) == 0 && S_ISFIFO(about.st_mode);
  if (is_pipe || isatty(STDERR_FILENO) == 1) {
    FileDescriptor own{open("/proc/self/fd/2", O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)};
    if (own) return own;
  }
  return FileDescriptor{fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1)};
}

/// The signals that end a lab in order. Held back from the start, so that none falls between two steps.
class Signals {
 public:
  Signals() {
    sigset_t set;
    sigemptyset(&set);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&set, signal);
    sigprocmask(SIG_BLOCK, &set, &before_);
    descriptor_ = FileDescriptor{signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK)};
  }
  /// For the supervisor, which has its own way with signals.
  void release() { sigprocmask(SIG_SETMASK, &before_, nullptr); }
  int descriptor() const { return descriptor_.get(); }

 private:
  sigset_t before_{};
  FileDescriptor descriptor_;
};

/// What became of an attempt to start the lab.
struct Attempt {
  enum class Outcome { ready, interrupted, failed, no_namespaces };
  Outcome outcome;
  std::string message;  // why not
  std::optional<NamespaceFault> fault;
};

class Front {
 public:
  Front(const UpOptions& options, const Lab& lab, control::LabFolder& folder, FileDescriptor control,
        PublishedSockets published, Signals& signals, const FileDescriptor& awaited)
      : options_{options},
        lab_{lab},
        folder_{folder},
        control_{std::move(control)},
        published_{std::move(published)},
        signals_{signals},
        awaited_{awaited} {}

  /// Starts the lab in one mode and waits until it is ready. After any other outcome nothing runs.
  Attempt start(NetworkMode mode, const std::string& why_loopback) {
    std::array<int, 2> ends{};
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) < 0) {
      return failed(system_error("cannot make a socket").message);
    }
    supervisor_socket_ = FileDescriptor{ends[0]};
    FileDescriptor front_socket{ends[1]};
    auto echo = options_.background || options_.quiet ? FileDescriptor{} : errors_without_blocking();
    const auto in_user_namespace = !namespaces::is_root_with_all_it_needs();
    const auto user = geteuid();
    const auto group = getegid();
    if (mode == NetworkMode::namespaces) {
      const auto child = namespaces::clone_into_namespaces();
      if (!child) return {Attempt::Outcome::no_namespaces, {}, child.error()};
      supervisor_ = *child;
    } else {
      supervisor_ = fork();
      if (supervisor_ < 0) return failed(system_error("cannot start a process").message);
      if (supervisor_ == 0) prctl(PR_SET_PDEATHSIG, SIGKILL);
    }
    if (supervisor_ == 0) {
      signals_.release();
      supervisor_socket_.reset();
      // Without exec, and without running what the front would run at its end.
      _exit(run_supervisor({lab_, mode, why_loopback, user, group, in_user_namespace, folder_.paths(),
                            std::move(front_socket), std::move(control_), published_.sockets, std::move(echo)}));
    }
    front_socket.reset();
    return wait_until_ready();
  }

  /// Stays until a signal or `labnet down` ends the lab, or it dies. Returns the exit code.
  int stay() {
    if (!wait_for_signal_or_end()) {
      stop();
      return exit_done;
    }
    const auto status = wait_for_supervisor();
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return exit_done;
    return complain(fmt::format("the lab's supervisor {}; nothing of the lab is left", describe_end(status)));
  }

  void stop() {
    if (supervisor_ <= 0) return;
    shutdown(supervisor_socket_.get(), SHUT_WR);
    pollfd ended{supervisor_socket_.get(), 0, 0};  // POLLHUP comes without being asked for
    poll(&ended, 1, static_cast<int>(stop_deadline.count()));
    kill(supervisor_, SIGKILL);
    wait_for_supervisor();
  }

 private:
  static Attempt failed(std::string message) { return {Attempt::Outcome::failed, std::move(message), std::nullopt}; }

  Attempt wait_until_ready() {
    std::string line;
    for (;;) {
      if (!wait_for_signal_or_end()) {
        stop();
        return {Attempt::Outcome::interrupted, {}, std::nullopt};
      }
      std::array<char, 4096> data{};
      const auto count = recv(supervisor_socket_.get(), data.data(), data.size(), 0);
      if (count <= 0) {
        const auto status = wait_for_supervisor();
        return failed(fmt::format("the lab's supervisor {} while starting", describe_end(status)));
      }
      line.append(data.data(), static_cast<std::size_t>(count));
      if (line.ends_with('\n')) break;
    }
    const auto message = control::parse_message(line);
    if (!message) return failed(message.error().message);
    if (control::is_true(*message, "ok")) return {Attempt::Outcome::ready, {}, std::nullopt};
    const auto error = std::string{control::text_of(*message, "error")};
    stop();
    if (!message->contains("step")) return failed(error);
    const auto number = [&](const char* key) { return static_cast<int>(message->at(key).to_number<std::int64_t>()); };
    return {Attempt::Outcome::no_namespaces,
            {},
            NamespaceFault{static_cast<NamespaceStep>(number("step")), number("errno"), error}};
  }

  /// True if the supervisor has said something or ended; false for a signal, or if whoever waits for this lab is gone.
  bool wait_for_signal_or_end() {
    std::array<pollfd, 3> events{pollfd{signals_.descriptor(), POLLIN, 0}, pollfd{supervisor_socket_.get(), POLLIN, 0},
                                 pollfd{awaited_.get(), 0, 0}};  // POLLERR comes without being asked for
    while (poll(events.data(), events.size(), -1) < 0) {
    }
    return (events[0].revents & POLLIN) == 0 && events[2].revents == 0;
  }

  int wait_for_supervisor() {
    int status = 0;
    while (waitpid(supervisor_, &status, 0) < 0 && errno == EINTR) {
    }
    supervisor_ = 0;
    return status;
  }

  const UpOptions& options_;
  const Lab& lab_;
  control::LabFolder& folder_;
  FileDescriptor control_;
  PublishedSockets published_;
  Signals& signals_;
  const FileDescriptor& awaited_;  // the pipe to the process that waits for this one's word; -1 if none does
  FileDescriptor supervisor_socket_;
  pid_t supervisor_ = 0;
};

/// A process in the background that becomes the front, while this one waits for its word: the exit code.
class Background {
 public:
  /// Nothing in the process that goes on; in the one that waits, the exit code once it is known.
  std::optional<int> split() {
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) < 0) return complain(system_error("cannot make a pipe").message);
    FileDescriptor reading{ends[0]};
    result_ = FileDescriptor{ends[1]};
    const auto child = fork();
    if (child < 0) return complain(system_error("cannot start a process").message);
    if (child == 0) {
      reading.reset();
      setsid();
      // A lab that nobody waits for any more ends in order, not by this signal.
      std::signal(SIGPIPE, SIG_IGN);
      let_go_of_inherited_files();
      return std::nullopt;
    }
    result_.reset();
    unsigned char code = exit_failed;
    // Ctrl-C while waiting: the process in the background sees its pipe without a reader, and a lab that is not wanted.
    if (!wait_for(reading, child)) return exit_failed;
    if (read(reading.get(), &code, 1) != 1) {
      return complain("the process in the background was killed; nothing of the lab is left");
    }
    if (code != exit_done) waitpid(child, nullptr, 0);  // it is about to end: whoever looks now finds nothing left
    return code;
  }

  /// False if nobody waits for it any more.
  bool tell(int exit_code) {
    if (!result_) return true;
    const auto code = static_cast<unsigned char>(exit_code);
    if (write(result_.get(), &code, 1) < 0) return false;
    result_.reset();
    const FileDescriptor nothing{open("/dev/null", O_RDWR | O_CLOEXEC)};
    for (const int standard : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) dup2(nothing.get(), standard);
    return true;
  }

  /// Its other end closes with the process that waits; -1 once the word is given, or if there is no such process.
  const FileDescriptor& awaited() const { return result_; }

 private:
  /// What the user's shell had open, such as a lock, would stay so for as long as the lab.
  void let_go_of_inherited_files() const {
    const auto kept = static_cast<unsigned>(result_.get());
    constexpr unsigned first = STDERR_FILENO + 1;
    if (kept > first) close_range(first, kept - 1, 0);
    close_range(kept + 1, ~0u, 0);
  }

  /// False if a signal came first; the child is then told to stop and waited for.
  static bool wait_for(const FileDescriptor& reading, pid_t child) {
    Signals signals;
    std::array<pollfd, 2> events{pollfd{signals.descriptor(), POLLIN, 0}, pollfd{reading.get(), POLLIN, 0}};
    while (poll(events.data(), events.size(), -1) < 0) {
    }
    if ((events[0].revents & POLLIN) == 0) return true;
    kill(child, SIGTERM);
    waitpid(child, nullptr, 0);
    return false;
  }

  FileDescriptor result_;
};

Attempt start_as_chosen(Front& front, NetworkChoice choice) {
  if (choice == NetworkChoice::loopback) return front.start(NetworkMode::loopback, "");
  const auto attempt = front.start(NetworkMode::namespaces, "");
  if (attempt.outcome != Attempt::Outcome::no_namespaces) return attempt;
  const auto diagnosis = diagnose(*attempt.fault, read_system_facts());
  if (choice == NetworkChoice::namespaces) {
    return {Attempt::Outcome::failed, fmt::format("{}; remedy: {}", diagnosis.cause, diagnosis.remedy), std::nullopt};
  }
  program::say(fmt::format("labnet up: no network of namespaces: {} (remedy: {}); going on with the loopback network\n",
                           diagnosis.cause, diagnosis.remedy));
  return front.start(NetworkMode::loopback, fmt::format("{} (remedy: {})", diagnosis.cause, diagnosis.remedy));
}

/// Starts the lab and stays with it; nothing is left of it on return. Returns the exit code.
int keep(const UpOptions& options, const Lab& lab, Background& background) {
  Signals signals;
  auto folder = control::LabFolder::claim(lab.name);
  if (!folder) return complain(folder.error().message);
  auto control = folder->listen();
  if (!control) return complain(control.error().message);
  auto published = open_published_sockets(lab);
  if (!published) return complain(published.error().message);

  Front front{options, lab, *folder, std::move(*control), std::move(*published), signals, background.awaited()};
  const auto attempt = start_as_chosen(front, options.network);
  if (attempt.outcome == Attempt::Outcome::interrupted) return exit_failed;
  if (attempt.outcome != Attempt::Outcome::ready) return complain(attempt.message);
  fmt::print("lab {} is up: {} hosts; {}\"labnet down\" ends it\n", lab.name, lab.hosts.size(),
             options.background ? "" : "Ctrl-C or ");
  std::fflush(stdout);
  if (!background.tell(exit_done)) {
    front.stop();
    return exit_failed;
  }
  return front.stay();
}

}  // namespace

int up(const UpOptions& options) {
  auto loaded = load_lab(options.lab_file);
  if (!loaded) return complain_of_file(settings::to_string(loaded.error()));
  auto& lab = *loaded;
  if (options.name) lab.name = *options.name;
  if (options.no_publish) lab.publications.clear();
  if (const auto checked = check_services(lab); !checked) return complain_of_file(checked.error().message);

  Background background;
  if (options.background) {
    if (const auto exit_code = background.split()) return *exit_code;
  }
  const auto exit_code = keep(options, lab, background);
  background.tell(exit_code);  // if it could not be told that the lab is up; by now nothing is left of it
  return exit_code;
}

}  // namespace labnet::lab
