// Reads descriptions, line by line.
#include <algorithm>
#include <utility>

#include "common/base/address.hpp"
#include "common/base/text.hpp"
#include "common/sdp/description.hpp"
#include "common/sdp/limits.hpp"

namespace labnet::sdp {
namespace {

/// Words between spaces; several spaces are one.
std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  for (const auto word : split(text, ' ')) {
    if (!word.empty()) words.push_back(word);
  }
  return words;
}

/// An address as numbers, or something that may be a name.
bool is_address(AddressFamily family, std::string_view text) {
  if (family == AddressFamily::ip4 ? parse_ipv4(text).has_value() : parse_ipv6(text).has_value()) return true;
  const auto is_in_a_name = [](char c) {
    return is_digit(c) || (to_lower(c) >= 'a' && to_lower(c) <= 'z') || c == '-' || c == '.';
  };
  const auto is_of_numbers = [](char c) { return is_digit(c) || c == '.'; };
  return !text.empty() && std::ranges::all_of(text, is_in_a_name) && !std::ranges::all_of(text, is_of_numbers);
}

std::optional<AddressFamily> parse_family(std::string_view net_type, std::string_view address_type) {
  if (net_type != "IN") return std::nullopt;
  if (address_type == "IP4") return AddressFamily::ip4;
  if (address_type == "IP6") return AddressFamily::ip6;
  return std::nullopt;
}

std::optional<Connection> parse_connection(std::string_view value) {
  const auto words = words_of(value);
  if (words.size() != 3) return std::nullopt;
  const auto family = parse_family(words[0], words[1]);
  const auto slash = std::min(words[2].find('/'), words[2].size());
  const auto address = words[2].substr(0, slash);
  if (!family || !is_address(*family, address)) return std::nullopt;
  return Connection{*family, std::string{address}, std::string{words[2].substr(slash)}};
}

std::optional<Origin> parse_origin(std::string_view value) {
  const auto words = words_of(value);
  if (words.size() != 6 || !std::ranges::all_of(words[1], is_digit)) return std::nullopt;
  const auto version = parse_integer<std::uint64_t>(words[2]);
  const auto family = parse_family(words[3], words[4]);
  if (!version || !family || !is_address(*family, words[5])) return std::nullopt;
  return Origin{std::string{words[0]}, std::string{words[1]}, *version, *family, std::string{words[5]}};
}

std::optional<Timing> parse_timing(std::string_view value) {
  const auto words = words_of(value);
  if (words.size() != 2) return std::nullopt;
  const auto start = parse_integer<std::uint64_t>(words[0]), stop = parse_integer<std::uint64_t>(words[1]);
  if (!start || !stop) return std::nullopt;
  return Timing{*start, *stop};
}

std::optional<Bandwidth> parse_bandwidth(std::string_view value) {
  const auto colon = value.find(':');
  if (colon == 0 || colon == value.npos) return std::nullopt;
  const auto number = parse_integer<std::uint64_t>(value.substr(colon + 1));
  if (!number) return std::nullopt;
  return Bandwidth{std::string{value.substr(0, colon)}, *number};
}

std::optional<Attribute> parse_attribute(std::string_view value) {
  const auto colon = value.find(':');
  if (colon == 0 || value.empty()) return std::nullopt;
  if (colon == value.npos) return Attribute{std::string{value}};
  return Attribute{std::string{value.substr(0, colon)}, std::string{value.substr(colon + 1)}};
}

bool parse_port(std::string_view word, Media& media) {
  const auto slash = word.find('/');
  const auto port = parse_integer<std::uint16_t>(word.substr(0, slash));
  const auto count = slash == word.npos ? 1 : parse_integer<std::uint16_t>(word.substr(slash + 1));
  if (!port || !count || *count == 0) return false;
  media.port = *port;
  media.port_count = *count;
  return true;
}

Result<Media, FaultKind> parse_media(std::string_view value) {
  const auto words = words_of(value);
  constexpr std::size_t words_before_formats = 3;
  if (words.size() <= words_before_formats) return FaultKind::malformed;
  if (words.size() - words_before_formats > formats_max) return FaultKind::too_long;
  Media media;
  media.kind = words[0];
  media.profile = words[2];
  if (!parse_port(words[1], media)) return FaultKind::malformed;
  media.formats.assign(words.begin() + words_before_formats, words.end());
  return media;
}

/// Puts each line where it belongs. Each of its functions gives the fault, if there is one.
class DescriptionReader {
 public:
  using Outcome = std::optional<FaultKind>;

  DescriptionReader() { description_.timings.clear(); }

