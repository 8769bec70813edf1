// What is written down of a call: who with whom, when, how it ended and why, and what was heard.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "common/sip/timers.hpp"
#include "servers/sip/media.hpp"

namespace labnet::sip_server {

enum class Ender { caller, callee, exchange };
std::string_view name_of(Ender ender);

struct CallRecord {
  std::uint64_t number =
      0;                // no other call of this exchange has it, of earlier runs neither, as far as they are stored
  std::string call_id;  // the caller's
  std::string caller;   // user of From
  std::string callee;   // user of the Request-URI
  sip::TimePoint began{};
  std::optional<sip::TimePoint> rang{};
  std::optional<sip::TimePoint> answered{};
  sip::TimePoint ended{};
  int status = 0;  // of the final response to the caller
  Ender ender = Ender::exchange;
  std::string cause;  // in words: "102 is busy", "no ACK from 101 within 32 s"
  std::string codec{};
  std::array<MediaCounts, 2> media{};  // from the caller, from the callee
};

}  // namespace labnet::sip_server
