// A call under way as it is kept in the store: if the program is killed in the middle of it, both sides can still be
// told that it has ended.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/sip/dialog.hpp"
#include "common/sip/hop.hpp"
#include "servers/sip/location.hpp"

namespace labnet::sip_server {

/// What a BYE to one side needs.
struct KeptSide {
  sip::DialogRecord dialog{};
  sip::Hop hop{};     // where its requests go
  PhoneName phone{};  // by which it is found if it has another connection by then

  bool operator==(const KeptSide&) const = default;
};

struct KeptCall {
  std::uint64_t number = 0;  // as in CallRecord
  WallTime began{};
  std::string call_id{};  // these three as in CallRecord
  std::string caller{};
  std::string callee{};
  std::vector<KeptSide> sides{};  // the caller's; the callee's, unless it is an extension

  bool operator==(const KeptCall&) const = default;
};

}  // namespace labnet::sip_server
