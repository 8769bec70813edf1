// How long a description may be. What is above is refused.
#pragma once

#include <cstddef>

namespace labnet::sdp {

inline constexpr std::size_t description_bytes_max = 16384;
inline constexpr std::size_t line_bytes_max = 2048;  // without its end
inline constexpr std::size_t lines_max = 512;
inline constexpr std::size_t media_max = 16;                 // lines m=
inline constexpr std::size_t formats_max = 64;               // of one line m=
inline constexpr std::size_t named_codecs_max = 16;          // that an explanation names; the rest are counted
inline constexpr std::size_t explained_word_bytes_max = 32;  // of what a stranger wrote, in an explanation

}  // namespace labnet::sdp
