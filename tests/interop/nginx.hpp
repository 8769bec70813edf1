// Where nginx is.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

namespace labnet::test {

/// Installed, or unpacked by `./lab test`; else its name alone, under which nobody finds it.
inline std::string find_nginx() {
  std::vector<std::string> places{"/usr/sbin/nginx", "/usr/local/sbin/nginx"};
  if (const char* const unpacked = std::getenv("LABNET_BENCH_PEERS"))
    places.push_back(std::string{unpacked} + places[0]);
  const auto found = std::ranges::find_if(places, [](const auto& place) { return std::filesystem::exists(place); });
  return found == places.end() ? "nginx" : *found;
}

}  // namespace labnet::test
