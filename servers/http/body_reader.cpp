#include "servers/http/body_reader.hpp"

#include <algorithm>

#include "servers/http/limits.hpp"

namespace labnet::http_server {
namespace {

constexpr std::string_view continue_100 = "HTTP/1.1 100 Continue\r\n\r\n";
constexpr BodyFault body_too_large{413, "The body is longer than this server takes."};
constexpr BodyFault too_slow{408, "The body did not come in time."};
constexpr BodyFault cut_off{400, "The body ended before it was whole."};

}  // namespace

BodyReader::BodyReader(net::Stream& stream, const LimitsConfig& limits, http::Framing framing, Bytes already,
                       bool expects_continue)
    : stream_{stream},
      limits_{limits},
      decoder_{framing},
      already_bytes_{already.size()},
      already_{already},
      expects_continue_{expects_continue && already.empty()} {}

std::optional<std::uint64_t> BodyReader::announced_bytes() const {
  const auto& framing = decoder_.framing();
  return framing.kind == http::BodyKind::chunked ? std::nullopt : std::optional{framing.length};
}

net::Task<Result<Bytes, BodyFault>> BodyReader::next() {
  if (announced_bytes().value_or(0) > limits_.body_bytes_max) co_return body_too_large;
  while (!is_finished()) {
    auto& input = already_.empty() ? read_ : already_;
    if (!input.empty()) {
      auto decoded = decode(input);
      if (!decoded || !decoded->empty()) co_return decoded;
      continue;
    }
    if (const auto fault = co_await read_some()) co_return *fault;
  }
  co_return Bytes{};
}

net::Task<Result<Bytes, BodyFault>> BodyReader::next_block() {
  block_.clear();
  for (;;) {
    const auto piece = co_await next();
    if (!piece) co_return piece.error();
    if (block_.empty() && (piece->size() >= body_block_bytes || is_finished())) co_return *piece;
    block_.insert(block_.end(), piece->begin(), piece->end());
    if (block_.size() >= body_block_bytes || is_finished()) co_return Bytes{block_};
  }
}

net::Task<bool> BodyReader::discard(std::uint64_t bytes_max, std::chrono::milliseconds time_max) {
  if (is_finished()) co_return true;
  until_ = net::deadline_after(time_max);
  if (expects_continue_ || announced_bytes().value_or(0) > bytes_max) co_return false;
  for (std::uint64_t bytes = 0; bytes <= bytes_max;) {
    const auto piece = co_await next();
    if (!piece) co_return false;
    if (piece->empty()) co_return true;
    bytes += piece->size();
  }
  co_return false;
}

/// The longer a body is, the longer it may take; a slow one gains nothing by single bytes.
net::Task<std::optional<BodyFault>> BodyReader::read_some() {
  if (std::exchange(expects_continue_, false)) {
    const auto written = co_await stream_.write(continue_100, limits_.stall_timeout);
    if (!written) co_return cut_off;
  }
  const auto announced = announced_bytes();
  if (buffer_.empty()) buffer_.resize(announced ? body_read_bytes : chunked_read_bytes);
  auto room = std::span{buffer_};
  // Nothing is read that belongs to the next request, where that can be known.
  if (announced) room = room.first(std::min<std::uint64_t>(room.size(), *announced - decoder_.body_bytes()));
  const std::chrono::milliseconds earned{decoder_.body_bytes() * 1'000 / limits_.body_bytes_per_second_min};
  const auto until = std::min(begun_ + limits_.body_timeout + earned, until_);
  const auto count = co_await stream_.read_some(room, net::time_left(until));
  if (count) {
    read_ = Bytes{room}.first(*count);
    co_return std::nullopt;
  }
  if (count.error() == net::StreamFault::deadline) co_return too_slow;
  co_return cut_off;
}

Result<Bytes, BodyFault> BodyReader::decode(Bytes& input) {
  const auto step = decoder_.decode(input);
  if (!step) return BodyFault{http::status_of(step.error()), http::describe(step.error())};
  input = input.subspan(step->used);
  if (decoder_.body_bytes() > limits_.body_bytes_max) return body_too_large;
  return step->data;
}

}  // namespace labnet::http_server
