// WAV files, read and written.
#include "common/audio/wav.hpp"

#include <algorithm>
#include <optional>

#include "common/audio/g711.hpp"
#include "common/audio/limits.hpp"
#include "common/audio/resample.hpp"

namespace labnet::audio {
namespace {

enum WavCodingNumber : std::uint16_t { pcm = 1, a_law_number = 6, mu_law_number = 7, extensible = 0xfffe };
constexpr std::size_t riff_header_bytes = 12, chunk_header_bytes = 8, format_bytes_min = 16, extensible_bytes = 40;
constexpr std::size_t sub_format_offset = 24;
constexpr std::array<std::uint32_t, 4> supported_rates_hz{8000, 16000, 44100, 48000};

std::uint32_t little_endian(Bytes bytes, std::size_t offset, std::size_t count) {
  std::uint32_t value = 0;
  for (std::size_t i = count; i-- > 0;) value = value << 8 | std::to_integer<std::uint32_t>(bytes[offset + i]);
  return value;
}
std::uint16_t u16_at(Bytes bytes, std::size_t offset) {
  return static_cast<std::uint16_t>(little_endian(bytes, offset, 2));
}
std::uint32_t u32_at(Bytes bytes, std::size_t offset) {
  return little_endian(bytes, offset, 4);
}

std::optional<WavCoding> coding_of(std::uint16_t number, std::uint16_t bits) {
  if (number == pcm && bits == 16) return WavCoding::pcm16;
  if (number == a_law_number && bits == 8) return WavCoding::a_law;
  if (number == mu_law_number && bits == 8) return WavCoding::mu_law;
  return std::nullopt;
}

Result<WavFormat, WavFault> parse_wav_format(Bytes chunk) {
  if (chunk.size() < format_bytes_min) return WavFault::no_format;
  auto number = u16_at(chunk, 0);
  if (number == extensible && chunk.size() >= extensible_bytes) number = u16_at(chunk, sub_format_offset);
  const auto coding = coding_of(number, u16_at(chunk, 14));
  if (!coding) return WavFault::unsupported_coding;
  const WavFormat format{*coding, u16_at(chunk, 2), u32_at(chunk, 4)};
  if (format.channels != 1 && format.channels != 2) return WavFault::unsupported_channels;
  if (std::ranges::count(supported_rates_hz, format.sample_rate_hz) == 0) return WavFault::unsupported_rate;
  if (u16_at(chunk, 12) != format.block_bytes()) return WavFault::bad_block;
  return format;
}

/// What belongs to "data", of which so much is announced.
Result<Bytes, WavFault> data_in(Bytes rest, std::uint32_t announced) {
  if (announced == 0 || announced == UINT32_MAX) return rest;
  if (announced > rest.size()) return WavFault::truncated;
  return rest.first(announced);
}

/// The chunks one after the other, up to the samples.
class ChunkReader {
 public:
  explicit ChunkReader(Bytes file) : rest_{file.subspan(riff_header_bytes)} {}

  Result<WavFile, WavFault> read() {
    for (std::size_t i = 0; i < wav_chunks_max; ++i) {
      if (rest_.size() < chunk_header_bytes) return format_ ? WavFault::no_data : WavFault::no_format;
      const auto name = as_text(rest_.first(4));
      const auto size = u32_at(rest_, 4);
      rest_ = rest_.subspan(chunk_header_bytes);
      if (name == "data") return finish(size);
      if (size > rest_.size()) return WavFault::truncated;
      if (name == "fmt ") {
        const auto format = parse_wav_format(rest_.first(size));
        if (!format) return format.error();
        format_ = *format;
      }
      rest_ = rest_.subspan(std::min<std::size_t>(rest_.size(), std::size_t{size} + size % 2));
    }
    return WavFault::too_long;
  }

 private:
  Result<WavFile, WavFault> finish(std::uint32_t announced) const {
    if (!format_) return WavFault::no_format;
    const auto data = data_in(rest_, announced);
    if (!data) return data.error();
    const auto whole = data->size() - data->size() % format_->block_bytes();
    if (whole == 0) return WavFault::no_data;
    return WavFile{*format_, data->first(whole)};
  }

