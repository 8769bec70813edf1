// What all programs of `labnet rtmp` have in common: their options, and the way from a URL to a connection.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "clients/rtmp/observer.hpp"
#include "clients/rtmp/session.hpp"
#include "common/client/lookup.hpp"
#include "common/client/tls.hpp"
#include "common/program/console.hpp"
#include "common/program/options.hpp"

namespace labnet::rtmp_client {

struct CommonInput {
  std::string url;
  const Habits* habits = &labnet_habits;
  client::TlsInput tls;
  client::LookupInput lookup;
  Timeout timeout{30'000};
  bool verbose = false;
};

void declare_url(program::Options& options, CommonInput& input);
void declare(program::Options& options, CommonInput& input);

/// A URL that names a stream. faults  a sentence: wrong usage
Result<rtmp::Url> url_of(const CommonInput& input);

/// Where the server is, and how it is spoken to: found once, for as many connections as one likes.
struct Target {
  rtmp::Url url;
  std::vector<net::Endpoint> servers;         // the first that can be reached
  std::shared_ptr<const net::TlsClient> tls;  // null: plain
  Timeout timeout{30'000};
};
/// faults  there is no such host; a certificate's file cannot be read
Result<Target> target_of(const CommonInput& input, const rtmp::Url& url);

/// target  outlives the connection: within HTTP there may be several
/// faults  nobody can be reached, or none of them is trusted; there is no session to be had within HTTP
Task<Result<std::shared_ptr<Transport>>> connect_to(net::Worker& worker, const Target& target, Observer& observer);

/// What a person sees of a connection on standard error: -> what was sent, <- what came, -- what happened besides.
class Transcript final : public Observer {
 public:
  /// `console` outlives it.
  Transcript(program::Console& console, bool is_shown) : console_{console}, is_shown_{is_shown} {}

  void on_notice(std::string_view sentence) override;
  void on_connected(const net::Endpoint& server) override;
  void on_secured(const net::TlsDetails& tls) override;
  void on_tunnelled(std::string_view id) override;
  void on_handshake(rtmp::HandshakeKind kind) override;
  void on_sent(std::string_view line) override { show("->", line); }
  void on_received(std::string_view line) override { show("<-", line); }

 private:
  void show(std::string_view arrow, std::string_view line) const;

  program::Console& console_;
  bool is_shown_;
};

}  // namespace labnet::rtmp_client
