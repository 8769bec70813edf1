// Searches for the first character of another kind, sixteen at a time where the processor can.
#include "common/http/characters.hpp"

#include <algorithm>
#include <bit>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace labnet::http {
namespace {

#if defined(__SSE2__)
constexpr std::ptrdiff_t block_bytes = sizeof(__m128i);
constexpr unsigned all_marks = 0xffff;

/// A bit for each octet of the block that is none of a value.
unsigned no_value(__m128i block) {
  const auto is_control = _mm_cmpeq_epi8(_mm_min_epu8(block, _mm_set1_epi8(0x1f)), block);
  const auto is_tab = _mm_cmpeq_epi8(block, _mm_set1_epi8('\t'));
  const auto is_delete = _mm_cmpeq_epi8(block, _mm_set1_epi8(0x7f));
  return static_cast<unsigned>(_mm_movemask_epi8(_mm_or_si128(_mm_andnot_si128(is_tab, is_control), is_delete)));
}

__m128i is_between(__m128i block, char first, char last) {
  const auto first_before = static_cast<char>(first - 1), first_behind = static_cast<char>(last + 1);
  return _mm_and_si128(_mm_cmpgt_epi8(block, _mm_set1_epi8(first_before)),
                       _mm_cmplt_epi8(block, _mm_set1_epi8(first_behind)));
}

/// A bit for each octet that is no letter, digit or hyphen, which is all that most names are made of. With the bit of
/// small letters set, capital ones are these too, and nothing else is.
unsigned no_usual_name(__m128i block) {
  constexpr char small_letter_bit = 0x20;
  const auto is_letter = is_between(_mm_or_si128(block, _mm_set1_epi8(small_letter_bit)), 'a', 'z');
  const auto is_other = _mm_or_si128(is_between(block, '0', '9'), _mm_cmpeq_epi8(block, _mm_set1_epi8('-')));
  return all_marks & ~static_cast<unsigned>(_mm_movemask_epi8(_mm_or_si128(is_letter, is_other)));
}

/// The comparison is one of signed numbers: octets beyond ASCII are below the space, as they should be.
unsigned no_target(__m128i block) {
  const auto is_visible = _mm_cmpgt_epi8(block, _mm_set1_epi8(' '));
  const auto is_delete = _mm_cmpeq_epi8(block, _mm_set1_epi8(0x7f));
  return all_marks & ~static_cast<unsigned>(_mm_movemask_epi8(_mm_andnot_si128(is_delete, is_visible)));
}

/// Past all blocks that have no mark; at the first mark, or where less than a block is left.
template <class Marks>
const char* skip_blocks(const char* from, const char* end, Marks marks_of) {
  for (; end - from >= block_bytes; from += block_bytes) {
    const auto marks = marks_of(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from)));
    if (marks != 0) return from + std::countr_zero(marks);
  }
  return from;
}
#endif

}  // namespace

bool is_token(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, is_token_character);
}

bool is_value(std::string_view text) {
  return std::ranges::all_of(text, is_value_character);
}

const char* token_end(const char* from, const char* end) {
#if defined(__SSE2__)
  from = skip_blocks(from, end, no_usual_name);
#endif
  while (from != end && is_token_character(*from)) ++from;
  return from;
}

const char* value_end(const char* from, const char* end) {
#if defined(__SSE2__)
  from = skip_blocks(from, end, no_value);
#endif
  while (from != end && is_value_character(*from)) ++from;
  return from;
}

const char* target_end(const char* from, const char* end) {
#if defined(__SSE2__)
  from = skip_blocks(from, end, no_target);
#endif
  while (from != end && is_target_character(*from)) ++from;
  return from;
}

std::size_t quoted_end(std::string_view text, std::size_t begin) {
  if (begin >= text.size() || text[begin] != quote) return text.npos;
  for (std::size_t i = begin + 1; i < text.size(); ++i) {
    if (text[i] == quote) return i + 1;
    if (text[i] == escape) ++i;
    if (i == text.size() || !is_value_character(text[i])) return text.npos;
  }
  return text.npos;
}

}  // namespace labnet::http
