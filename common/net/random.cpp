#include "common/net/random.hpp"

#include <sys/random.h>

#include <cerrno>
#include <cstdlib>

namespace labnet::net {

void fill_randomly(std::span<std::byte> bytes) {
  while (!bytes.empty()) {
    const auto count = getrandom(bytes.data(), bytes.size(), 0);
    if (count < 0 && errno != EINTR) std::abort();
    if (count > 0) bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
}

Buffer random_octets(std::size_t count) {
  Buffer octets(count);
  fill_randomly(octets);
  return octets;
}

}  // namespace labnet::net
