// A service that is watched over at its admin address.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "common/base/text.hpp"
#include "tests/support/running_service.hpp"
#include "tests/support/tcp.hpp"

namespace labnet::test {

class WatchedService {
 public:
  /// With an admin address whose port the system picks. It says already that the service is ready.
  WatchedService(std::string protocol, std::vector<std::string> options, How how = {})
      : service_{std::move(protocol), with_admin(std::move(options)), std::move(how)}, admin_port_{find_admin_port()} {
    EXPECT_TRUE(eventually([&] { return get("/readyz").starts_with("HTTP/1.1 200 "); }));
  }

  const RunningService& service() const { return service_; }
  RunningService& service() { return service_; }
  std::uint16_t port(const std::string& scheme) const { return service_.port(scheme); }
  std::uint16_t admin_port() const { return admin_port_; }

  /// The whole response.
  std::string get(std::string_view path) const {
    const TcpClient client{admin_port_};
    client.send(fmt::format("GET {} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", path));
    return client.receive_all();
  }
  /// Without the head.
  std::string metrics() const {
    const auto response = get("/metrics");
    const auto end = response.find("\r\n\r\n");
    return end == response.npos ? response : response.substr(end + 4);
  }
  /// Of a sample as it is written: "labnet_ftp_logins_total{result=\"done\"}"; -1: there is none.
  double metric(std::string_view sample) const {
    const auto text = metrics();
    const auto front = fmt::format("\n{} ", sample);
    const auto at = text.find(front);
    return at == text.npos ? -1 : std::stod(text.substr(at + front.size()));
  }

 private:
  static std::vector<std::string> with_admin(std::vector<std::string> options) {
    options.insert(options.end(), {"--admin", "127.0.0.1:0"});
    return options;
  }
  std::uint16_t find_admin_port() {
    const auto line = service_.wait_for_log("admin address");
    const auto colon = line.rfind(':');
    return parse_integer<std::uint16_t>(line.substr(colon + 1)).value_or(0);
  }

  RunningService service_;
  std::uint16_t admin_port_;
};

}  // namespace labnet::test
