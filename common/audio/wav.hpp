// WAV files: their header, and what of them can go down a telephone line.
//
//   "RIFF" size "WAVE"                                       size: what follows it
//   "fmt " 16   coding channels rate bytes/s block bits      numbers with the lowest byte first
//   (other chunks: name, size, bytes, one more if odd)
//   "data" size samples
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "common/audio/samples.hpp"
#include "common/base/bytes.hpp"
#include "common/base/result.hpp"

namespace labnet::audio {

enum class WavCoding { pcm16, a_law, mu_law };

struct WavFormat {
  WavCoding coding = WavCoding::pcm16;
  std::uint16_t channels = 1;                        // 1 or 2
  std::uint32_t sample_rate_hz = telephone_rate_hz;  // 8000, 16000, 44100 or 48000

  /// Of one sample of all channels.
  std::size_t block_bytes() const { return channels * (coding == WavCoding::pcm16 ? 2U : 1U); }
  bool operator==(const WavFormat&) const = default;
};

struct WavFile {
  WavFormat format;
  Bytes data{};  // whole blocks; a view of what was parsed
};

enum class WavFault {
  not_a_wav,             // no RIFF with WAVE
  truncated,             // a chunk is longer than the file
  no_format,             // no "fmt " in front of the samples, or too short
  no_data,               // no samples
  unsupported_coding,    // not PCM of 16 bits, A-law or mu-law
  unsupported_rate,      // none of the four
  unsupported_channels,  // neither one nor two
  bad_block,             // the format's numbers do not fit each other
  too_long,              // wav_bytes_max or wav_chunks_max
};
/// For people: "samples are neither PCM of 16 bits, A-law nor mu-law".
std::string_view describe(WavFault fault);

/// All of a file. Where the size of "data" is 0 or all ones, whoever wrote it did not come to its end: then all that
/// follows is data. A block that is not whole is left out.
Result<WavFile, WavFault> parse_wav(Bytes file);

/// One channel (the mean of two) at 8000 Hz.
SampleBuffer telephone_audio_of(const WavFile& file);

inline constexpr std::size_t wav_header_bytes = 44;
/// What stands in front of so many bytes of data. Whoever writes a file without knowing its length writes this with 0
/// and once more at the end.
std::array<std::byte, wav_header_bytes> wav_header(const WavFormat& format, std::uint32_t data_bytes);

/// A whole file at 8000 Hz.
Buffer wav_of(Samples samples, WavCoding coding);

}  // namespace labnet::audio