  Bytes rest_;
  std::optional<WavFormat> format_;
};

SampleBuffer samples_in(const WavFile& file) {
  if (file.format.coding == WavCoding::a_law) return decoded(Law::a, file.data);
  if (file.format.coding == WavCoding::mu_law) return decoded(Law::mu, file.data);
  SampleBuffer samples(file.data.size() / 2);
  for (std::size_t i = 0; i < samples.size(); ++i) samples[i] = static_cast<Sample>(u16_at(file.data, 2 * i));
  return samples;
}

void mix_two_channels(SampleBuffer& samples) {
  for (std::size_t i = 0; i < samples.size() / 2; ++i) {
    samples[i] = static_cast<Sample>((samples[2 * i] + samples[2 * i + 1]) / 2);
  }
  samples.resize(samples.size() / 2);
}

/// Writes numbers with the lowest byte first.
class LittleEndianWriter {
 public:
  explicit LittleEndianWriter(std::span<std::byte> out) : out_{out} {}

  void text(std::string_view text) {
    for (const auto c : text) put(static_cast<std::uint8_t>(c));
  }
  void u16(std::size_t value) { number(value, 2); }
  void u32(std::size_t value) { number(value, 4); }

 private:
  void number(std::size_t value, int count) {
    for (int i = 0; i < count; ++i) put(static_cast<std::uint8_t>(value >> (8 * i)));
  }
  void put(std::uint8_t octet) { out_[position_++] = std::byte{octet}; }

  std::span<std::byte> out_;
  std::size_t position_ = 0;
};

std::uint16_t number_of(WavCoding coding) {
  if (coding == WavCoding::pcm16) return pcm;
  return coding == WavCoding::a_law ? a_law_number : mu_law_number;
}

}  // namespace

std::string_view describe(WavFault fault) {
  switch (fault) {
    case WavFault::not_a_wav:
      return "it is no WAV file";
    case WavFault::truncated:
      return "it ends before its data do";
    case WavFault::no_format:
      return "nothing says how its samples are coded";
    case WavFault::no_data:
      return "there are no samples in it";
    case WavFault::unsupported_coding:
      return "samples are neither PCM of 16 bits, A-law nor mu-law";
    case WavFault::unsupported_rate:
      return "there are not 8000, 16000, 44100 or 48000 samples a second";
    case WavFault::unsupported_channels:
      return "there are neither one nor two channels";
    case WavFault::bad_block:
      return "its format contradicts itself";
    case WavFault::too_long:
      return "it is too long";
  }
  return {};
}

Result<WavFile, WavFault> parse_wav(Bytes file) {
  if (file.size() > wav_bytes_max) return WavFault::too_long;
  if (file.size() < riff_header_bytes) return WavFault::not_a_wav;
  if (as_text(file.first(4)) != "RIFF" || as_text(file.subspan(8, 4)) != "WAVE") return WavFault::not_a_wav;
  return ChunkReader{file}.read();
}

SampleBuffer telephone_audio_of(const WavFile& file) {
  auto samples = samples_in(file);
  if (file.format.channels == 2) mix_two_channels(samples);
  if (file.format.sample_rate_hz == telephone_rate_hz) return samples;
  return resampled(samples, file.format.sample_rate_hz, telephone_rate_hz);
}

std::array<std::byte, wav_header_bytes> wav_header(const WavFormat& format, std::uint32_t data_bytes) {
  std::array<std::byte, wav_header_bytes> header{};
  const auto padding = data_bytes % 2;  // of the chunk, which whoever writes the data writes
  const auto bits = format.coding == WavCoding::pcm16 ? 16U : 8U;
  LittleEndianWriter out{header};
  out.text("RIFF");
  out.u32(wav_header_bytes - chunk_header_bytes + data_bytes + padding);
  out.text("WAVEfmt ");
  out.u32(format_bytes_min);
  out.u16(number_of(format.coding));
  out.u16(format.channels);
  out.u32(format.sample_rate_hz);
  out.u32(format.sample_rate_hz * format.block_bytes());
  out.u16(format.block_bytes());
  out.u16(bits);
  out.text("data");
  out.u32(data_bytes);
  return header;
}

Buffer wav_of(Samples samples, WavCoding coding) {
  const WavFormat format{.coding = coding};
  const auto data_bytes = samples.size() * format.block_bytes();
  const auto header = wav_header(format, static_cast<std::uint32_t>(data_bytes));
  Buffer file{header.begin(), header.end()};
  file.resize(wav_header_bytes + data_bytes + data_bytes % 2);
  const auto data = std::span{file}.subspan(wav_header_bytes);
  if (coding != WavCoding::pcm16) {
    encode(coding == WavCoding::a_law ? Law::a : Law::mu, samples, data);
    return file;
  }
  LittleEndianWriter out{data};
  for (const auto sample : samples) out.u16(static_cast<std::uint16_t>(sample));
  return file;
}

}  // namespace labnet::audio
