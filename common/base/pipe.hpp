// A pipe of the system's (pipe(2)): what is written at one end is read at the other.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <array>

#include "common/base/file_descriptor.hpp"
#include "common/base/result.hpp"

namespace labnet {

struct Pipe {
  FileDescriptor reading, writing;
};

/// Both ends are closed on exec; the reading one does not wait.
inline Result<Pipe> make_pipe() {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) < 0) return system_error("cannot make a pipe");
  fcntl(ends[0], F_SETFL, O_NONBLOCK);
  return Pipe{FileDescriptor{ends[0]}, FileDescriptor{ends[1]}};
}

}  // namespace labnet
