// How a body comes: run by run, out of its framing and of its content coding, to whoever receives it.
#include <fmt/format.h>

#include "clients/http/exchange.hpp"
#include "common/base/text.hpp"
#include "common/base/utf8.hpp"

namespace labnet::http_client {

using net::StreamFault;

namespace {

/// Takes what nobody wants, as long as it is not much.
class Nobody final : public Receiver {
 public:
  Task<Result<Wish>> on_head(const Response&) override { co_return Wish::discard; }
  Task<Result<void>> on_body(Bytes piece) override {
    bytes_ += piece.size();
    if (bytes_ > passing_body_bytes_max) co_return Error{"the body is too long to be passed over"};
    co_return Result<void>{};
  }

 private:
  std::uint64_t bytes_ = 0;
};

bool is_gzip(std::string_view coding) {
  return equals_ignoring_case(coding, "gzip") || equals_ignoring_case(coding, "x-gzip");
}

/// "after 12 of 62631 bytes"
std::string how_far(std::uint64_t travelled, const Response& response) {
  if (response.framing.kind != http::BodyKind::length) return fmt::format("after {} bytes", travelled);
  return fmt::format("after {} of {} bytes", travelled, response.framing.length);
}

}  // namespace

bool will_be_decoded(const Request& request, const Response& response) {
  const bool is_part = response.status() == 206;  // of the compressed bytes: nothing can be taken off it
  return request.takes_off_gzip && response.framing.kind != http::BodyKind::none && !is_part &&
         is_gzip(response.fields().combined("Content-Encoding").value_or(""));
}

void Exchange::begin_decoding(const Request& request, const Response& response) {
  const auto coding = response.fields().combined("Content-Encoding").value_or("");
  if (response.was_decoded) {
    gunzip_.emplace(request.body_bytes_max);
    return;
  }
  if (coding.empty() || response.framing.kind == http::BodyKind::none || equals_ignoring_case(coding, "identity"))
    return;
  if (!request.takes_off_gzip && is_gzip(coding)) {
    observer_.on_notice("the body is compressed (gzip) without having been asked to be; --compressed takes that off");
  } else {
    observer_.on_notice(fmt::format("the body stays as it came, in the coding {}", printable(coding, 60)));
  }
}

Task<Result<void>> Exchange::read_body(const Request& request, Response& response, Receiver& receiver) {
  body_.emplace(response.framing);
  while (!body_->finished() && !connection_has_ended_) {
    if (incoming_.unread().empty()) {
      const auto waited = co_await wait_for_body(response);
      if (!waited) co_return waited.error();
    }
    const auto step = body_->decode(incoming_.unread());
    if (!step) co_return fault(fmt::format("the body cannot be read: {}", describe(step.error())));
    if (!step->data.empty()) {
      const auto taken = co_await hand_on(step->data, request, response, receiver);
      if (!taken) co_return taken.error();
    }
    incoming_.skip(step->used);
    wire_bytes_ += step->used;
  }
  const auto is_cut = gunzip_ && travelled_bytes() > 0 && !gunzip_->finished();
  if (is_cut) co_return fault("the compressed body was cut off by the server");
  co_return Result<void>{};
}

/// At least one byte more; or else the connection's end is the body's.
Task<Result<void>> Exchange::wait_for_body(const Response& response) {
  const auto count = co_await stream_.read_some(incoming_.room(), patience_.within(patience_.stall_timeout));
  if (count) {
    incoming_.add(*count);
    co_return Result<void>{};
  }
  const auto ends_with_connection = response.framing.kind == http::BodyKind::until_close;
  if (ends_with_connection && count.error() == StreamFault::closed) {
    connection_has_ended_ = true;
    co_return Result<void>{};
  }
  const auto where = how_far(travelled_bytes(), response);
  if (count.error() == StreamFault::deadline) {
    co_return fault(
        patience_.explain(fmt::format("the body stalled {}: nothing came", where), patience_.stall_timeout));
  }
  co_return fault(fmt::format("the body was cut off {}: {}", where, stream_.explain(count.error())));
}

Task<Result<void>> Exchange::hand_on(Bytes piece, const Request& request, Response& response, Receiver& receiver) {
  std::optional<std::uint64_t> total;
  if (response.framing.kind == http::BodyKind::length) total = response.framing.length;
  observer_.on_progress({travelled_bytes(), total});
  if (gunzip_) co_return co_await decode(piece, response, receiver);
  response.body_bytes += piece.size();
  if (response.body_bytes > request.body_bytes_max) {
    co_return fault(fmt::format("more than {} bytes come; --max-size lets more in", request.body_bytes_max));
  }
  co_return co_await receiver.on_body(piece);
}

Task<Result<void>> Exchange::decode(Bytes piece, Response& response, Receiver& receiver) {
  for (;;) {
    const auto step = gunzip_->decode(piece);
    if (!step) {
      const auto what_to_do = step.error() == coding::GzipFault::too_large ? "; --max-size lets more in" : "";
      co_return fault(fmt::format("the body cannot be read: {}{}", describe(step.error()), what_to_do));
    }
    piece = piece.subspan(step->used);
    if (step->data.empty() && piece.empty()) co_return Result<void>{};
    response.body_bytes += step->data.size();
    if (step->data.empty()) continue;
    const auto taken = co_await receiver.on_body(step->data);
    if (!taken) co_return taken.error();
  }
}

Task<void> Exchange::discard_body(const Request& request, Response& response) {
  const auto& framing = response.framing;
  const auto is_long = framing.kind == http::BodyKind::length && framing.length > passing_body_bytes_max;
  Nobody nobody;
  if (!is_long) {
    const auto read = co_await read_body(request, response, nobody);
    if (read) co_return;
  }
  was_discarded_ = true;
}

}  // namespace labnet::http_client
