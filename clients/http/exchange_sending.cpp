// How a request goes out: its head, with it a short body, or beside what comes in a long one.
#include <fmt/format.h>

#include <array>

#include "clients/http/exchange.hpp"
#include "common/http/chunked.hpp"
#include "common/http/head_text.hpp"

namespace labnet::http_client {

using net::Clock;

/// A body on its way, in a coroutine of its own.
struct Exchange::Sending {
  Sending(net::Executor executor, const Request& request, Timeout timeout)
      : body{request.body}, is_chunked{http_client::is_chunked(request)}, stall_timeout{timeout}, has_ended{executor} {
    has_ended.expires_at(Clock::time_point::max());
  }

  std::shared_ptr<Body> body;
  bool is_chunked;
  Timeout stall_timeout;
  net::asio::basic_waitable_timer<Clock, net::asio::wait_traits<Clock>, net::Executor> has_ended;
  bool is_under_way = true;
  bool is_to_stop = false;
  bool is_whole = false;
  std::optional<Error> own_fault{};  // of what is read
  Clock::time_point ended{};
};

namespace {

constexpr std::string_view length_name = "Content-Length";
constexpr std::string_view coding_name = "Transfer-Encoding";

bool goes_with_head(const Request& request) {
  const auto bytes = request.body->bytes();
  return !request.expects_continue && !is_chunked(request) && bytes && *bytes <= sent_with_head_bytes_max &&
         request.body->text();
}

}  // namespace

bool is_chunked(const Request& request) {
  if (!request.body || request.find(length_name) != nullptr) return false;
  return request.find(coding_name) != nullptr || !request.body->bytes();
}

Result<std::string> head_text(const Request& request) {
  auto fields = request.fields;
  const auto is_http_1_0 = request.version == http::Version::http_1_0;
  if (request.body && is_chunked(request)) {
    if (is_http_1_0) return Error{"HTTP/1.0 sends nothing whose length is not known before; put it into a file"};
    if (request.find(coding_name) == nullptr) fields.push_back({std::string{coding_name}, "chunked"});
  } else if (request.body && request.find(length_name) == nullptr) {
    fields.push_back({std::string{length_name}, fmt::format("{}", *request.body->bytes())});
  }
  if (request.expects_continue && !is_http_1_0) fields.push_back({"Expect", "100-continue"});
  auto text = http::request_head_text(request.method, request.target, request.version, fields);
  if (!text)
    return Error{
        "the request cannot be sent: there is a line end or another control character in it, or a name is none"};
  return *std::move(text);
}

Task<Result<void>> Exchange::send(const Request& request) {
  auto text = head_text(request);
  if (!text) co_return text.error();
  observer_.on_sent(*text);
  if (request.body) request.body->rewind();
  const auto is_all = !request.body || goes_with_head(request);
  if (is_all && request.body) *text += *request.body->text();
  const auto written = co_await write(*std::move(text));
  if (!written) co_return written.error();
  if (is_all) co_return Result<void>{};
  is_sent_whole_ = false;
  if (request.expects_continue && request.version == http::Version::http_1_1) {
    const auto waited = co_await wait_for_continue();
    if (!waited) co_return waited.error();
  }
  if (!early_) begin_sending(request);
  co_return Result<void>{};
}

Task<Result<void>> Exchange::write(std::string text) {
  const auto written = co_await stream_.write_steadily(as_bytes(text), patience_.within(patience_.stall_timeout));
  waits_since_ = Clock::now();
  if (written) co_return Result<void>{};
  if (written.error() == net::StreamFault::deadline) {
    co_return fault(patience_.explain("the request did not get away", patience_.stall_timeout));
  }
  co_return lost(written.error(), "the request did not get away");
}

/// A server that does not know the question does not answer it: then the body goes out all the same (RFC 9110, section
/// 10.1.1).
Task<Result<void>> Exchange::wait_for_continue() {
  const auto until = net::deadline_after(patience_.continue_timeout);
  for (int i = 0; i <= informational_responses_max; ++i) {
    auto response = co_await read_head(until);
    if (!response) co_return response.error();
    if (!*response) {
      observer_.on_detail("no word whether the body is wanted; it is sent");
      co_return Result<void>{};
    }
    const auto status = (*response)->status();
    if (status == 100) co_return Result<void>{};
    if (status / 100 == 1) continue;
    observer_.on_detail("the server has answered without the body, which is not sent");
    early_ = **std::move(response);
    co_return Result<void>{};
  }
  co_return fault("one informational response follows the other");
}

void Exchange::begin_sending(const Request& request) {
  sending_ = std::make_shared<Sending>(worker_.executor(), request, patience_.stall_timeout);
  worker_.spawn(send_body(sending_, worker_, stream_));
}

Task<void> Exchange::send_body(std::shared_ptr<Sending> sending, net::Worker& worker, net::Stream& stream) {
  co_await send_pieces(*sending, worker, stream);
  sending->is_under_way = false;
  sending->ended = Clock::now();
  sending->has_ended.cancel();
  if (sending->own_fault) stream.interrupt_read();  // whoever waits for the response waits in vain
}

Task<void> Exchange::send_pieces(Sending& sending, net::Worker& worker, net::Stream& stream) {
  for (;;) {
    const auto piece = co_await sending.body->next(worker);
    if (sending.is_to_stop) co_return;
    if (!piece) {
      sending.own_fault = piece.error();
      co_return;
    }
    std::string framed;
    if (sending.is_chunked && piece->empty()) {
      framed = http::last_chunk;
    } else if (sending.is_chunked) {
      framed = http::ChunkLine{piece->size()}.text();
      framed += as_text(*piece);
      framed += http::chunk_end;
    }
    const auto bytes = sending.is_chunked ? as_bytes(framed) : Bytes{*piece};
    const auto is_last = piece->empty();
    if (!bytes.empty()) {
      const auto written = co_await stream.write_steadily(bytes, sending.stall_timeout);
      if (!written) co_return;  // why, the response may tell
    }
    if (is_last) {
      sending.is_whole = true;
      co_return;
    }
  }
}

bool Exchange::is_sending() const {
  return sending_ && sending_->is_under_way;
}

const std::optional<Error>& Exchange::own_fault_of_sending() const {
  static const std::optional<Error> none;
  return sending_ ? sending_->own_fault : none;
}

/// It ends behind the piece that is on its way.
void Exchange::stop_sending() {
  if (!is_sending()) return;
  sending_->is_to_stop = true;
  sending_->body->give_up();
}

Task<void> Exchange::end_sending() {
  if (!sending_) co_return;
  co_await wait_for_end_of_sending();  // the last piece may be on its way
  stop_sending();
  co_await wait_for_end_of_sending();
  if (is_sending()) stream_.close();  // which ends it
  while (is_sending()) co_await wait_for_end_of_sending();
  is_sent_whole_ = sending_->is_whole;
}

/// For a while.
Task<void> Exchange::wait_for_end_of_sending() {
  if (!is_sending()) co_return;
  sending_->has_ended.expires_after(patience_.within(patience_.close_timeout));
  co_await sending_->has_ended.async_wait(net::as_result);
}

/// From when on the server is expected to answer.
Clock::time_point Exchange::waits_since() const {
  return sending_ ? std::max(waits_since_, sending_->ended) : waits_since_;
}

}  // namespace labnet::http_client
