#include "tests/lab/running_lab.hpp"

#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <memory>

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

How LabTest::environment(How how) const {
  how.environment["XDG_RUNTIME_DIR"] = folder() + "/run";
  return how;
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

void LabTest::expect_nothing_is_left(const std::string& namespace_name) const {
  EXPECT_TRUE(eventually([&] { return processes().empty(); }));
  EXPECT_EQ(read_file("/proc/self/mountinfo").find(folder()), std::string::npos);
  if (namespace_name.empty()) return;
  for_each_process([&](pid_t pid) {
    std::error_code gone;
    const auto network = fs::read_symlink("/proc/" + std::to_string(pid) + "/ns/net", gone);
    EXPECT_NE(network.string(), namespace_name) << "process " << pid;
  });
}

}  // namespace labnet::test
