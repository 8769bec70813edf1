// Via read, and marked with where the request came from.
#include "common/sip/via.hpp"

#include <fmt/format.h>

#include "common/base/address.hpp"
#include "common/base/text.hpp"
#include "common/sip/characters.hpp"
#include "common/sip/limits.hpp"
#include "common/sip/scanner.hpp"
#include "common/sip/via_reader.hpp"

namespace labnet::sip {
namespace {

/// "SIP / 2.0 / UDP"; goes on behind another version, so that the request can be answered.
std::optional<FaultKind> read_protocol(Scanner& scanner, Via& via) {
  const auto name = scanner.take_token();
  const bool has_version = scanner.take_separator('/');
  const auto version = scanner.take_token();
  if (!has_version || !scanner.take_separator('/')) return FaultKind::malformed_value;
  via.transport_text = scanner.take_token();
  via.transport = transport_of(via.transport_text);
  if (via.transport_text.empty()) return FaultKind::malformed_value;
  if (!equals_ignoring_case(name, "SIP") || version != "2.0") return FaultKind::version_not_supported;
  return std::nullopt;
}

std::string_view take_host(Scanner& scanner) {
  if (scanner.peek() != '[') return scanner.take_all(host_kind);
  const auto* const from = scanner.position();
  scanner.take_until(']');
  scanner.take(']');
  return scanner.since(from);
}

std::optional<FaultKind> read_sent_by(Scanner& scanner, Via& via) {
  const auto host = parse_host(take_host(scanner));
  if (!host) return FaultKind::malformed_host;
  via.host = *host;
  if (!scanner.take_separator(':')) return std::nullopt;
  const auto port = scanner.take_number(UINT16_MAX);
  if (!port || *port == 0) return FaultKind::malformed_port;
  via.port = static_cast<std::uint16_t>(*port);
  return std::nullopt;
}

/// An IPv6 address may stand without its brackets, as many send it (RFC 5118, section 4.5).
std::optional<Host> parse_received(std::string_view text) {
  if (parse_ipv6(text)) return Host{HostKind::ipv6, text};
  return parse_host(text);
}

std::optional<FaultKind> read_rport(std::string_view text, Via& via) {
  via.has_rport = true;
  if (text.empty()) return std::nullopt;
  via.rport = parse_integer<std::uint16_t>(text);
  return via.rport && *via.rport != 0 ? std::nullopt : std::optional{FaultKind::malformed_port};
}

std::optional<FaultKind> read_address(std::string_view text, std::optional<Host>& host) {
  host = parse_received(text);
  return host ? std::nullopt : std::optional{FaultKind::malformed_host};
}

std::optional<FaultKind> read_via_parameter(const Parameter& parameter, Via& via) {
  if (equals_ignoring_case(parameter.name, "branch")) {
    via.branch = parameter.value;
  } else if (equals_ignoring_case(parameter.name, "rport")) {
    return read_rport(parameter.value, via);
  } else if (equals_ignoring_case(parameter.name, "received")) {
    return read_address(parameter.value, via.received);
  } else if (equals_ignoring_case(parameter.name, "maddr")) {
    return read_address(parameter.value, via.maddr);
  } else if (equals_ignoring_case(parameter.name, "ttl")) {
    via.ttl = parse_integer<std::uint8_t>(parameter.value);
    if (!via.ttl) return FaultKind::malformed_value;
  }
  return std::nullopt;
}

std::string host_text(const Host& host) {
  return host.kind == HostKind::ipv6 ? fmt::format("[{}]", host.text) : std::string{host.text};
}

bool is_same_address(const Host& host, std::string_view address) {
  switch (host.kind) {
    case HostKind::ipv4:
      return host.text == address;
    case HostKind::ipv6:
      return parse_ipv6(host.text) == parse_ipv6(address);
    case HostKind::name:
      break;
  }
  return false;
}

}  // namespace

std::optional<FaultKind> read_via(std::string_view value, Via& via) {
  Scanner scanner{value};
  scanner.skip_white_space();
  const auto protocol_fault = read_protocol(scanner, via);
  if (protocol_fault && *protocol_fault != FaultKind::version_not_supported) return protocol_fault;
  const auto* const before = scanner.position();
  scanner.skip_white_space();
  if (scanner.position() == before) return FaultKind::malformed_value;
  if (const auto fault = read_sent_by(scanner, via)) return fault;
  const auto parameters = parse_parameters(scanner.rest());
  if (!parameters) return parameters.error();
  via.parameters = *parameters;
  for (const auto& parameter : via.parameters) {
    if (const auto fault = read_via_parameter(parameter, via)) return fault;
  }
  return protocol_fault;
}

Result<Via, FaultKind> parse_via(std::string_view value) {
  Via via;
  if (const auto fault = read_via(value, via)) return *fault;
  return via;
}

Result<std::vector<Via>, FaultKind> parse_vias(const Headers& headers) {
  std::vector<Via> all;
  std::optional<FaultKind> fault;
  headers.for_each_element(HeaderName::via, [&](std::string_view element) {
    if (fault) return;
    all.emplace_back();
    fault = all.size() > elements_max ? FaultKind::too_many_elements : read_via(element, all.back());
  });
  if (fault) return *fault;
  return all;
}

std::string via_text(Transport transport, std::string_view sent_by, std::string_view branch, bool rport) {
  return fmt::format("SIP/2.0/{} {};branch={}{}", via_name(transport), sent_by, branch, rport ? ";rport" : "");
}

std::string via_with_source(const Via& via, const Source& source) {
  auto text = fmt::format("SIP/2.0/{} {}", via.transport_text, host_text(via.host));
  if (via.port) text += fmt::format(":{}", *via.port);
  for (const auto& parameter : via.parameters) {
    if (equals_ignoring_case(parameter.name, "received")) continue;  // whoever sent it cannot know
    text.append(";").append(parameter.name);
    if (equals_ignoring_case(parameter.name, "rport")) {
      text += fmt::format("={}", source.port);
    } else if (parameter.has_value) {
      text.append("=").append(parameter.value);
    }
  }
  if (via.has_rport || !is_same_address(via.host, source.address)) text += fmt::format(";received={}", source.address);
  return text;
}

ResponseTarget response_target(const Via& via, const Source& source) {
  if (via.maddr) return {via.maddr->text, via.port_or_default()};
  if (via.has_rport) return {source.address, source.port};
  if (is_same_address(via.host, source.address)) return {via.host.text, via.port_or_default()};
  return {source.address, via.port_or_default()};
}

}  // namespace labnet::sip
