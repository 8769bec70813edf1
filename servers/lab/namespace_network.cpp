#include "servers/lab/namespace_network.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <iterator>

#include "servers/lab/host_files.hpp"
#include "servers/lab/trust.hpp"

namespace labnet::lab {
namespace {

namespace fs = std::filesystem;

constexpr int loopback_index = 1;    // the kernel's, in every new network namespace
constexpr int first_card_index = 2;  // of a host's eth0; of the switch's first bridge

/// Carries what all steps need, and keeps the first fault.
class Builder {
 public:
  Builder(const Lab& lab, bool in_user_namespace, fs::path files_folder, fs::path authorities)
      : lab_{lab},
        in_user_namespace_{in_user_namespace},
        files_folder_{std::move(files_folder)},
        authorities_{std::move(authorities)} {}

  Result<NamespaceNetwork, NamespaceFault> build() {
    if (open_base() && build_switch() && build_hosts() && plug_cables_in()) return std::move(network_);
    return *fault_;
  }

 private:
  bool fail(NamespaceStep step, int error_number, std::string what) {
    fault_ = NamespaceFault{step, error_number, std::move(what)};
    return false;
  }
  bool fail(NamespaceStep step, std::string what) { return fail(step, errno, std::move(what)); }
  bool fail(NamespaceStep step, const Error& error) { return fail(step, errno, error.message); }

  bool open_base() {
    auto user = namespaces::open_own_namespace("user");
    auto pid = namespaces::open_own_namespace("pid");
    auto network = namespaces::open_own_namespace("net");
    auto mounts = namespaces::open_own_namespace("mnt");
    auto uts = namespaces::open_own_namespace("uts");
    if (!user || !pid || !network || !mounts || !uts) return fail(NamespaceStep::network, "open the own namespaces");
    base_ = HostNamespaces{std::move(*user), std::move(*pid), std::move(*network), std::move(*mounts), std::move(*uts)};
    return true;
  }

  bool build_switch() {
    if (!set("net/ipv6/conf/all/disable_ipv6", "1") || !set("net/ipv6/conf/default/disable_ipv6", "1")) {
      add_shortfall("captures may hold IPv6 housekeeping of the bridges");
    }
    auto netlink = Netlink::open();
    if (!netlink) return fail(NamespaceStep::network, netlink.error());
    netlink->set_up(loopback_index);
    int index = first_card_index;
    for (const auto& network : lab_.networks) netlink->add_bridge(network.name, index++);
    if (auto done = netlink->commit(); !done) return fail(NamespaceStep::network, done.error());
    next_port_index_ = index;
    switch_.emplace(std::move(*netlink));
    return true;
  }

  bool build_hosts() {
    return std::ranges::all_of(lab_.hosts, [this](const Host& host) {
      if (unshare(CLONE_NEWNET | CLONE_NEWNS | CLONE_NEWUTS) < 0) {
        return fail(NamespaceStep::clone, "make the namespaces of host " + host.name);
      }
      return build_host(host) && return_to_base();
    });
  }

  bool build_host(const Host& host) {
    if (sethostname(host.name.data(), host.name.size()) < 0) add_shortfall("hosts do not carry their own names");
    set_system_controls(host);
    if (!cover_files(host) || !cover_authorities()) return false;
    auto netlink = Netlink::open();
    if (!netlink) return fail(NamespaceStep::network, netlink.error());
    add_cards(*netlink, host);
    if (auto done = netlink->commit(); !done) return fail(NamespaceStep::network, done.error());
    for (std::size_t card = 0; card < host.interfaces.size(); ++card) {
      if (auto done = switch_offloads_off(card_name(card)); !done) add_shortfall(done.error().message);
    }
    return keep(host, std::move(*netlink));
  }

