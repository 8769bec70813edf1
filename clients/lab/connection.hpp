// Finds a running lab and asks it.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "common/control/client.hpp"
#include "common/control/runtime_folder.hpp"

namespace labnet::lab_client {

/// A lab answers commands at once, but for a service that hangs (5 s).
inline constexpr std::chrono::milliseconds answer_deadline{10'000};

/// name     of the lab; empty: the only one that runs. A fault says that none runs, or which do.
/// choices  the options by which one of several is chosen
Result<std::string> find_lab(const std::string& name, std::string_view choices = "--name");

Result<control::Client> connect(const std::string& name);

}  // namespace labnet::lab_client
