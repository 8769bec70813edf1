// One try to read from a connection or to write to it without waiting: what a Stream and its TLS are made of.
#pragma once

#include <sys/types.h>

#include <cerrno>
#include <cstddef>

#include "common/net/fault.hpp"

namespace labnet::net {

struct Attempt {
  enum class Step { done, wait_to_read, wait_to_write, failed };

  static Attempt failed(StreamFault fault) { return {Step::failed, 0, fault}; }

  /// From what recv or sendmsg returned and errno tells.
  static Attempt of(ssize_t count, Step if_not_ready) {
    if (count >= 0) return {Step::done, static_cast<std::size_t>(count), {}};
    if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) return {if_not_ready, 0, {}};
    return failed(to_fault({errno, boost::system::system_category()}));
  }

  Step step;
  std::size_t bytes;
  StreamFault fault;  // if failed
};

}  // namespace labnet::net
