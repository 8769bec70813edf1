// POST requests to one server, one after the other: over one connection as long as it lasts, then over the next.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/bytes.hpp"
#include "common/base/result.hpp"
#include "common/http/framing.hpp"
#include "common/net/read_buffer.hpp"
#include "common/net/stream.hpp"

namespace labnet::rtmp_client {

class Poster {
 public:
  /// The first connection, and each one that follows when the server has closed the one before.
  using Connect = std::function<net::Task<Result<net::Stream>>()>;
  struct Options {
    std::string host;  // with the port, if that is not the usual one
    std::string media_type;
    std::string user_agent;
    net::Timeout timeout{30'000};  // of one answer, or while the server takes nothing
    std::size_t answer_bytes_max = 0;
  };
  Poster(net::Stream stream, Connect connect, Options options);

  struct Answer {
    int status = 0;
    std::string reason{};
    Buffer body{};
  };
  /// One at a time. If the connection breaks before the answer the same request is sent once more over another one:
  /// whoever is asked must know it for the same.
  /// faults  a sentence, without whom it is about
  net::Task<Result<Answer>> post(std::string target, Bytes body);

  const net::Endpoint& peer() const { return peer_; }
  void close();
  net::Task<void> finish(net::Timeout timeout) { return stream_.finish(timeout); }

 private:
  /// Why there is no answer. Another try may help if the connection is at fault.
  struct Failure {
    std::string why{};
    bool is_of_connection = false;
  };
  std::optional<std::string> head_of(std::string_view target, std::size_t body_bytes) const;
  net::Task<Result<Answer, Failure>> try_post(const std::string& head, Bytes body);
  net::Task<Result<std::size_t, Failure>> read_head(net::Clock::time_point until);
  net::Task<Result<Buffer, Failure>> read_body(http::Framing framing, net::Clock::time_point until);
  net::Task<std::optional<Failure>> read_more(net::Clock::time_point until);
  Failure failure_of(net::StreamFault fault) const;

  net::Stream stream_;
  Connect connect_;
  Options options_;
  net::Endpoint peer_;
  http::ResponseHeadReader reader_;
  net::ReadBuffer input_;
  bool is_closed_ = false;
};

}  // namespace labnet::rtmp_client
