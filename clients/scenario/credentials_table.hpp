// What a listener learns of who somebody is from HTTP and SIP in clear: names and passwords in forms and by Basic, what
// Digest leaves of them, and the cookies that stand for whoever has logged in.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "clients/scenario/http_table.hpp"
#include "clients/scenario/sip_table.hpp"

namespace labnet::scenario {

/// By which way somebody says who he is.
enum class CredentialWay { form, basic, digest, cookie };
/// "form", "basic", "digest", "cookie"
std::string_view name_of(CredentialWay way);

struct SeenCredential {
  CredentialWay way{};
  std::uint64_t number = 0;  // of the frame in which the first request with it ended its head
  Ipv4Address client{}, server{};
  bool is_by_sip = false;                    // else by HTTP
  std::string method{};                      // of that request
  std::string host{}, target{};              // likewise; by SIP the target is a whole URI, and there is no host
  std::string user{};                        // empty: none is told
  std::string password{};                    // empty with Digest, which sends a hash of it, and with a cookie
  std::string realm{}, nonce{}, response{};  // of Digest
  std::string cookie{};                      // "session=81b0": whoever sends it is taken for the user
  std::size_t times = 0;                     // in how many requests

  /// "http://web.lab/login", "REGISTER sip:voip.lab"
  std::string where() const;
  bool has_password() const { return way == CredentialWay::form || way == CredentialWay::basic; }
};

inline constexpr std::size_t credentials_max = 1'000;

/// Each once, in the order in which they first travelled.
/// A form's field is a password by its name (password, passwd, clave...), a cookie one of a session likewise (session,
/// sid, token...). What is too long to have been kept (HttpTableBuilder::form_bytes_max) is not among them.
std::vector<SeenCredential> credentials_of(const std::vector<HttpExchange>& exchanges,
                                           const std::vector<SipMessage>& messages = {});

}  // namespace labnet::scenario
