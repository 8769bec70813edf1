#include "tests/interop/cutting_relay.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <string>
#include <string_view>
#include <thread>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>

namespace labnet::test {
namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

constexpr std::size_t cut_bytes = 7;
constexpr std::chrono::milliseconds between_cuts{1};  // else the system puts pieces together again
constexpr std::chrono::milliseconds glued_for{100};

}  // namespace

/// All on a thread of its own.
class CuttingRelay::Wire {
 public:
  Wire(Way way, std::uint16_t to_port) : way_{way}, to_port_{to_port} {
    acceptor_.async_accept(client_, [this](const boost::system::error_code& error) {
      if (!error) begin();
    });
    thread_ = std::thread{[this] { context_.run(); }};  // which ends as soon as there is nothing to wait for
  }
  ~Wire() {
    context_.stop();
    thread_.join();
  }

  std::uint16_t port() const { return port_; }
  std::atomic<std::size_t> pieces = 0;
  std::atomic<std::size_t> longest = 0;

 private:
  void begin() {
    server_.connect({asio::ip::address_v4::loopback(), to_port_});
    server_.set_option(tcp::no_delay{true});
    client_.set_option(tcp::no_delay{true});
    read_client();
    read_server();
  }

  void read_server() {
    server_.async_read_some(asio::buffer(from_server_), [this](const boost::system::error_code& error, std::size_t n) {
      if (error) return client_.close();
      boost::system::error_code ignored;
      asio::write(client_, asio::buffer(from_server_, n), ignored);
      read_server();
    });
  }

  void read_client() {
    client_.async_read_some(asio::buffer(from_client_), [this](const boost::system::error_code& error, std::size_t n) {
      if (error) return;
      const bool is_under_way = !waiting_.empty();
      waiting_.append(from_client_.data(), n);
      if (!is_under_way) pass_on_later();
      read_client();
    });
  }

  void pass_on_later() {
    timer_.expires_after(way_ == Way::cuts ? between_cuts : glued_for);
    timer_.async_wait([this](const boost::system::error_code& error) {
      if (!error) pass_on();
    });
  }

  void pass_on() {
    const auto bytes = way_ == Way::cuts ? std::min(cut_bytes, waiting_.size()) : waiting_.size();
    boost::system::error_code ignored;
    asio::write(server_, asio::buffer(waiting_, bytes), ignored);
    ++pieces;
    longest = std::max(longest.load(), bytes);
    waiting_.erase(0, bytes);
    if (!waiting_.empty()) pass_on_later();
  }

  Way way_;
  std::uint16_t to_port_;
  asio::io_context context_;
  tcp::acceptor acceptor_{context_, {asio::ip::address_v4::loopback(), 0}};
  std::uint16_t port_ = acceptor_.local_endpoint().port();
  tcp::socket client_{context_}, server_{context_};
  std::array<char, 4096> from_client_{}, from_server_{};
  std::string waiting_;  // from the client to the server
  asio::steady_timer timer_{context_};
  std::thread thread_;
};

CuttingRelay::CuttingRelay(Way way, std::uint16_t to_port) : wire_{std::make_unique<Wire>(way, to_port)} {}
CuttingRelay::~CuttingRelay() = default;

std::uint16_t CuttingRelay::port() const {
  return wire_->port();
}
std::size_t CuttingRelay::pieces() const {
  return wire_->pieces;
}
std::size_t CuttingRelay::longest() const {
  return wire_->longest;
}

}  // namespace labnet::test
