// Entity tags read, written and compared.
#include "common/http/entity_tag.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/base/text.hpp"

namespace labnet::http {
namespace {

constexpr std::string_view weak_mark = "W/";
constexpr char quotation_mark = '"';

/// etagc of RFC 9110, section 8.8.3.
bool is_opaque_character(char c) {
  const auto octet = static_cast<unsigned char>(c);
  return octet > ' ' && octet != 0x7f && c != quotation_mark;
}

/// Takes the tag at the front of the text off; nothing, and the text as it was, if there is none.
std::optional<EntityTag> take_tag(std::string_view& text) {
  const bool is_weak = text.starts_with(weak_mark);
  const auto quoted = text.substr(is_weak ? weak_mark.size() : 0);
  if (!quoted.starts_with(quotation_mark)) return std::nullopt;
  const auto end = quoted.find(quotation_mark, 1);
  if (end == quoted.npos || !is_opaque(quoted.substr(1, end - 1))) return std::nullopt;
  text = quoted.substr(end + 1);
  return EntityTag{quoted.substr(1, end - 1), is_weak};
}

/// The rest behind the next comma. A tag has no escapes, and may have commas: what splits other lists does not do here.
std::string_view behind_comma(std::string_view text) {
  const auto comma = text.find(',');
  return comma == text.npos ? std::string_view{} : text.substr(comma + 1);
}

}  // namespace

bool is_opaque(std::string_view text) {
  return std::ranges::all_of(text, is_opaque_character);
}

std::optional<EntityTag> parse_entity_tag(std::string_view text) {
  const auto tag = take_tag(text);
  return text.empty() ? tag : std::nullopt;
}

std::string to_text(const EntityTag& tag) {
  return fmt::format("{}\"{}\"", tag.weak ? weak_mark : "", tag.opaque);
}

bool matches_strongly(const EntityTag& a, const EntityTag& b) {
  return !a.weak && !b.weak && a.opaque == b.opaque;
}

bool matches_weakly(const EntityTag& a, const EntityTag& b) {
  return a.opaque == b.opaque;
}

bool EntityTagCondition::is_any() const {
  return fields_.find(name_) == "*";
}

bool EntityTagCondition::has(const EntityTag& tag, bool (*matches)(const EntityTag&, const EntityTag&)) const {
  bool found = false;
  fields_.for_each(name_, [&](std::string_view rest) {
    while (!(rest = trim(rest)).empty()) {
      const auto listed = take_tag(rest);
      const bool is_whole = listed && (trim(rest).empty() || trim(rest).front() == ',');
      found = found || (is_whole && matches(*listed, tag));
      rest = behind_comma(rest);
    }
  });
  return found;
}

}  // namespace labnet::http
