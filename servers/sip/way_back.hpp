// Who has shown that he gets what is sent to him. The source of a datagram may be forged: whoever calls an open
// extension by UDP gets little until he has acknowledged an answer, whose tag nobody can know who has not received it.
#pragma once

#include <chrono>
#include <cstddef>
#include <map>

#include "common/base/address.hpp"
#include "common/sip/timers.hpp"

namespace labnet::sip_server {

class WayBack {
 public:
  static constexpr std::size_t open_per_address_max = 10;  // calls that wait for their ACK: 503
  static constexpr std::size_t open_max = 500;             // of all addresses: 503
  static constexpr std::size_t shown_max = 10'000;         // addresses; the one that was shown longest ago goes
  static constexpr std::chrono::minutes shown_for{60};
  static constexpr int answer_copies_max = 2;  // of a 2xx that waits for its ACK; a refusal goes once

  bool is_shown(const IpAddress& address, sip::TimePoint now) const;
  /// A call begins for which it is not shown. False: there are too many.
  bool begin(const IpAddress& address);
  /// It has ended, or has been acknowledged.
  void end(const IpAddress& address);
  void show(const IpAddress& address, sip::TimePoint now);

 private:
  std::map<IpAddress, std::size_t> open_;
  std::size_t open_count_ = 0;
  std::map<IpAddress, sip::TimePoint> shown_;
  std::multimap<sip::TimePoint, IpAddress> shown_order_;
};

}  // namespace labnet::sip_server
