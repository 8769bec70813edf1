// Tests of WAV files.
#include "common/audio/wav.hpp"

#include <gtest/gtest.h>

#include <string>

#include "common/audio/limits.hpp"
#include "tests/common/audio/sounds.hpp"

namespace labnet::audio {
namespace {

Buffer file_of(const WavFormat& format, const Buffer& data) {
  const auto header = wav_header(format, static_cast<std::uint32_t>(data.size()));
  Buffer file{header.begin(), header.end()};
  file.insert(file.end(), data.begin(), data.end());
  return file;
}

Buffer with_u16(Buffer file, std::size_t offset, unsigned value) {
  file[offset] = static_cast<std::byte>(value);
  file[offset + 1] = static_cast<std::byte>(value >> 8);
  return file;
}

WavFault fault_of(Bytes file) {
  const auto wav = parse_wav(file);
  EXPECT_FALSE(wav);
  return wav ? WavFault{} : wav.error();
}

constexpr std::size_t coding_at = 20, channels_at = 22, rate_at = 24, block_at = 32, bits_at = 34, data_size_at = 40;

TEST(Wav, IsReadAsItWasWritten) {
  const auto samples = speech_of(1, 4001);
  const auto file = wav_of(samples, WavCoding::pcm16);
  const auto wav = parse_wav(file);
  ASSERT_TRUE(wav);
  EXPECT_EQ(wav->format, WavFormat{});
  EXPECT_EQ(telephone_audio_of(*wav), samples);
}

TEST(Wav, HasTheBytesThatEverybodyWrites) {
  const auto file = wav_of(SampleBuffer{1, -2}, WavCoding::pcm16);
  const std::string_view expected{
      "RIFF\x28\0\0\0WAVEfmt \x10\0\0\0\1\0\1\0\x40\x1f\0\0\x80\x3e\0\0\2\0\x10\0data\4\0\0\0\1\0\xfe\xff", 48};
  EXPECT_EQ(as_text(file), expected);
}

TEST(Wav, MayBeInEitherLaw) {
  for (const auto coding : {WavCoding::a_law, WavCoding::mu_law}) {
    const auto file = wav_of(SampleBuffer{1000, -1000, 8}, coding);
    EXPECT_EQ(file.size(), wav_header_bytes + 4) << "an odd chunk is followed by one byte";
    const auto wav = parse_wav(file);
    ASSERT_TRUE(wav);
    EXPECT_EQ(wav->format.coding, coding);
    EXPECT_EQ(wav->data.size(), 3u);
    EXPECT_NEAR(telephone_audio_of(*wav)[1], -1000, 40);
  }
}

TEST(Wav, IsMixedToOneChannel) {
  const WavFormat stereo{.channels = 2};
  const auto file = file_of(
      stereo,
      {std::byte{10}, {}, std::byte{20}, {}, std::byte{0xff}, std::byte{0x7f}, std::byte{0xff}, std::byte{0x7f}});
  const auto wav = parse_wav(file);
  ASSERT_TRUE(wav);
  EXPECT_EQ(telephone_audio_of(*wav), (SampleBuffer{15, 32767}));
}

TEST(Wav, IsResampledToTheRateOfTelephones) {
  for (const std::uint32_t rate_hz : {16000, 44100, 48000}) {
    const auto file = file_of({.sample_rate_hz = rate_hz}, Buffer(std::size_t{rate_hz} * 2, std::byte{1}));
    const auto wav = parse_wav(file);
    ASSERT_TRUE(wav);
    const auto samples = telephone_audio_of(*wav);
    EXPECT_EQ(samples.size(), 8000u);
    EXPECT_EQ(samples[4000], 0x0101);
  }
}

TEST(Wav, MayHaveOtherChunksInBetween) {
  const auto whole = wav_of(SampleBuffer{1, 2}, WavCoding::pcm16);
  Buffer file{whole.begin(), whole.begin() + 36};
  ByteWriter out{file};
  out.text(std::string_view{"LIST\3\0\0\0abc\0", 12});  // an odd one
  out.bytes(Bytes{whole}.subspan(36));
  const auto wav = parse_wav(file);
  ASSERT_TRUE(wav);
  EXPECT_EQ(wav->data.size(), 4u);
}

TEST(Wav, MayBeExtensible) {
  const auto whole = wav_of(SampleBuffer{1, 2}, WavCoding::pcm16);
  Buffer file{whole.begin(), whole.begin() + 36};
  ByteWriter out{file};
  out.text(std::string_view{"\x16\0\x10\0\4\0\0\0\1\0", 10});
  out.text(std::string_view{"\0\0\0\0\x10\0\x80\0\0\xaa\0\x38\x9b\x71", 14});
  out.bytes(Bytes{whole}.subspan(36));
  file = with_u16(with_u16(std::move(file), 16, 40), coding_at, 0xfffe);
  ASSERT_TRUE(parse_wav(file));
  EXPECT_EQ(fault_of(with_u16(file, 44, 3)), WavFault::unsupported_coding) << "of floating point";
}

TEST(Wav, WhoseWriterDidNotComeToTheEndHasWhatIsThere) {
  const auto whole = wav_of(SampleBuffer{1, 2, 3}, WavCoding::pcm16);
  for (const unsigned size : {0U, 0xffffU}) {
    auto file = with_u16(with_u16(whole, data_size_at, size), data_size_at + 2, size);
    file.pop_back();
    const auto wav = parse_wav(file);
    ASSERT_TRUE(wav) << size;
    EXPECT_EQ(wav->data.size(), 4u);
  }
}

TEST(Wav, IsRefusedWhereverItIsCut) {
  const auto file = wav_of(SampleBuffer{1, 2}, WavCoding::pcm16);
  for (std::size_t n = 0; n < file.size(); ++n) {
    const auto fault = fault_of(Bytes{file}.first(n));
    if (n < 12) {
      EXPECT_EQ(fault, WavFault::not_a_wav) << n;
    } else if (n < 20) {
      EXPECT_EQ(fault, WavFault::no_format) << n;
    } else if (n >= 36 && n < 44) {
      EXPECT_EQ(fault, WavFault::no_data) << n;
    } else {
      EXPECT_EQ(fault, WavFault::truncated) << n;
    }
  }
}

TEST(Wav, IsRefusedWhereItIsOfAnotherKind) {
  const auto file = wav_of(SampleBuffer{1, 2}, WavCoding::pcm16);
  EXPECT_EQ(fault_of(with_u16(file, 0, 0)), WavFault::not_a_wav);
  EXPECT_EQ(fault_of(with_u16(file, 8, 0)), WavFault::not_a_wav);
  EXPECT_EQ(fault_of(with_u16(file, coding_at, 3)), WavFault::unsupported_coding);
  EXPECT_EQ(fault_of(with_u16(file, coding_at, 0xfffe)), WavFault::unsupported_coding);
  EXPECT_EQ(fault_of(with_u16(file, bits_at, 24)), WavFault::unsupported_coding);
  EXPECT_EQ(fault_of(with_u16(file, channels_at, 0)), WavFault::unsupported_channels);
  EXPECT_EQ(fault_of(with_u16(file, channels_at, 3)), WavFault::unsupported_channels);
  EXPECT_EQ(fault_of(with_u16(file, rate_at, 8001)), WavFault::unsupported_rate);
  EXPECT_EQ(fault_of(with_u16(file, block_at, 4)), WavFault::bad_block);
  EXPECT_EQ(fault_of(with_u16(file, data_size_at, 5)), WavFault::truncated);
  EXPECT_EQ(fault_of(with_u16(file, data_size_at, 1)), WavFault::no_data);
  EXPECT_EQ(fault_of(with_u16(file, 12, 0)), WavFault::no_format);
  EXPECT_EQ(fault_of(with_u16(file, 16, 15)), WavFault::no_format);
}

TEST(Wav, IsAsLongAsMayBeAndNoLonger) {
  auto file = wav_of(SampleBuffer{1}, WavCoding::pcm16);
  Buffer chunks{file.begin(), file.begin() + 36};
  ByteWriter out{chunks};
  for (std::size_t i = 0; i < wav_chunks_max - 2; ++i) out.text(std::string_view{"LIST\0\0\0\0", 8});
  auto one_more = chunks;
  ByteWriter more{one_more};
  more.text(std::string_view{"LIST\0\0\0\0", 8});
  out.bytes(Bytes{file}.subspan(36));
  more.bytes(Bytes{file}.subspan(36));
  EXPECT_TRUE(parse_wav(chunks));
  EXPECT_EQ(fault_of(one_more), WavFault::too_long);

  file = with_u16(with_u16(std::move(file), data_size_at, 0), data_size_at + 2, 0);
  file.resize(wav_bytes_max);
  EXPECT_TRUE(parse_wav(file));
  file.resize(wav_bytes_max + 1);
  EXPECT_EQ(fault_of(file), WavFault::too_long);
}

}  // namespace
}  // namespace labnet::audio
