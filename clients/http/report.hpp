// What has come of a visit, for people and for programs.
#pragma once

#include <span>
#include <string>

#include <boost/json/fwd.hpp>

#include "clients/http/client.hpp"

namespace labnet::http_client {

/// A table: one line for each response, how long each phase took, in milliseconds.
std::string timing_text(std::span<const Step> steps);

/// "3.2"; "-" for a phase that was not needed
std::string milliseconds_text(std::optional<Timing::Duration> duration);

/// Each phase that was needed, in milliseconds: {"tcp_ms": 0.1, ...}
boost::json::object to_object(const Timing& timing);

/// One object with the URL, the status, the fields, the sizes and the steps with their times.
std::string to_json(const Answer& answer);

}  // namespace labnet::http_client
