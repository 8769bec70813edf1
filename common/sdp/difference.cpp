// Differences in words.
#include "common/sdp/difference.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/base/text.hpp"
#include "common/sdp/limits.hpp"

namespace labnet::sdp {
namespace {

bool is_safe(char c) {
  constexpr std::string_view marks = "-./+_:";
  return is_digit(c) || (to_lower(c) >= 'a' && to_lower(c) <= 'z') || marks.find(c) != marks.npos;
}

std::string_view subject_of(DifferenceKind kind) {
  switch (kind) {
    case DifferenceKind::no_audio:
      return "no audio is offered";
    case DifferenceKind::refused:
      return "the other side refuses the audio";
    case DifferenceKind::profile:
      return "no common RTP profile";
    case DifferenceKind::codecs:
      return "no common codec";
    case DifferenceKind::family:
      return "no common address family";
    case DifferenceKind::no_address:
      return "no address for the audio";
    case DifferenceKind::media_count:
      return "the answer has not the offer's lines m=";
  }
  return {};
}

/// What to do about it, where that is known.
std::string_view hint_for(const Difference& difference) {
  const bool is_profile = difference.kind == DifferenceKind::profile;
  if (is_profile && difference.offered.find("SAVP") != std::string::npos) return " (it insists on encryption, SRTP)";
  if (is_profile && difference.have.find("SAVP") != std::string::npos) return " (we insist on encryption, SRTP)";
  return "";
}

}  // namespace

std::string safe_word(std::string_view word) {
  std::string safe{word.substr(0, explained_word_bytes_max)};
  std::ranges::replace_if(
      safe, [](char c) { return !is_safe(c); }, '?');
  return safe;
}

std::string list_of(const std::vector<Codec>& codecs) {
  std::vector<std::string> names;
  for (const auto& codec : codecs) {
    if (names.size() < named_codecs_max) names.push_back(safe_word(to_text(codec)));
  }
  const auto list = join(names, ", ");
  if (codecs.size() <= named_codecs_max) return list.empty() ? "nothing" : list;
  return fmt::format("{} and {} more", list, codecs.size() - named_codecs_max);
}

std::string describe(const Difference& difference) {
  const auto subject = subject_of(difference.kind);
  if (difference.offered.empty() && difference.have.empty()) return std::string{subject};
  return fmt::format("{}: offered {}; we have {}{}", subject, difference.offered, difference.have,
                     hint_for(difference));
}

int warning_code_of(DifferenceKind kind) {
  switch (kind) {
    case DifferenceKind::family:
      return 301;  // incompatible network address formats
    case DifferenceKind::profile:
      return 302;  // incompatible transport protocol
    case DifferenceKind::no_audio:
    case DifferenceKind::refused:
      return 304;  // media type not available
    case DifferenceKind::codecs:
      return 305;  // incompatible media format
    case DifferenceKind::no_address:
    case DifferenceKind::media_count:
      break;
  }
  return 399;  // miscellaneous
}

std::string to_warning(const Difference& difference, std::string_view agent) {
  return fmt::format("{} {} \"{}\"", warning_code_of(difference.kind), agent, describe(difference));
}

}  // namespace labnet::sdp
