// The course of an exchange: the request goes out, heads come in until one counts, its body, and how it leaves the
// connection.
#include "clients/http/exchange.hpp"

#include <fmt/format.h>

#include "common/base/text.hpp"
#include "common/base/utf8.hpp"

namespace labnet::http_client {

using net::Clock;
using net::StreamFault;

namespace {

constexpr std::string_view connection_name = "Connection";

bool asks_to_close(const Request& request) {
  const auto* const field = request.find(connection_name);
  if (field == nullptr) return false;
  http::ListReader elements{field->value};
  while (const auto element = elements.next()) {
    if (equals_ignoring_case(*element, "close")) return true;
  }
  return false;
}

/// Whoever has said how long the body is may have said something else than what was sent.
bool frames_by_itself(const Request& request) {
  return request.find("Content-Length") != nullptr || request.find("Transfer-Encoding") != nullptr;
}

}  // namespace

Exchange::Exchange(net::Worker& worker, net::Stream& stream, net::ReadBuffer& incoming, const Patience& patience,
                   Observer& observer)
    : worker_{worker}, stream_{stream}, incoming_{incoming}, patience_{patience}, observer_{observer} {}

Error Exchange::fault(std::string_view why) const {
  return Error{net::to_string(stream_.peer()), ": ", why};
}

/// what  did not come about: "no response came"
Error Exchange::lost(StreamFault stream_fault, std::string_view what) {
  was_lost_ = stream_fault == StreamFault::closed || stream_fault == StreamFault::reset ||
              stream_fault == StreamFault::truncated;
  return fault(fmt::format("{}: {}", what, stream_.explain(stream_fault)));
}

Task<Result<Response>> Exchange::run(const Request& request, Receiver& receiver) {
  began_ = Clock::now();
  const auto sent = co_await send(request);
  if (!sent) co_return sent.error();
  auto response = co_await receive(request, receiver);
  if (!response) {
    stop_sending();
    stream_.close();
  }
  co_await end_sending();
  if (!response) {
    if (const auto& own = own_fault_of_sending()) co_return *own;
    co_return response.error();
  }
  connection_lives_ = may_live_on(request, *response);
  if (!is_sent_whole_ && response->status() < 300) {
    observer_.on_notice("the server has answered before all of the request's body was sent; the rest was not");
  }
  co_return response;
}

bool Exchange::may_live_on(const Request& request, const Response& response) const {
  const auto& head = response.head();
  return stream_.is_open() && http::keeps_alive(head.version(), head.fields()) &&
         response.framing.kind != http::BodyKind::until_close && is_sent_whole_ && !was_discarded_ &&
         !asks_to_close(request) && !frames_by_itself(request);
}

Task<Result<Response>> Exchange::receive(const Request& request, Receiver& receiver) {
  auto response = co_await read_final_head();
  if (!response) co_return response.error();
  if (response->status() >= 400) stop_sending();
  const auto framing = http::framing_of(response->head(), request.method);
  if (!framing)
    co_return fault(fmt::format("the response cannot be told from what follows: {}", describe(framing.error())));
  response->framing = *framing;
  response->timing.wait = first_byte_ - began_;
  response->was_decoded = will_be_decoded(request, *response);
  const auto wish = co_await receiver.on_head(*response);
  if (!wish) co_return wish.error();
  if (*wish == Receiver::Wish::discard) {
    co_await discard_body(request, *response);
  } else {
    begin_decoding(request, *response);
    const auto read = co_await read_body(request, *response, receiver);
    if (!read) co_return read.error();
  }
  response->wire_bytes = wire_bytes_;
  response->timing.body = Clock::now() - first_byte_;
  co_return response;
}

Task<Result<Response>> Exchange::read_final_head() {
  if (early_) co_return *std::move(early_);
  for (int i = 0; i <= informational_responses_max; ++i) {
    auto response = co_await read_head(std::nullopt);
    if (!response) co_return response.error();
    const auto status = (*response)->status();
    if (status == 101) co_return fault("the server switches to another protocol, for which nobody has asked");
    if (status / 100 != 1) co_return **std::move(response);
  }
  co_return fault("one informational response follows the other");
}

/// Nothing if none has come until `give_up_at`; then it may go on being read.
Task<Result<std::optional<Response>>> Exchange::read_head(std::optional<Clock::time_point> give_up_at) {
  for (;;) {
    auto head = take_head();
    if (!head || *head) co_return head;
    const auto waited = co_await wait_for_head(give_up_at);
    if (!waited) co_return waited.error();
    if (give_up_at && Clock::now() >= *give_up_at) co_return std::optional<Response>{};
  }
}

/// Out of what has come.
Result<std::optional<Response>> Exchange::take_head() {
  const auto size = reader_.read(incoming_.unread());
  if (!size) {
    return fault(fmt::format("what came is no response of HTTP/1: {}; --raw shows what it is", describe(size.error())));
  }
  if (!*size) return std::optional<Response>{};
  Response response{incoming_.unread().first(**size), reader_.head()};
  incoming_.skip(**size);
  wire_bytes_ += **size;
  reader_.clear();
  waits_since_ = Clock::now();
  observer_.on_received(response.head_text());
  return response;
}

/// As long as the body goes out the server need not answer: that nothing moves is seen there.
Task<Result<void>> Exchange::wait_for_head(std::optional<Clock::time_point> give_up_at) {
  constexpr std::string_view what = "no response came";
  for (;;) {
    const auto was_sending = is_sending();
    auto until =
        was_sending ? net::deadline_after(patience_.response_timeout) : waits_since() + patience_.response_timeout;
    if (give_up_at) until = std::min(until, *give_up_at);
    const auto is_first = incoming_.unread().empty();
    const auto count = co_await stream_.read_some(incoming_.room(), patience_.within(net::time_left(until)));
    if (count) {
      incoming_.add(*count);
      something_came_ = true;
      if (is_first) first_byte_ = Clock::now();
      co_return Result<void>{};
    }
    if (count.error() != StreamFault::deadline) {
      co_return lost(count.error(), something_came_ ? "the response ended within its head" : what);
    }
    if (give_up_at && Clock::now() >= *give_up_at) co_return Result<void>{};
    if (const auto& own = own_fault_of_sending()) co_return *own;
    if (patience_.is_over() || (!was_sending && !is_sending() && Clock::now() >= until)) {
      co_return fault(patience_.explain(what, patience_.response_timeout));
    }
  }
}

}  // namespace labnet::http_client
