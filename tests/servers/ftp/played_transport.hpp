// An FTP session's connections, played: whatever the session waits for happens when the player says so, and no sooner.
// No sockets, no threads, no clock.
#pragma once

#include <concepts>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "servers/ftp/transport.hpp"

namespace labnet::ftp_server {

/// One wait of a coroutine, which `end` ends. One at a time.
template <class T>
class PlayedWait {
 public:
  explicit PlayedWait(net::Executor executor) : executor_{std::move(executor)} {}
  PlayedWait(const PlayedWait&) = delete;
  PlayedWait& operator=(const PlayedWait&) = delete;

  bool is_under_way() const { return static_cast<bool>(end_); }

  Task<T> begin() {
    constexpr net::asio::use_awaitable_t<net::Executor> token{};
    auto value = co_await net::asio::async_initiate<decltype(token), void(std::exception_ptr, std::shared_ptr<T>)>(
        [this](auto handler) {
          end_ = [shared = std::make_shared<decltype(handler)>(std::move(handler))](std::shared_ptr<T> one) {
            std::move (*shared)({}, std::move(one));
          };
        },
        token);
    co_return std::move(*value);
  }

  /// False if nobody waits.
  bool end(T value) {
    if (!end_) return false;
    net::asio::post(executor_, [end = std::exchange(end_, nullptr),
                                shared = std::make_shared<T>(std::move(value))]() mutable { end(std::move(shared)); });
    return true;
  }

 private:
  net::Executor executor_;
  std::function<void(std::shared_ptr<T>)> end_;
};

/// What the other side of a data connection does next.
enum class DataEvent {
  some,        // a piece goes through, and more will follow
  all,         // the rest goes through; the end of what a client sends
  reset,       // the connection breaks
  stall,       // nothing goes through for too long
  disk_full,   // of the server
  not_secure,  // the handshake of TLS fails
};

/// What the player and the session's connections have in common.
struct Stage {
  explicit Stage(net::Executor executor_) : executor{std::move(executor_)} {}

  net::Executor executor;
  std::string written;                    // to the control connection, and not yet looked at
  std::size_t channels = 0, sockets = 0;  // that exist

  PlayedWait<Result<std::string, StreamFault>> reading{executor};
  PlayedWait<Result<void, StreamFault>> writing{executor};
  PlayedWait<Result<void, StreamFault>> securing{executor};
  PlayedWait<Result<net::Endpoint, StreamFault>> connecting{executor};  // passive or active

  // Of the data connection.
  PlayedWait<Result<void, StreamFault>> securing_data{executor};
  PlayedWait<DataEvent> moving{executor};

  std::deque<std::string> lines;  // that the client has sent, and nobody has read
  bool holds_writes = false;      // the client reads nothing: a write ends when it does
  bool is_closed = false;
  bool is_secure = false;
  std::function<void(std::string_view line)> on_line = [](std::string_view) {};  // as the session reads it

  bool waits_for_more_than_a_command() const {
    return writing.is_under_way() || securing.is_under_way() || connecting.is_under_way() ||
           securing_data.is_under_way() || moving.is_under_way();
  }
};

/// The addresses of both ends; data goes to the same one as commands.
net::Endpoint played_client();
net::Endpoint played_stranger();

/// The end of every played upload that came whole.
inline constexpr std::string_view upload_end = "END.";

std::unique_ptr<Transport> play_transport(std::shared_ptr<Stage> stage);

}  // namespace labnet::ftp_server
