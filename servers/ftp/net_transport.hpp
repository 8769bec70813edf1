// A session's connections over TCP.
#pragma once

#include <memory>

#include "common/net/listener.hpp"
#include "servers/ftp/config.hpp"
#include "servers/ftp/transport.hpp"

namespace labnet::ftp_server {

class NetTransport final : public Transport {
 public:
  /// config  outlives it
  /// tls     null: AUTH is not offered
  NetTransport(net::Worker& worker, const Config& config, std::shared_ptr<const net::TlsServer> tls,
               net::Stream control)
      : worker_{worker}, config_{config}, tls_{std::move(tls)}, control_{std::move(control)} {
    control_.take_urgent_data_in_line();  // clients send some of what Telnet wants in front of ABOR so
  }

  const net::Endpoint& local() const override { return control_.local(); }
  const net::Endpoint& peer() const override { return control_.peer(); }
  Task<Result<std::string, StreamFault>> read_line(Timeout timeout) override;
  void interrupt_read() override { control_.interrupt_read(); }
  Task<Result<void, StreamFault>> write(std::string_view text) override { return control_.write(text); }
  Task<Result<void, StreamFault>> secure(Timeout timeout) override;
  bool is_secure() const override { return control_.is_secure(); }
  void offer_session() override { control_.offer_session(); }
  Task<void> finish() override;
  void close() override { control_.close(); }
  Result<std::unique_ptr<PassiveSocket>> listen() override;
  std::unique_ptr<ActiveSocket> connect_to(std::uint16_t port) override;
  std::string explain(StreamFault fault) const override { return control_.explain(fault); }

 private:
  net::Worker& worker_;
  const Config& config_;
  std::shared_ptr<const net::TlsServer> tls_;
  net::Stream control_;
};

}  // namespace labnet::ftp_server
