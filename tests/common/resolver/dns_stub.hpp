// A name server for tests that says what it is told to say.
#pragma once

#include <chrono>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "common/base/file_descriptor.hpp"
#include "common/dns/message.hpp"

namespace labnet::test {

enum class Transport { udp, tcp };

/// A reply to a query: the same id and question, QR and RA set.
dns::Message reply_to(const dns::Message& query);
Buffer to_wire(const dns::Message& message, std::size_t bytes_max = dns::message_bytes_max);
dns::Name name(std::string_view text);
dns::Record record(std::string_view name, dns::Rdata data, std::uint32_t ttl = 3600);

/// Listens on 127.0.0.1, on UDP and TCP alike, and answers in a thread of its own.
class DnsStub {
 public:
  /// The messages to be sent back, none or several.
  using Answer = std::function<std::vector<Buffer>(const dns::Message& query, Transport transport)>;

  /// port              0: whichever is free
  /// octet_interval    not 0: a reply over TCP goes out octet by octet, with such a rest after each
  /// message_interval  the rest after each reply over TCP
  explicit DnsStub(Answer answer, std::uint16_t port = 0, std::chrono::milliseconds octet_interval = {},
                   std::chrono::milliseconds message_interval = {});
  ~DnsStub();
  DnsStub(DnsStub&&) = delete;

  std::uint16_t port() const { return port_; }
  struct Query {
    dns::Message message;
    Transport transport;
  };
  std::vector<Query> queries() const;

 private:
  void serve();
  void serve_datagram();
  void serve_connection();
  void drip(int peer, Bytes octets) const;
  bool rest(std::chrono::milliseconds duration) const;
  std::vector<Buffer> take(Bytes query, Transport transport);

  Answer answer_;
  std::chrono::milliseconds octet_interval_, message_interval_;
  std::uint16_t port_ = 0;
  FileDescriptor udp_, tcp_, stop_;
  mutable std::mutex mutex_;
  std::vector<Query> queries_;
  std::thread thread_;
};

}  // namespace labnet::test
