// Whose habits a client has: which commands it sends, in which order, for each of the things that are done.
//
// A plan is a table; what the server answers decides which of its rows are played. A new client to imitate is one more
// table in plan.cpp.
#pragma once

#include <span>
#include <string_view>

#include "clients/ftp/session.hpp"

namespace labnet::ftp_client {

enum class Action {
  secure,        // AUTH TLS, AUTH SSL; only if TLS is wanted
  log_in,        // USER, PASS
  ask,           // the row's command, whatever the reply
  learn,         // FEAT: what `if_feature` of later rows looks at
  protect,       // PBSZ 0, PROT P; only if the control connection is secure
  choose_facts,  // OPTS MLST; only if the server has facts that it does not tell by itself
  find_folder,   // PWD: where the login leads
  enter_folder,  // CWD to the folder of the URL's path: what follows says the name alone
  set_type,      // TYPE, as the file is to travel
  ask_size,      // SIZE; not of text, whose length on the wire nobody knows
  list,          // the folder: the size of the file stands there
  list_again,    // the folder as it is now
  work,          // what it is all for: RETR, STOR, MKD...
  quit,          // QUIT
};

struct Step {
  Action action{};
  std::string_view command{};     // of Action::ask: "SYST"
  std::string_view if_feature{};  // played only if the server has it (FEAT)
};

/// What TLS is wanted for.
enum class Security { plain, if_offered, required, implicit };

struct Plan {
  std::string_view name;
  DataWay data_way;
  Security security;  // for ftp://, if the user says nothing
  // Each begins with the connection and its greeting.
  std::span<const Step> get, put, list;
  std::span<const Step> change;  // all that moves no data
};

extern const Plan labnet_plan;
/// FileZilla 3: what it was seen to send, and its source (src/engine/ftp).
extern const Plan filezilla_plan;

}  // namespace labnet::ftp_client
