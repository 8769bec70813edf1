// The content coding "gzip" (RFC 9110, section 8.4.1.3; RFC 1952), both ways, over zlib.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "common/base/bytes.hpp"
#include "common/base/result.hpp"

struct z_stream_s;  // zlib's, whose header stays in the .cpp file

namespace labnet::coding {

inline constexpr int gzip_level_fastest = 1;
inline constexpr int gzip_level_default = 6;
inline constexpr int gzip_level_smallest = 9;

/// All at once. The same bytes give the same result: there is no time and no name in it.
///
/// level  from gzip_level_fastest to gzip_level_smallest
Buffer gzip(Bytes bytes, int level = gzip_level_default);

enum class GzipFault {
  malformed,  // no gzip, a wrong checksum or length, or something behind the end that is no gzip either
  too_large,  // more comes out than was allowed: few bytes can become a thousand times as many
};
std::string_view describe(GzipFault fault);

/// Takes the coding off as the bytes come. Several members behind one another are one text (RFC 1952, section 2.2).
/// Keeps one piece of what comes out, and zlib's window.
class GunzipDecoder {
 public:
  struct Step {
    std::size_t used = 0;  // bytes of the input that are done with
    Bytes data{};          // what came out of them; good until the next call
  };

  static constexpr std::size_t piece_bytes = 64 * 1024;

  /// output_bytes_max  of all that comes out
  explicit GunzipDecoder(std::uint64_t output_bytes_max);
  GunzipDecoder(GunzipDecoder&&) noexcept = default;
  GunzipDecoder& operator=(GunzipDecoder&&) noexcept = default;
  ~GunzipDecoder();

  /// input    what has come and is not used yet
  /// returns  at most one piece: call again with the rest until all is used and nothing comes out any more
  /// faults   the decoder is of no use any more
  Result<Step, GzipFault> decode(Bytes input);
  /// False at the end of the input means that it was cut off.
  bool finished() const { return finished_; }

 private:
  struct End {
    void operator()(z_stream_s* stream) const;
  };

  std::unique_ptr<z_stream_s, End> stream_;
  Buffer piece_;
  std::uint64_t output_bytes_left_;
  bool finished_ = false;  // behind the end of a member
};

}  // namespace labnet::coding
