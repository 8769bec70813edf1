// One task reads and answers what can be answered at once; each question for the resolver has a task of its own. What
// they all have to send goes out in one write, by the one that finds nobody writing.
#include "servers/dns/connection.hpp"

#include <algorithm>
#include <memory>

#include <boost/asio/steady_timer.hpp>

#include "common/net/read_buffer.hpp"
#include "servers/dns/transfer.hpp"

namespace labnet::dns_server {
namespace {

namespace asio = boost::asio;

constexpr std::size_t length_bytes = 2;
constexpr std::size_t input_bytes_first = 512;  // what an idle connection costs; a query of usual size
constexpr std::size_t input_bytes_max = length_bytes + dns::message_bytes_max;

/// Appends a message behind its length.
class FramedReply {
 public:
  explicit FramedReply(Buffer& out) : out_{out}, length_at_{out.size()} { out_.resize(length_at_ + length_bytes); }
  /// False if nothing was appended: then the length goes, too.
  bool finish() {
    const auto size = out_.size() - length_at_ - length_bytes;
    if (size == 0) out_.resize(length_at_);
    if (size == 0) return false;
    out_[length_at_] = static_cast<std::byte>(size >> 8);
    out_[length_at_ + 1] = static_cast<std::byte>(size & 0xff);
    return true;
  }

 private:
  Buffer& out_;
  std::size_t length_at_;
};

/// The next whole message; nothing if more has to be read first.
std::optional<Bytes> take_message(net::ReadBuffer& input) {
  const auto unread = input.unread();
  if (unread.size() < length_bytes) return std::nullopt;
  const auto length = std::to_integer<std::size_t>(unread[0]) << 8 | std::to_integer<std::size_t>(unread[1]);
  if (unread.size() - length_bytes < length) return std::nullopt;
  input.skip(length_bytes + length);
  return unread.subspan(length_bytes, length);
}

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(net::Worker& worker, Responder& responder, net::Stream stream, net::Timeout idle_timeout)
      : worker_{worker},
        responder_{responder},
        stream_{std::move(stream)},
        client_{stream_.peer().address, Transport::tcp},
        idle_timeout_{idle_timeout},
        deadline_{net::deadline_after(idle_timeout)},
        has_changed_{worker.executor(), net::Clock::time_point::max()} {}

  net::Task<void> serve() {
    auto goes_on = true;
    while (goes_on && !worker_.is_stopping()) {
      goes_on = co_await read();
      if (goes_on) goes_on = co_await answer_what_has_come();
    }
    while (open_questions_ > 0 && !is_broken_) co_await has_changed_.async_wait(net::as_result);
    close();
  }

 private:
  /// False at the end of the connection, or if no query has become whole in time.
  net::Task<bool> read() {
    for (;;) {
      const auto count = co_await stream_.read_some(input_.room(), net::time_left(deadline_));
      if (count) {
        input_.add(*count);
        co_return true;
      }
      const auto waits_for_us = count.error() == net::StreamFault::deadline && open_questions_ > 0;
      if (!waits_for_us) co_return false;
      set_deadline();
    }
  }

  /// False if that is the end of the connection.
  net::Task<bool> answer_what_has_come() {
    while (const auto query = take_message(input_)) {
      set_deadline();
      FramedReply reply{waiting_};
      auto rest = responder_.answer(*query, client_, waiting_);
      const auto is_answered = reply.finish();
      if (auto* open = std::get_if<Responder::OpenQuestion>(&rest)) {
        ++open_questions_;
        worker_.spawn(answer_later(shared_from_this(), std::move(*open)));
      } else if (auto* transfer = std::get_if<Responder::TransferQuestion>(&rest)) {
        const auto is_sent = co_await send_zone(*transfer, Buffer{query->begin(), query->end()});
        if (!is_sent) co_return false;
      } else if (!is_answered) {
        co_await send();
        co_return false;  // whoever sends what is no query has lost the thread
      }
      if (waiting_.size() < replies_waiting_bytes_max) continue;
      const auto is_sent = co_await send();
      if (!is_sent) co_return false;
    }
    co_return co_await send();
  }

  static net::Task<void> answer_later(std::shared_ptr<Connection> self, Responder::OpenQuestion open) {
    Buffer answer;
    FramedReply reply{answer};
    co_await self->responder_.resolve(open, answer);
    reply.finish();
    co_await self->wait_for_room();
    self->waiting_.insert(self->waiting_.end(), answer.begin(), answer.end());
    co_await self->send();
    --self->open_questions_;
    self->has_changed_.cancel();
  }

  net::Task<bool> send_zone(Responder::TransferQuestion question, Buffer query) {
    Transfer transfer{std::move(question.zone), query, question.options};
    for (;;) {
      FramedReply reply{waiting_};
      const auto is_there = transfer.next(waiting_);
      reply.finish();
      if (!is_there) co_return true;
      const auto is_sent = co_await send();
      if (!is_sent) co_return false;
      set_deadline();
    }
  }

  /// Sends all that waits. While another task is at it, that one does, and this one waits only if that is much.
  /// False if the client takes nothing any more.
  net::Task<bool> send() {
    co_await wait_for_room();
    if (is_sending_) co_return !is_broken_;
    is_sending_ = true;
    while (!waiting_.empty() && !is_broken_) {
      std::swap(waiting_, going_out_);
      const auto written = co_await stream_.write(going_out_, idle_timeout_);
      going_out_.clear();
      if (!written) close();
      has_changed_.cancel();
    }
    is_sending_ = false;
    co_return !is_broken_;
  }

  /// Until another task has sent enough of what waits.
  net::Task<void> wait_for_room() {
    while (is_sending_ && waiting_.size() >= replies_waiting_bytes_max) {
      co_await has_changed_.async_wait(net::as_result);
    }
  }

  void set_deadline() { deadline_ = net::deadline_after(idle_timeout_); }

  void close() {
    is_broken_ = true;
    waiting_.clear();
    stream_.close();
    has_changed_.cancel();
  }

  net::Worker& worker_;
  Responder& responder_;
  net::Stream stream_;
  Client client_;
  net::Timeout idle_timeout_;
  net::Clock::time_point deadline_;  // for the next query to be whole
  net::ReadBuffer input_{input_bytes_first, input_bytes_max};
  Buffer waiting_, going_out_;
  bool is_sending_ = false;
  bool is_broken_ = false;
  std::size_t open_questions_ = 0;
  /// A timer that is never due; it wakes up who waits for another task of this connection.
  asio::basic_waitable_timer<net::Clock, asio::wait_traits<net::Clock>, net::Executor> has_changed_;
};

}  // namespace

net::Task<void> serve_connection(net::Worker& worker, Responder& responder, net::Stream stream,
                                 net::Timeout idle_timeout) {
  const auto connection = std::make_shared<Connection>(worker, responder, std::move(stream), idle_timeout);
  co_await connection->serve();
}

}  // namespace labnet::dns_server