  Outcome read(std::string_view line) {
    if (line.size() < 2 || line[1] != '=' || to_lower(line[0]) < 'a' || to_lower(line[0]) > 'z')
      return FaultKind::not_a_line;
    if (line.find('\0') != line.npos || line.find('\r') != line.npos) return FaultKind::not_a_line;
    const auto type = line[0];
    const auto value = line.substr(2);
    if (std::exchange(is_first_, false)) return type == 'v' && value == "0" ? Outcome{} : FaultKind::bad_version;
    if (type == 'm') return begin_media(value);
    constexpr std::string_view of_the_session = "vosueptrz";
    if (of_the_session.find(type) == of_the_session.npos) return read_of_section(type, value);
    return description_.media.empty() ? read_of_session(type, value) : FaultKind::out_of_place;
  }

  Result<Description, Fault> finish() {
    if (is_first_) return Fault{FaultKind::bad_version};
    if (!has_origin_) return Fault{FaultKind::missing_origin};
    if (description_.timings.empty()) description_.timings.emplace_back();
    return std::move(description_);
  }

 private:
  Outcome begin_media(std::string_view value) {
    if (description_.media.size() == media_max) return FaultKind::too_long;
    auto media = parse_media(value);
    if (!media) return media.error();
    description_.media.push_back(std::move(*media));
    has_information_ = has_key_ = false;
    return std::nullopt;
  }

  Outcome read_of_session(char type, std::string_view value) {
    switch (type) {
      case 'o':
        return read_once(parse_origin(value), has_origin_, description_.origin);
      case 's':
        return read_once(std::optional{std::string{value.empty() ? "-" : value}}, has_name_, description_.name);
      case 'u':
        return read_once(std::optional{std::string{value}}, has_uri_, description_.uri);
      case 'z':
        return read_once(std::optional{std::string{value}}, has_zones_, description_.zones);
      case 'e':
        return append(std::optional{std::string{value}}, description_.emails);
      case 'p':
        return append(std::optional{std::string{value}}, description_.phones);
      case 't':
        return append(parse_timing(value), description_.timings);
      case 'r':
        return read_repeat(value);
      default:
        return FaultKind::repeated;  // v=
    }
  }

  Outcome read_of_section(char type, std::string_view value) {
    Section& section = description_.media.empty() ? static_cast<Section&>(description_) : description_.media.back();
    switch (type) {
      case 'i':
        return read_once(std::optional{std::string{value}}, has_information_, section.information);
      case 'k':
        return read_once(std::optional{std::string{value}}, has_key_, section.key);
      case 'b':
        return append(parse_bandwidth(value), section.bandwidths);
      case 'a':
        return append(parse_attribute(value), section.attributes);
      case 'c':
        return read_connection(value, section);
      default:
        return append(std::optional{Line{type, std::string{value}}}, section.unknown);
    }
  }

  Outcome read_repeat(std::string_view value) {
    if (description_.timings.empty()) return FaultKind::out_of_place;
    description_.timings.back().repeats.emplace_back(value);
    return std::nullopt;
  }

  static Outcome read_connection(std::string_view value, Section& section) {
    if (section.connection) return FaultKind::repeated;
    section.connection = parse_connection(value);
    return section.connection ? Outcome{} : FaultKind::malformed;
  }

  template <class Value>
  static Outcome read_once(std::optional<Value> value, bool& is_there, Value& place) {
    if (!value) return FaultKind::malformed;
    if (std::exchange(is_there, true)) return FaultKind::repeated;
    place = std::move(*value);
    return std::nullopt;
  }

  template <class Value>
  static Outcome append(std::optional<Value> value, std::vector<Value>& list) {
    if (!value) return FaultKind::malformed;
    list.push_back(std::move(*value));
    return std::nullopt;
  }

  Description description_;
  bool is_first_ = true;
  bool has_origin_ = false, has_name_ = false, has_uri_ = false, has_zones_ = false;
  bool has_information_ = false, has_key_ = false;  // of the section
};

/// Line ends at the end of all are nobody's line.
std::string_view without_last_line_ends(std::string_view text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.remove_suffix(1);
  return text;
}

}  // namespace

Result<Description, Fault> parse_description(std::string_view text) {
  if (text.size() > description_bytes_max) return Fault{FaultKind::too_long};
  DescriptionReader reader;
  std::size_t number = 0;
  for (auto line : split(without_last_line_ends(text), '\n')) {
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    if (++number > lines_max || line.size() > line_bytes_max) return Fault{FaultKind::too_long, number};
    if (const auto fault = reader.read(line)) return Fault{*fault, number};
  }
  return reader.finish();
}

}  // namespace labnet::sdp
