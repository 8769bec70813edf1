// Reading what is there without waiting, and whether anything is left: bytes, or the end of the connection.
#pragma once

#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/uio.h>

#include <cstddef>
#include <cstring>

namespace labnet::net {

/// From now on receive_now is told what it leaves (tcp(7), TCP_INQ). The peer's end counts as a byte that is left.
inline void ask_for_rest(int socket) {
  const int yes = 1;
  ::setsockopt(socket, IPPROTO_TCP, TCP_INQ, &yes, sizeof yes);
}

struct Received {
  ssize_t count;        // as of recv
  bool leaves_nothing;  // false: something is left, or nobody knows. That the connection has broken is not told here
};

inline Received receive_now(int socket, void* room, std::size_t size) {
  iovec vector{room, size};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))];
  msghdr message{};
  message.msg_iov = &vector;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  const auto count = ::recvmsg(socket, &message, MSG_DONTWAIT);
  const auto* const told = count > 0 ? CMSG_FIRSTHDR(&message) : nullptr;
  if (told == nullptr || told->cmsg_level != IPPROTO_TCP || told->cmsg_type != TCP_CM_INQ) return {count, false};
  int left = 0;
  std::memcpy(&left, CMSG_DATA(told), sizeof left);
  return {count, left == 0};
}

}  // namespace labnet::net
