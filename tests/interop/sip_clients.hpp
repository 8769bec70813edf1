// The exchange that phones of others use in these tests, and what they have in common.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/interop/clients.hpp"
#include "tests/support/running_service.hpp"
#include "tests/support/two_hosts.hpp"

namespace labnet::sip_server {

/// Users 101:secret, 102:geheim and 103:secret; UDP, TCP and the extensions of the shipped configuration.
class SipClients : public test::Clients {
 protected:
  using Clients::Clients;

  std::uint16_t port(const std::string& scheme = "udp") const { return service_.port(scheme); }
  std::string server(const std::string& scheme = "udp") const;
  test::RunningService& service() { return service_; }

 private:
  test::RunningService service_{"sip",
                                {"--user", "101:secret", "--user", "102:geheim", "--user", "103:secret", "--listen",
                                 "udp://127.0.0.1:0", "--listen", "tcp://127.0.0.1:0"}};
};

/// Made before the services of a test: all of it then happens in a network of the test's own (see TwoHosts), in which
/// every port is free.
struct OwnNetwork {
  OwnNetwork() { test::TwoHosts::instance(); }
};

/// A line of what `tshark -z rtp,streams` prints.
struct RtpStream {
  std::size_t packets = 0;
  std::string lost;
};
std::vector<RtpStream> rtp_streams(const std::string& printed);

/// One that nobody has at the moment, for a program that has to be told one.
std::uint16_t free_udp_port();
/// Waits until somebody has bound that port; false if nobody does.
bool is_bound(std::uint16_t udp_port);

}  // namespace labnet::sip_server
