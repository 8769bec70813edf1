// A machine that refuses namespaces: why is said with its remedy, and the loopback network does what it can.
//
// The refusals are real, each made in namespaces of the test's own: a limit of the kernel, a filter of system calls,
// a chroot, a /proc/sys that is read-only.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <filesystem>

#include "tests/lab/running_lab.hpp"

namespace labnet::test {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

const std::string limit_cause = "this machine allows no user namespaces (user.max_user_namespaces = 0)";
const std::string limit_remedy = "sudo sysctl -w user.max_user_namespaces=10000";

/// Commands run as an ordinary user in a user, a mount and a network namespace whose loopback is all their own, so
/// that the ports of the loopback network are free whatever runs beside the test.
class Place : public LabTest {
 protected:
  /// set_up  shell commands that run there with all rights
  void enter_place(const std::string& set_up) {
    // The user keeps no rights, as on a machine where others have set up what set_up does.
    const auto script = "set -e; ip link set lo up; " + set_up +
                        "; echo ready; exec setpriv --inh-caps=-all --ambient-caps=-all --bounding-set=-all sleep 100";
    holder_ = std::make_unique<Child>(as_user(
        {"unshare", "--map-user=1000", "--map-group=1000", "--keep-caps", "--mount", "--net", "sh", "-c", script}));
    const auto line = holder_->line();
    if (line != "ready") FAIL() << "no such place can be made: " << holder_->wait().errors;
    lead_commands_through({"nsenter", "--target", std::to_string(holder_->pid()), "--user", "--preserve-credentials",
                           "--mount", "--net", "--wd=" + folder()});
  }
  Outcome dig(const std::string& server, int port, const std::string& name) const {
    return run(as_user({"dig", "+short", "+tries=1", "+time=5", "@" + server, "-p", std::to_string(port), name}));
  }

