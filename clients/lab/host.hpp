// Enters a host of a running lab and runs programs there.
#pragma once

#include <string>
#include <vector>

#include "clients/lab/connection.hpp"

namespace labnet::lab_client {

/// Moves this process (one thread, no way back) into a host. What it forks from then on dies with the lab, and trusts
/// by TLS whom the lab's hosts trust, the outside world's CA first (SSL_CERT_FILE, unless the caller has set it).
/// returns  what the lab says of the host: its interfaces with their networks and addresses
Result<control::json::object> enter_host(control::Client& lab, const std::string& host);

/// Runs a program with this process's terminal, working directory and environment, and waits for it. For a host of
/// namespaces call enter_host first. SIGTERM and SIGHUP go to the program; what it leaves running when it ends lives
/// on, unless it was ended by SIGTERM or this process is killed: see keeper.hpp. returns  its exit code, 128 + n if a
/// signal n ended it, 127 if there is no such program, 126 if it cannot be run
int run_program(const std::vector<std::string>& command);

/// The name of a host's network card in a network; the only or first one if `network` is empty.
Result<std::string> interface_name(const control::json::object& host, std::string_view network);

}  // namespace labnet::lab_client
