// What a SIP service holds of strangers at most. What a configuration can change stands in config.hpp.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace labnet::sip_server {

inline constexpr std::size_t contact_bytes_max = 1024;       // of a binding: 400
inline constexpr std::size_t instance_bytes_max = 256;       // its +sip.instance
inline constexpr std::size_t user_agent_bytes_max = 128;     // what is kept of it
inline constexpr std::size_t contacts_per_request_max = 16;  // of a REGISTER: 400

// Requests of a call on their way from one side to the other: 503
inline constexpr std::size_t requests_under_way_max = 16;

// Of BYEs that nobody waits for: see farewells.hpp
inline constexpr std::size_t farewells_max = 20'000;         // more are not said
inline constexpr std::size_t farewells_at_a_time_max = 200;  // that wait for their answer; the others have their turn
inline constexpr std::chrono::minutes farewell_patience{5};  // for a phone to register on another connection
inline constexpr std::chrono::hours kept_call_age_max{24};   // of a call of an earlier run: it is only written down

// What a client is told that finds too much going on: Retry-After
inline constexpr std::uint64_t overload_pause_min_s = 5;
inline constexpr std::uint64_t overload_pause_spread_s = 10;  // at random, so that not all come back at once

// Connections that the exchange makes itself, to phones that have lost theirs, at a time
inline constexpr std::size_t own_connections_max = 200;

// Of a configuration
inline constexpr std::size_t number_bytes_max = 64;
inline constexpr std::size_t users_max = 100'000;
inline constexpr std::size_t extensions_max = 1'000;

// Of the calls that are written down: the oldest go
inline constexpr std::size_t call_records_max = 100'000;
inline constexpr std::size_t record_text_bytes_max = 128;  // of a Call-ID or a number, which strangers write
inline constexpr std::size_t record_cause_bytes_max = 512;

// Of what waits to be sent on a connection whose peer does not read: then it is closed
inline constexpr std::size_t unsent_bytes_max = 256 * 1024;

}  // namespace labnet::sip_server
