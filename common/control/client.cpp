#include "common/control/client.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace labnet::control {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::size_t receive_bytes = 16 * 1024;

int milliseconds_until(std::optional<Clock::time_point> deadline) {
  if (!deadline) return -1;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(*deadline - Clock::now()).count();
  return static_cast<int>(std::clamp<std::int64_t>(left, 0, 1'000'000'000));
}

}  // namespace

Result<Client> Client::connect(const std::filesystem::path& socket) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const auto& path = socket.native();
  if (path.size() >= sizeof address.sun_path) return Error{"the path of the control socket is too long: " + path};
  path.copy(address.sun_path, path.size());
  FileDescriptor connected{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  if (!connected) return system_error("cannot make a socket");
  if (::connect(connected.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) < 0) {
    return system_error("nobody answers at " + path);
  }
  return Client{std::move(connected)};
}

Result<json::object> Client::ask(const json::object& request, std::chrono::milliseconds deadline) {
  const auto line = to_line(request);
  for (std::size_t sent = 0; sent < line.size();) {
    const auto count = send(socket_.get(), line.data() + sent, line.size() - sent, MSG_NOSIGNAL);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EPIPE) break;  // closed by the other side, which may have said why
    if (count < 0) return system_error("cannot ask the lab");
    sent += static_cast<std::size_t>(count);
  }
  const auto answer = read_line(Clock::now() + deadline, -1);
  if (!answer) return answer.error();
  if (!*answer) return Error{"the connection ended without an answer"};
  auto reply = parse_message(**answer);
  if (reply && !is_true(*reply, "ok")) return Error{std::string{text_of(*reply, "error")}};
  return reply;
}

Result<std::optional<json::object>> Client::next_reply(int stop) {
  const auto line = read_line(std::nullopt, stop);
  if (!line) return line.error();
  if (!*line) return std::nullopt;
  auto reply = parse_message(**line);
  if (!reply) return reply.error();
  return std::move(*reply);
}

bool Client::wait_for_end(std::chrono::milliseconds deadline) {
  const auto until = Clock::now() + deadline;
  for (;;) {
    const auto more = receive_some(until, -1);
    if (more && !*more) return true;
    if (!more) return Clock::now() < until;  // a reset ends a connection as well
    received_.clear();
  }
}

Result<std::optional<std::string>> Client::read_line(Deadline deadline, int stop) {
  std::size_t searched = 0;
  for (;;) {
    const auto end = received_.find('\n', searched);
    if (end != received_.npos) {
      auto line = received_.substr(0, end);
      received_.erase(0, end + 1);
      return std::optional{std::move(line)};
    }
    searched = received_.size();
    if (received_.size() > reply_bytes_max) return Error{"an answer is longer than allowed"};
    const auto more = receive_some(deadline, stop);
    if (!more) return more.error();
    if (!*more) return std::nullopt;
  }
}

Result<bool> Client::receive_some(Deadline deadline, int stop) {
  std::array<pollfd, 2> readable{pollfd{socket_.get(), POLLIN, 0}, pollfd{stop, POLLIN, 0}};  // -1 is passed over
  int ready = 0;
  do {
    ready = poll(readable.data(), readable.size(), milliseconds_until(deadline));
  } while (ready < 0 && errno == EINTR);
  if (ready == 0) return Error{"no answer in time"};
  if (readable[1].revents != 0) return false;
  std::array<char, receive_bytes> data{};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int) * descriptors_max)> rights{};
  iovec target{data.data(), data.size()};
  msghdr message{};
  message.msg_iov = &target;
  message.msg_iovlen = 1;
  message.msg_control = rights.data();
  message.msg_controllen = rights.size();
  const auto count = recvmsg(socket_.get(), &message, MSG_CMSG_CLOEXEC);
  if (count < 0) return system_error("the connection broke");
  for (auto* part = CMSG_FIRSTHDR(&message); part != nullptr; part = CMSG_NXTHDR(&message, part)) {
    if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_RIGHTS) continue;
    for (std::size_t at = 0; at + sizeof(int) <= part->cmsg_len - CMSG_LEN(0); at += sizeof(int)) {
      int descriptor = -1;
      std::memcpy(&descriptor, CMSG_DATA(part) + at, sizeof descriptor);
      descriptors_.emplace_back(descriptor);
    }
  }
  received_.append(data.data(), static_cast<std::size_t>(count));
  return count > 0;
}

}  // namespace labnet::control
