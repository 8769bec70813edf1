#include "tests/servers/ftp/played_transport.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "common/base/write_all.hpp"
#include "tests/support/require.hpp"

namespace labnet::ftp_server {

using test::require;

namespace {

constexpr std::string_view upload_piece = "up\r\n";
constexpr std::uint16_t first_port = 50'000;

net::Endpoint endpoint(std::string_view address, std::uint16_t port) {
  net::Endpoint one;
  one.scheme = "tcp";
  one.address = net::asio::ip::make_address(address);
  one.port = port;
  return one;
}

StreamFault fault_of(DataEvent event) {
  return event == DataEvent::stall ? StreamFault::deadline : StreamFault::reset;
}

class PlayedChannel final : public DataChannel {
 public:
  PlayedChannel(std::shared_ptr<Stage> stage, net::Endpoint peer) : stage_{std::move(stage)}, peer_{std::move(peer)} {
    ++stage_->channels;
  }
  ~PlayedChannel() override { --stage_->channels; }

  Task<Result<void, StreamFault>> secure(Timeout) override { co_return co_await stage_->securing_data.begin(); }
  bool resumes_control_session() const override { return false; }

  Task<Result<void, StreamFault>> write(Bytes, Timeout) override {
    if (is_broken_) co_return StreamFault::stopped;
    if (is_last_) co_return Result<void, StreamFault>{};
    const auto event = co_await stage_->moving.begin();
    if (event != DataEvent::some && event != DataEvent::all) co_return fault_of(event);
    is_last_ = event == DataEvent::all;
    co_return Result<void, StreamFault>{};
  }

  Task<Result<std::size_t, StreamFault>> read_some(std::span<std::byte> buffer, Timeout) override {
    if (is_broken_) co_return StreamFault::stopped;
    if (is_last_) co_return StreamFault::closed;
    const auto event = co_await stage_->moving.begin();
    if (event != DataEvent::some && event != DataEvent::all) co_return fault_of(event);
    is_last_ = event == DataEvent::all;
    const auto text = is_last_ ? upload_end : upload_piece;
    std::memcpy(buffer.data(), text.data(), text.size());
    co_return text.size();
  }

  Task<Result<void, FileTransferFault>> send_file(int, std::uint64_t, std::uint64_t bytes, Timeout,
                                                  net::Progress& progress) override {
    for (;;) {
      if (is_broken_) co_return FileTransferFault{StreamFault::stopped, 0};
      const auto event = co_await stage_->moving.begin();
      if (event == DataEvent::all) break;
      if (event == DataEvent::disk_full) co_return FileTransferFault{{}, EIO};
      if (event != DataEvent::some) co_return FileTransferFault{fault_of(event), 0};
      if (progress < bytes) ++progress;
    }
    progress = bytes;
    co_return Result<void, FileTransferFault>{};
  }

  Task<Result<void, FileTransferFault>> receive_file(int file, std::uint64_t bytes_max, Timeout,
                                                     net::Progress& progress) override {
    for (bool is_last = false; !is_last;) {
      if (is_broken_) co_return FileTransferFault{StreamFault::stopped, 0};
      const auto event = co_await stage_->moving.begin();
      if (event == DataEvent::disk_full) co_return FileTransferFault{{}, ENOSPC};
      if (event != DataEvent::some && event != DataEvent::all) co_return FileTransferFault{fault_of(event), 0};
      is_last = event == DataEvent::all;
      const auto text = is_last ? upload_end : upload_piece;
      if (progress + text.size() > bytes_max) co_return FileTransferFault{{}, EFBIG};
      if (const int error = write_all(file, as_bytes(text)); error != 0) co_return FileTransferFault{{}, error};
      progress += text.size();
    }
    co_return Result<void, FileTransferFault>{};
  }

  Task<void> finish() override { co_return; }
  void abort() override {
    is_broken_ = true;
    stage_->moving.end(DataEvent::reset);
    stage_->securing_data.end(StreamFault::stopped);
  }
  net::Endpoint peer() const override { return peer_; }
  std::string explain(StreamFault fault) const override { return std::string{net::describe(fault)}; }

 private:
  std::shared_ptr<Stage> stage_;
  net::Endpoint peer_;
  bool is_last_ = false;
  bool is_broken_ = false;
};

Task<Result<std::unique_ptr<DataChannel>, StreamFault>> connection(std::shared_ptr<Stage> stage) {
  const auto peer = co_await stage->connecting.begin();
  if (!peer) co_return peer.error();
  std::unique_ptr<DataChannel> channel = std::make_unique<PlayedChannel>(std::move(stage), *peer);
  co_return channel;
}

/// What the two kinds of sockets have in common: it comes to a connection or is given up.
class PlayedAttempt {
 public:
  explicit PlayedAttempt(std::shared_ptr<Stage> stage) : stage_{std::move(stage)} { ++stage_->sockets; }
  ~PlayedAttempt() { --stage_->sockets; }
  PlayedAttempt(const PlayedAttempt&) = delete;
  PlayedAttempt& operator=(const PlayedAttempt&) = delete;

