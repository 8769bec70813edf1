// What a person or a program reads of a run of echo requests.
#pragma once

#include <string>
#include <vector>

#include "clients/ping/client.hpp"

namespace labnet::ping {

/// The host as typed, and the address found for it.
struct Target {
  std::string host;
  Ipv4Address address;
};

/// Lines in the look that people know from `ping` of their system. Each ends with LF.
class Text {
 public:
  Text(const Options& options, Target target) : options_{options}, target_{std::move(target)} {}

  std::string heading() const;
  std::string line(const Event& event) const;
  std::string summary(const Summary& summary) const;

 private:
  Options options_;
  Target target_;
};

/// One JSON object and LF, all times in milliseconds:
///
///     {"host":"dns","address":"192.168.1.7","identifier":1,"transmitted":4,"received":4,"duplicates":0,"errors":0,
///      "loss_percent":0.0,"duration_ms":3004.1,"round_trip_ms":{"min":..,"average":..,"max":..,"deviation":..},
///      "events":[{"event":"reply","sequence_number":1,"from":"192.168.1.7","ttl":64,"bytes":32,"round_trip_ms":0.1},
///                {"event":"error","sequence_number":2,"from":"192.168.1.1","type":11,"code":0,"reason":"..."},
///                {"event":"timeout","sequence_number":3},{"event":"not_sent","sequence_number":4,"reason":"..."}]}
///
/// "round_trip_ms" is left out if nothing was received; an event "duplicate" has the members of a reply.
std::string to_json(const Target& target, std::uint16_t identifier, const std::vector<Event>& events,
                    const Summary& summary);

}  // namespace labnet::ping
