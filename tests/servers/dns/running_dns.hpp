// A DNS service as a user runs it, asked with dig, and servers that tests play for it to ask.
#pragma once

#include <netinet/in.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <boost/json/object.hpp>

#include "common/base/file_descriptor.hpp"
#include "common/control/client.hpp"
#include "common/dns/message.hpp"
#include "tests/support/child.hpp"

namespace labnet::dns_server {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool memory_is_the_programs_own = false;  // a sanitizer keeps what was freed for a while
#else
inline constexpr bool memory_is_the_programs_own = true;
#endif

/// What dig shows of a reply.
struct Dug {
  std::string status, flags;  // "NOERROR", "qr aa rd"
  std::vector<std::string> answers, authorities;
  std::string bytes;  // of the message
  bool has_edns = false;
  std::string output;  // all of it
};

/// `labnet serve dns --listen 127.0.0.1:0 ...` with one worker. UDP and TCP have ports of their own.
class RunningDns {
 public:
  /// options  as on the command line: {"-c", file}
  explicit RunningDns(const std::vector<std::string>& options);

  std::uint16_t udp_port() const { return udp_port_; }
  std::uint16_t tcp_port() const { return tcp_port_; }

  /// Starts dig in the background: "web.example A +norecurse". Only UDP, and one try, unless the words say otherwise.
  std::unique_ptr<test::Child> start_dig(const std::string& words) const;
  Dug dig(const std::string& words) const;

  /// Asks over the control connection; {"ok":false} comes back as the fault.
  Result<boost::json::object> ask(const boost::json::object& request);
  /// What cache.show tells of answers: "web.example A 192.0.2.1", "no.example NXDOMAIN".
  std::vector<std::string> cached();
  /// And of referrals: "example NS ns.example", "ns.example A 192.0.2.53".
  std::vector<std::string> referrals();

  /// Of memory, as the kernel counts it for the process (VmRSS).
  std::size_t resident_bytes() const;

  void signal(int number) const { child_->signal(number); }
  /// Waits for a line in the log that holds this text; fails the test if there is none.
  void wait_for_log(const std::string& text);
  /// Ends it as a lab does; its exit code.
  int terminate();
  test::Outcome wait() { return child_->wait(); }

 private:
  std::vector<std::string> shown(bool are_answers);

  std::unique_ptr<test::Child> child_;
  std::optional<control::Client> control_;
  std::uint16_t udp_port_ = 0, tcp_port_ = 0;
};

/// As dig's lines are compared: its tabulators are blanks, and of several blanks there is one.
std::string with_single_blanks(std::string_view line);

/// The reply that dig printed.
Dug read_dig(const test::Outcome& outcome);

/// A socket of a test on 127.0.0.1, which waits for `test::patience` and no longer.
class PlainSocket {
 public:
  /// SOCK_DGRAM or SOCK_STREAM
  static PlainSocket bound(int type, std::uint16_t port = 0);
  /// from  the last octet of its own address
  static PlainSocket connected(int type, std::uint16_t port, std::uint8_t from = 1);
  explicit PlainSocket(FileDescriptor socket) : socket_{std::move(socket)} {}

  std::uint16_t port() const;
  void send(Bytes bytes) const;
  /// To a peer that may end the connection meanwhile.
  void send_what_is_taken(Bytes bytes) const;
  void send_to(Bytes bytes, const sockaddr_in& to) const;
  /// Empty if nothing came.
  Buffer receive(sockaddr_in* from = nullptr) const;
  /// True if something lies there to be read now.
  bool has_arrived() const;
  PlainSocket accept() const;
  /// A message behind its length (RFC 7766); empty at the end of the connection.
  Buffer receive_message() const;
  void send_message(Bytes message) const;
  /// Ends its own side of the connection; the peer's goes on.
  void end_sending() const;
  /// Fails the test if the peer does not break the connection off.
  void wait_until_broken() const;
  /// True if the peer has ended the connection and sent nothing before.
  bool is_at_end() const;

 private:
  Buffer receive_exactly(std::size_t count) const;
  FileDescriptor socket_;
};

/// A query that an upstream server got.
struct Received {
  dns::Message message;
  sockaddr_in from{};
};

/// A name server played by the test: UDP and TCP at one port.
class Upstream {
 public:
  Upstream();

  std::uint16_t port() const { return udp_.port(); }
  /// "127.0.0.1:PORT"
  std::string address() const;
  /// The next query over UDP; throws if none comes.
  Received next() const;
  bool has_query() const { return udp_.has_arrived(); }
  void reply(const Received& query, const dns::Message& message) const;
  const PlainSocket& udp() const { return udp_; }
  /// The listening socket.
  const PlainSocket& tcp() const { return tcp_; }

 private:
  PlainSocket udp_, tcp_;
};

/// The reply to a query, with its id and question.
dns::Message answer_to(const Received& query, const std::vector<std::string>& answers,
                       dns::Rcode rcode = dns::Rcode::noerror);

}  // namespace labnet::dns_server