  Task<Result<std::unique_ptr<DataChannel>, StreamFault>> wait() {
    if (is_closed_) co_return StreamFault::stopped;
    co_return co_await connection(stage_);
  }
  void close() {
    is_closed_ = true;
    stage_->connecting.end(StreamFault::stopped);
  }

 private:
  std::shared_ptr<Stage> stage_;
  bool is_closed_ = false;
};

class PlayedPassiveSocket final : public PassiveSocket {
 public:
  PlayedPassiveSocket(std::shared_ptr<Stage> stage, Transport::IsWelcome is_welcome)
      : attempt_{std::move(stage)}, is_welcome_{std::move(is_welcome)} {}
  std::uint16_t port() const override { return first_port; }
  Task<Result<std::unique_ptr<DataChannel>, StreamFault>> accept(Timeout) override {
    for (;;) {
      auto channel = co_await attempt_.wait();
      if (!channel || is_welcome_((*channel)->peer())) co_return channel;
    }
  }
  void close() override { attempt_.close(); }

 private:
  PlayedAttempt attempt_;
  Transport::IsWelcome is_welcome_;
};

class PlayedActiveSocket final : public ActiveSocket {
 public:
  PlayedActiveSocket(std::shared_ptr<Stage> stage, net::Endpoint target)
      : attempt_{std::move(stage)}, target_{std::move(target)} {}
  net::Endpoint target() const override { return target_; }
  Task<Result<std::unique_ptr<DataChannel>, StreamFault>> connect(Timeout) override { return attempt_.wait(); }
  void close() override { attempt_.close(); }

 private:
  PlayedAttempt attempt_;
  net::Endpoint target_;
};

class PlayedTransport final : public Transport {
 public:
  explicit PlayedTransport(std::shared_ptr<Stage> stage) : stage_{std::move(stage)} {}

  const net::Endpoint& local() const override { return local_; }
  const net::Endpoint& peer() const override { return peer_; }

  Task<Result<std::string, StreamFault>> read_line(Timeout) override {
    if (stage_->lines.empty() && stage_->is_closed) co_return StreamFault::closed;
    auto line = Result<std::string, StreamFault>{std::string{}};
    if (stage_->lines.empty()) {
      line = co_await stage_->reading.begin();
    } else {
      line = std::move(stage_->lines.front());
      stage_->lines.pop_front();
    }
    if (line) stage_->on_line(*line);
    co_return line;
  }
  void interrupt_read() override { stage_->reading.end(StreamFault::deadline); }

  Task<Result<void, StreamFault>> write(std::string_view text) override {
    require(!is_writing_, "one write at a time");
    if (stage_->is_closed) co_return StreamFault::stopped;
    auto written = Result<void, StreamFault>{};
    if (stage_->holds_writes) {
      is_writing_ = true;
      written = co_await stage_->writing.begin();
      is_writing_ = false;
    }
    if (written) stage_->written += text;
    co_return written;
  }

  Task<Result<void, StreamFault>> secure(Timeout) override {
    require(!stage_->is_secure, "secured once");
    require(!is_writing_, "the handshake comes after the replies");
    require(!stage_->reading.is_under_way(), "nobody reads a command during the handshake");
    if (stage_->is_closed) co_return StreamFault::closed;
    auto secured = Result<void, StreamFault>{};
    secured = co_await stage_->securing.begin();
    stage_->lines.clear();  // in plain text
    stage_->is_secure = secured.has_value();
    co_return secured;
  }
  bool is_secure() const override { return stage_->is_secure; }
  void offer_session() override {
    require(stage_->is_secure, "tickets are of TLS");
    require(!is_writing_, "no ticket goes out amid a write");
  }
  Task<void> finish() override {
    close();
    co_return;
  }
  void close() override {
    stage_->is_closed = true;
    stage_->reading.end(StreamFault::stopped);
    stage_->writing.end(StreamFault::stopped);
    stage_->securing.end(StreamFault::stopped);
  }

  Result<std::unique_ptr<PassiveSocket>> listen(IsWelcome is_welcome) override {
    std::unique_ptr<PassiveSocket> socket = std::make_unique<PlayedPassiveSocket>(stage_, std::move(is_welcome));
    return socket;
  }
  std::unique_ptr<ActiveSocket> connect_to(std::uint16_t port) override {
    return std::make_unique<PlayedActiveSocket>(stage_, endpoint(peer_.address.to_string(), port));
  }
  std::string explain(StreamFault fault) const override { return std::string{net::describe(fault)}; }

 private:
  std::shared_ptr<Stage> stage_;
  net::Endpoint local_ = endpoint("127.0.0.1", 21);
  net::Endpoint peer_ = played_client();
  bool is_writing_ = false;
};

}  // namespace

net::Endpoint played_client() {
  return endpoint("127.0.0.2", 40'000);
}

net::Endpoint played_stranger() {
  return endpoint("127.0.0.3", 40'000);
}

std::unique_ptr<Transport> play_transport(std::shared_ptr<Stage> stage) {
  return std::make_unique<PlayedTransport>(std::move(stage));
}

}  // namespace labnet::ftp_server
