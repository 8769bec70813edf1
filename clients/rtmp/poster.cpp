#include "clients/rtmp/poster.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "clients/rtmp/limits.hpp"
#include "common/base/utf8.hpp"
#include "common/http/body_decoder.hpp"
#include "common/http/head_text.hpp"
#include "common/http/limits.hpp"
#include "common/http/response_head.hpp"

namespace labnet::rtmp_client {
namespace {

constexpr std::size_t reason_bytes_max = 100;  // of what a server calls its status

}  // namespace

Poster::Poster(net::Stream stream, Connect connect, Options options)
    : stream_{std::move(stream)},
      connect_{std::move(connect)},
      options_{std::move(options)},
      peer_{stream_.peer()},
      input_{post_read_bytes, http::head_bytes_max} {}

void Poster::close() {
  is_closed_ = true;
  stream_.close();
}

std::optional<std::string> Poster::head_of(std::string_view target, std::size_t body_bytes) const {
  const std::array<http::FieldText, 6> fields{{{"Host", options_.host},
                                               {"User-Agent", options_.user_agent},
                                               {"Connection", "Keep-Alive"},
                                               {"Cache-Control", "no-cache"},
                                               {"Content-Type", options_.media_type},
                                               {"Content-Length", fmt::format("{}", body_bytes)}}};
  return http::request_head_text("POST", target, http::Version::http_1_1, fields);
}

net::Task<Result<Poster::Answer>> Poster::post(std::string target, Bytes body) {
  const auto head = head_of(target, body.size());
  if (!head) co_return Error{"the server's name cannot stand in a request"};
  bool is_first_try = true;
  for (;;) {
    if (is_closed_) co_return Error{"the connection is closed"};
    if (!stream_.is_open()) {
      auto stream = co_await connect_();
      if (!stream) co_return stream.error();
      stream_ = *std::move(stream);
      input_ = net::ReadBuffer{post_read_bytes, http::head_bytes_max};
    }
    auto answer = co_await try_post(*head, body);
    if (answer) co_return *std::move(answer);
    stream_.close();
    const bool helps = std::exchange(is_first_try, false) && answer.error().is_of_connection;
    if (!helps) co_return Error{answer.error().why};
  }
}

net::Task<Result<Poster::Answer, Poster::Failure>> Poster::try_post(const std::string& head, Bytes body) {
  const std::array<Bytes, 2> pieces{as_bytes(head), body};
  const auto written = co_await stream_.write_steadily(pieces, options_.timeout);
  if (!written) co_return failure_of(written.error());
  const auto until = net::deadline_after(options_.timeout);
  reader_.clear();
  const auto head_bytes = co_await read_head(until);
  if (!head_bytes) co_return head_bytes.error();
  const auto& response = reader_.head();
  const auto framing = http::framing_of(response, "POST");
  Failure failure;
  if (!framing) {
    failure.why = http::describe(framing.error());
    co_return failure;
  }
  const bool goes_on = http::keeps_alive(response.version(), response.fields());
  Answer answer;
  answer.status = response.status();
  answer.reason = printable(response.reason(), reason_bytes_max);
  input_.skip(*head_bytes);
  auto octets = co_await read_body(*framing, until);
  if (!octets) co_return octets.error();
  answer.body = *std::move(octets);
  if (!goes_on) stream_.close();
  co_return answer;
}

net::Task<Result<std::size_t, Poster::Failure>> Poster::read_head(net::Clock::time_point until) {
  for (;;) {
    const auto head = reader_.read(input_.unread());
    if (!head) {
      Failure failure;
      failure.why = fmt::format("what it answers is no HTTP: {}", http::describe(head.error()));
      co_return failure;
    }
    constexpr int first_final_status = 200;
    if (*head && reader_.head().status() >= first_final_status) co_return **head;
    if (*head) {
      input_.skip(**head);
      reader_.clear();
      continue;
    }
    if (const auto failure = co_await read_more(until)) co_return *failure;
  }
}

net::Task<Result<Buffer, Poster::Failure>> Poster::read_body(http::Framing framing, net::Clock::time_point until) {
  http::BodyDecoder decoder{framing};
  Buffer body;
  Failure failure;
  for (;;) {
    while (!decoder.finished() && !input_.unread().empty()) {
      const auto step = decoder.decode(input_.unread());
      if (!step) {
        failure.why = http::describe(step.error());
        co_return failure;
      }
      body.insert(body.end(), step->data.begin(), step->data.end());
      input_.skip(step->used);
    }
    if (std::max<std::uint64_t>(body.size(), framing.length) > options_.answer_bytes_max) {
      failure.why = fmt::format("it answers with more than {} bytes", options_.answer_bytes_max);
      co_return failure;
    }
    if (decoder.finished()) co_return body;
    const auto missing = co_await read_more(until);
    if (!missing) continue;
    if (framing.kind == http::BodyKind::until_close && missing->is_of_connection) co_return body;
    co_return *missing;
  }
}

net::Task<std::optional<Poster::Failure>> Poster::read_more(net::Clock::time_point until) {
  const auto room = input_.room();
  reader_.head().set_base(as_text(input_.unread()).data());  // it may have moved
  const auto count = co_await stream_.read_some(room, until);
  if (!count) co_return failure_of(count.error());
  input_.add(*count);
  co_return std::nullopt;
}

Poster::Failure Poster::failure_of(net::StreamFault fault) const {
  Failure failure;
  failure.why = stream_.explain(fault);
  failure.is_of_connection = fault != net::StreamFault::deadline;
  return failure;
}

}  // namespace labnet::rtmp_client
