#include "tests/support/child.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

namespace labnet::test {
namespace {

using Clock = std::chrono::steady_clock;

std::array<FileDescriptor, 2> make_pipe() {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) < 0) std::abort();
  return {FileDescriptor{ends[0]}, FileDescriptor{ends[1]}};
}

/// No test touches the CA of the user who runs it.
std::string authority_folder() {
  return (std::filesystem::read_symlink("/proc/self/exe").parent_path() / "ca").string();
}

[[noreturn]] void execute(const std::vector<std::string>& command, const How& how) {
  setenv("LABNET_CA_DIR", authority_folder().c_str(), 0);
  for (const auto& [name, value] : how.environment) {
    value.empty() ? unsetenv(name.c_str()) : setenv(name.c_str(), value.c_str(), 1);
  }
  if (!how.folder.empty() && chdir(how.folder.c_str()) < 0) _exit(126);
  if (how.prepare) how.prepare();
  std::vector<char*> argv;
  for (const auto& word : command) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  execvp(argv[0], argv.data());
  _exit(127);
}

}  // namespace

Child::Child(const std::vector<std::string>& command, const How& how)
    : until_{Clock::now() + how.patience}, patience_{how.patience} {
  auto output = make_pipe();
  auto errors = make_pipe();
  pid_ = fork();
  if (pid_ == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    dup2(output[1].get(), STDOUT_FILENO);
    dup2(errors[1].get(), STDERR_FILENO);
    const auto nothing = open("/dev/null", O_RDONLY);
    dup2(nothing, STDIN_FILENO);
    execute(command, how);
  }
  output_ = std::move(output[0]);
  errors_ = std::move(errors[0]);
}

Child::~Child() {
  if (pid_ <= 0) return;
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
}

void Child::signal(int number) const {
  kill(pid_, number);
}

bool Child::receive() {
  std::array<pollfd, 2> events{pollfd{output_.get(), POLLIN, 0}, pollfd{errors_.get(), POLLIN, 0}};
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until_ - Clock::now()).count();
  if (left <= 0 || (!output_ && !errors_)) return false;
  if (poll(events.data(), events.size(), static_cast<int>(left)) <= 0) return false;
  const auto take = [](const pollfd& event, FileDescriptor& from, std::string& into) {
    if (event.revents == 0) return;
    std::array<char, 65536> data{};
    const auto count = read(from.get(), data.data(), data.size());
    if (count <= 0) {
      from.reset();
    } else {
      into.append(data.data(), static_cast<std::size_t>(count));
    }
  };
  take(events[0], output_, outcome_.output);
  take(events[1], errors_, outcome_.errors);
  return true;
}

std::optional<std::string> Child::line() {
  until_ = Clock::now() + patience_;
  for (;;) {
    const auto end = outcome_.output.find('\n', lines_read_);
    if (end != std::string::npos) {
      auto line = outcome_.output.substr(lines_read_, end - lines_read_);
      lines_read_ = end + 1;
      return line;
    }
    if (!receive()) return std::nullopt;
  }
}

Outcome Child::wait() {
  until_ = Clock::now() + patience_;
  while (receive()) {
  }
  int status = 0;
  const auto has_ended = [&] { return waitpid(pid_, &status, WNOHANG) == pid_; };
  auto ended = has_ended();
  while (!ended && Clock::now() < until_) {
    pause();
    ended = has_ended();
  }
  if (!ended) {
    ADD_FAILURE() << "process " << pid_ << " did not end in time; it said: " << outcome_.errors;
    kill(pid_, SIGKILL);
    waitpid(pid_, &status, 0);
  }
  pid_ = 0;
  outcome_.exit_code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  return outcome_;
}

Outcome run(const std::vector<std::string>& command, const How& how) {
  return Child{command, how}.wait();
}

void let_fsync_fail() {
  let_system_call_fail(SYS_fsync, EIO);
}

void let_system_call_fail(long call, int error_number) {
  std::array<sock_filter, 4> program{{
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<std::uint32_t>(call), 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | static_cast<std::uint32_t>(error_number)),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  }};
  const sock_fprog filter{program.size(), program.data()};
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) != 0) {
    ::_exit(126);
  }
}

How as_nobody() {
  constexpr uid_t nobody = 65534;
  How how;
  if (::geteuid() != 0) return how;
  how.prepare = [] {
    if (::setgid(nobody) != 0 || ::setuid(nobody) != 0) ::_exit(1);
  };
  return how;
}

std::string labnet() {
  // Tests stand in build/tests, the program in build/bin.
  return (std::filesystem::read_symlink("/proc/self/exe").parent_path().parent_path() / "bin/labnet").string();
}

void pause() {
  std::this_thread::sleep_for(std::chrono::milliseconds{1});
}

TemporaryFolder::TemporaryFolder() {
  path_ = (std::filesystem::temp_directory_path() / "labnet-test-XXXXXX").string();
  if (mkdtemp(path_.data()) == nullptr) std::abort();
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string TemporaryFolder::write(const std::string& name, const std::string& text) const {
  const auto file = std::filesystem::path{path_} / name;
  std::filesystem::create_directories(file.parent_path());
  std::ofstream{file} << text;
  return file.string();
}

std::string read_file(const std::string& path) {
  std::ifstream file{path};
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace labnet::test
