// The words behind `labnet dns` that are no options of its own, as dig has them: NAME [TYPE] [CLASS] [@SERVER]
// [+OPTION...].
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "clients/dns/client.hpp"
#include "common/dns/dig_text.hpp"

namespace labnet::dns_client {

/// What is shown of a reply as text.
struct Shown : dns::ShownParts {
  bool data_alone = false;  // +short: the data of the answers and nothing else
  bool command = true;      // the first line, which repeats what was asked
  bool statistics = true;   // the last lines: time, server, size

  /// +all and +noall: everything that surrounds and makes up the reply.
  void set_all(bool on);
  bool operator==(const Shown&) const = default;
};

struct Request {
  std::string server;  // a name or an address; empty: as the system is set up
  Query query;
  Options options;
  Shown shown;
  bool trace = false;  // from the root down, server by server

  /// +trace, with what dig changes together with it: DO in the queries, and of the replies nothing but records.
  void set_trace(bool on);
};

/// Reads the words into `request`, which holds the defaults and what options have said already. In any order; a word
/// that is a type or a class is taken for one, unless there is one already: `-q` names what would be mistaken.
/// has_name  whether the question's name is in `request` already
/// faults    one sentence: an unknown + option (and which is meant), a wrong value, no name, a second name,
///           IXFR
Result<void> read_words(const std::vector<std::string>& words, bool has_name, Request& request);

/// The + options and what each does, a line each, for the help.
std::string describe_plus_options();

}  // namespace labnet::dns_client