 private:
  std::unique_ptr<Child> holder_;
};

class NoUserNamespaces : public Place {
 protected:
  NoUserNamespaces() {
    use_shipped_lab();
    port_ = 0;  // the sockets are in the place's own network
    lab_file_ = write("lab/lab.yaml", read_file(LABNET_CONFIG_DIR "/labredes71/lab.yaml"));
  }
  void SetUp() override {
    enter_place("echo 1000 1000 > /proc/sys/net/ipv4/ping_group_range; echo 0 > /proc/sys/user/max_user_namespaces");
  }
};
INSTANTIATE_TEST_SUITE_P(Lab, NoUserNamespaces, testing::Values(User::as_the_test, User::ordinary), name_of);

TEST_P(NoUserNamespaces, UpSaysWhyAndGoesOnWithTheLoopbackNetwork) {
  const auto started = labnet({"up", "-d", "-f", lab_file_});
  EXPECT_EQ(started.exit_code, 0);
  EXPECT_THAT(started.output, testing::HasSubstr(" is up: "));
  EXPECT_EQ(started.errors, fmt::format("labnet up: no network of namespaces: {} (remedy: {}); going on with the "
                                        "loopback network\n",
                                        limit_cause, limit_remedy));

  EXPECT_EQ(dig("127.71.1.7", 5300, "web.labredes71.com").output, "127.71.1.10\n");
  EXPECT_EQ(dig("127.0.0.1", 5300, "web.labredes71.com").output, "127.71.1.10\n") << "through publish";
  EXPECT_THAT(dig("127.71.1.1", 5300, "www.bing.com").output, HasSubstr("e86303.dscx.akamaiedge.net."));

  const auto status = labnet({"status"});
  EXPECT_THAT(status.output, HasSubstr("lab labredes71 is up, network of kind loopback"));
  EXPECT_THAT(status.output, HasSubstr(fmt::format("no namespaces: {} (remedy: {})\n", limit_cause, limit_remedy)));
  const auto json = labnet({"status", "--format", "json"}).output;
  EXPECT_THAT(json, AllOf(HasSubstr("\"network\":\"loopback\""), HasSubstr("\"why\":\"" + limit_cause)));

  for (const std::vector<std::string>& command :
       std::vector<std::vector<std::string>>{{"exec", "pc1", "--", "true"}, {"shell", "pc1"}, {"capture", "pc1"}}) {
    const auto refused = labnet(command);
    EXPECT_EQ(refused.exit_code, 1) << command.front();
    EXPECT_EQ(refused.errors,
              fmt::format("labnet {}: the hosts of a lab on the loopback network cannot be entered: they are addresses "
                          "of this machine; there are no namespaces, since {} (remedy: {})\n",
                          command.front(), limit_cause, limit_remedy));
  }
  EXPECT_EQ(labnet({"down"}).exit_code, 0);
  EXPECT_EQ(runtime_files(), std::set<std::string>{});
  expect_nothing_is_left();
}

TEST_P(NoUserNamespaces, ALoopbackNetworkThatWasAskedForIsNoShortcoming) {
  const auto started = labnet({"up", "-d", "-f", lab_file_, "--network", "loopback"});
  EXPECT_EQ(started.exit_code, 0);
  EXPECT_EQ(started.errors, "");
  EXPECT_THAT(labnet({"status"}).output, Not(HasSubstr("no namespaces")));
  EXPECT_THAT(labnet({"exec", "pc1", "--", "true"}).errors, HasSubstr("; start the lab without --network loopback\n"));
  EXPECT_EQ(labnet({"down"}).exit_code, 0);
  expect_nothing_is_left();
}

TEST_P(NoUserNamespaces, IfNamespacesAreInsistedOnTheLabDoesNotComeUp) {
  for (const auto* background : {"--quiet", "-d"}) {
    const auto outcome = labnet({"up", background, "-f", lab_file_, "--network", "namespaces"});
    EXPECT_EQ(outcome.exit_code, 1);
    EXPECT_EQ(outcome.output, "");
    EXPECT_EQ(outcome.errors, fmt::format("labnet up: {}; remedy: {}\n", limit_cause, limit_remedy));
    EXPECT_EQ(runtime_files(), std::set<std::string>{});
  }
  expect_nothing_is_left();
}

TEST_P(NoUserNamespaces, ARunDoesWhatItCanAndCapturesNothing) {
  const auto results = output_folder() + "/results";
  const auto outcome =
      labnet({"run", "8.1", "--lab", lab_file_, "--out", results}, {.patience = std::chrono::seconds{60}});
  EXPECT_EQ(outcome.exit_code, 3);
  EXPECT_THAT(outcome.output, Not(HasSubstr("FAILED")));
  EXPECT_THAT(outcome.output, HasSubstr("Pinging 127.71.1.7 with 32 bytes of data"));
  EXPECT_THAT(outcome.output, HasSubstr("Sent = 4, Received = 4, Lost = 0"));
  const auto not_captured = fmt::format("{} (remedy: {})", limit_cause, limit_remedy);
  EXPECT_THAT(outcome.output, HasSubstr("  Ping_DNS_IP.pcap\n  skipped: " + not_captured + "\n"));
  EXPECT_THAT(outcome.output, HasSubstr("  Ping_FTP_IP.pcap\n  skipped: " + not_captured + "\n"));
  EXPECT_THAT(read_file(results + "/results.json"), HasSubstr(not_captured));
  for (const auto& entry : fs::directory_iterator{results}) {
    EXPECT_THAT(entry.path().filename().string(), Not(HasSubstr(".pcap")));
  }
  expect_nothing_is_left();
}

TEST_P(NoUserNamespaces, DoctorNamesCauseAndRemedy) {
  const auto text = labnet({"doctor"});
  EXPECT_EQ(text.exit_code, 1);
  EXPECT_EQ(text.errors, "");
  EXPECT_THAT(text.output, HasSubstr("limit    network of namespaces  " + limit_cause + "\n"));
  EXPECT_THAT(text.output, HasSubstr(" -> " + limit_remedy + "\n"));
  EXPECT_THAT(text.output, HasSubstr("This machine can run the lab with less: labnet up --network loopback"));
  const auto json = labnet({"doctor", "--format", "json"});
  EXPECT_EQ(json.exit_code, 1);
  EXPECT_THAT(json.output, StartsWith("{\"ok\":false,\"findings\":["));
  EXPECT_THAT(json.output,
              HasSubstr(fmt::format(
                  "{{\"subject\":\"network of namespaces\",\"state\":\"limit\",\"text\":\"{}\",\"remedy\":\"{}\"}}",
                  limit_cause, limit_remedy)));
}

TEST_P(NoUserNamespaces, WhoeverIsKilledTheLoopbackNetworkLeavesNothing) {
  constexpr int moments = 12;
  // The supervisors first: after a front's death its dead path hides when the next one begins.
  for (const bool kills_front : {false, true}) {
    for (int i = 0; i < moments; ++i) {
      Child lab{command({"up", "--quiet", "-f", lab_file_}), environment()};
      const auto supervisor = await_supervisor_of(lab.pid());
      ASSERT_NE(supervisor, 0);
      for (int rest = 0; rest < 5 * i; ++rest) pause();  // the moment is what is tested
      kill(kills_front ? lab.pid() : supervisor, SIGKILL);
      lab.wait();
      ASSERT_TRUE(eventually([&] { return processes().empty(); })) << "moment " << i;
    }
  }
  ASSERT_EQ(labnet({"up", "-d", "-f", lab_file_}).exit_code, 0);
  EXPECT_EQ(dig("127.0.0.1", 5300, "web.labredes71.com").output, "127.71.1.10\n");
  EXPECT_EQ(labnet({"down"}).exit_code, 0);
  expect_nothing_is_left();
}

/// What doctor, `up --network namespaces` and `up` say where `cause` is the reason.
class Refused : public Place {
 protected:
  void expect_refusal(const std::string& cause, const std::string& remedy) const {
    const auto doctor = labnet({"doctor"});
    EXPECT_EQ(doctor.exit_code, 1);
    EXPECT_THAT(doctor.output, AllOf(HasSubstr(cause), HasSubstr(remedy)));
    EXPECT_THAT(labnet({"doctor", "--format", "json"}).output, AllOf(HasSubstr(cause), HasSubstr(remedy)));
    const auto insisting = labnet({"up", "-d", "-f", lab_file_, "--network", "namespaces"});
    EXPECT_EQ(insisting.exit_code, 1);
    EXPECT_THAT(insisting.errors,
                AllOf(StartsWith("labnet up: "), HasSubstr(cause), HasSubstr("; remedy: "), HasSubstr(remedy)));
    const auto content = labnet({"up", "-d", "-f", lab_file_});
    EXPECT_EQ(content.exit_code, 0);
    EXPECT_THAT(content.errors, AllOf(HasSubstr(cause), HasSubstr("going on with the loopback network\n")));
    EXPECT_THAT(labnet({"status"}).output, AllOf(HasSubstr("network of kind loopback"), HasSubstr(cause)));
    EXPECT_EQ(labnet({"down"}).exit_code, 0);
    expect_nothing_is_left();
  }
};
INSTANTIATE_TEST_SUITE_P(Lab, Refused, testing::Values(User::as_the_test, User::ordinary), name_of);

TEST_P(Refused, ByALimitOfNetworkNamespaces) {
  // One for the bridges and one for the first host.
  enter_place("echo 2 > /proc/sys/user/max_net_namespaces");
  const auto insisting = labnet({"up", "-d", "-f", lab_file_, "--network", "namespaces"});
  EXPECT_EQ(insisting.exit_code, 1);
  EXPECT_THAT(insisting.errors, HasSubstr("this machine allows only 2 network namespaces (user.max_net_namespaces)"));
  EXPECT_THAT(insisting.errors, HasSubstr("sudo sysctl -w user.max_net_namespaces=10000"));
}

/// The system calls that make or enter namespaces and mount are refused, as in a container with Docker's own filter.
void install_filter() {
  constexpr unsigned namespace_flags = 0x7e020000;  // CLONE_NEW*
  const auto refuse = [](unsigned error) { return sock_filter BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | error); };
  const auto unless = [](unsigned call, std::uint8_t skipped) {
    return sock_filter BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call, 0, skipped);
  };
  std::array code{
      sock_filter BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      unless(SYS_clone3, 1),
      refuse(ENOSYS),
      unless(SYS_unshare, 1),
      refuse(EPERM),
      unless(SYS_setns, 1),
      refuse(EPERM),
      unless(SYS_mount, 1),
      refuse(EPERM),
      unless(SYS_clone, 3),
      sock_filter BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, args)),
      sock_filter BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, namespace_flags, 0, 1),
      refuse(EPERM),
      sock_filter BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  sock_fprog program{static_cast<unsigned short>(code.size()), code.data()};
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) < 0) {
    _exit(125);
  }
}

