// Commands, data messages, and what they ask for and answer.
#include "common/rtmp/command.hpp"

#include <gtest/gtest.h>

#include "common/rtmp/replies.hpp"
#include "common/rtmp/requests.hpp"
#include "tests/common/rtmp/octets.hpp"

namespace labnet::rtmp {
namespace {

using test::buffer_of;
using test::octets;
using test::operator+;

/// As the other side reads it.
Command sent(const Command& command) {
  const auto read = parse_command(to_message(command));
  EXPECT_TRUE(read) << to_text(command);
  EXPECT_EQ(*read, command);
  return *read;
}

// "play", 4, null, "1234"
const std::string_view play_octets = "02 0004 706c6179 00 4010000000000000 05 02 0004 31323334";

TEST(RtmpCommand, HasNameTransactionObjectAndArguments) {
  const auto command = parse_command(MessageType::command_amf0, octets(play_octets));
  ASSERT_TRUE(command);
  EXPECT_EQ(*command, (Command{"play", 4, AmfNull{}, {"1234"}}));
  EXPECT_EQ(to_text(*command), "play(4, null, \"1234\")");
  const auto message = to_message(*command, 1);
  EXPECT_EQ(buffer_of(message.bytes()), octets(play_octets));
  EXPECT_EQ(message.header.stream_id, 1u);
  EXPECT_EQ(message.header.chunk_stream_id, chunk_stream::status);
}

TEST(RtmpCommand, MayHaveNoObject) {
  const auto command = parse_command(MessageType::command_amf0, octets("02 0001 78 00 0000000000000000"));
  ASSERT_TRUE(command);
  EXPECT_EQ(*command, (Command{"x", 0, {}, {}}));
  EXPECT_EQ(to_text(*command), "x(0)");
}

TEST(RtmpCommand, OfAmf3HasAnOctetInFront) {
  for (const auto* const front : {"00", ""}) {
    const auto command = parse_command(MessageType::command_amf3, octets(front) + octets(play_octets));
    ASSERT_TRUE(command) << front;
    EXPECT_EQ(command->name, "play");
  }
  const auto fault =
      parse_command(MessageType::command_amf3, octets("00") + octets(play_octets) + octets("11 0a")).error();
  EXPECT_EQ(fault.amf, AmfFault::amf3_value);
}

TEST(RtmpCommand, SaysWhereAFaultIs) {
  const auto fault_of = [](std::string_view input, MessageType type = MessageType::command_amf0) {
    const auto command = parse_command(type, octets(input));
    return command ? CommandFault{} : command.error();
  };
  using Kind = CommandFault::Kind;
  EXPECT_EQ(fault_of("05").kind, Kind::no_name);
  EXPECT_EQ(fault_of("").kind, Kind::no_name);
  EXPECT_EQ(fault_of("02 0001 78").kind, Kind::no_transaction);
  EXPECT_EQ(fault_of("02 0001 78 05").kind, Kind::no_transaction);
  EXPECT_EQ(fault_of("02 0001 78 00").amf, AmfFault::truncated);
  EXPECT_EQ(fault_of("02 0001 78 00 0000000000000000 ff"), (CommandFault{Kind::amf, AmfFault::unknown_marker, 14}));
  EXPECT_EQ(fault_of("00 02 0001 78 00 0000000000000000 ff", MessageType::command_amf3).offset, 15u);
  EXPECT_EQ(fault_of(play_octets, MessageType::data_amf0).kind, Kind::not_a_command);
  EXPECT_EQ(describe(fault_of("02 0001 78 00 0000000000000000 ff")),
            "octet 14: a value is of a type that AMF 0 does not have");
  EXPECT_EQ(describe(fault_of("05")), "octet 1: there is no name");
  EXPECT_EQ(describe(fault_of("02 0001 78 05")), "octet 5: there is no transaction number");
}

TEST(RtmpCommand, IsToldInALine) {
  Command command{"a\nb", 1, AmfObject{}.with("k", "v"), {std::string(5000, 'x'), 2}};
  const auto text = to_text(command);
  EXPECT_TRUE(text.starts_with("a\\nb(1, {k: \"v\"}, \"xxx")) << text;
  EXPECT_LE(text.size(), amf_text_bytes_max + 8) << "what is cut, and marks";
}

// Data

TEST(RtmpData, IsReadAndWritten) {
  const Data data{"onMetaData", {AmfObject{AmfObject::Kind::ecma_array}.with("width", 640)}};
  const auto message = to_message(data, 1, 7);
  EXPECT_EQ(
      message.header,
      (MessageHeader{
          .type = MessageType::data_amf0, .timestamp = 7, .stream_id = 1, .chunk_stream_id = chunk_stream::data}));
  EXPECT_EQ(*parse_data(message.header.type, message.bytes()), data);
  EXPECT_EQ(to_text(data), "onMetaData({width: 640})");
  EXPECT_EQ(to_text(Data{"a", {}}), "a()");
  EXPECT_EQ(to_text(Data{"a", {1, 2}}), "a(1, 2)");
  EXPECT_EQ(parse_data(MessageType::audio, {}).error().kind, CommandFault::Kind::not_a_command);
  EXPECT_EQ(parse_data(MessageType::data_amf0, {}).error().kind, CommandFault::Kind::no_name);
}

TEST(RtmpData, IsPlayedWithoutSetDataFrame) {
  const Data metadata{"onMetaData", {AmfObject{}.with("a", 1)}};
  const auto bare = to_message(metadata, 1);
  const auto set = to_message(Data{"@setDataFrame", {"onMetaData", AmfObject{}.with("a", 1)}}, 1);
  EXPECT_EQ(buffer_of(played_data(MessageType::data_amf0, set.bytes())), buffer_of(bare.bytes()));
  EXPECT_EQ(buffer_of(played_data(MessageType::data_amf0, bare.bytes())), buffer_of(bare.bytes()));
  const auto of_amf3 = octets("00") + buffer_of(set.bytes());
  EXPECT_EQ(buffer_of(played_data(MessageType::data_amf3, of_amf3)), buffer_of(bare.bytes()));
  EXPECT_TRUE(is_metadata(bare.bytes()));
  EXPECT_FALSE(is_metadata(set.bytes()));
  EXPECT_FALSE(is_metadata({}));
  EXPECT_TRUE(played_data(MessageType::data_amf0, {}).empty());
  const auto clear = to_message(Data{"@clearDataFrame", {"onMetaData"}}, 1);
  EXPECT_TRUE(is_clear_data_frame(MessageType::data_amf0, clear.bytes()));
  EXPECT_FALSE(is_clear_data_frame(MessageType::data_amf0, set.bytes()));
}

TEST(RtmpData, TellsWhatPeopleAskOfAStream) {
  const auto metadata = metadata_of(AmfObject{}
                                        .with("width", 640)
                                        .with("height", "many")
                                        .with("framerate", 25)
                                        .with("stereo", true)
                                        .with("encoder", "obs-output"));
  EXPECT_EQ(metadata.width, 640);
  EXPECT_EQ(metadata.height, std::nullopt) << "of another kind";
  EXPECT_EQ(metadata.frame_rate, 25);
  EXPECT_EQ(metadata.is_stereo, true);
  EXPECT_EQ(metadata.encoder, "obs-output");
  EXPECT_EQ(metadata.duration_s, std::nullopt);
}

TEST(RtmpData, AllowsAPlayerToLook) {
  const auto message = sample_access(1);
  EXPECT_EQ(*parse_data(message.header.type, message.bytes()), (Data{"|RtmpSampleAccess", {true, true}}));
}

TEST(RtmpData, TellsThatARecordingIsOver) {
  const auto message = play_complete(1, 2.5, 1000);
  const auto data = *parse_data(message.header.type, message.bytes());
  EXPECT_EQ(data.name, "onPlayStatus");
  EXPECT_EQ(to_text(data.values.at(0)),
            "{level: \"status\", code: \"NetStream.Play.Complete\", description: \"\", duration: 2.5, bytes: 1000}");
  EXPECT_TRUE(is_about_play(data.name));
  EXPECT_TRUE(is_about_play("|RtmpSampleAccess"));
  EXPECT_FALSE(is_about_play("onMetaData"));
}

// Requests

TEST(RtmpRequests, ConnectHasWhatClientsSay) {
  Connect connect{.app = "live", .tc_url = "rtmp://172.20.10.6/live", .type = "nonprivate"};
  connect.flash_version = "FMLE/3.0 (compatible; FMSc/1.0)";
  connect.swf_url = connect.page_url = connect.tc_url;
  connect.fpad = false;
  connect.capabilities = 15;
  connect.audio_codecs = 4071;
  connect.video_codecs = 252;
  connect.video_function = 1;
  connect.object_encoding = 3;
  connect.has_object_encoding = true;
  connect.four_cc_list = {"av01", "hvc1"};
  connect.video_four_cc_info = AmfObject{}.with("*", 4);
  connect.audio_four_cc_info = AmfObject{}.with("*", 4);
  connect.caps_ex = 1;
  const auto command = to_command(connect);
  EXPECT_EQ(command.transaction, 1);
  EXPECT_EQ(connect_of(sent(command)), connect);
}

TEST(RtmpRequests, ConnectIsTakenAsItIs) {
  EXPECT_EQ(connect_of(Command{"connect", 1, {}, {}}), std::nullopt);
  EXPECT_EQ(connect_of(Command{"connect", 1, AmfObject{}, {}}), Connect{});
  const auto odd =
      connect_of({"connect", 1, AmfObject{}.with("app", 5).with("tcurl", "rtmp://h/").with("fpad", 1), {}});
  ASSERT_TRUE(odd);
  EXPECT_EQ(odd->app, "") << "of another kind";
  EXPECT_EQ(odd->tc_url, "rtmp://h/") << "the other spelling";
  EXPECT_EQ(odd->fpad, true) << "a number for a truth";
}

TEST(RtmpRequests, NameTheirStream) {
  const auto command = sent(stream_command(command_name::release_stream, 2, "1234"));
  EXPECT_EQ(to_text(command), "releaseStream(2, null, \"1234\")");
  EXPECT_EQ(stream_name_of(command), "1234");
  EXPECT_EQ(to_text(sent(stream_command(command_name::create_stream, 4))), "createStream(4)");
  EXPECT_EQ(stream_name_of(Command{"FCPublish", 3, {}, {}}), std::nullopt);
  EXPECT_EQ(stream_name_of(Command{"FCPublish", 3, {}, {7}}), std::nullopt);
}

TEST(RtmpRequests, Publish) {
  for (const auto kind : {Publish::Kind::live, Publish::Kind::record, Publish::Kind::append}) {
    const Publish publish{"1234?a=b", kind};
    EXPECT_EQ(publish_of(sent(to_command(publish, 5))), publish);
  }
  EXPECT_EQ(to_text(to_command(Publish{"1234"}, 5)), "publish(5, null, \"1234\", \"live\")");
  EXPECT_EQ(publish_of(Command{"publish", 5, {}, {"a", "odd"}}), Publish{"a"});
  EXPECT_EQ(publish_of(Command{"publish", 5, {}, {"a"}}), Publish{"a"});
  EXPECT_EQ(publish_of(Command{"publish", 5, {}, {false}}), std::nullopt);
  EXPECT_EQ(publish_of(Command{"publish", 5, {}, {}}), std::nullopt);
}

TEST(RtmpRequests, Play) {
  EXPECT_EQ(to_text(to_command(Play{"1234"}, 4)), "play(4, null, \"1234\")");
  EXPECT_EQ(to_text(to_command(Play{.name = "1234", .start = 0}, 4)), "play(4, null, \"1234\", 0)");
  for (const auto& play : {Play{"a"}, Play{"a", -1}, Play{"a", 5000, 1000}, Play{"a", -2, -1, false}})
    EXPECT_EQ(play_of(sent(to_command(play, 4))), play);
  EXPECT_EQ(play_of(Command{"play", 4, {}, {"a", AmfNull{}, AmfNull{}, 0}}), (Play{"a", -2, -1, false}));
  EXPECT_EQ(play_of(Command{"play", 4, {}, {}}), std::nullopt);
  EXPECT_EQ((Play{"a", -2000}.source()), Play::Source::any) << "FFmpeg's";
  EXPECT_EQ((Play{"a", -1000}.source()), Play::Source::live) << "FFmpeg's";
  EXPECT_EQ((Play{"a", -1}.source()), Play::Source::live);
  EXPECT_EQ((Play{"a"}.source()), Play::Source::any);
  EXPECT_EQ((Play{"a", 0}.source()), Play::Source::recorded);
}

TEST(RtmpRequests, Play2) {
  const Command command{
      "play2", 0, {}, {AmfObject{}.with("streamName", "b").with("oldStreamName", "a").with("len", 5)}};
  const auto play = play2_of(command);
  ASSERT_TRUE(play);
  EXPECT_EQ(*play, (Play2{.name = "b", .old_name = "a", .length = 5}));
  EXPECT_EQ(play2_of(Command{"play2", 0, {}, {AmfObject{}}}), std::nullopt);
  EXPECT_EQ(play2_of(Command{"play2", 0, {}, {}}), std::nullopt);
}

TEST(RtmpRequests, SeekPauseAndFlags) {
  EXPECT_EQ(seek_of(sent(seek_command(1500, 6))), 1500);
  EXPECT_EQ(seek_of(Command{"seek", 6, {}, {}}), std::nullopt);
  EXPECT_EQ(pause_of(sent(to_command(Pause{true, 1500}, 7))), (Pause{true, 1500}));
  EXPECT_EQ(pause_of(Command{"pauseRaw", 7, {}, {false}}), (Pause{false, 0}));
  EXPECT_EQ(pause_of(Command{"pause", 7, {}, {}}), std::nullopt);
  EXPECT_EQ(flag_of(Command{"receiveAudio", 0, {}, {false}}), false);
  EXPECT_EQ(flag_of(Command{"receiveAudio", 0, {}, {}}), std::nullopt);
}

TEST(RtmpRequests, DeleteAStreamByItsNumber) {
  EXPECT_EQ(deleted_stream_of(sent(delete_stream_command(1, 7))), 1u);
  for (const AmfValue& odd : {AmfValue{0}, AmfValue{-1}, AmfValue{1.5}, AmfValue{4294967296.0}, AmfValue{"1"},
                              AmfValue{}, AmfValue{std::numeric_limits<double>::quiet_NaN()}})
    EXPECT_EQ(deleted_stream_of(Command{"deleteStream", 7, {}, {odd}}), std::nullopt) << to_text(odd);
  EXPECT_EQ(deleted_stream_of(Command{"deleteStream", 7, {}, {4294967295.0}}), 4294967295u);
}

// Answers

TEST(RtmpReplies, ToConnect) {
  const auto reply = sent(connect_result(1, {.object_encoding = 3}));
  EXPECT_EQ(to_text(reply),
            "_result(1, {fmsVer: \"FMS/3,0,1,123\", capabilities: 31}, {level: \"status\", code: "
            "\"NetConnection.Connect.Success\", description: \"Connection succeeded.\", objectEncoding: 3})");
  EXPECT_EQ(status_of(reply)->code, status_code::connect_success);
  ConnectReply enhanced;
  enhanced.four_cc_list = {"hvc1"};
  EXPECT_EQ(*connect_result(1, enhanced).object.object()->find("fourCcList"), (AmfValue{AmfArray{{"hvc1"}}}));
  const auto refusal = sent(error_result(1, {"error", std::string{status_code::connect_rejected}, "no such app", ""}));
  EXPECT_EQ(refusal.name, "_error");
  EXPECT_TRUE(status_of(refusal)->is_error());
}

TEST(RtmpReplies, ToCreateStreamAndOthers) {
  EXPECT_EQ(to_text(create_stream_result(4, 1)), "_result(4, null, 1)");
  EXPECT_EQ(created_stream_of(sent(create_stream_result(4, 1))), 1u);
  EXPECT_EQ(created_stream_of(null_result(4)), std::nullopt);
  EXPECT_EQ(created_stream_of(null_result(4, 0)), std::nullopt) << "the connection's own";
  EXPECT_EQ(to_text(null_result(2)), "_result(2)");
  EXPECT_EQ(buffer_of(to_message(null_result(2)).bytes()), octets("02 0007 5f726573756c74 00 4000000000000000 05"));
  EXPECT_EQ(to_text(null_result(3, 0)), "_result(3, null, 0)") << "getStreamLength of a live stream";
}

TEST(RtmpReplies, StatusOfAStream) {
  const Status status{"status", std::string{status_code::publish_start}, "1234 is now published", "1234"};
  const auto command = sent(on_status(status));
  EXPECT_EQ(command.transaction, 0);
  EXPECT_TRUE(command.object.is_null());
  EXPECT_EQ(status_of(command), status);
  EXPECT_FALSE(status_of(command)->is_error());
  EXPECT_EQ(on_status({"error", "c", "d", ""}).arguments[0].object()->properties.size(), 3u) << "no empty details";
  EXPECT_EQ(status_of(Command{"onStatus", 0, {}, {AmfObject{}.with("level", "error")}}), std::nullopt);
  EXPECT_EQ(status_of(Command{"onStatus", 0, {}, {}}), std::nullopt);
  EXPECT_EQ(to_text(fc_notice(command_name::on_fc_publish, {"status", "c", "d", ""})),
            "onFCPublish(0, null, {level: \"status\", code: \"c\", description: \"d\"})");
}

}  // namespace
}  // namespace labnet::rtmp
