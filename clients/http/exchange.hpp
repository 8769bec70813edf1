// One request and its response on a connection that is there (RFC 9112, sections 6, 7 and 9).
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "clients/http/connect.hpp"
#include "clients/http/observer.hpp"
#include "clients/http/request.hpp"
#include "clients/http/response.hpp"
#include "common/coding/gzip.hpp"
#include "common/http/body_decoder.hpp"
#include "common/net/read_buffer.hpp"

namespace labnet::http_client {

/// Whether a coding is taken off the body as it comes.
bool will_be_decoded(const Request& request, const Response& response);

class Exchange {
 public:
  /// What is referred to outlives it.
  Exchange(net::Worker& worker, net::Stream& stream, net::ReadBuffer& incoming, const Patience& patience,
           Observer& observer);

  /// A long body goes out while the response is waited for: a server may refuse it early.
  /// faults  a sentence that begins with the server's address; then the connection is of no use any more
  Task<Result<Response>> run(const Request& request, Receiver& receiver);

  /// Afterwards: another request may follow on the connection.
  bool connection_lives() const { return connection_lives_; }
  /// After a fault: the connection ended before anything of a response came.
  bool nothing_came() const { return was_lost_ && !something_came_; }

 private:
  struct Sending;

  // exchange.cpp
  Error fault(std::string_view why) const;
  Error lost(net::StreamFault fault, std::string_view what);
  Task<Result<Response>> read_final_head();
  Task<Result<std::optional<Response>>> read_head(std::optional<net::Clock::time_point> give_up_at);
  Result<std::optional<Response>> take_head();
  Task<Result<void>> wait_for_head(std::optional<net::Clock::time_point> give_up_at);
  Task<Result<Response>> receive(const Request& request, Receiver& receiver);
  bool may_live_on(const Request& request, const Response& response) const;

  // exchange_sending.cpp
  Task<Result<void>> send(const Request& request);
  Task<Result<void>> write(std::string text);
  Task<Result<void>> wait_for_continue();
  void begin_sending(const Request& request);
  static Task<void> send_body(std::shared_ptr<Sending> sending, net::Worker& worker, net::Stream& stream);
  static Task<void> send_pieces(Sending& sending, net::Worker& worker, net::Stream& stream);
  bool is_sending() const;
  const std::optional<Error>& own_fault_of_sending() const;
  void stop_sending();
  Task<void> end_sending();
  Task<void> wait_for_end_of_sending();
  net::Clock::time_point waits_since() const;

  // exchange_body.cpp
  void begin_decoding(const Request& request, const Response& response);
  Task<Result<void>> read_body(const Request& request, Response& response, Receiver& receiver);
  Task<Result<void>> wait_for_body(const Response& response);
  std::uint64_t travelled_bytes() const { return body_ ? body_->body_bytes() : 0; }
  Task<Result<void>> hand_on(Bytes piece, const Request& request, Response& response, Receiver& receiver);
  Task<Result<void>> decode(Bytes piece, Response& response, Receiver& receiver);
  Task<void> discard_body(const Request& request, Response& response);

  net::Worker& worker_;
  net::Stream& stream_;
  net::ReadBuffer& incoming_;
  const Patience& patience_;
  Observer& observer_;
  http::ResponseHeadReader reader_;
  std::optional<Response> early_;     // came in place of 100 (Continue)
  std::shared_ptr<Sending> sending_;  // null: all goes out with the head
  std::optional<http::BodyDecoder> body_;
  std::optional<coding::GunzipDecoder> gunzip_;
  net::Clock::time_point began_{}, waits_since_{}, first_byte_{};
  std::uint64_t wire_bytes_ = 0;  // that were used, of heads and of bodies
  bool connection_has_ended_ = false;
  bool is_sent_whole_ = true;
  bool was_discarded_ = false;  // not all of the body was read
  bool was_lost_ = false;
  bool something_came_ = false;
  bool connection_lives_ = false;
};

/// The request's head as it travels, with what belongs to its body.
/// faults  something in it cannot be sent
Result<std::string> head_text(const Request& request);
/// The body travels in chunks.
bool is_chunked(const Request& request);

}  // namespace labnet::http_client
