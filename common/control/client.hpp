// The asking side of a control connection: blocking, for commands that ask something and end.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "common/base/file_descriptor.hpp"
#include "common/control/message.hpp"

namespace labnet::control {

class Client {
 public:
  /// The fault says which socket did not answer.
  static Result<Client> connect(const std::filesystem::path& socket);
  /// Takes over a connected socket.
  explicit Client(FileDescriptor socket) : socket_{std::move(socket)} {}

  /// Sends a request and waits for its first reply. {"ok":false} comes back as the fault that it carries, as do a
  /// connection that ends and a deadline that passes.
  Result<json::object> ask(const json::object& request, std::chrono::milliseconds deadline);
  /// The next of several replies; nothing at the end of the connection. No deadline: waits for as long as it takes.
  /// stop  a descriptor of the caller's: readable means to give up, as at the end of the connection; -1 for none
  Result<std::optional<json::object>> next_reply(int stop = -1);
  /// True once the other side has closed the connection, which it does when it ends.
  bool wait_for_end(std::chrono::milliseconds deadline);

  /// Descriptors that came with the replies so far, in order.
  std::vector<FileDescriptor> take_descriptors() { return std::exchange(descriptors_, {}); }

 private:
  using Deadline = std::optional<std::chrono::steady_clock::time_point>;
  Result<std::optional<std::string>> read_line(Deadline deadline, int stop);
  /// False at the end of the connection.
  Result<bool> receive_some(Deadline deadline, int stop);

  FileDescriptor socket_;
  std::string received_;
  std::vector<FileDescriptor> descriptors_;
};

}  // namespace labnet::control