  void set_system_controls(const Host& host) {
    // Before the cards are made, which take the default over. The loopback keeps its ::1.
    if (!set("net/ipv6/conf/default/disable_ipv6", "1")) add_shortfall("captures may hold IPv6 housekeeping of hosts");
    if (!set("net/ipv4/ip_unprivileged_port_start", "0")) {
      add_shortfall("ports below 1024 need a capability");
      network_.low_ports_need_rights = true;
    }
    if (!let_groups_ping()) add_shortfall("ping needs a capability");
    for (const auto& card : host.interfaces) {
      if (card.ttl && !set("net/ipv4/ip_default_ttl", std::to_string(*card.ttl))) {
        add_shortfall("a host's own TTL cannot be set");
      }
    }
    if (host.router && !set("net/ipv4/ip_forward", "1")) add_shortfall("routers cannot forward");
  }

  /// Every group, or where the user namespace knows only some (the lab's own or one around it) the user's.
  static bool let_groups_ping() {
    static const auto own = fmt::format("{0} {0}", getegid());
    return set("net/ipv4/ping_group_range", "0 2147483647") || set("net/ipv4/ping_group_range", own);
  }

  /// The host's own files of /etc, each mounted over the real machine's in the host's mount namespace.
  bool cover_files(const Host& host) {
    const auto folder = files_folder_ / host.name;
    fs::create_directory(folder);
    const auto cover = [&](const char* name, const std::string& text) {
      const auto file = folder / name;
      std::ofstream{file} << text;
      const auto target = fs::path{"/etc"} / name;
      if (mount(file.c_str(), target.c_str(), nullptr, MS_BIND, nullptr) == 0) return true;
      if (errno != ENOENT) return fail(NamespaceStep::mount, fmt::format("cover {}", target.string()));
      add_shortfall(fmt::format("this machine has no {} that a host's own could cover", target.string()));
      return true;
    };
    // Caches and resolvers of the real machine answer on these sockets, past resolv.conf.
    for (const auto* socket : {"/run/nscd/socket", "/run/systemd/resolve/io.systemd.Resolve"}) {
      if (access(socket, F_OK) == 0) mount("/dev/null", socket, nullptr, MS_BIND, nullptr);
    }
    return cover("resolv.conf", resolv_conf(host)) && cover("hosts", hosts_file(host)) &&
           cover("nsswitch.conf", nsswitch_conf(real_nsswitch_conf()));
  }

  /// The CAs that programs trust, if this machine keeps them where Debian does. Nobody in a host may change them, since
  /// all hosts have the same.
  bool cover_authorities() {
    if (access(system_authorities, F_OK) < 0) return true;
    constexpr unsigned long read_only = MS_BIND | MS_REMOUNT | MS_RDONLY | MS_NOSUID | MS_NODEV;
    if (mount(authorities_.c_str(), system_authorities, nullptr, MS_BIND, nullptr) < 0 ||
        mount(nullptr, system_authorities, nullptr, read_only, nullptr) < 0) {
      return fail(NamespaceStep::mount, fmt::format("cover {}", system_authorities));
    }
    network_.covers_authorities = true;
    return true;
  }

  const std::string& real_nsswitch_conf() {
    if (!real_nsswitch_conf_) {
      std::ifstream file{"/etc/nsswitch.conf"};
      real_nsswitch_conf_.emplace(std::istreambuf_iterator<char>{file}, std::istreambuf_iterator<char>{});
    }
    return *real_nsswitch_conf_;
  }

  void add_cards(Netlink& netlink, const Host& host) {
    netlink.set_up(loopback_index);
    for (std::size_t card = 0; card < host.interfaces.size(); ++card) {
      const auto& plan = host.interfaces[card];
      const auto index = first_card_index + static_cast<int>(card);
      const auto port_index = next_port_index_++;
      netlink.add_cable({card_name(card), index, plan.mac}, {fmt::format("port{}", port_index), port_index, {}},
                        base_.network.get());
      ports_.push_back({port_index, bridge_index(plan.network)});
      for (const auto address : plan.addresses) {
        netlink.add_address(index, address, lab_.find_network(plan.network)->subnet.prefix_bits);
      }
    }
    // The cards' other ends are up only once all hosts stand, but a route needs no carrier.
    for (const auto& route : routes_of(lab_, host)) netlink.add_route(route.destination, route.gateway);
  }

