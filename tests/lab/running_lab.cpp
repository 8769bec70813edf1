#include "tests/lab/running_lab.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace labnet::test {
namespace {

namespace fs = std::filesystem;

constexpr int nobody = 65534;

std::string environment_of(pid_t pid) {
  return read_file("/proc/" + std::to_string(pid) + "/environ");
}

/// Calls `use(pid)` for each process that can be seen.
void for_each_process(const auto& use) {
  for (const auto& entry : fs::directory_iterator{"/proc"}) {
    const auto name = entry.path().filename().string();
    if (name.find_first_not_of("0123456789") == std::string::npos) use(std::stoi(name));
  }
}

/// Numbers below those that the kernel gives out, apart from those of other tests that run beside this one.
std::uint16_t free_port() {
  constexpr int first = 10'000;
  constexpr int count = 20'000;
  for (int attempt = 0;; ++attempt) {
    const auto port = static_cast<std::uint16_t>(first + (getpid() * 16 + attempt) % count);
    if (sockets_at(port).empty() || attempt == count) return port;
  }
}

void replace(std::string& text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  ASSERT_NE(at, std::string::npos) << from << " is not in\n" << text;
  text.replace(at, from.size(), to);
}

}  // namespace

const char* const small_lab = R"(name: small
networks:
  lan: { subnet: 192.168.1.0/24 }
hosts:
  one:
    lan: { address: 192.168.1.1, mac: 02:00:00:00:00:01 }
  two:
    lan: { address: 192.168.1.2, mac: 02:00:00:00:00:02, ttl: 128 }
)";

std::string name_of(const testing::TestParamInfo<User>& info) {
  return info.param == User::ordinary ? "AsOrdinaryUser" : "AsTheTest";
}

LabTest::LabTest() : program_{test::labnet()} {
  lab_file_ = write("lab.yaml", small_lab);
  fs::create_directory(folder() + "/run");
  fs::permissions(folder() + "/run", fs::perms::owner_all);
  if (GetParam() == User::as_the_test || geteuid() != 0) return;
  become_ = {"setpriv", "--reuid", std::to_string(nobody), "--regid", std::to_string(nobody), "--clear-groups"};
  // The build may stand where nobody else may look.
  program_ = folder() + "/labnet";
  fs::copy_file(test::labnet(), program_);
  fs::permissions(folder(), fs::perms::owner_all | fs::perms::group_all | fs::perms::others_all);
  if (chown((folder() + "/run").c_str(), nobody, nobody) < 0) ADD_FAILURE() << "cannot give a folder away";
}

LabTest::~LabTest() {
  for (const auto pid : processes()) kill(pid, SIGKILL);
}

std::vector<std::string> LabTest::command(const std::vector<std::string>& arguments) const {
  auto words = become_;
  words.push_back(program_);
  words.insert(words.end(), arguments.begin(), arguments.end());
  return words;
}

std::vector<std::string> LabTest::as_user(const std::vector<std::string>& words) const {
  auto all = become_;
  all.insert(all.end(), words.begin(), words.end());
  return all;
}

How LabTest::environment(How how) const {
  how.environment["XDG_RUNTIME_DIR"] = folder() + "/run";
  how.environment["LABNET_CA_DIR"] = folder() + "/run/ca";
  if (!how.prepare) how.prepare = prepare_;
  return how;
}

void LabTest::use_shipped_lab() {
  const fs::path copy = folder() + "/lab";
  fs::copy(LABNET_CONFIG_DIR "/labredes71", copy, fs::copy_options::recursive);
  port_ = free_port();
  auto text = read_file((copy / "lab.yaml").string());
  replace(text, "127.0.0.1:5300", fmt::format("127.0.0.1:{}", port_));
  lab_file_ = write("lab/lab.yaml", text);
}

void LabTest::lead_commands_through(const std::vector<std::string>& words) {
  become_.insert(become_.end(), words.begin(), words.end());
}

Outcome LabTest::labnet(const std::vector<std::string>& arguments, const How& how) const {
  return run(command(arguments), environment(how));
}

std::unique_ptr<Child> LabTest::up(const std::vector<std::string>& arguments) const {
  std::vector<std::string> words{"up", "-f", lab_file_};
  words.insert(words.end(), arguments.begin(), arguments.end());
  auto lab = std::make_unique<Child>(command(words), environment());
  const auto line = lab->line();
  EXPECT_TRUE(line && line->find(" is up") != std::string::npos) << line.value_or("(nothing)") << lab->wait().errors;
  return lab;
}

std::string LabTest::write(const std::string& name, const std::string& text) const {
  return folder_.write(name, text);
}

