// What a capture shows of TLS to somebody without keys: who was asked for by which name, what both ends agreed upon,
// and how much was said.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/base/address.hpp"
#include "common/packet/capture_file.hpp"
#include "common/packet/frame.hpp"
#include "common/packet/tcp_reassembly.hpp"
#include "common/packet/tls_conversation.hpp"

namespace labnet::scenario {

/// How much of one content type went one way.
struct TlsTraffic {
  packet::TlsContentType type{};
  packet::TlsConversation::Count count{};
};

/// Whom a certificate is for.
struct TlsCertificate {
  std::string subject;
  std::vector<std::string> names{};
};

struct TlsConnection {
  Ipv4Address client{}, server{};
  std::uint16_t client_port = 0, server_port = 0;
  std::uint64_t number = 0;  // of the frame in which the first Client Hello ended, from 1
  packet::Timestamp time{};
  std::string server_name;                               // as the Client Hello has it; empty: none
  std::vector<std::string> offered_versions{};           // "TLS 1.3"
  std::vector<std::string> offered_protocols{};          // by ALPN
  std::string version{}, cipher_suite{};                 // of the Server Hello; empty: there is none
  std::string protocol{};                                // by ALPN; empty: none, or TLS 1.3, which hides it
  std::optional<bool> is_resumed{};                      // nothing: it cannot be told
  std::vector<TlsCertificate> certificates{};            // the server's own first; empty in TLS 1.3, which hides them
  std::vector<TlsTraffic> from_client{}, from_server{};  // of those that there are, in the order of their numbers

  /// Of application data, as they travelled.
  std::uint64_t data_bytes_from_client() const;
  std::uint64_t data_bytes_from_server() const;
};

/// Takes frames that were taken apart one by one. TLS is known by its first bytes, at whatever port, and also where a
/// connection begins in clear and becomes secret soon (AUTH TLS of FTP).
class TlsTableBuilder {
 public:
  static constexpr std::size_t connections_max = 10'000;
  static constexpr std::size_t clear_bytes_max = 4'096;  // of a connection in front of TLS; behind more nobody looks

  void add(std::uint64_t number, packet::Timestamp time, const packet::Frame& frame);
  /// In the order of their Client Hellos.
  std::vector<TlsConnection> connections() const;

  /// True if what the frame carries belongs to one of them. Call it after `add`.
  bool is_tls(const packet::Frame& frame) const;

 private:
  using End = std::pair<Ipv4Address, std::uint16_t>;
  using Key = std::pair<End, End>;  // the lower end first
  struct Direction {
    packet::TcpReassembly stream;
    Buffer held;  // as few bytes as TLS may begin with
  };
  struct Connection {
    Direction from_lower, from_higher;
    std::size_t clear_bytes = 0;
    std::optional<std::size_t> conversation{};
  };
  struct Conversation {
    End client, server;
    std::uint64_t number = 0;  // 0: there is no whole Client Hello
    packet::Timestamp time{};
    std::unique_ptr<packet::TlsConversation> says;
  };

  bool is_no_tls(const Connection& connection) const;
  void look_for_beginning(Connection& connection, Direction& direction, Bytes bytes, const End& from, const End& to);
  void take(Conversation& conversation, const End& from, Bytes bytes, std::uint64_t number, packet::Timestamp time);

  std::map<Key, std::optional<Connection>> connections_;  // nothing: it is no TLS
  std::vector<Conversation> conversations_;
};

}  // namespace labnet::scenario
