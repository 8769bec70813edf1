// What a lab says of itself, for people.
#pragma once

#include <string>

#include "common/control/message.hpp"

namespace labnet::lab_client {

/// The whole lab: a table of hosts, one of services, the published ports. `status` is the lab's reply to "status".
std::string status_text(const control::json::object& status);

/// One host of that reply, every detail on a line of its own.
std::string host_text(const control::json::object& host);

}  // namespace labnet::lab_client
