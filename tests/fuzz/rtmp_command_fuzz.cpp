// Any octets as the payload of a message whose type the first octet says: commands with all views of them, data and
// controls. What is read is written as a message that reads the same.
#include <algorithm>
#include <cmath>

#include "common/rtmp/control.hpp"
#include "common/rtmp/replies.hpp"
#include "common/rtmp/requests.hpp"
#include "tests/support/require.hpp"

namespace {

using namespace labnet;
using test::require;

bool is_same(const rtmp::Message& a, const rtmp::Message& b) {
  return a.header == b.header && std::ranges::equal(a.bytes(), b.bytes());
}

void check_requests(const rtmp::Command& command) {
  const auto number = command.transaction;
  if (const auto connect = connect_of(command)) {
    const auto again = connect_of(to_command(*connect));
    require(again && again->app == connect->app && again->tc_url == connect->tc_url &&
                again->four_cc_list == connect->four_cc_list,
            "a connect is written as it was read");
  }
  if (const auto publish = publish_of(command)) require(publish_of(to_command(*publish, number)) == publish, "publish");
  if (const auto play = play_of(command)) {
    const auto again = play_of(to_command(*play, number));
    require(again && again->name == play->name && again->source() == play->source(), "play");
  }
  if (const auto play = play2_of(command)) require(play_of(command) == std::nullopt, "an object is no name");
  if (const auto pause = pause_of(command)) {
    require(pause_of(to_command(*pause, number))->is_paused == pause->is_paused, "pause");
  }
  if (const auto seek = seek_of(command)) require(seek_of(rtmp::seek_command(*seek, number)).has_value(), "seek");
  if (const auto id = deleted_stream_of(command)) {
    require(*id != 0 && deleted_stream_of(rtmp::delete_stream_command(*id, number)) == id, "deleteStream");
    require(created_stream_of(command) == id, "both are the number of a stream");
  }
  if (const auto status = status_of(command)) require(status_of(on_status(*status)) == status, "onStatus");
  if (const auto name = stream_name_of(command)) {
    require(stream_name_of(rtmp::stream_command(command.name, number, *name)) == name, "a stream's name");
  }
  (void)flag_of(command);
}

void check_command(rtmp::MessageType type, Bytes payload) {
  const auto command = rtmp::parse_command(type, payload);
  if (!command) {
    require(!describe(command.error()).empty() && command.error().offset <= payload.size(), "a fault has a place");
    return;
  }
  require(!to_text(*command).empty(), "a command has a text");
  const auto message = to_message(*command);
  const auto again = parse_command(message);
  require(again && is_same(to_message(*again), message), "a command is written as it was read");
  check_requests(*command);
}

void check_data(rtmp::MessageType type, Bytes payload) {
  const auto played = rtmp::played_data(type, payload);
  require(played.size() <= payload.size() &&
              (played.empty() || played.data() + played.size() == payload.data() + payload.size()),
          "what is played is the end of what came");
  (void)rtmp::is_metadata(played);
  (void)rtmp::is_clear_data_frame(type, payload);
  const auto data = rtmp::parse_data(type, payload);
  if (!data) {
    require(!describe(data.error()).empty(), "a fault has words");
    return;
  }
  require(!to_text(*data).empty(), "data have a text");
  for (const auto& value : data->values)
    if (value.object()) (void)metadata_of(*value.object());
  const auto message = to_message(*data, 1);
  const auto again = parse_data(message.header.type, message.bytes());
  require(again && is_same(to_message(*again, 1), message), "data are written as they were read");
}

void check_control(rtmp::MessageType type, Bytes payload) {
  const auto control = rtmp::parse_control(type, payload);
  if (!control) return;
  require(!describe(*control).empty(), "a control has a text");
  require(*parse_control(to_message(*control)) == *control, "a control is written as it was read");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const auto type = static_cast<rtmp::MessageType>(data[0]);
  const auto payload = std::as_bytes(std::span{data, size}).subspan(1);
  check_command(type, payload);
  check_data(type, payload);
  check_control(type, payload);
  require(!describe(type).empty(), "a type has a name");
  return 0;
}
