// One question asked and shown as dig does: a reply, a whole zone, or the way from the root down.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "clients/dns/client.hpp"
#include "clients/dns/words.hpp"
#include "common/program/console.hpp"
#include "common/resolver/resolver.hpp"

namespace labnet::dns_client {

struct DigJob {
  Request request;
  std::vector<resolver::Server> servers;
  std::optional<resolver::Server> root;              // where a trace starts; none: at the root's servers
  std::uint16_t port = 53;                           // of the servers that a trace finds
  resolver::Family family = resolver::Family::both;  // of their addresses
  program::Format format = program::Format::text;
  bool as_octets = false;  // every message (hex.hpp) in place of what it says
  std::string command;     // as typed, for the first line
};

/// What is said of a Ctrl-C.
inline constexpr std::string_view interrupted = "interrupted";

/// Complaints go to standard error. The exit code is dig's: `done` for a reply of any kind, `no_reply` without one; but
/// `failed` for a transfer that is none and for a trace that does not get to its end.
program::Exit dig(program::Console& console, const DigJob& job);

}  // namespace labnet::dns_client
