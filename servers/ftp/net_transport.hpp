// A session's connections over TCP.
#pragma once

#include <memory>

#include "common/net/listener.hpp"
#include "servers/ftp/config.hpp"
#include "servers/ftp/transport.hpp"

namespace labnet::ftp_server {

/// The last data connection that has served, until its client ends it, too. There is one for a session, so that none
/// pile up: what is sent on its way stays on its way when the next one takes its place.
class Farewell {
 public:
  explicit Farewell(net::Worker& worker) : worker_{worker} {}
  ~Farewell() { end(); }
  Farewell(const Farewell&) = delete;
  Farewell& operator=(const Farewell&) = delete;

  void begin(net::Stream stream);

 private:
  void end();

  net::Worker& worker_;
  std::weak_ptr<net::Stream> stream_;
};

class NetTransport final : public Transport {
 public:
  /// config  outlives it
  /// tls     null: AUTH is not offered
  NetTransport(net::Worker& worker, const Config& config, std::shared_ptr<const net::TlsServer> tls,
               net::Stream control)
      : worker_{worker}, config_{config}, tls_{std::move(tls)}, control_{std::move(control)}, farewell_{worker} {
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
  Result<std::unique_ptr<PassiveSocket>> listen(IsWelcome is_welcome) override;
  std::unique_ptr<ActiveSocket> connect_to(std::uint16_t port) override;
  std::string explain(StreamFault fault) const override { return control_.explain(fault); }

 private:
  net::Worker& worker_;
  const Config& config_;
  std::shared_ptr<const net::TlsServer> tls_;
  net::Stream control_;
  Farewell farewell_;
};

}  // namespace labnet::ftp_server
