// Bytes of a file from a place on (pread(2)), whatever pieces the system gives them in.
#pragma once

#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <span>

namespace labnet {

/// As many as `room` has.
/// returns  0, or errno; ENODATA if the file ends before
inline int read_at(int file, std::uint64_t offset, std::span<std::byte> room) {
  while (!room.empty()) {
    const auto count = ::pread(file, room.data(), room.size(), static_cast<off_t>(offset));
    if (count < 0 && errno != EINTR) return errno;
    if (count == 0) return ENODATA;
    if (count < 0) continue;
    room = room.subspan(static_cast<std::size_t>(count));
    offset += static_cast<std::uint64_t>(count);
  }
  return 0;
}

}  // namespace labnet
