// What each worker has for itself, for whoever knows only which worker he is on.
#pragma once

#include <cstddef>
#include <vector>

#include "common/net/runtime.hpp"

namespace labnet::net {

/// One T of each worker, which its own thread alone touches while the runtime runs.
template <class T>
class PerWorker {
 public:
  explicit PerWorker(std::size_t workers) : all_(workers) {}

  T& of(const Worker& worker) { return all_[worker.index()].value; }
  const T& of(const Worker& worker) const { return all_[worker.index()].value; }

 private:
  static constexpr std::size_t cache_line_bytes = 64;
  struct alignas(cache_line_bytes) Apart {  // so that no worker waits for what its neighbour writes
    T value{};
  };
  std::vector<Apart> all_;
};

}  // namespace labnet::net
