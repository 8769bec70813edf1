// Content-Length, Transfer-Encoding, Connection and Expect.
#include "common/http/framing.hpp"

#include <algorithm>
#include <optional>

#include "common/base/text.hpp"

namespace labnet::http {
namespace {

constexpr std::string_view length_name = "Content-Length";
constexpr std::string_view coding_name = "Transfer-Encoding";
constexpr std::string_view chunked = "chunked";

/// Digits alone: from_chars would take no sign for unsigned numbers either, but that is not for it to decide.
std::optional<std::uint64_t> parse_length(std::string_view text) {
  if (!std::ranges::all_of(text, is_digit)) return std::nullopt;
  return parse_integer<std::uint64_t>(text);
}

Result<Framing, FramingFault> framing_by_length(const Fields& fields) {
  std::optional<std::uint64_t> length;
  std::optional<FramingFault> fault;
  fields.for_each(length_name, [&](std::string_view value) {
    ListReader elements{value};
    while (const auto element = elements.next_or_empty()) {
      const auto number = parse_length(*element);
      if (fault) return;
      if (!number) {
        fault = FramingFault::malformed_length;
      } else if (length && *length != *number) {
        fault = FramingFault::differing_lengths;
      }
      length = number;
    }
  });
  if (fault) return *fault;
  return Framing{BodyKind::length, *length};
}

/// Only "chunked" is known, alone.
Result<Framing, FramingFault> framing_by_coding(Version version, const Fields& fields) {
  if (fields.has(length_name)) return FramingFault::length_and_coding;
  if (version == Version::http_1_0) return FramingFault::coding_in_http_1_0;
  std::size_t codings = 0, chunked_codings = 0;
  bool is_chunked_last = false;
  fields.for_each(coding_name, [&](std::string_view value) {
    ListReader elements{value};
    while (const auto element = elements.next_or_empty()) {
      is_chunked_last = equals_ignoring_case(*element, chunked);
      chunked_codings += is_chunked_last ? 1 : 0;
      ++codings;
    }
  });
  if (!is_chunked_last || chunked_codings != 1) return FramingFault::not_chunked_last;
  if (codings != 1) return FramingFault::unknown_coding;
  return Framing{BodyKind::chunked, 0};
}

bool has_no_body(int status, std::string_view method) {
  const bool is_informational = status / 100 == 1;
  const bool is_success = status / 100 == 2;
  return is_informational || status == 204 || status == 304 || method == "HEAD" || (method == "CONNECT" && is_success);
}

}  // namespace

int status_of(FramingFault fault) {
  return fault == FramingFault::unknown_coding ? 501 : 400;
}

std::string_view describe(FramingFault fault) {
  switch (fault) {
    case FramingFault::length_and_coding:
      return "there are both Content-Length and Transfer-Encoding";
    case FramingFault::malformed_length:
      return "Content-Length is no number";
    case FramingFault::differing_lengths:
      return "Content-Length says different numbers";
    case FramingFault::coding_in_http_1_0:
      return "HTTP/1.0 has no Transfer-Encoding";
    case FramingFault::not_chunked_last:
      return "Transfer-Encoding does not end with chunked, once";
    case FramingFault::unknown_coding:
      return "Transfer-Encoding has a coding that is not known";
  }
  return "";
}

Result<Framing, FramingFault> framing_of(const RequestHead& request) {
  const auto& fields = request.fields();
  if (fields.has(coding_name)) return framing_by_coding(request.version(), fields);
  if (fields.has(length_name)) return framing_by_length(fields);
  return Framing{};
}

Result<Framing, FramingFault> framing_of(const ResponseHead& response, std::string_view method) {
  const auto& fields = response.fields();
  if (has_no_body(response.status(), method)) return Framing{};
  if (fields.has(coding_name)) return framing_by_coding(response.version(), fields);
  if (fields.has(length_name)) return framing_by_length(fields);
  return Framing{BodyKind::until_close, 0};
}

bool keeps_alive(Version version, const Fields& fields) {
  constexpr std::string_view connection = "Connection";
  if (fields.list_has(connection, "close")) return false;
  return version == Version::http_1_1 || fields.list_has(connection, "keep-alive");
}

Expectation expectation_of(const RequestHead& request) {
  constexpr std::string_view expect = "Expect";
  if (request.version() == Version::http_1_0 || !request.fields().has(expect)) return Expectation::none;
  auto expectation = Expectation::none;
  request.fields().for_each_element(expect, [&](std::string_view element) {
    const bool is_known = equals_ignoring_case(element, "100-continue");
    if (!is_known) {
      expectation = Expectation::unknown;
    } else if (expectation == Expectation::none) {
      expectation = Expectation::continue_100;
    }
  });
  return expectation;
}

bool asks_to_upgrade_to(std::string_view protocol, const RequestHead& request) {
  return request.version() == Version::http_1_1 && request.fields().list_has("Connection", "upgrade") &&
         request.fields().list_has("Upgrade", protocol);
}

}  // namespace labnet::http