  bool keep(const Host& host, Netlink netlink) {
    auto network = namespaces::open_own_namespace("net");
    auto mounts = namespaces::open_own_namespace("mnt");
    auto uts = namespaces::open_own_namespace("uts");
    if (!network || !mounts || !uts) return fail(NamespaceStep::network, "open the namespaces of host " + host.name);
    const auto copy = [](const FileDescriptor& file) { return FileDescriptor{fcntl(file.get(), F_DUPFD_CLOEXEC, 0)}; };
    network_.hosts.push_back({host.name,
                              {in_user_namespace_ ? copy(base_.user) : FileDescriptor{}, copy(base_.pid),
                               std::move(*network), std::move(*mounts), std::move(*uts)},
                              std::move(netlink)});
    return true;
  }

  bool return_to_base() {
    if (setns(base_.network.get(), CLONE_NEWNET) < 0 || setns(base_.mount.get(), CLONE_NEWNS) < 0 ||
        setns(base_.uts.get(), CLONE_NEWUTS) < 0) {
      return fail(NamespaceStep::network, "leave a host's namespaces");
    }
    return true;
  }

  bool plug_cables_in() {
    for (const auto& port : ports_) switch_->add_port(port.index, port.bridge_index);
    if (auto done = switch_->commit(); !done) return fail(NamespaceStep::network, done.error());
    return true;
  }

  int bridge_index(std::string_view network) const {
    return first_card_index + static_cast<int>(lab_.find_network(network) - lab_.networks.data());
  }

  static std::string card_name(std::size_t card) { return fmt::format("eth{}", card); }

  /// A system control of the calling thread's network namespace; false if the machine does not allow it.
  static bool set(const std::string& name, std::string_view value) {
    const auto path = "/proc/sys/" + name;
    const FileDescriptor file{open(path.c_str(), O_WRONLY | O_CLOEXEC)};
    return file && write(file.get(), value.data(), value.size()) == static_cast<ssize_t>(value.size());
  }

  void add_shortfall(std::string text) {
    if (std::ranges::find(network_.shortfalls, text) == network_.shortfalls.end()) {
      network_.shortfalls.push_back(std::move(text));
    }
  }

  struct Port {
    int index;
    int bridge_index;
  };

  const Lab& lab_;
  bool in_user_namespace_;
  fs::path files_folder_;
  fs::path authorities_;
  std::optional<NamespaceFault> fault_;
  std::optional<std::string> real_nsswitch_conf_;
  HostNamespaces base_;
  std::optional<Netlink> switch_;
  int next_port_index_ = 0;
  std::vector<Port> ports_;
  NamespaceNetwork network_;
};

}  // namespace

BuiltHost* NamespaceNetwork::host(std::string_view name) {
  const auto found = std::ranges::find(hosts, name, &BuiltHost::name);
  return found == hosts.end() ? nullptr : &*found;
}

Result<void, NamespaceFault> mount_files(const fs::path& files_folder) {
  if (mount("labnet", files_folder.c_str(), "tmpfs", MS_NOSUID | MS_NODEV, "mode=0755,size=1g") == 0) return {};
  return NamespaceFault{NamespaceStep::mount, errno, "mount a tmpfs on " + files_folder.string()};
}

Result<NamespaceNetwork, NamespaceFault> build_network(const Lab& lab, bool in_user_namespace,
                                                       const fs::path& files_folder, const fs::path& authorities) {
  return Builder{lab, in_user_namespace, files_folder, authorities}.build();
}

}  // namespace labnet::lab
