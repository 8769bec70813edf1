// What a server says it can do: its reply to FEAT (RFC 2389).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/ftp/reply.hpp"

namespace labnet::ftp_client {

class Features {
 public:
  /// Of a server that says nothing: none.
  Features() = default;
  /// reply  211, whose lines between the first and the last are one feature each; any other tells of none
  explicit Features(const ftp::Reply& reply);

  /// By its first word, in any case: "MFMT". RFC 3659's MLSD goes by the name of MLST.
  bool has(std::string_view name) const;

  /// What OPTS MLST is to ask for so that listings tell all that a client can use: nothing if they do already, or if
  /// the server has no MLST.
  std::optional<std::string> facts_to_ask_for() const;

 private:
  std::vector<std::string> lines_;
};

}  // namespace labnet::ftp_client
