// The table of static payload types.
#include "common/rtp/payload_types.hpp"

#include <algorithm>

namespace labnet::rtp {
namespace {

struct StaticType {
  std::uint8_t payload_type;
  Encoding encoding;
};
constexpr std::uint32_t video_rate_hz = 90000;
constexpr std::array static_types{
    // RFC 3551, tables 4 and 5
    StaticType{0, {"PCMU", 8000}},
    StaticType{3, {"GSM", 8000}},
    StaticType{4, {"G723", 8000}},
    StaticType{5, {"DVI4", 8000}},
    StaticType{6, {"DVI4", 16000}},
    StaticType{7, {"LPC", 8000}},
    StaticType{8, {"PCMA", 8000}},
    StaticType{9, {"G722", 8000}},  // samples at 16000 Hz; the clock is an old mistake that stays
    StaticType{10, {"L16", 44100, 2}},
    StaticType{11, {"L16", 44100}},
    StaticType{12, {"QCELP", 8000}},
    StaticType{13, {"CN", 8000}},
    StaticType{14, {"MPA", video_rate_hz}},
    StaticType{15, {"G728", 8000}},
    StaticType{16, {"DVI4", 11025}},
    StaticType{17, {"DVI4", 22050}},
    StaticType{18, {"G729", 8000}},
    StaticType{25, {"CelB", video_rate_hz}},
    StaticType{26, {"JPEG", video_rate_hz}},
    StaticType{28, {"nv", video_rate_hz}},
    StaticType{31, {"H261", video_rate_hz}},
    StaticType{32, {"MPV", video_rate_hz}},
    StaticType{33, {"MP2T", video_rate_hz}},
    StaticType{34, {"H263", video_rate_hz}},
};

}  // namespace

std::optional<Encoding> static_encoding(std::uint8_t payload_type) {
  const auto* const found = std::ranges::find(static_types, payload_type, &StaticType::payload_type);
  return found == static_types.end() ? std::nullopt : std::optional{found->encoding};
}

}  // namespace labnet::rtp
