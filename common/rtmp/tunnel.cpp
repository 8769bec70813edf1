// The paths of RTMPT.
#include "common/rtmp/tunnel.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "common/base/text.hpp"
#include "common/rtmp/limits.hpp"

namespace labnet::rtmp {
namespace {

constexpr std::string_view ident_path = "/fcs/ident2";

struct VerbRow {
  TunnelVerb verb;
  std::string_view name;  // in front of the id, or of open's number
};
constexpr std::array<VerbRow, 4> verbs{{{TunnelVerb::open, "/open/"},
                                        {TunnelVerb::send, "/send/"},
                                        {TunnelVerb::idle, "/idle/"},
                                        {TunnelVerb::close, "/close/"}}};

bool is_id(std::string_view text) {
  const auto is_in_ids = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_' ||
           c == '.';
  };
  return !text.empty() && text.size() <= tunnel_id_bytes_max && std::ranges::all_of(text, is_in_ids);
}

}  // namespace

std::optional<TunnelPath> parse_tunnel_path(std::string_view path) {
  if (path == ident_path) return TunnelPath{};
  const auto row = std::ranges::find_if(verbs, [&](const VerbRow& one) { return path.starts_with(one.name); });
  if (row == verbs.end()) return std::nullopt;
  path.remove_prefix(row->name.size());
  TunnelPath found{.verb = row->verb};
  if (found.verb != TunnelVerb::open) {
    const auto slash = path.find('/');
    if (slash == path.npos) return std::nullopt;
    found.id = path.substr(0, slash);
    if (!is_id(found.id)) return std::nullopt;
    path.remove_prefix(slash + 1);
  }
  const auto number = parse_integer<std::uint32_t>(path);
  if (!number) return std::nullopt;
  found.number = *number;
  return found;
}

std::string to_text(const TunnelPath& path) {
  if (path.verb == TunnelVerb::ident) return std::string{ident_path};
  const auto name = std::ranges::find(verbs, path.verb, &VerbRow::verb)->name;
  if (path.verb == TunnelVerb::open) return fmt::format("{}{}", name, path.number);
  return fmt::format("{}{}/{}", name, path.id, path.number);
}

std::string_view tunnel_id_of(std::string_view body) {
  constexpr std::string_view blanks = " \t\r\n";
  const auto first = std::min(body.find_first_not_of(blanks), body.size());
  body.remove_prefix(first);
  body = body.substr(0, body.find_last_not_of(blanks) + 1);
  return is_id(body) ? body : std::string_view{};
}

std::uint8_t longer_tunnel_delay(std::uint8_t delay) {
  if (delay <= tunnel_delay_min) return 3;
  return static_cast<std::uint8_t>(std::min(2 * delay - 1, int{tunnel_delay_max}));
}

}  // namespace labnet::rtmp
