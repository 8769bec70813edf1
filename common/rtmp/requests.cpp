// What commands ask for, read and written.
#include "common/rtmp/requests.hpp"

#include <cmath>

namespace labnet::rtmp {
namespace {

std::string text_of(const AmfValue* value) {
  const auto* const text = value ? value->string() : nullptr;
  return text ? *text : std::string{};
}
std::optional<double> number_of(const AmfValue* value) {
  return value ? value->number() : std::nullopt;
}
/// Flash sends numbers for truths, too.
std::optional<bool> truth_of(const AmfValue* value) {
  if (!value) return std::nullopt;
  if (const auto truth = value->boolean()) return truth;
  const auto number = value->number();
  return number ? std::optional{*number != 0} : std::nullopt;
}
std::optional<AmfObject> object_of(const AmfValue* value) {
  const auto* const object = value ? value->object() : nullptr;
  return object ? std::optional{*object} : std::nullopt;
}
std::vector<std::string> texts_of(const AmfValue* value) {
  std::vector<std::string> texts;
  const auto* const array = value ? value->array() : nullptr;
  if (!array) return texts;
  for (const auto& element : array->elements)
    if (const auto* const text = element.string()) texts.push_back(*text);
  return texts;
}

void add_text(AmfObject& object, std::string_view name, const std::string& text) {
  if (!text.empty()) object.with(name, text);
}
template <class T>
void add_if(AmfObject& object, std::string_view name, const std::optional<T>& value) {
  if (value) object.with(name, *value);
}

Command command_with(std::string_view name, double transaction, std::vector<AmfValue> arguments) {
  return {std::string{name}, transaction, {}, std::move(arguments)};
}

}  // namespace

std::optional<Connect> connect_of(const Command& command) {
  const auto* const object = command.object.object();
  if (!object) return std::nullopt;
  const auto tc_url = text_of(object->find("tcUrl"));
  const auto encoding = number_of(object->find("objectEncoding"));
  Connect connect;
  connect.app = text_of(object->find("app"));
  connect.tc_url = tc_url.empty() ? text_of(object->find("tcurl")) : tc_url;
  connect.type = text_of(object->find("type"));
  connect.supports_go_away = truth_of(object->find("supportsGoAway")).value_or(false);
  connect.flash_version = text_of(object->find("flashVer"));
  connect.swf_url = text_of(object->find("swfUrl"));
  connect.page_url = text_of(object->find("pageUrl"));
  connect.fpad = truth_of(object->find("fpad"));
  connect.capabilities = number_of(object->find("capabilities"));
  connect.audio_codecs = number_of(object->find("audioCodecs"));
  connect.video_codecs = number_of(object->find("videoCodecs"));
  connect.video_function = number_of(object->find("videoFunction"));
  connect.object_encoding = encoding.value_or(0);
  connect.has_object_encoding = encoding.has_value();
  connect.four_cc_list = texts_of(object->find("fourCcList"));
  connect.video_four_cc_info = object_of(object->find("videoFourCcInfoMap"));
  connect.audio_four_cc_info = object_of(object->find("audioFourCcInfoMap"));
  connect.caps_ex = number_of(object->find("capsEx"));
  return connect;
}

Command to_command(const Connect& connect) {
  AmfObject object;
  object.with("app", connect.app);
  add_text(object, "type", connect.type);
  if (connect.supports_go_away) object.with("supportsGoAway", true);
  add_text(object, "flashVer", connect.flash_version);
  add_text(object, "swfUrl", connect.swf_url);
  object.with("tcUrl", connect.tc_url);
  add_if(object, "fpad", connect.fpad);
  add_if(object, "capabilities", connect.capabilities);
  add_if(object, "audioCodecs", connect.audio_codecs);
  add_if(object, "videoCodecs", connect.video_codecs);
  add_if(object, "videoFunction", connect.video_function);
  add_text(object, "pageUrl", connect.page_url);
  if (connect.has_object_encoding) object.with("objectEncoding", connect.object_encoding);
  if (!connect.four_cc_list.empty())
    object.with("fourCcList", AmfArray{{connect.four_cc_list.begin(), connect.four_cc_list.end()}});
  add_if(object, "videoFourCcInfoMap", connect.video_four_cc_info);
  add_if(object, "audioFourCcInfoMap", connect.audio_four_cc_info);
  add_if(object, "capsEx", connect.caps_ex);
  return {std::string{command_name::connect}, 1, std::move(object), {}};
}

std::optional<std::string> stream_name_of(const Command& command) {
  const auto* const argument = command.argument(0);
  const auto* const text = argument ? argument->string() : nullptr;
  return text ? std::optional{*text} : std::nullopt;
}

Command stream_command(std::string_view name, double transaction, std::optional<std::string_view> stream_name) {
  auto command = command_with(name, transaction, {});
  if (stream_name) command.arguments.emplace_back(*stream_name);
  return command;
}

std::optional<Publish> publish_of(const Command& command) {
  auto name = stream_name_of(command);
  if (!name) return std::nullopt;
  Publish publish{.name = *std::move(name)};
  const auto kind = text_of(command.argument(1));
  if (kind == "record") publish.kind = Publish::Kind::record;
  if (kind == "append") publish.kind = Publish::Kind::append;
  return publish;
}

Command to_command(const Publish& publish, double transaction) {
  const std::string_view kind = publish.kind == Publish::Kind::record   ? "record"
                                : publish.kind == Publish::Kind::append ? "append"
                                                                        : "live";
  return command_with(command_name::publish, transaction, {publish.name, kind});
}

std::optional<Play> play_of(const Command& command) {
  auto name = stream_name_of(command);
  if (!name) return std::nullopt;
  Play play{.name = *std::move(name)};
  play.start = number_of(command.argument(1)).value_or(play.start);
  play.duration = number_of(command.argument(2)).value_or(play.duration);
  play.reset = truth_of(command.argument(3)).value_or(play.reset);
  return play;
}

Play::Source Play::source() const {
  if (start >= 0) return Source::recorded;
  return start == -1 || start == -1000 ? Source::live : Source::any;
}

Command to_command(const Play& play, double transaction) {
  const Play usual;
  auto command = command_with(command_name::play, transaction, {play.name});
  // As short as it says the same.
  const int count = play.reset != usual.reset ? 3 : play.duration != usual.duration ? 2 : play.start != usual.start;
  if (count > 0) command.arguments.emplace_back(play.start);
  if (count > 1) command.arguments.emplace_back(play.duration);
  if (count > 2) command.arguments.emplace_back(play.reset);
  return command;
}

std::optional<Play2> play2_of(const Command& command) {
  const auto* const argument = command.argument(0);
  const auto* const object = argument ? argument->object() : nullptr;
  const auto* const name = object ? object->find("streamName") : nullptr;
  if (!name || !name->string()) return std::nullopt;
  Play2 play{.name = *name->string(),
             .old_name = text_of(object->find("oldStreamName")),
             .transition = text_of(object->find("transition"))};
  play.start = number_of(object->find("start")).value_or(play.start);
  play.length = number_of(object->find("len")).value_or(play.length);
  play.offset = number_of(object->find("offset")).value_or(play.offset);
  return play;
}

std::optional<double> seek_of(const Command& command) {
  return number_of(command.argument(0));
}
Command seek_command(double milliseconds, double transaction) {
  return command_with(command_name::seek, transaction, {milliseconds});
}

std::optional<Pause> pause_of(const Command& command) {
  const auto is_paused = truth_of(command.argument(0));
  if (!is_paused) return std::nullopt;
  return Pause{*is_paused, number_of(command.argument(1)).value_or(0)};
}
Command to_command(const Pause& pause, double transaction) {
  return command_with(command_name::pause, transaction, {pause.is_paused, pause.at_ms});
}

std::optional<std::uint32_t> deleted_stream_of(const Command& command) {
  return message_stream_id_of(command.argument(0));
}
Command delete_stream_command(std::uint32_t stream_id, double transaction) {
  return command_with(command_name::delete_stream, transaction, {stream_id});
}

std::optional<bool> flag_of(const Command& command) {
  return truth_of(command.argument(0));
}

std::optional<std::uint32_t> message_stream_id_of(const AmfValue* value) {
  const auto number = number_of(value);
  if (!number || !(*number >= 1 && *number <= UINT32_MAX) || std::floor(*number) != *number) return std::nullopt;
  return static_cast<std::uint32_t>(*number);
}

}  // namespace labnet::rtmp
