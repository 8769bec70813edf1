// Moves the addresses of zones to other networks: a lab on the loopback interface serves the zones of the real one.
#pragma once

#include <vector>

#include "common/base/address.hpp"
#include "common/base/result.hpp"
#include "common/dns/message.hpp"

namespace labnet::dns_server {

/// With 192.168.1.0/24 -> 127.71.1.0 the address 192.168.1.7 becomes 127.71.1.7, and the name
/// 7.1.168.192.in-addr.arpa. becomes 7.1.71.127.in-addr.arpa.
class AddressMap {
 public:
  struct Pair {
    Ipv4Subnet from;
    Ipv4Address to;  // a network address of the same prefix
  };

  /// Maps nothing.
  AddressMap() = default;
  /// Of pairs that overlap the first one counts. An Error if bits of a `to` are set behind its prefix.
  static Result<AddressMap> make(std::vector<Pair> pairs);

  Ipv4Address map(Ipv4Address address) const;
  /// Names below in-addr.arpa. whose numbers are an address of a pair, or the octets that all addresses of a pair begin
  /// with: the origin of its reverse zone. What stands before the numbers stays. Other names come back as they are.
  dns::Name map(dns::NameView name) const;
  /// The owner's name, what the data of A, PTR, NS, CNAME and DNAME names, and the IPv4 hints of SVCB and HTTPS.
  void apply(dns::Record& record) const;

 private:
  std::vector<Pair> pairs_;
};

}  // namespace labnet::dns_server
