// Commands and data messages read, written and told.
#include "common/rtmp/command.hpp"

#include <fmt/format.h>

#include "common/base/utf8.hpp"
#include "common/rtmp/amf0_markers.hpp"

namespace labnet::rtmp {
namespace {

using FaultKind = CommandFault::Kind;

constexpr std::string_view set_data_frame = "@setDataFrame";
constexpr std::string_view clear_data_frame = "@clearDataFrame";
constexpr std::string_view on_metadata = "onMetaData";

/// Without the octet 0 in front of what is sent as AMF 3.
Bytes without_amf3_octet(MessageType type, Bytes payload) {
  const bool is_amf3 = type == MessageType::command_amf3 || type == MessageType::data_amf3;
  return is_amf3 && !payload.empty() && payload[0] == std::byte{0} ? payload.subspan(1) : payload;
}

/// The text at the front, and how many octets it is with its marker and length; nothing if there is none.
struct FrontText {
  std::string_view text{};
  std::size_t bytes = 0;
};
std::optional<FrontText> front_text(Bytes payload) {
  ByteReader in{payload};
  if (in.u8() != static_cast<std::uint8_t>(AmfMarker::string)) return std::nullopt;
  const auto length = in.u16();
  if (!length) return std::nullopt;
  const auto octets = in.take(*length);
  if (!octets) return std::nullopt;
  return FrontText{as_text(*octets), in.position()};
}

/// Values of a payload, with faults that say where.
class ValueReader {
 public:
  ValueReader(MessageType type, Bytes payload, AmfLimits limits)
      : skipped_{payload.size() - without_amf3_octet(type, payload).size()},
        values_{payload.subspan(skipped_), limits} {}

  CommandFault fault(FaultKind kind) const { return {kind, std::nullopt, offset()}; }
  CommandFault fault(AmfFault kind) const { return {FaultKind::amf, kind, offset()}; }

  Result<std::string, CommandFault> name() {
    const auto value = values_.next();
    if (!value) return fault(value.error());
    const auto* const text = *value ? (*value)->string() : nullptr;
    if (!text) return fault(FaultKind::no_name);
    return *text;
  }
  Result<double, CommandFault> transaction() {
    const auto value = values_.next();
    if (!value) return fault(value.error());
    const auto number = *value ? (*value)->number() : std::nullopt;
    if (!number) return fault(FaultKind::no_transaction);
    return *number;
  }
  Result<AmfValue, CommandFault> value_or_null() {
    auto value = values_.next();
    if (!value) return fault(value.error());
    if (!*value) return AmfValue{};
    return **std::move(value);
  }
  Result<std::vector<AmfValue>, CommandFault> rest() {
    auto values = values_.rest();
    if (!values) return fault(values.error());
    return *std::move(values);
  }

 private:
  std::size_t offset() const { return skipped_ + values_.position(); }

  std::size_t skipped_;
  AmfReader values_;
};

std::string joined_text(const std::vector<AmfValue>& values, std::string text) {
  for (const auto& value : values) {
    text += ", ";
    text += to_text(value);
  }
  return printable(text, amf_text_bytes_max);
}

}  // namespace

std::string describe(const CommandFault& fault) {
  switch (fault.kind) {
    case FaultKind::not_a_command:
      return "it is neither a command nor data";
    case FaultKind::no_name:
      return fmt::format("octet {}: there is no name", fault.offset);
    case FaultKind::no_transaction:
      return fmt::format("octet {}: there is no transaction number", fault.offset);
    case FaultKind::amf:
      break;
  }
  return fmt::format("octet {}: {}", fault.offset, fault.amf ? describe(*fault.amf) : "");
}

Result<Command, CommandFault> parse_command(MessageType type, Bytes payload) {
  if (!is_command(type)) return CommandFault{};
  ValueReader in{type, payload, {}};
  auto name = in.name();
  if (!name) return name.error();
  const auto transaction = in.transaction();
  if (!transaction) return transaction.error();
  auto object = in.value_or_null();
  if (!object) return object.error();
  auto arguments = in.rest();
  if (!arguments) return arguments.error();
  return Command{*std::move(name), *transaction, *std::move(object), *std::move(arguments)};
}

Message to_message(const Command& command, std::uint32_t stream_id) {
  Buffer payload;
  ByteWriter out{payload};
  write_amf(command.name, out);
  write_amf(command.transaction, out);
  write_amf(command.object, out);
  for (const auto& argument : command.arguments) write_amf(argument, out);
  const auto chunk_stream_id = stream_id == 0 ? chunk_stream::command : chunk_stream::status;
  return {
      {.type = MessageType::command_amf0, .timestamp = 0, .stream_id = stream_id, .chunk_stream_id = chunk_stream_id},
      SharedBytes::copy_of(payload)};
}

std::string to_text(const Command& command) {
  auto text = fmt::format("{}({}", command.name, command.transaction);
  if (!command.object.is_null() || !command.arguments.empty()) text += ", " + to_text(command.object);
  return joined_text(command.arguments, std::move(text)) + ')';
}

Result<Data, CommandFault> parse_data(MessageType type, Bytes payload, AmfLimits limits) {
  if (!is_data(type)) return CommandFault{};
  ValueReader in{type, payload, limits};
  auto name = in.name();
  if (!name) return name.error();
  auto values = in.rest();
  if (!values) return values.error();
  return Data{*std::move(name), *std::move(values)};
}

Message to_message(const Data& data, std::uint32_t stream_id, std::uint32_t timestamp) {
  Buffer payload;
  ByteWriter out{payload};
  write_amf(data.name, out);
  for (const auto& value : data.values) write_amf(value, out);
  return {{.type = MessageType::data_amf0,
           .timestamp = timestamp,
           .stream_id = stream_id,
           .chunk_stream_id = chunk_stream::data},
          SharedBytes::copy_of(payload)};
}

std::string to_text(const Data& data) {
  if (data.values.empty()) return printable(data.name, amf_text_bytes_max) + "()";
  auto text = data.name + '(' + to_text(data.values.front());
  return joined_text({data.values.begin() + 1, data.values.end()}, std::move(text)) + ')';
}

Bytes played_data(MessageType type, Bytes payload) {
  payload = without_amf3_octet(type, payload);
  const auto front = front_text(payload);
  return front && front->text == set_data_frame ? payload.subspan(front->bytes) : payload;
}

bool is_metadata(Bytes played_data) {
  const auto front = front_text(played_data);
  return front && front->text == on_metadata;
}

bool is_clear_data_frame(MessageType type, Bytes payload) {
  const auto front = front_text(without_amf3_octet(type, payload));
  return front && front->text == clear_data_frame;
}

Metadata metadata_of(const AmfObject& properties) {
  const auto number = [&properties](std::string_view name) -> std::optional<double> {
    const auto* const value = properties.find(name);
    return value ? value->number() : std::nullopt;
  };
  Metadata metadata;
  metadata.width = number("width");
  metadata.height = number("height");
  metadata.frame_rate = number("framerate");
  metadata.video_kilobits = number("videodatarate");
  metadata.audio_kilobits = number("audiodatarate");
  metadata.audio_sample_rate = number("audiosamplerate");
  metadata.duration_s = number("duration");
  if (const auto* const stereo = properties.find("stereo")) metadata.is_stereo = stereo->boolean();
  if (const auto* const encoder = properties.find("encoder"); encoder && encoder->string())
    metadata.encoder = *encoder->string();
  return metadata;
}

}  // namespace labnet::rtmp
