#include "clients/scenario/tls_table.hpp"

#include <algorithm>

#include "common/net/certificate.hpp"
#include "common/packet/tls_names.hpp"

namespace labnet::scenario {
namespace {

using packet::TlsContentType;
using packet::TlsConversation;
using From = TlsConversation::From;

std::uint64_t data_bytes(const std::vector<TlsTraffic>& traffic) {
  const auto found = std::ranges::find(traffic, TlsContentType::application_data, &TlsTraffic::type);
  return found == traffic.end() ? 0 : found->count.bytes;
}

std::vector<TlsTraffic> traffic_of(const TlsConversation& conversation, From from) {
  std::vector<TlsTraffic> traffic;
  for (const auto type : packet::tls_content_types) {
    const auto& count = conversation.count(from, type);
    if (count.records > 0) traffic.push_back({type, count});
  }
  return traffic;
}

std::vector<std::string> version_names(const std::vector<std::uint16_t>& versions) {
  std::vector<std::string> names;
  for (const auto version : versions) names.push_back(packet::tls_version_name(version));
  return names;
}

/// What cannot be read is there without a name.
TlsCertificate certificate_of(Bytes der) {
  const auto handle = net::parse_der_certificate(der);
  if (!handle) return {};
  auto certificate = net::to_certificate(**handle);
  return {std::move(certificate.subject), std::move(certificate.names)};
}

}  // namespace

std::uint64_t TlsConnection::data_bytes_from_client() const {
  return data_bytes(from_client);
}

std::uint64_t TlsConnection::data_bytes_from_server() const {
  return data_bytes(from_server);
}

void TlsTableBuilder::add(std::uint64_t number, packet::Timestamp time, const packet::Frame& frame) {
  if (!frame.tcp || !frame.ipv4) return;
  const auto& tcp = *frame.tcp;
  const End from{frame.ipv4->source, tcp.source_port}, to{frame.ipv4->destination, tcp.destination_port};
  const Key key{std::min(from, to), std::max(from, to)};
  auto known = connections_.find(key);
  const bool begins = tcp.has(packet::Tcp::flag_syn) && !tcp.has(packet::Tcp::flag_ack);
  if (known == connections_.end() || begins) {
    if (known == connections_.end() && connections_.size() == connections_max) return;
    known = connections_.insert_or_assign(key, Connection{}).first;
  }
  if (!known->second) return;
  auto& connection = *known->second;
  auto& direction = from < to ? connection.from_lower : connection.from_higher;
  const auto bytes = direction.stream.add(tcp);
  if (bytes.empty()) return;
  if (connection.conversation) {
    take(conversations_[*connection.conversation], from, bytes, number, time);
  } else {
    look_for_beginning(connection, direction, bytes, from, to);
    if (connection.conversation) take(conversations_[*connection.conversation], from, direction.held, number, time);
  }
  if (is_no_tls(connection)) known->second.reset();
}

bool TlsTableBuilder::is_no_tls(const Connection& connection) const {
  if (!connection.conversation) return connection.clear_bytes > clear_bytes_max;
  const auto& conversation = conversations_[*connection.conversation];
  return conversation.number == 0 && conversation.says->fault(From::client);
}

/// What may be the beginning of a Client Hello is held until that is sure.
void TlsTableBuilder::look_for_beginning(Connection& connection, Direction& direction, Bytes bytes, const End& from,
                                         const End& to) {
  direction.held.insert(direction.held.end(), bytes.begin(), bytes.end());
  const auto begins = packet::begins_with_client_hello(direction.held);
  if (!begins) return;
  if (!*begins) {
    connection.clear_bytes += direction.held.size();
    direction.held.clear();
  } else if (conversations_.size() < connections_max) {
    connection.conversation = conversations_.size();
    conversations_.push_back({from, to, 0, {}, std::make_unique<packet::TlsConversation>()});
  } else {
    connection.clear_bytes = clear_bytes_max + 1;
  }
}

void TlsTableBuilder::take(Conversation& conversation, const End& from, Bytes bytes, std::uint64_t number,
                           packet::Timestamp time) {
  conversation.says->add(from == conversation.client ? From::client : From::server, bytes);
  if (conversation.number > 0 || !conversation.says->client_hello()) return;
  conversation.number = number;
  conversation.time = time;
}

std::vector<TlsConnection> TlsTableBuilder::connections() const {
  std::vector<TlsConnection> connections;
  for (const auto& [client, server, number, time, says] : conversations_) {
    if (number == 0) continue;
    TlsConnection connection{.client = client.first,
                             .server = server.first,
                             .client_port = client.second,
                             .server_port = server.second,
                             .number = number,
                             .time = time,
                             .server_name = says->client_hello()->server_name,
                             .offered_versions = version_names(says->client_hello()->versions),
                             .offered_protocols = says->client_hello()->protocols,
                             .is_resumed = says->is_resumed(),
                             .from_client = traffic_of(*says, From::client),
                             .from_server = traffic_of(*says, From::server)};
    if (const auto& hello = says->server_hello(); hello && !hello->is_retry) {
      connection.version = packet::tls_version_name(hello->version);
      connection.cipher_suite = packet::tls_cipher_suite_name(hello->cipher_suite);
      connection.protocol = hello->protocol;
    }
    for (const auto& der : says->certificates()) connection.certificates.push_back(certificate_of(der));
    connections.push_back(std::move(connection));
  }
  std::ranges::stable_sort(connections, {}, &TlsConnection::number);
  return connections;
}

bool TlsTableBuilder::is_tls(const packet::Frame& frame) const {
  if (!frame.tcp || !frame.ipv4 || frame.tcp->payload.empty()) return false;
  const End from{frame.ipv4->source, frame.tcp->source_port};
  const End to{frame.ipv4->destination, frame.tcp->destination_port};
  const auto known = connections_.find({std::min(from, to), std::max(from, to)});
  return known != connections_.end() && known->second && known->second->conversation;
}

}  // namespace labnet::scenario
