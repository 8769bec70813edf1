// The parameters of SVCB and HTTPS records: how to speak to a service (RFC 9460, sections 2.1, 2.2 and 7).
//
//     1 svc.example. alpn=h2,h3 port=8443          0001 .. 0001 0006 02 'h' '2' 02 'h' '3' 0003 0002 20fb
//                                                          key  length, value              key  length, value
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/bytes.hpp"
#include "common/base/result.hpp"
#include "common/dns/fault.hpp"

namespace labnet::dns {

inline constexpr std::uint16_t ipv4hint = 4;  // the key of the IPv4 addresses that its value holds, four octets each

struct SvcParam {
  std::uint16_t key = 0;
  Buffer value;  // as on the wire, without its length
  bool operator==(const SvcParam&) const = default;
};

/// Keys ascend and none is there twice; each value is of its key's form; the keys that "mandatory" lists are there, and
/// so is "alpn" where "no-default-alpn" is. Parameters with keys that are not known are opaque octets.
struct SvcParams {
  std::vector<SvcParam> list;
  bool operator==(const SvcParams&) const = default;
};

/// Reads to the end of `in`. rdata_length if a parameter runs past it, rdata_value for what SvcParams does not allow.
Result<SvcParams, WireFault> read_svc_params(ByteReader& in);
void write_svc_params(const SvcParams& params, ByteWriter& out);

/// As dig prints it: `alpn="h2,h3"`, `port=8443`, `no-default-alpn`, `key667="hello\210"`.
std::string to_text(const SvcParam& param);

/// Reads one parameter of a zone file; its escapes are still in it. `value` is what stands behind "=", quotes taken
/// off; nothing if there is no "=".
/// The Error says what was expected: "port: a number of 0 to 65535".
Result<SvcParam> parse_svc_param(std::string_view key, std::optional<std::string_view> value);

/// Puts `param` where it belongs among the others; false if its key is there already.
bool insert(SvcParams& params, SvcParam param);

/// Nothing if the parameters make sense together, else what was expected.
std::optional<std::string> find_inconsistency(const SvcParams& params);

}  // namespace labnet::dns
