// A response: its head, which stays, and what became of its body.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include "common/base/bytes.hpp"
#include "common/base/result.hpp"
#include "common/http/framing.hpp"
#include "common/http/response_head.hpp"
#include "common/net/runtime.hpp"

namespace labnet::http_client {

using net::Task;

/// How long each phase took. What was not needed is not there: a kept connection needs no look-up, no connection and no
/// handshake. What is shown of them is called DNS, TCP, TLS, WAIT and BODY everywhere, as browsers do in a table of one
/// line for each thing; README.md has what curl and the Resource Timing standard call them.
struct Timing {
  using Duration = std::chrono::steady_clock::duration;

  std::optional<Duration> lookup{};     // of the host's name
  std::optional<Duration> connect{};    // TCP
  std::optional<Duration> handshake{};  // TLS
  Duration wait{};                      // from the request's first byte to the response's
  Duration body{};                      // from then to its last byte

  Duration total() const {
    constexpr Duration none{};
    return lookup.value_or(none) + connect.value_or(none) + handshake.value_or(none) + wait + body;
  }
};

class Response {
 public:
  /// text  the head as it came, the empty line included, of which `head` is a view
  Response(Bytes text, const http::ResponseHead& head) : text_{text.begin(), text.end()}, head_{head} {
    head_.set_base(as_text(text_).data());
  }
  Response(Response&&) noexcept = default;  // the bytes stay where they are
  Response& operator=(Response&&) noexcept = default;

  const http::ResponseHead& head() const { return head_; }
  std::string_view head_text() const { return as_text(text_); }
  int status() const { return head_.status(); }
  const http::Fields& fields() const { return head_.fields(); }
  /// "404 Not Found", made harmless for a terminal.
  std::string status_text() const;

  http::Framing framing{};
  bool was_decoded = false;      // gzip is taken off the body
  std::uint64_t wire_bytes = 0;  // as all of it travelled, the head and the lines of chunks included
  std::uint64_t body_bytes = 0;  // as it was handed on
  Timing timing{};

 private:
  Buffer text_;
  http::ResponseHead head_;
};

struct Step;
struct Url;

/// Who gets a response.
class Receiver {
 public:
  enum class Wish {
    take,     // the body
    discard,  // it is read, if it is not long, so that the connection lives on
  };

  virtual ~Receiver() = default;
  /// Its head, before the body.
  virtual Task<Result<Wish>> on_head(const Response& response) = 0;
  /// The head of one that is not the last: a redirect that is followed, a challenge that is met.
  virtual void on_passing(const Response&) {}
  /// That exchange has ended; `next` is asked for now, and may fail.
  virtual void on_passed(const Step&, const Url& next) { static_cast<void>(next); }
  /// The next piece of the body, without any coding that was asked for.
  virtual Task<Result<void>> on_body(Bytes piece) = 0;
};

}  // namespace labnet::http_client
