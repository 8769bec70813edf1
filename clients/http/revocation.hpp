// Whether the certificates of servers still count: before anything is sent over a connection the CA is asked by OCSP,
// where the certificate says where that is (RFC 6960), as Firefox does it.
//
//     client                          server            responder of the CA
//       |-- TLS handshake ------------->|                    |
//       |-- POST application/ocsp-request ------------------>|   in clear: what is answered is signed
//       |<----------------- good, or revoked ----------------|
//       |-- GET / --------------------->|                        unless it was revoked
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "clients/http/client.hpp"
#include "common/base/result.hpp"
#include "common/net/tls.hpp"

namespace labnet::http_client {

/// A question to a CA, and what came of it.
struct StatusQuery {
  Url url{};
  int status = 0;      // of HTTP; 0: there was no answer
  std::string type{};  // "application/ocsp-response"
  std::string error{};
  std::uint64_t wire_bytes = 0, body_bytes = 0;
  Timing timing{};
};

class RevocationCheck {
 public:
  /// Called when a question goes out, and again when it is over. Both times with the same number.
  using Listener = std::function<void(std::size_t number, const StatusQuery& query)>;

  /// options   of the client that asks
  /// `worker` and `observer` outlive it
  RevocationCheck(net::Worker& worker, ClientOptions options, Observer& observer, std::string user_agent,
                  Listener listener);

  /// Each certificate is asked about once. That there is no answer is told to the observer, and no fault.
  /// faults  it was revoked: a sentence
  Task<Result<void>> check(net::TlsDetails tls);

  /// Says goodbye to the responders.
  Task<void> close() { co_await client_.close(); }

 private:
  struct Check;

  Task<Result<void>> ask(const net::Certificate& own, const net::Certificate* issuer);
  Task<Result<std::string>> fetch(StatusQuery& query, Buffer request);

  net::Worker& worker_;
  Observer& observer_;
  Client client_;
  std::string user_agent_;
  Listener listener_;
  std::size_t queries_ = 0;
  std::map<std::string, std::shared_ptr<Check>> checks_;  // by the certificate's fingerprint
};

}  // namespace labnet::http_client
