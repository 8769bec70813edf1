// Both ends of connections for the tests of TLS, and a peer whose every byte the test holds in its hands.
#pragma once

#include <gmock/gmock.h>
#include <openssl/bio.h>
#include <openssl/ssl.h>

#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include <boost/asio/co_spawn.hpp>

#include "common/net/listener.hpp"
#include "common/net/stream.hpp"
#include "common/net/tls.hpp"
#include "tests/common/net/run_task.hpp"
#include "tests/common/net/test_certificates.hpp"

namespace labnet::net {

using Nothing = Result<void, StreamFault>;

/// For tests of both versions.
inline const auto both_versions = testing::Values(TlsVersion::tls_1_2, TlsVersion::tls_1_3);
inline std::string version_name(const testing::TestParamInfo<TlsVersion>& tested) {
  return tested.param == TlsVersion::tls_1_2 ? "Tls12" : "Tls13";
}

inline std::shared_ptr<const TlsServer> server_of(TlsServerOptions options) {
  auto made = TlsServer::make(options);
  if (!made) throw std::runtime_error{made.error().message};
  return *made;
}

inline std::shared_ptr<const TlsClient> client_of(const TlsClientOptions& options) {
  auto made = TlsClient::make(options);
  if (!made) throw std::runtime_error{made.error().message};
  return *made;
}

/// A connection over loopback, not secured yet.
struct Ends {
  Stream server, client;
};

inline Task<Ends> connect_ends(Worker& worker) {
  auto listener = Listener::open(worker, loopback("tcp"));
  auto client = co_await Stream::connect(worker.executor(), (*listener)->local(), test_limit);
  auto server = co_await (*listener)->accept_one(test_limit);
  co_return Ends{std::move(*server), std::move(*client)};
}

/// Runs two tasks at once and gives what both have returned.
template <class A, class B>
Task<std::pair<A, B>> both(Worker& worker, Task<A> a, Task<B> b) {
  std::optional<A> first;
  asio::basic_waitable_timer<Clock, asio::wait_traits<Clock>, Executor> first_ended{worker.executor(),
                                                                                    Clock::time_point::max()};
  asio::co_spawn(worker.executor(), std::move(a), [&](const std::exception_ptr&, A value) {
    first.emplace(std::move(value));
    first_ended.cancel();
  });
  B second = co_await std::move(b);
  if (!first) co_await first_ended.async_wait(as_result);
  co_return std::pair<A, B>{std::move(*first), std::move(second)};
}

/// What the server's and the client's handshake have come to.
inline Task<std::pair<Nothing, Nothing>> shake_hands(Worker& worker, Ends& ends,
                                                     std::shared_ptr<const TlsServer> server,
                                                     std::shared_ptr<const TlsClient> client,
                                                     std::string host_name = "www.lab", TlsSession session = {}) {
  co_return co_await both(
      worker, ends.server.accept_tls(std::move(server), test_limit),
      ends.client.connect_tls(std::move(client), std::move(host_name), test_limit, std::move(session)));
}

/// A secured connection; the test fails if the handshake does.
inline Task<Ends> secured_ends(Worker& worker, std::shared_ptr<const TlsServer> server,
                               std::shared_ptr<const TlsClient> client, std::string host_name = "www.lab",
                               TlsSession session = {}) {
  auto ends = co_await connect_ends(worker);
  const auto [accepted, connected] = co_await shake_hands(worker, ends, std::move(server), std::move(client),
                                                          std::move(host_name), std::move(session));
  EXPECT_TRUE(accepted) << ends.server.explain(accepted.error());
  EXPECT_TRUE(connected) << ends.client.explain(connected.error());
  co_return ends;
}

/// Sends a line one way: what arrives, or the fault.
inline Task<std::string> pass_line(Stream& from, Stream& to, std::string line) {
  const auto written = co_await from.write(line + "\r\n", test_limit);
  if (!written) co_return std::string{describe(written.error())};
  const auto read = co_await to.read_line(1000, test_limit);
  co_return read ? *read : to.explain(read.error());
}

/// Finishes; a value, so that `both` can wait for it.
inline Task<bool> finish(Stream& stream) {
  co_await stream.finish(test_limit);
  co_return stream.is_open();
}

/// One end of TLS whose records go where the test puts them: OpenSSL between two memory BIOs.
class BareTls {
 public:
  enum class Role { client, server };

