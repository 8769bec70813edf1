#include "clients/scenario/call_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "clients/scenario/messages.hpp"
#include "common/base/text.hpp"
#include "common/base/utf8.hpp"
#include "common/program/table.hpp"

namespace labnet::scenario {
namespace {

constexpr std::size_t first_line_column = 14;  // of the first host's line
constexpr std::size_t line_distance = 28;      // from one host's line to the next
constexpr std::size_t label_bytes_max = 60;    // of what comes from a message

/// What goes from one host to another.
struct Rung {
  std::uint64_t number = 0;
  Ipv4Address source{}, destination{};
  std::string label{};
  char stroke = '-';
};

std::string label_of(const SipMessage& message, Language language) {
  auto label = printable(message.name(), label_bytes_max);
  if (message.media) label += ", SDP";
  if (message.tells_bindings()) {
    label += fmt::format(", {}", messages::bindings.in(language, message.contacts));
  }
  return message.is_repeat ? fmt::format("{} {}", label, messages::again.in(language)) : label;
}

std::string types_of(const RtpStream& stream) {
  std::vector<std::string> types;
  for (const auto& payload : stream.payloads) types.push_back(payload_type_text(payload.type));
  return join(types, ", ");
}

std::vector<Rung> rungs_of(const std::vector<SipMessage>& sent, const std::vector<RtpStream>& streams,
                           Language language) {
  std::vector<Rung> rungs;
  for (const auto& message : sent) {
    rungs.push_back({message.number, message.source, message.destination, label_of(message, language), '-'});
  }
  for (const auto& stream : streams) {
    if (stream.opening) {
      const auto& opening = *stream.opening;
      rungs.push_back({opening.number, stream.source, stream.destination,
                       messages::opening.in(language, opening.type, opening.frame_bytes), '='});
    }
    rungs.push_back({stream.number, stream.source, stream.destination,
                     messages::stream.in(language, stream.packets, types_of(stream)), '='});
  }
  std::ranges::stable_sort(rungs, {}, &Rung::number);
  return rungs;
}

/// In the order in which they are met.
std::vector<Ipv4Address> hosts_of(const std::vector<Rung>& rungs) {
  std::vector<Ipv4Address> hosts;
  for (const auto& rung : rungs) {
    for (const auto host : {rung.source, rung.destination}) {
      if (std::ranges::find(hosts, host) == hosts.end()) hosts.push_back(host);
    }
  }
  return hosts;
}

std::size_t column_of(const std::vector<Ipv4Address>& hosts, Ipv4Address host) {
  const auto place = static_cast<std::size_t>(std::ranges::find(hosts, host) - hosts.begin());
  return first_line_column + place * line_distance;
}

/// A label in an arrow of so many columns, which are enough.
std::string arrow(const Rung& rung, std::size_t columns, bool is_to_the_right) {
  const auto strokes = columns - display_width(rung.label) - 2;  // a blank and the point
  const std::string shaft(strokes, rung.stroke);
  return is_to_the_right ? fmt::format("{} {}>", rung.label, shaft) : fmt::format("<{} {}", shaft, rung.label);
}

std::string line_of(const std::vector<Ipv4Address>& hosts, const Rung& rung) {
  const auto from = column_of(hosts, rung.source), to = column_of(hosts, rung.destination);
  const auto left = std::min(from, to), right = std::max(from, to);
  const auto last = column_of(hosts, hosts.back());
  auto text = fmt::format("{:>{}}  ", rung.number, first_line_column - 2);
  for (auto column = first_line_column; column <= last;) {
    text += '|';
    if (column == left && left != right) {
      text += arrow(rung, right - left - 1, from < to);
      column = right;
      continue;
    }
    if (column == last) break;
    text += std::string(line_distance - 1, ' ');
    column += line_distance;
  }
  return text;
}

std::string heading_of(const std::vector<Ipv4Address>& hosts, std::string_view name) {
  auto text = fmt::format("    {}", name);
  for (const auto host : hosts) {
    const auto address = to_string(host);
    const auto begin = column_of(hosts, host) - address.size() / 2;
    text.resize(std::max(text.size() + 2, begin), ' ');
    text += address;
  }
  return text;
}

/// Between two hosts' lines, with an arrow of two strokes at least.
bool fits(const std::vector<Ipv4Address>& hosts, const Rung& rung) {
  const auto from = column_of(hosts, rung.source), to = column_of(hosts, rung.destination);
  const auto columns = std::max(from, to) - std::min(from, to);
  return display_width(rung.label) + 4 <= columns;
}

std::string ladder_text(const std::vector<Rung>& rungs, std::string_view name, Language language) {
  const auto hosts = hosts_of(rungs);
  const auto is_ladder = hosts.size() <= ladder_hosts_max;
  auto text = is_ladder ? heading_of(hosts, name) + "\n" : fmt::format("    {}\n", name);
  for (std::size_t i = 0; i < rungs.size(); ++i) {
    const auto& rung = rungs[i];
    if (i == ladder_rows_max) {
      return text + fmt::format("      {}\n", messages::further.in(language, rungs.size() - i));
    }
    if (is_ladder && fits(hosts, rung)) {
      text += line_of(hosts, rung) + "\n";
    } else {
      text += fmt::format("{:>{}}  {} -> {}: {}\n", rung.number, first_line_column - 2, to_string(rung.source),
                          to_string(rung.destination), rung.label);
    }
  }
  return text;
}

std::string frame_bytes_text(const RtpStream& stream) {
  const auto& payload = stream.payloads.front();
  if (payload.frame_bytes_min == payload.frame_bytes_max) return std::to_string(payload.frame_bytes_min);
  return fmt::format("{}-{}", payload.frame_bytes_min, payload.frame_bytes_max);
}

std::string streams_text(const std::vector<RtpStream>& streams, Language language) {
  program::Table table{{"RTP", messages::source.in(language), messages::destination.in(language), "SSRC",
                        messages::type.in(language), messages::packets.in(language),
                        messages::lost_packets.in(language), "JITTER", "BYTES"}};
  for (const auto& stream : streams) {
    table.row({std::to_string(stream.number), fmt::format("{}:{}", to_string(stream.source), stream.source_port),
               fmt::format("{}:{}", to_string(stream.destination), stream.destination_port),
               fmt::format("0x{:08x}", stream.ssrc), types_of(stream), std::to_string(stream.packets),
               std::to_string(stream.lost), fmt::format("{:.1f} ms", stream.jitter_ms), frame_bytes_text(stream)});
  }
  return table.empty() ? "" : table.text(4);
}

}  // namespace

std::string call_text(const std::vector<SipMessage>& sent, const std::vector<RtpStream>& streams, Language language) {
  const auto rungs = rungs_of(sent, streams, language);
  if (rungs.empty()) return "";
  return ladder_text(rungs, sent.empty() ? "RTP" : "SIP", language) + streams_text(streams, language);
}

}  // namespace labnet::scenario
