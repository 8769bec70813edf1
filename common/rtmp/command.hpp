// Commands and data messages: a name, and values of AMF 0 (RTMP 1.0, sections 7.1.1 and 7.1.2).
//
//   command  name (string), transaction (number), command object (object or null), arguments
//   data     name (string), values:   "@setDataFrame", "onMetaData", {width: 640, ...}
//
// Types 17 and 15 are those of a client that asked for AMF 3: an octet 0 goes before the same values of AMF 0. One of
// these may begin AMF 3 itself (AmfFault::amf3_value).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.hpp"
#include "common/rtmp/amf0.hpp"
#include "common/rtmp/message.hpp"

namespace labnet::rtmp {

struct CommandFault {
  enum class Kind : std::uint8_t {
    not_a_command,   // the message is of another type
    no_name,         // the first value is no string
    no_transaction,  // the second value of a command is no number
    amf,             // see `amf`
  };
  Kind kind = Kind::not_a_command;
  std::optional<AmfFault> amf{};
  std::size_t offset = 0;  // in the payload, of where reading ended

  bool operator==(const CommandFault&) const = default;
};
/// "octet 12: a value goes on behind the end"
std::string describe(const CommandFault& fault);

struct Command {
  std::string name{};
  double transaction = 0;  // 0: no answer is wanted
  AmfValue object{};       // null where there is none
  std::vector<AmfValue> arguments{};

  /// The argument, counted from 0, behind the command object; null pointer if there are fewer.
  const AmfValue* argument(std::size_t i) const { return i < arguments.size() ? &arguments[i] : nullptr; }
  bool operator==(const Command&) const = default;
};

Result<Command, CommandFault> parse_command(MessageType type, Bytes payload);
inline Result<Command, CommandFault> parse_command(const Message& message) {
  return parse_command(message.header.type, message.bytes());
}

/// As type 20. On the chunk stream of commands if the stream is 0, else on that of a stream's.
Message to_message(const Command& command, std::uint32_t stream_id = 0);

/// One line for logs: connect(1, {app: "live", ...}); a stream's key stands in it as in the capture.
std::string to_text(const Command& command);

struct Data {
  std::string name{};  // "onMetaData", "|RtmpSampleAccess"; "@setDataFrame", then the first value is the name meant
  std::vector<AmfValue> values{};
  bool operator==(const Data&) const = default;
};

Result<Data, CommandFault> parse_data(MessageType type, Bytes payload, AmfLimits limits = {});
Message to_message(const Data& data, std::uint32_t stream_id, std::uint32_t timestamp = 0);
std::string to_text(const Data& data);

/// What a player gets of a publisher's data message: the payload, as type 18, without the octet 0 of type 15 and
/// without "@setDataFrame" in front. Octets are not changed and not read further.
Bytes played_data(MessageType type, Bytes payload);
/// Whether such a payload's name is onMetaData.
bool is_metadata(Bytes played_data);
/// Whether the publisher asks to forget the metadata: "@clearDataFrame".
bool is_clear_data_frame(MessageType type, Bytes payload);

/// What people ask of a stream, out of onMetaData; nothing where it is not said or of another kind.
struct Metadata {
  std::optional<double> width{}, height{}, frame_rate{}, video_kilobits{}, audio_kilobits{}, audio_sample_rate{};
  std::optional<double> duration_s{};
  std::optional<bool> is_stereo{};
  std::string encoder{};
};
Metadata metadata_of(const AmfObject& properties);

}  // namespace labnet::rtmp
