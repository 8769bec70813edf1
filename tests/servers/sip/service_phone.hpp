// A phone that registers at a service over the wire.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <string>

#include "tests/servers/sip/datagram_client.hpp"
#include "tests/servers/sip/played_network.hpp"
#include "tests/support/tcp.hpp"

namespace labnet::sip_server {

/// A request that goes by TCP says so in its Via.
std::string by_tcp(std::string request);

/// By digest; answers the exchange's OPTIONS.
void register_by(const DatagramClient& phone, std::uint16_t server, const std::string& user,
                 const std::string& password);
/// The same on a connection; its OPTIONS stays unanswered.
void register_by_tcp(const test::TcpClient& phone, const std::string& user, const std::string& password);

}  // namespace labnet::sip_server
