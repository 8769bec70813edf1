#include "clients/scenario/ftp_table.hpp"

#include <algorithm>
#include <array>

#include "common/base/text.hpp"
#include "common/ftp/command.hpp"
#include "common/ftp/line.hpp"
#include "common/ftp/reply.hpp"

namespace labnet::scenario {
namespace {

/// The code of a line that ends a reply, or is all of it: three digits and a space (RFC 959, section 4.2).
std::optional<int> code_of_last_line(std::string_view line) {
  if (line.size() < 3 || (line.size() > 3 && line[3] != ' ')) return std::nullopt;
  return parse_integer<int>(line.substr(0, 3));
}

bool moves_data(std::string_view verb) {
  constexpr auto verbs = std::to_array<std::string_view>({"RETR", "STOR", "APPE", "STOU", "LIST", "NLST", "MLSD"});
  return std::ranges::find(verbs, verb) != verbs.end();
}

}  // namespace

std::vector<int> FtpDialogue::reply_codes() const {
  std::vector<int> codes;
  for (const auto& line : lines) {
    if (!line.is_reply) continue;
    if (const auto code = code_of_last_line(line.text)) codes.push_back(*code);
  }
  return codes;
}

std::vector<std::string> FtpDialogue::verbs() const {
  std::vector<std::string> verbs;
  for (const auto& line : lines) {
    if (line.is_reply) continue;
    if (const auto command = ftp::parse_command(line.text)) verbs.push_back(command->verb);
  }
  return verbs;
}

void FtpTableBuilder::add(std::uint64_t number, packet::Timestamp time, const packet::Frame& frame) {
  if (!frame.tcp || !frame.ipv4) return;
  const auto& tcp = *frame.tcp;
  const bool is_reply = tcp.source_port == ftp_port;
  if (!is_reply && tcp.destination_port != ftp_port) {
    auto known = listening_.find({frame.ipv4->source, tcp.source_port});
    const bool is_from_listener = known != listening_.end();
    if (!is_from_listener) known = listening_.find({frame.ipv4->destination, tcp.destination_port});
    if (known == listening_.end()) return;
    auto& data = known->second;
    auto& transfer = dialogues_[data.dialogue].transfers[data.transfer];
    transfer.bytes += (is_from_listener ? data.from_listener : data.to_listener).add(tcp).size();
    ++transfer.frames;
    return;
  }
  const auto client = is_reply ? frame.ipv4->destination : frame.ipv4->source;
  const auto server = is_reply ? frame.ipv4->source : frame.ipv4->destination;
  const auto client_port = is_reply ? tcp.destination_port : tcp.source_port;
  const Key key{client, client_port, server, ftp_port};
  auto known = controls_.find(key);
  const bool begins = tcp.has(packet::Tcp::flag_syn) && !tcp.has(packet::Tcp::flag_ack);
  if (known == controls_.end() || begins) {
    if (dialogues_.size() == dialogues_max) return;
    known = controls_.insert_or_assign(key, Control{dialogues_.size(), {}, {}, SIZE_MAX}).first;
    dialogues_.push_back({.client = client, .server = server, .client_port = client_port});
  }
  add_segment(number, time, known->second, is_reply, tcp);
}

void FtpTableBuilder::add_segment(std::uint64_t number, packet::Timestamp time, Control& control, bool is_reply,
                                  const packet::Tcp& segment) {
  auto& direction = is_reply ? control.from_server : control.from_client;
  const auto bytes = direction.stream.add(segment);
  if (dialogues_[control.dialogue].became_secret) return;
  direction.unfinished += as_text(bytes);
  for (;;) {
    const auto end = direction.unfinished.find('\n');
    if (end == std::string::npos) break;
    auto line = direction.unfinished.substr(0, end);
    direction.unfinished.erase(0, end + 1);
    if (line.ends_with('\r')) line.pop_back();
    add_line(number, time, control, is_reply, std::move(line));
    if (dialogues_[control.dialogue].became_secret) return;
  }
  if (direction.unfinished.size() > line_bytes_max) direction.unfinished.clear();
}

void FtpTableBuilder::add_line(std::uint64_t number, packet::Timestamp time, Control& control, bool is_reply,
                               std::string text) {
  auto& dialogue = dialogues_[control.dialogue];
  if (lines_count_++ >= lines_max) return;
  text = ftp::without_telnet(text);
  const auto code = is_reply ? code_of_last_line(text) : std::nullopt;
  const auto command =
      is_reply ? Result<ftp::Command, ftp::CommandFault>{ftp::CommandFault::empty} : ftp::parse_command(text);
  dialogue.lines.push_back({number, time, is_reply, text});
  if (code == 234) dialogue.became_secret = true;
  if (code == 227) {
    const auto address = ftp::parse_passive_reply(text.substr(3));
    const auto* const ipv4 = address ? std::get_if<Ipv4Address>(&address->address) : nullptr;
    if (ipv4) agree(control, "PASV", *ipv4, address->port);
  } else if (code == 229) {
    const auto port = ftp::parse_extended_passive_reply(text.substr(3));
    if (port) agree(control, "EPSV", dialogue.server, *port);
  }
  if (!command) return;
  if (command->verb == "PORT" || command->verb == "EPRT") {
    std::optional<ftp::DataAddress> address = ftp::parse_port(command->argument);
    if (const auto extended = ftp::parse_eprt(command->argument)) address = *extended;
    const auto* const ipv4 = address ? std::get_if<Ipv4Address>(&address->address) : nullptr;
    if (ipv4) agree(control, command->verb, *ipv4, address->port);
  } else if (moves_data(command->verb) && control.waiting_transfer != SIZE_MAX) {
    dialogue.transfers[std::exchange(control.waiting_transfer, SIZE_MAX)].command = text;
  }
}

void FtpTableBuilder::agree(Control& control, std::string_view how, Ipv4Address address, std::uint16_t port) {
  if (transfers_count_++ >= transfers_max) return;
  auto& transfers = dialogues_[control.dialogue].transfers;
  control.waiting_transfer = transfers.size();
  listening_.insert_or_assign(Listening{address, port}, DataConnection{control.dialogue, transfers.size(), {}, {}});
  transfers.push_back({.how = std::string{how}, .port = port, .command = {}});
}

std::string_view FtpTableBuilder::protocol_of(const packet::Frame& frame) const {
  if (!frame.tcp || !frame.ipv4 || frame.tcp->payload.empty()) return {};
  const auto& tcp = *frame.tcp;
  if (tcp.source_port == ftp_port || tcp.destination_port == ftp_port) return "FTP";
  const auto is_data = listening_.contains({frame.ipv4->source, tcp.source_port}) ||
                       listening_.contains({frame.ipv4->destination, tcp.destination_port});
  return is_data ? std::string_view{"FTP-DATA"} : std::string_view{};
}

}  // namespace labnet::scenario