TEST_P(Refused, ByAFilterOfSystemCalls) {
  prepare_commands_by(install_filter);
  expect_refusal("a filter of system calls (seccomp) forbids making namespaces",
                 "docker run --security-opt seccomp=unconfined");
}

TEST_P(Refused, ByAChroot) {
  // Of folders that others have mounted below its own.
  const auto root = folder() + "/root";
  fs::create_directory(root);
  fs::permissions(root, fs::perms::all);
  enter_place(
      fmt::format("cd {}; for f in /*; do test -d $f || continue; mkdir -p .$f; mount --rbind $f .$f; done", root));
  lead_commands_through({"unshare", "--map-current-user", "--keep-caps", "chroot", root, "setpriv", "--inh-caps=-all",
                         "--ambient-caps=-all", "--bounding-set=-all"});
  expect_refusal("a process inside a chroot may not make user namespaces", "start labnet outside the chroot");
}

/// Where a lab comes up with less.
class Restricted : public Place {};
INSTANTIATE_TEST_SUITE_P(Lab, Restricted, testing::Values(User::as_the_test, User::ordinary), name_of);

TEST_P(Restricted, ByAReadOnlyProcSysTheLabStillComesUp) {
  use_shipped_lab();
  port_ = 0;
  enter_place("mount --bind /proc/sys /proc/sys; mount -o remount,bind,ro /proc/sys");
  const auto started = labnet({"up", "-d", "-f", lab_file_, "--network", "namespaces"});
  EXPECT_EQ(started.exit_code, 0) << started.errors;
  EXPECT_EQ(labnet({"exec", "pc1", "--", "dig", "+short", "web.labredes71.com"}).output, "192.168.1.10\n");
  EXPECT_EQ(labnet({"exec", "pc1", "--", "ping", "-c", "1", "192.168.1.7"}).exit_code, 0);
  EXPECT_THAT(labnet({"status"}).output, HasSubstr("note: a host's own TTL cannot be set\n"));
  EXPECT_THAT(labnet({"status"}).output, HasSubstr("note: routers cannot forward\n"));
  EXPECT_EQ(labnet({"down"}).exit_code, 0);
  expect_nothing_is_left();
}

}  // namespace
}  // namespace labnet::test
