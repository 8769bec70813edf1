#include "common/namespaces/namespaces.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/capability.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <filesystem>
#include <initializer_list>

namespace labnet::namespaces {
namespace {

NamespaceFault fault(NamespaceStep step, std::string what) {
  return {step, errno, std::move(what)};
}

Result<void, NamespaceFault> write_map(const char* path, const std::string& text) {
  const FileDescriptor file{open(path, O_WRONLY | O_CLOEXEC)};
  if (!file || write(file.get(), text.data(), text.size()) < 0) {
    return fault(NamespaceStep::map_user, fmt::format("write \"{}\" to {}", text, path));
  }
  return {};
}

struct Capabilities {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> sets{};

  bool read() { return syscall(SYS_capget, &header, sets.data()) == 0; }
  bool write() { return syscall(SYS_capset, &header, sets.data()) == 0; }
  bool effective(unsigned capability) const { return (sets[capability / 32].effective >> (capability % 32) & 1) != 0; }
  void make_inheritable(unsigned capability) { sets[capability / 32].inheritable |= 1u << (capability % 32); }
};

}  // namespace

bool is_root_with_all_it_needs() {
  Capabilities own;
  return geteuid() == 0 && own.read() && own.effective(CAP_SYS_ADMIN) && own.effective(CAP_NET_ADMIN);
}

Result<pid_t, NamespaceFault> clone_into_namespaces() {
  unsigned long flags = CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWNS | CLONE_NEWUTS | SIGCHLD;
  if (!is_root_with_all_it_needs()) flags |= CLONE_NEWUSER;
  // The bare system call with no stack of its own behaves like fork.
  const auto child = static_cast<pid_t>(syscall(SYS_clone, flags, nullptr, nullptr, nullptr, nullptr));
  if (child < 0) return fault(NamespaceStep::clone, "make namespaces");
  if (child == 0) {
    // The signal comes from outside the PID namespace, so it ends its first process too. That process sees 0 as its
    // parent's pid from the start and cannot tell a parent that died before this line: it watches a pipe as well.
    prctl(PR_SET_PDEATHSIG, SIGKILL);
  }
  return child;
}

Result<void, NamespaceFault> settle_in_namespaces(uid_t user, gid_t group) {
  if (!is_root_with_all_it_needs()) {  // in a user namespace without a map nobody is root
    if (auto denied = write_map("/proc/self/setgroups", "deny"); !denied) return denied.error();
    if (auto mapped = write_map("/proc/self/uid_map", fmt::format("{0} {0} 1", user)); !mapped) return mapped.error();
    if (auto mapped = write_map("/proc/self/gid_map", fmt::format("{0} {0} 1", group)); !mapped) return mapped.error();
  }
  if (mount("", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) < 0) {
    return fault(NamespaceStep::mount, "make the mounts private");
  }
  // So that ps and the like see the lab's processes by their own pids. Where it is not allowed, as in a container with
  // parts of /proc covered, the real machine's /proc does.
  mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, nullptr);
  return {};
}

Result<FileDescriptor> open_own_namespace(std::string_view kind) {
  const auto path = fmt::format("/proc/thread-self/ns/{}", kind);
  FileDescriptor file{open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  if (!file) return system_error("cannot open " + path);
  return file;
}

Result<void> enter(const HostNamespaces& host, From from) {
  std::error_code ignored;
  const auto folder = std::filesystem::current_path(ignored);
  const auto join = [](const FileDescriptor& file, int kind) { return !file || setns(file.get(), kind) == 0; };
  // The user namespace comes first: it gives the right to enter the others.
  if (from == From::real_machine && (!join(host.user, CLONE_NEWUSER) || !join(host.pid, CLONE_NEWPID))) {
    return system_error("cannot enter the lab");
  }
  if (!join(host.network, CLONE_NEWNET) || !join(host.uts, CLONE_NEWUTS) || !join(host.mount, CLONE_NEWNS)) {
    return system_error("cannot enter the lab host");
  }
  // Entering made the process undumpable, and its own /proc/self belong to root.
  prctl(PR_SET_DUMPABLE, 1);
  if (folder.empty() || chdir(folder.c_str()) < 0) {
    if (chdir("/") < 0) return system_error("cannot enter the lab host's root folder");
  }
  return {};
}

Result<void> keep_network_rights_over_exec() {
  const std::initializer_list<unsigned> rights{CAP_NET_RAW, CAP_NET_ADMIN, CAP_NET_BIND_SERVICE};
  Capabilities own;
  if (!own.read()) return system_error("cannot read the own capabilities");
  for (const auto right : rights) own.make_inheritable(right);
  if (!own.write()) return system_error("cannot make capabilities inheritable");
  for (const auto right : rights) {
    if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, right, 0, 0) < 0) return system_error("cannot keep capabilities");
  }
  return {};
}

}  // namespace labnet::namespaces
