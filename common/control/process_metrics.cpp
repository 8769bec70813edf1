#include "common/control/process_metrics.hpp"

#include <dirent.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdint>
#include <fstream>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "common/base/text.hpp"

namespace labnet::control {
namespace {

/// The fields of /proc/self/stat behind the program's name, which may hold anything, blanks and brackets too: the first
/// is number 3, the state (proc(5)).
std::vector<std::string> stat_fields() {
  std::ifstream file{"/proc/self/stat"};
  std::string line;
  std::getline(file, line);
  const auto end_of_name = line.rfind(')');
  if (end_of_name == line.npos) return {};
  std::istringstream rest{line.substr(end_of_name + 1)};
  std::vector<std::string> fields;
  for (std::string field; rest >> field;) fields.push_back(field);
  return fields;
}

std::optional<double> number(const std::vector<std::string>& fields, std::size_t number_in_manual) {
  constexpr std::size_t first = 3;
  const auto i = number_in_manual - first;
  if (i >= fields.size()) return std::nullopt;
  const auto value = parse_integer<std::uint64_t>(fields[i]);
  return value ? std::optional{static_cast<double>(*value)} : std::nullopt;
}

/// Since 1970, in seconds.
std::optional<double> boot_time() {
  std::ifstream file{"/proc/stat"};
  for (std::string word; file >> word;) {
    double value = 0;
    if (word == "btime" && file >> value) return value;
  }
  return std::nullopt;
}

std::optional<std::size_t> open_descriptors() {
  const std::unique_ptr<DIR, int (*)(DIR*)> folder{::opendir("/proc/self/fd"), &::closedir};
  if (!folder) return std::nullopt;
  std::size_t count = 0;
  while (const auto* entry = ::readdir(folder.get())) {
    if (entry->d_name[0] != '.') ++count;
  }
  return count - 1;  // the folder itself
}

}  // namespace

void add_process_metrics(Metrics& metrics) {
  const auto fields = stat_fields();
  const auto ticks_per_second = static_cast<double>(::sysconf(_SC_CLK_TCK));
  const auto started = number(fields, 22);
  const auto booted = boot_time();
  if (started && booted) {
    metrics.gauge("process_start_time_seconds", "Start time of the process since unix epoch in seconds.",
                  *booted + *started / ticks_per_second);
  }
  const auto user = number(fields, 14);
  const auto system = number(fields, 15);
  if (user && system) {
    metrics.counter("process_cpu_seconds_total", "Total user and system CPU time spent in seconds.",
                    (*user + *system) / ticks_per_second);
  }
  if (const auto pages = number(fields, 24)) {
    metrics.gauge("process_resident_memory_bytes", "Resident memory size in bytes.",
                  *pages * static_cast<double>(::sysconf(_SC_PAGESIZE)));
  }
  if (const auto bytes = number(fields, 23)) {
    metrics.gauge("process_virtual_memory_bytes", "Virtual memory size in bytes.", *bytes);
  }
  if (const auto threads = number(fields, 20)) {
    metrics.gauge("process_threads", "Number of OS threads in the process.", *threads);
  }
  if (const auto count = open_descriptors()) {
    metrics.gauge("process_open_fds", "Number of open file descriptors.", static_cast<double>(*count));
  }
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) == 0) {
    metrics.gauge("process_max_fds", "Maximum number of open file descriptors.", static_cast<double>(limit.rlim_cur));
  }
}

}  // namespace labnet::control
