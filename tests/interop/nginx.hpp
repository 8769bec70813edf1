// Where nginx is, and its module for RTMP.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

namespace labnet::test {

/// The first that is there, also where `./lab test` has unpacked it; else the last part of the name, under which nobody
/// finds it.
inline std::string find_installed(std::vector<std::string> places) {
  if (const char* const unpacked = std::getenv("LABNET_BENCH_PEERS")) places.push_back(unpacked + places[0]);
  const auto found = std::ranges::find_if(places, [](const auto& place) { return std::filesystem::exists(place); });
  return found == places.end() ? std::filesystem::path{places[0]}.filename().string() : *found;
}

inline std::string find_nginx() {
  return find_installed({"/usr/sbin/nginx", "/usr/local/sbin/nginx"});
}
inline std::string find_nginx_rtmp() {
  return find_installed({"/usr/lib/nginx/modules/ngx_rtmp_module.so"});
}

}  // namespace labnet::test
