#include "servers/lab/namespace_support.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <fstream>

#include "common/base/text.hpp"
#include "servers/lab/netlink.hpp"

namespace labnet::lab {
namespace {

std::optional<long> read_number(const char* path) {
  std::ifstream file{path};
  long value = 0;
  if (!(file >> value)) return std::nullopt;
  return value;
}

/// The line `Seccomp:` of proc(5): 2 is a filter.
bool has_seccomp_filter() {
  std::ifstream status{"/proc/self/status"};
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("Seccomp:")) return trim(std::string_view{line}.substr(8)) == "2";
  }
  return false;
}

/// The root of a mount namespace is the root of a mount; that of a chroot is usually a folder somewhere inside one.
bool root_is_inside_a_mount() {
  struct statx about {};
  if (statx(AT_FDCWD, "/", 0, 0, &about) < 0) return false;
  return (about.stx_attributes_mask & STATX_ATTR_MOUNT_ROOT) != 0 &&
         (about.stx_attributes & STATX_ATTR_MOUNT_ROOT) == 0;
}

constexpr const char* loopback_way_out = "or go without: --network loopback";

Diagnosis diagnose_refusal(const NamespaceFault& fault, const SystemFacts& facts) {
  if (facts.apparmor_restrict_unprivileged_userns == 1) {
    return {
        "AppArmor keeps ordinary users from making user namespaces on this machine "
        "(kernel.apparmor_restrict_unprivileged_userns = 1)",
        fmt::format("sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0, or an AppArmor profile: profile "
                    "labnet {} flags=(unconfined) {{ userns, }}",
                    facts.program)};
  }
  if (facts.unprivileged_userns_clone == 0) {
    return {"ordinary users may not make user namespaces on this machine (kernel.unprivileged_userns_clone = 0)",
            "sudo sysctl -w kernel.unprivileged_userns_clone=1"};
  }
  if (facts.seccomp_filter) {
    return {"a filter of system calls (seccomp) forbids making namespaces, as in a container with default settings",
            "start the container with: docker run --security-opt seccomp=unconfined --security-opt apparmor=unconfined "
            "--security-opt systempaths=unconfined; podman run --security-opt seccomp=unconfined --security-opt "
            "unmask=ALL"};
  }
  if (facts.in_chroot) {
    return {"a process inside a chroot may not make user namespaces",
            fmt::format("start labnet outside the chroot, {}", loopback_way_out)};
  }
  return {fmt::format("the kernel refuses to {} ({})", fault.what, system_error("errno", fault.error_number).message),
          fmt::format("start labnet as root, {}", loopback_way_out)};
}

Diagnosis diagnose_limit(const NamespaceFault& fault, const SystemFacts& facts) {
  if (facts.max_user_namespaces == 0) {
    return {"this machine allows no user namespaces (user.max_user_namespaces = 0)",
            "sudo sysctl -w user.max_user_namespaces=10000"};
  }
  if (facts.max_network_namespaces && *facts.max_network_namespaces < 100) {
    return {fmt::format("this machine allows only {} network namespaces (user.max_net_namespaces)",
                        *facts.max_network_namespaces),
            "sudo sysctl -w user.max_net_namespaces=10000"};
  }
  return {fmt::format("the kernel refuses to {}: the limit of namespaces is reached or they are nested too deep",
                      fault.what),
          "end other labs or containers, or raise the sysctls user.max_*_namespaces"};
}

}  // namespace

SystemFacts read_system_facts() {
  SystemFacts facts;
  facts.max_user_namespaces = read_number("/proc/sys/user/max_user_namespaces");
  facts.max_network_namespaces = read_number("/proc/sys/user/max_net_namespaces");
  facts.unprivileged_userns_clone = read_number("/proc/sys/kernel/unprivileged_userns_clone");
  facts.apparmor_restrict_unprivileged_userns = read_number("/proc/sys/kernel/apparmor_restrict_unprivileged_userns");
  facts.seccomp_filter = has_seccomp_filter();
  facts.in_chroot = root_is_inside_a_mount();
  std::error_code ignored;
  facts.program = std::filesystem::read_symlink("/proc/self/exe", ignored).string();
  return facts;
}

Diagnosis diagnose(const NamespaceFault& fault, const SystemFacts& facts) {
  switch (fault.error_number) {
    case EPERM:
    case EACCES:
      return diagnose_refusal(fault, facts);
    case ENOSPC:
    case EUSERS:
      return diagnose_limit(fault, facts);
    case EINVAL:
    case ENOSYS:
      // The root folder of a chroot is no mount, and its mounts cannot be made private.
      if (fault.step == NamespaceStep::mount && facts.in_chroot) return diagnose_refusal(fault, facts);
      if (fault.step == NamespaceStep::clone) {
        return {"this kernel is built without user or network namespaces",
                fmt::format("start a kernel of the distribution, {}", loopback_way_out)};
      }
      break;
    case EOPNOTSUPP:
      return {fmt::format("this kernel cannot {}", fault.what), "sudo modprobe -a bridge veth"};
    case EROFS:
      return {fmt::format("cannot {}: part of /proc is read-only, as in a container with default settings", fault.what),
              "start the container with: --security-opt unmask=ALL (podman) or systempaths=unconfined (docker)"};
    default:
      break;
  }
  return {fmt::format("cannot {} ({})", fault.what, system_error("errno", fault.error_number).message),
          fmt::format("start labnet as root, {}", loopback_way_out)};
}

std::optional<NamespaceFault> try_namespaces() {
  // The child says what failed over a pipe: step, errno and the text.
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) < 0) return NamespaceFault{NamespaceStep::clone, errno, "make a pipe"};
  FileDescriptor reading{ends[0]};
  FileDescriptor writing{ends[1]};
  const auto user = geteuid();
  const auto group = getegid();
  const auto child = namespaces::clone_into_namespaces();
  if (!child) return child.error();
  if (*child == 0) {
    const auto report_and_end = [&](NamespaceStep step, int error_number, std::string_view what) {
      const auto text = fmt::format("{} {} {}", static_cast<int>(step), error_number, what);
      _exit(write(writing.get(), text.data(), text.size()) < 0 ? 2 : 1);
    };
    if (const auto settled = namespaces::settle_in_namespaces(user, group); !settled) {
      report_and_end(settled.error().step, settled.error().error_number, settled.error().what);
    }
    auto netlink = Netlink::open();
    if (!netlink) report_and_end(NamespaceStep::network, errno, "open a netlink socket");
    netlink->set_up(1);
    netlink->add_bridge("bridge", 2);
    if (!netlink->commit()) report_and_end(NamespaceStep::network, errno, "create a bridge");
    _exit(0);
  }
  writing.reset();
  std::array<char, 512> text{};
  const auto length = read(reading.get(), text.data(), text.size());
  waitpid(*child, nullptr, 0);
  if (length <= 0) return std::nullopt;
  const auto report = std::string_view{text.data(), static_cast<std::size_t>(length)};
  const auto words = split(report, ' ');
  return NamespaceFault{static_cast<NamespaceStep>(parse_integer<int>(words.at(0)).value_or(0)),
                        parse_integer<int>(words.at(1)).value_or(0),
                        std::string{report.substr(words[0].size() + words[1].size() + 2)}};
}

}  // namespace labnet::lab
