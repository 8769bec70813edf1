// What a client would like best: lists with weights, and the choice of a content coding (RFC 9110, section 12).
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "common/http/fields.hpp"

namespace labnet::http {

/// A weight in thousandths: 1000 for "q=1" and for none at all, 0 for what is not wanted.
using Quality = int;
inline constexpr Quality quality_max = 1000;

/// "0", "0.5", "1.000": three digits behind the point at most, none above 1.
std::optional<Quality> parse_quality(std::string_view text);

/// An element of Accept, Accept-Encoding, Accept-Language: "text/html;level=1;q=0.5".
struct Preference {
  std::string_view what;  // without parameters: "text/html", "gzip", "*"
  Quality quality = quality_max;

  bool operator==(const Preference&) const = default;
};
/// A weight that is none counts as 0: what is malformed is not wished for. Parameters other than the weight are
/// passed over.
Preference parse_preference(std::string_view element);

/// What the client thinks of one of several: its own element counts, else that of "*". Nothing if neither is there.
/// Names are compared without regard to case.
std::optional<Quality> quality_of(const Fields& fields, std::string_view field, std::string_view what);

/// Of Accept: the most specific range that the type falls into counts, "text/html" before "text/*" before "*/*";
/// without the field everything is wanted, and 0 is for what no range has.
///
/// media_type  without parameters
Quality quality_of_media_type(const Fields& fields, std::string_view media_type);

inline constexpr std::string_view identity = "identity";  // no coding at all

/// The coding to answer with: the one with the highest weight, of those with the same the first in `available`.
/// "identity" is wanted unless it, or "*" without it, is said to have weight 0 (section 12.5.3); it is chosen only if
/// nothing else has at least its weight.
///
/// available  besides identity, in the server's order of preference: {"br", "gzip"}
/// returns    one of `available`, or identity; nothing if none will do: answer 406, or identity all the same
std::optional<std::string_view> choose_coding(const Fields& fields, std::span<const std::string_view> available);

}  // namespace labnet::http
