// FLV files: what is recorded and played (FLV 10.1, annex E).
//
//   | 'F' 'L' 'V' 1 | flags: 4 audio, 1 video | length of the header 4 (9) | 0: 4 |
//   | type 1 | length 3 | timestamp 3, its highest octet 1 | stream id 3 (0) | payload | length + 11: 4 |  and again
//
// A payload is that of the RTMP message of the same type (audio 8, video 9, script data 18).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/result.hpp"
#include "common/rtmp/amf0.hpp"
#include "common/rtmp/limits.hpp"
#include "common/rtmp/message.hpp"
#include "common/rtmp/payload_builder.hpp"

namespace labnet::rtmp {

inline constexpr std::size_t flv_header_bytes = 13;          // with the zero behind it
inline constexpr std::size_t shortest_flv_header_bytes = 9;  // without
inline constexpr std::size_t flv_tag_header_bytes = 11;
inline constexpr std::size_t flv_tag_trailer_bytes = 4;

struct FlvFault {
  enum class Kind : std::uint8_t {
    not_flv,          // it does not begin with "FLV"
    unknown_version,  // not 1
    bad_header,       // it says that it is shorter than 9 bytes or longer than flv_header_bytes_max
    tag_too_long,     // more than the reader's limit
    encrypted,        // a tag is encrypted (annex F)
  };
  Kind kind = Kind::not_flv;
  std::uint64_t offset = 0;  // in the file, of the header or the tag

  bool operator==(const FlvFault&) const = default;
};
/// "octet 1234: a tag is encrypted"
std::string describe(const FlvFault& fault);

/// Where the first tag begins.
/// header  the first shortest_flv_header_bytes of a file
Result<std::uint64_t, FlvFault> first_flv_tag(Bytes header);

/// What stands in front of a payload.
struct FlvTagHeader {
  MessageType type = MessageType::data_amf0;  // any of 32 may come
  std::uint32_t timestamp = 0;                // ms
  std::uint32_t payload_bytes = 0;
  bool is_encrypted = false;

  /// From a tag's first byte to the next one's.
  std::uint64_t tag_bytes() const {
    return flv_tag_header_bytes + std::uint64_t{payload_bytes} + flv_tag_trailer_bytes;
  }
};
/// header  flv_tag_header_bytes
FlvTagHeader parse_flv_tag_header(Bytes header);

struct FlvTag {
  MessageType type = MessageType::data_amf0;  // any of 32 may come
  std::uint32_t timestamp = 0;                // ms
  SharedBytes payload{};
  std::uint64_t offset = 0;  // in the file, of the tag's header
};

/// A file's bytes from its beginning on, in any cut.
///
///   while (!input.empty()) {
///     const auto step = reader.read(input);
///     if (!step) return step.error();
///     input = input.subspan(step->used);
///     if (step->tag) take(*step->tag);
///   }
///   if (reader.is_cut()) ...   // the file ends within a tag, as after a crash: what is whole has been given
class FlvReader {
 public:
  explicit FlvReader(std::uint32_t tag_bytes_max = received_message_bytes_max) : tag_bytes_max_{tag_bytes_max} {}

  /// For a part of a file that begins with a tag, such as a key frame to play from.
  /// offset  of that tag in the file: FlvTag::offset
  static FlvReader at_tag(std::uint64_t offset, std::uint32_t tag_bytes_max = received_message_bytes_max);

  struct Step {
    std::size_t used = 0;
    std::optional<FlvTag> tag{};
  };
  /// The lengths behind tags are not looked at: too many writers have them wrong.
  Result<Step, FlvFault> read(Bytes input);

  /// What the header says; both false before it has come. Writers to pipes say both and mean neither.
  bool says_audio() const { return (flags_ & 4U) != 0; }
  bool says_video() const { return (flags_ & 1U) != 0; }

  /// If the input ended here: whether within the header or a tag. A missing length behind the last tag is no cut.
  bool is_cut() const;
  /// How long the file is up to the last whole tag and the length behind it: where a writer may go on.
  std::uint64_t whole_bytes() const { return whole_bytes_; }

 private:
  enum class State : std::uint8_t { header, header_rest, tag_header, payload, trailer };
  void take(Bytes bytes);
  Result<void, FlvFault> begin_next();
  void expect(State state, std::uint64_t bytes);
  Result<void, FlvFault> take_header();
  Result<void, FlvFault> take_tag_header();

  std::uint32_t tag_bytes_max_;
  State state_ = State::header;
  std::uint64_t left_ = 9;  // of what the state says
  std::uint8_t flags_ = 0;
  std::array<std::byte, flv_tag_header_bytes> pending_{};  // a header as it comes
  std::size_t pending_bytes_ = 0;
  std::uint64_t position_ = 0;  // in the file
  std::uint64_t whole_bytes_ = 0;
  FlvTag tag_;
  PayloadBuilder payload_;  // of that tag
};

/// The first 13 bytes of a file.
std::array<std::byte, flv_header_bytes> flv_header(bool has_audio, bool has_video);

/// What stands in front of a payload, and behind it: to be gathered with the payload in one write.
/// payload_bytes  message_bytes_max at most
std::array<std::byte, flv_tag_header_bytes> flv_tag_header(MessageType type, std::uint32_t timestamp,
                                                           std::size_t payload_bytes);
std::array<std::byte, flv_tag_trailer_bytes> flv_tag_trailer(std::size_t payload_bytes);
/// All three appended.
void write_flv_tag(MessageType type, std::uint32_t timestamp, Bytes payload, Buffer& out);

/// The payload of a script tag: "onMetaData" and an ECMA array of the properties.
Buffer flv_metadata(AmfObject properties);

}  // namespace labnet::rtmp