  BareTls(Role role, const TlsIdentity* identity = nullptr)
      : context_{SSL_CTX_new(TLS_method()), SSL_CTX_free}, ssl_{nullptr, SSL_free} {
    if (identity != nullptr) {
      SSL_CTX_use_certificate_chain_file(context_.get(), identity->certificate_path.c_str());
      SSL_CTX_use_PrivateKey_file(context_.get(), identity->key_path.c_str(), SSL_FILETYPE_PEM);
    }
    ssl_.reset(SSL_new(context_.get()));
    SSL_set_bio(ssl_.get(), BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
    role == Role::client ? SSL_set_connect_state(ssl_.get()) : SSL_set_accept_state(ssl_.get());
  }

  SSL* ssl() { return ssl_.get(); }
  /// Is shown the records as they are sent and received.
  void set_tap(std::function<void(bool is_sent, std::string_view)> tap) { tap_ = std::move(tap); }

  /// Records that wait to be sent, taken.
  std::string take() {
    char* data = nullptr;
    auto* const bio = SSL_get_wbio(ssl_.get());
    const auto size = BIO_get_mem_data(bio, &data);
    std::string records{data, static_cast<std::size_t>(size)};
    BIO_reset(bio);
    if (tap_ && !records.empty()) tap_(true, records);
    return records;
  }
  void put(std::string_view records) {
    if (tap_) tap_(false, records);
    BIO_write(SSL_get_rbio(ssl_.get()), records.data(), static_cast<int>(records.size()));
  }
  std::string encrypt(std::string_view text) {
    SSL_write(ssl_.get(), text.data(), static_cast<int>(text.size()));
    return take();
  }
  /// What the records put so far hold.
  std::string decrypt() {
    std::string text;
    std::array<char, 1 << 14> piece;
    for (int count; (count = SSL_read(ssl_.get(), piece.data(), piece.size())) > 0;) {
      text.append(piece.data(), static_cast<std::size_t>(count));
    }
    return text;
  }
  bool has_got_close_notify() { return (SSL_get_shutdown(ssl_.get()) & SSL_RECEIVED_SHUTDOWN) != 0; }

  /// Moves records both ways over a plain stream until the handshake has ended.
  Task<Nothing> shake_hands(Stream& plain) {
    for (;;) {
      const bool has_ended = SSL_do_handshake(ssl_.get()) == 1;
      const auto written = co_await plain.write(take(), test_limit);
      if (!written || has_ended) co_return written;
      const auto moved = co_await receive(plain);
      if (!moved) co_return moved;
    }
  }
  Task<Nothing> receive(Stream& plain) {
    std::string records(1 << 16, '\0');
    const auto count = co_await plain.read_some(std::as_writable_bytes(std::span{records}), test_limit);
    if (!count) co_return count.error();
    put(std::string_view{records}.substr(0, *count));
    co_return Nothing{};
  }

 private:
  std::shared_ptr<SSL_CTX> context_;
  std::unique_ptr<SSL, decltype(&SSL_free)> ssl_;
  std::function<void(bool, std::string_view)> tap_;
};

/// A TLS service on a thread of its own, for as long as the object lives; the test, or a program that it runs, is the
/// client.
class TlsService {
 public:
  using Handler = std::function<Task<void>(Stream)>;

  explicit TlsService(Handler handler) : runtime_{{.workers = 1, .drain = std::chrono::milliseconds{50}}} {
    auto& worker = runtime_.workers().front();
    listener_ = *Listener::open(worker, loopback("tcp"));
    worker.spawn(listener_->serve(std::move(handler)));
    thread_ = std::jthread{[this] { runtime_.run(); }};
  }
  ~TlsService() { runtime_.stop(); }

  std::string port() const { return std::to_string(listener_->local().port); }

 private:
  Runtime runtime_;
  std::unique_ptr<Listener> listener_;
  std::jthread thread_;  // goes first
};

}  // namespace labnet::net