std::set<pid_t> LabTest::processes() const {
  std::set<pid_t> found;
  for_each_process([&](pid_t pid) {
    if (environment_of(pid).find(folder() + "/run") != std::string::npos) found.insert(pid);
  });
  return found;
}

std::string LabTest::namespace_of(const std::string& host) const {
  auto name = labnet({"exec", host, "--", "readlink", "/proc/self/ns/net"}).output;
  while (name.ends_with('\n')) name.pop_back();
  EXPECT_TRUE(name.starts_with("net:[")) << name;
  return name;
}

std::set<std::string> LabTest::namespaces_of(const std::set<pid_t>& processes) {
  std::set<std::string> found;
  for (const auto pid : processes) {
    for (const auto* kind : {"net", "mnt", "uts", "pid", "user"}) {
      std::error_code gone;
      const auto name = fs::read_symlink(fmt::format("/proc/{}/ns/{}", pid, kind), gone).string();
      if (!gone && name != fs::read_symlink(fmt::format("/proc/self/ns/{}", kind)).string()) found.insert(name);
    }
  }
  return found;
}

pid_t LabTest::supervisor_of(pid_t front) {
  std::istringstream children{read_file(fmt::format("/proc/{0}/task/{0}/children", front))};
  pid_t first = 0;
  children >> first;
  return first;
}

pid_t LabTest::await_supervisor_of(pid_t front) const {
  pid_t supervisor = 0;
  eventually([&] {
    // Before that its children are those that check the services' files.
    if (!runtime_files().empty()) supervisor = supervisor_of(front);
    return supervisor != 0;
  });
  return supervisor;
}

std::set<std::string> LabTest::runtime_files() const {
  std::set<std::string> files;
  const fs::path labs = folder() + "/run/labnet";
  if (!fs::exists(labs)) return files;
  for (const auto& entry : fs::recursive_directory_iterator{labs}) {
    files.insert(entry.path().lexically_relative(labs).string());
  }
  return files;
}

void LabTest::expect_nothing_is_left(const std::set<std::string>& namespaces) const {
  EXPECT_TRUE(eventually([&] { return processes().empty(); }));
  if (port_ != 0) {
    EXPECT_TRUE(eventually([&] { return sockets_at(port_).empty(); })) << testing::PrintToString(sockets_at(port_));
  }
  // One that is about to end has no environment any more, and its mounts still.
  std::set<pid_t> with_mounts;
  EXPECT_TRUE(eventually([&] {
    with_mounts.clear();
    for_each_process([&](pid_t pid) {
      const auto mounts = read_file(fmt::format("/proc/{}/mountinfo", pid));
      if (mounts.find(folder() + "/run/") != std::string::npos) with_mounts.insert(pid);
    });
    return with_mounts.empty();
  })) << testing::PrintToString(with_mounts);
  // The kernel gives the number of one that is gone to the next: labs of other tests do not count, and what else may
  // have got one goes soon.
  EXPECT_TRUE(eventually([&] {
    std::set<pid_t> others;
    for_each_process([&](pid_t pid) {
      if (environment_of(pid).find("/labnet-test-") == std::string::npos) others.insert(pid);
    });
    const auto in_use = namespaces_of(others);
    return std::ranges::none_of(namespaces, [&](const auto& name) { return in_use.contains(name); });
  }));
}

void LabTest::expect_nothing_is_left(const std::string& namespace_name) const {
  expect_nothing_is_left(namespace_name.empty() ? std::set<std::string>{} : std::set{namespace_name});
}

std::set<std::string> sockets_at(std::uint16_t port) {
  std::set<std::string> found;
  for (const auto* protocol : {"udp", "tcp", "udp6", "tcp6"}) {
    std::ifstream table{fmt::format("/proc/net/{}", protocol)};
    std::string line;
    std::getline(table, line);  // the heading
    while (std::getline(table, line)) {
      // "  12: 0100007F:14B4 00000000:0000 0A ...": number, local address and port, remote ones, state (10: listens)
      std::istringstream words{line};
      std::string number, local, remote, state;
      words >> number >> local >> remote >> state;
      const auto colon = local.rfind(':');
      if (colon == std::string::npos || std::stoul(local.substr(colon + 1), nullptr, 16) != port) continue;
      if (std::string{protocol}.starts_with("tcp") && state != "0A") continue;
      auto address = local.substr(0, colon);
      if (address.size() == 8) {
        const in_addr octets{static_cast<in_addr_t>(std::stoul(address, nullptr, 16))};
        address = inet_ntoa(octets);
      }
      found.insert(fmt::format("{} {}", protocol, address));
    }
  }
  return found;
}

}  // namespace labnet::test
