// Searches for characters, sixteen at a time where the processor can.
#include "common/sip/characters.hpp"

#include <bit>
#include <cstddef>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace labnet::sip {
namespace {

bool is_control(char c) {
  const auto octet = static_cast<unsigned char>(c);
  return (octet < ' ' && c != '\t') || octet == 0x7f;
}

#if defined(__SSE2__)
/// A bit for each octet of a block that is a control character.
unsigned controls_in(__m128i block) {
  const auto is_low = _mm_cmpeq_epi8(_mm_min_epu8(block, _mm_set1_epi8(0x1f)), block);
  const auto is_tab = _mm_cmpeq_epi8(block, _mm_set1_epi8('\t'));
  const auto is_delete = _mm_cmpeq_epi8(block, _mm_set1_epi8(0x7f));
  return static_cast<unsigned>(_mm_movemask_epi8(_mm_or_si128(_mm_andnot_si128(is_tab, is_low), is_delete)));
}
#endif

}  // namespace

std::string_view trim_white_space(std::string_view text) {
  while (!text.empty() && is_white_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_white_space(text.back())) text.remove_suffix(1);
  return text;
}

const char* control_character(const char* from, const char* end) {
#if defined(__SSE2__)
  constexpr std::ptrdiff_t block_bytes = sizeof(__m128i);
  for (; end - from >= block_bytes; from += block_bytes) {
    const auto marks = controls_in(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from)));
    if (marks != 0) return from + std::countr_zero(marks);
  }
#endif
  while (from != end && !is_control(*from)) ++from;
  return from;
}

}  // namespace labnet::sip
