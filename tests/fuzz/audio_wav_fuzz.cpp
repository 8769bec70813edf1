// Any octets as a WAV file: what is read lies within them and can be played.
#include "common/audio/wav.hpp"
#include "tests/support/require.hpp"

namespace {

using namespace labnet;
using test::require;

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto file = std::as_bytes(std::span{data, size});
  const auto wav = audio::parse_wav(file);
  if (!wav) {
    require(!describe(wav.error()).empty(), "a fault has words");
    return 0;
  }
  require(!wav->data.empty() && wav->data.data() + wav->data.size() <= file.data() + file.size(), "data lie within");
  require(wav->data.size() % wav->format.block_bytes() == 0, "blocks are whole");
  const auto samples = telephone_audio_of(*wav);
  require(samples.size() <= wav->data.size(), "it does not grow");
  const auto again = audio::wav_of(samples, audio::WavCoding::pcm16);
  if (!samples.empty())
    require(telephone_audio_of(*audio::parse_wav(again)) == samples, "it is read as it was written");
  return 0;
}
