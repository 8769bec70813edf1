#include "common/service/control_channel.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

namespace labnet::service {

namespace asio = boost::asio;

ControlChannel::ControlChannel(net::Runtime& runtime, FileDescriptor socket, Answer answer)
    : handler_{[answer = std::move(answer)](control::Session& session,
                                            const control::json::object& request) -> asio::awaitable<void> {
        auto reply = co_await answer(request);
        co_await session.reply(std::move(reply));
      }},
      socket_{dup(socket.get())} {
  auto& worker = runtime.workers().front();
  control::Session::Socket stream{worker.context(), asio::local::stream_protocol{}, socket.release()};
  asio::co_spawn(worker.context(), control::serve(control::Session{std::move(stream)}, handler_), asio::detached);
  on_stop_ = worker.on_stop([this] { shutdown(socket_.get(), SHUT_RDWR); });
}

}  // namespace labnet::service
