// All of some bytes to a descriptor that waits (write(2)), whatever pieces the system takes them in.
#pragma once

#include <unistd.h>

#include <cerrno>

#include "common/base/bytes.hpp"

namespace labnet {

/// returns  0, or errno; then nobody knows how much was written
inline int write_all(int descriptor, Bytes bytes) {
  while (!bytes.empty()) {
    const auto count = ::write(descriptor, bytes.data(), bytes.size());
    if (count < 0 && errno != EINTR) return errno;
    if (count > 0) bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
  return 0;
}

}  // namespace labnet
