// What a lab needs of a machine, examined piece by piece.
#pragma once

#include <string>
#include <vector>

#include "common/program/console.hpp"
#include "servers/lab/namespace_support.hpp"

namespace labnet::lab {

struct Finding {
  enum class State {
    fine,
    note,     // good to know
    limit,    // the lab runs on the loopback network only
    failure,  // no lab runs
  };
  std::string subject;  // "network of namespaces"
  State state = State::fine;
  std::string text;    // what was found, one sentence
  std::string remedy;  // what to do; empty if there is nothing to do
};
std::string_view to_string(Finding::State state);

/// Tries what can be tried and throws it away: takes some milliseconds, changes nothing.
std::vector<Finding> examine_machine();

/// What a refusal by the kernel means for a lab.
Finding describe(const NamespaceFault& fault, const SystemFacts& facts);

/// How many busy labs the kernel's table of neighbours (ARP) has room for: there is one for all namespaces.
///
/// entries  net.ipv4.neigh.default.gc_thresh3
Finding describe_neighbour_table(long entries);

/// One block per finding, its remedy below it; ends with a sentence about the whole.
std::string to_text(const std::vector<Finding>& findings);
/// {"ok":true,"findings":[{"subject":"..","state":"fine","text":"..","remedy":".."}]}
std::string to_json(const std::vector<Finding>& findings);

/// failed if a finding is a limit or a failure, else done.
program::Exit worst(const std::vector<Finding>& findings);

}  // namespace labnet::lab
