#include "clients/scenario/rtmp_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "common/rtmp/command.hpp"
#include "common/rtmp/control.hpp"
#include "common/rtmp/handshake.hpp"
#include "common/rtmp/media.hpp"
#include "common/rtmp/replies.hpp"
#include "common/rtmp/requests.hpp"

namespace labnet::scenario {
namespace {

using rtmp::MessageType;

/// Where a piece of the handshake ends, in bytes from the connection's beginning, and what it is called.
struct HandshakeEnd {
  std::size_t bytes;
  std::string_view name;
};
constexpr std::array client_handshake{HandshakeEnd{1 + rtmp::handshake_bytes, "C0+C1"},
                                      HandshakeEnd{1 + 2 * rtmp::handshake_bytes, "C2"}};
constexpr std::array server_handshake{HandshakeEnd{1 + 2 * rtmp::handshake_bytes, "S0+S1+S2"}};
constexpr std::size_t whole_handshake = 1 + 2 * rtmp::handshake_bytes;

std::string name_of_command(const rtmp::Command& command) {
  const auto status = rtmp::status_of(command);
  if (command.name == rtmp::command_name::on_status && status) {
    return fmt::format("{} {}", command.name, status->code);
  }
  return command.name;
}

/// Name and text.
std::pair<std::string, std::string> words_of(const rtmp::Message& message) {
  const auto type = message.header.type;
  if (rtmp::is_control(type)) {
    const auto control = rtmp::parse_control(message);
    if (!control) return {rtmp::describe(type), std::string{rtmp::describe(control.error())}};
    const auto* const event = std::get_if<rtmp::UserControl>(&*control);
    return {event == nullptr ? rtmp::describe(type) : rtmp::describe(event->event), rtmp::describe(*control)};
  }
  if (rtmp::is_command(type)) {
    const auto command = rtmp::parse_command(message);
    if (!command) return {rtmp::describe(type), rtmp::describe(command.error())};
    return {name_of_command(*command), rtmp::to_text(*command)};
  }
  if (rtmp::is_data(type)) {
    const auto data = rtmp::parse_data(type, message.bytes());
    if (!data) return {rtmp::describe(type), rtmp::describe(data.error())};
    return {data->name, rtmp::to_text(*data)};
  }
  return {rtmp::describe(type), fmt::format("{}, {} bytes", rtmp::describe(type), message.payload.size())};
}

bool is_at_rtmp_port(const packet::Tcp& tcp) {
  return tcp.source_port == rtmp_port || tcp.destination_port == rtmp_port;
}

}  // namespace

bool is_rtmp_message_name(std::string_view text) {
  constexpr std::size_t name_bytes_max = 100;
  const auto is_plain = [](char c) { return c >= ' ' && c <= '~'; };
  return !text.empty() && text.size() <= name_bytes_max && std::ranges::all_of(text, is_plain);
}

bool RtmpTableBuilder::is_rtmp(const packet::Frame& frame) {
  return frame.ipv4 && frame.tcp && is_at_rtmp_port(*frame.tcp) && !frame.tcp->payload.empty();
}

void RtmpTableBuilder::add(std::uint64_t number, const packet::Frame& frame) {
  if (!frame.ipv4 || !frame.tcp || !is_at_rtmp_port(*frame.tcp)) return;
  const auto& tcp = *frame.tcp;
  const bool is_from_client = tcp.destination_port == rtmp_port;
  const Ends ends = is_from_client
                        ? Ends{frame.ipv4->source, tcp.source_port, frame.ipv4->destination, tcp.destination_port}
                        : Ends{frame.ipv4->destination, tcp.destination_port, frame.ipv4->source, tcp.source_port};
  auto known = open_.find(ends);
  const bool begins = tcp.has(packet::Tcp::flag_syn) && is_from_client;
  if (known == open_.end() || begins) {
    // A SYN that is sent again begins nothing new.
    if (known != open_.end() && known->second->from_client.handshake_bytes == 0) return;
    if (connections_.size() == connections_max) return;
    auto fresh = std::make_unique<Connection>();
    fresh->index = connections_.size();
    RtmpConnection connection;
    std::tie(connection.client, connection.client_port, connection.server, connection.server_port) = ends;
    connections_.push_back(std::move(connection));
    known = open_.insert_or_assign(ends, std::move(fresh)).first;
  }
  auto& connection = *known->second;
  auto& direction = is_from_client ? connection.from_client : connection.from_server;
  const auto bytes = direction.stream.add(tcp);
  if (!bytes.empty() && !direction.is_lost) read(number, connection, is_from_client, bytes);
}

void RtmpTableBuilder::read(std::uint64_t number, Connection& connection, bool is_from_client, Bytes bytes) {
  auto& direction = is_from_client ? connection.from_client : connection.from_server;
  const auto ends = is_from_client ? std::span<const HandshakeEnd>{client_handshake} : server_handshake;
  if (direction.handshake_bytes < whole_handshake) {
    const auto before = direction.handshake_bytes;
    const auto used = std::min(bytes.size(), whole_handshake - before);
    direction.handshake_bytes += used;
    bytes = bytes.subspan(used);
    for (const auto& end : ends) {
      const bool has_ended = before < end.bytes && direction.handshake_bytes >= end.bytes;
      if (!has_ended) continue;
      RtmpMessage message;
      message.number = number;
      message.is_from_client = is_from_client;
      message.name = message.text = end.name;
      note(connection, std::move(message));
    }
  }
  while (!bytes.empty()) {
    const auto step = direction.reader.read(bytes);
    if (!step) {
      direction.is_lost = true;
      connections_[connection.index].fault = rtmp::describe(step.error());
      return;
    }
    bytes = bytes.subspan(step->used);
    if (step->message) take(number, connection, is_from_client, *step->message);
  }
}

void RtmpTableBuilder::take(std::uint64_t number, Connection& connection, bool is_from_client,
                            const rtmp::Message& message) {
  auto& shown = connections_[connection.index];
  auto& media = is_from_client ? shown.from_client : shown.from_server;
  const auto type = message.header.type;
  if (rtmp::is_media(type)) {
    media.bytes += message.payload.size();
    auto& messages = type == MessageType::audio ? media.audio_messages : media.video_messages;
    ++messages;
    if (type == MessageType::video && rtmp::video_tag_of(message.bytes()).is_key_frame) ++media.key_frames;
    if (messages > 1) return;
  }
  RtmpMessage noted;
  noted.number = number;
  noted.is_from_client = is_from_client;
  std::tie(noted.name, noted.text) = words_of(message);
  noted.stream_id = message.header.stream_id;
  noted.chunk_stream_id = message.header.chunk_stream_id;
  note(connection, std::move(noted));
}

void RtmpTableBuilder::note(Connection& connection, RtmpMessage message) {
  if (messages_ == messages_max) return;
  ++messages_;
  connections_[connection.index].messages.push_back(std::move(message));
}

}  // namespace labnet::scenario
