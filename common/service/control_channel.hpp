// The requests of the lab that has started a service.
#pragma once

#include <functional>

#include "common/base/file_descriptor.hpp"
#include "common/control/server.hpp"
#include "common/net/runtime.hpp"

namespace labnet::service {

/// Answers on the first worker, until the lab ends the connection or the program ends. Must outlive the runtime's run.
class ControlChannel {
 public:
  using Answer = std::function<control::asio::awaitable<control::json::object>(const control::json::object& request)>;

  ControlChannel(net::Runtime& runtime, FileDescriptor socket, Answer answer);
  ControlChannel(const ControlChannel&) = delete;

 private:
  control::Handler handler_;
  FileDescriptor socket_;
  net::Worker::Registration on_stop_;
};

}  // namespace labnet::service
