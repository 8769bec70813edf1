// What a capture shows of pings.
#include "clients/scenario/echo_table.hpp"

#include <algorithm>

namespace labnet::scenario {

void EchoTableBuilder::add(const packet::CapturedFrame& captured) {
  ++table_.frames;
  const auto frame = packet::parse_frame(captured.data);
  if (frame.ethernet) note_hosts(*frame.ethernet);
  if (frame.arp) add_arp(*frame.arp, captured.time);
  if (!frame.icmp || !frame.icmp->is_echo()) return;
  add_echo(frame, {.number = table_.frames,
                   .time = captured.time,
                   .source_mac = frame.ethernet->source,
                   .destination_mac = frame.ethernet->destination,
                   .source = frame.ipv4->source,
                   .destination = frame.ipv4->destination,
                   .ttl = frame.ipv4->ttl,
                   .frame_bytes = captured.wire_bytes});
}

void EchoTableBuilder::finish() {
  if (!in_all_ || in_all_->empty()) return;
  for (auto& arp : table_.arps) {
    arp.is_between_others = !arp.answered_mac && std::ranges::find(*in_all_, arp.asking_mac) == in_all_->end();
  }
}

void EchoTableBuilder::note_hosts(const packet::Ethernet& ethernet) {
  if (ethernet.destination.is_multicast()) return;  // or for all
  if (!in_all_) in_all_.emplace({ethernet.source, ethernet.destination});
  std::erase_if(*in_all_, [&](const MacAddress& one) { return one != ethernet.source && one != ethernet.destination; });
}

void EchoTableBuilder::add_echo(const packet::Frame& frame, const EchoFrame& echo) {
  const auto identifier = frame.icmp->identifier;
  const auto sequence_number = frame.icmp->sequence_number;
  if (frame.icmp->type == packet::Icmp::echo_request) {
    if (!has_room(table_.echoes.size())) return;
    open_echoes_[{echo.source, echo.destination, identifier, sequence_number}] = table_.echoes.size();
    table_.echoes.push_back({identifier, sequence_number, echo});
    return;
  }
  const auto request = open_echoes_.find({echo.destination, echo.source, identifier, sequence_number});
  if (request == open_echoes_.end()) return;
  table_.echoes[request->second].reply = echo;
  open_echoes_.erase(request);
}

void EchoTableBuilder::add_arp(const packet::Arp& arp, packet::Timestamp time) {
  if (arp.is_gratuitous()) return;
  if (arp.operation == packet::Arp::request) {
    if (!has_room(table_.arps.size())) return;
    open_arps_[{arp.sender, arp.target}] = table_.arps.size();
    table_.arps.push_back({.request_number = table_.frames,
                           .time = time,
                           .asking_mac = arp.sender_mac,
                           .asking = arp.sender,
                           .asked = arp.target});
    return;
  }
  const auto request = open_arps_.find({arp.target, arp.sender});
  if (request == open_arps_.end() || arp.operation != packet::Arp::reply) return;
  table_.arps[request->second].reply_number = table_.frames;
  table_.arps[request->second].answered_mac = arp.sender_mac;
  open_arps_.erase(request);
}

bool EchoTableBuilder::has_room(std::size_t size) {
  if (size < EchoTable::exchanges_max) return true;
  ++table_.left_out;
  return false;
}

}  // namespace labnet::scenario
