// Weights read and compared.
#include "common/http/accept.hpp"

#include <algorithm>

#include "common/base/text.hpp"
#include "common/http/limits.hpp"

namespace labnet::http {
namespace {

constexpr std::string_view any = "*";
constexpr std::string_view accept_encoding = "Accept-Encoding";

/// work(const Preference&) for each of the first list_elements_max.
template <class Work>
void for_each_preference(const Fields& fields, std::string_view field, Work&& work) {
  std::size_t elements = 0;
  fields.for_each_element(field, [&](std::string_view element) {
    if (++elements <= list_elements_max) work(parse_preference(element));
  });
}

/// How exactly a media range names a type: 0 not at all, 1 for "*/*", 2 for "text/*", 3 for "text/html".
int exactness(std::string_view range, std::string_view media_type) {
  if (range == "*/*" || range == any) return 1;
  if (equals_ignoring_case(range, media_type)) return 3;
  const bool is_any_subtype = range.ends_with("/*");
  if (!is_any_subtype) return 0;
  const auto type = range.substr(0, range.size() - 1);  // "text/"
  return equals_ignoring_case(type, media_type.substr(0, type.size())) ? 2 : 0;
}

Quality quality_of_identity(const Fields& fields) {
  std::optional<Quality> own, others;
  for_each_preference(fields, accept_encoding, [&](const Preference& preference) {
    if (equals_ignoring_case(preference.what, identity)) own = preference.quality;
    if (preference.what == any) others = preference.quality;
  });
  if (own) return *own;
  constexpr Quality lowest = 1;
  return others && *others == 0 ? 0 : lowest;
}

}  // namespace

std::optional<Quality> parse_quality(std::string_view text) {
  constexpr std::size_t digits_max = 3;
  if (text.empty() || (text[0] != '0' && text[0] != '1')) return std::nullopt;
  if (text.size() > 1 && text[1] != '.') return std::nullopt;
  const auto digits = text.substr(std::min<std::size_t>(2, text.size()));
  if (digits.size() > digits_max || !std::ranges::all_of(digits, is_digit)) return std::nullopt;
  Quality quality = 0;
  for (std::size_t i = 0; i < digits_max; ++i) quality = quality * 10 + (i < digits.size() ? digits[i] - '0' : 0);
  if (text[0] == '1') return quality == 0 ? std::optional{quality_max} : std::nullopt;
  return quality;
}

Preference parse_preference(std::string_view element) {
  ListReader pieces{element, ';'};
  Preference preference{pieces.next_or_empty().value_or(""), quality_max};
  while (const auto piece = pieces.next()) {
    const auto parameter = parse_parameter(*piece);
    if (equals_ignoring_case(parameter.name, "q")) preference.quality = parse_quality(parameter.value).value_or(0);
  }
  return preference;
}

std::optional<Quality> quality_of(const Fields& fields, std::string_view field, std::string_view what) {
  std::optional<Quality> own, others;
  for_each_preference(fields, field, [&](const Preference& preference) {
    if (equals_ignoring_case(preference.what, what)) own = own.value_or(preference.quality);
    if (preference.what == any) others = others.value_or(preference.quality);
  });
  return own ? own : others;
}

Quality quality_of_media_type(const Fields& fields, std::string_view media_type) {
  if (!fields.has("Accept")) return quality_max;
  int best = 0;
  Quality quality = 0;
  for_each_preference(fields, "Accept", [&](const Preference& preference) {
    const auto exact = exactness(preference.what, media_type);
    if (exact > best) best = exact, quality = preference.quality;
  });
  return quality;
}

std::optional<std::string_view> choose_coding(const Fields& fields, std::span<const std::string_view> available) {
  if (!fields.has(accept_encoding)) return identity;
  auto chosen = std::optional{identity};
  auto chosen_quality = quality_of_identity(fields);
  if (chosen_quality == 0) chosen = std::nullopt;
  for (const auto coding : available) {
    const auto quality = quality_of(fields, accept_encoding, coding).value_or(0);
    const bool is_better = quality > chosen_quality || (quality == chosen_quality && chosen == identity);
    if (quality > 0 && is_better) chosen = coding, chosen_quality = quality;
  }
  return chosen;
}

}  // namespace labnet::http
