// Answers written and read.
#include "common/rtmp/replies.hpp"

namespace labnet::rtmp {
namespace {

constexpr std::string_view on_play_status = "onPlayStatus";

AmfObject to_object(const Status& status) {
  AmfObject object;
  object.with("level", status.level).with("code", status.code).with("description", status.description);
  if (!status.details.empty()) object.with("details", status.details);
  return object;
}

std::string property_text(const AmfObject& object, std::string_view name) {
  const auto* const value = object.find(name);
  const auto* const text = value ? value->string() : nullptr;
  return text ? *text : std::string{};
}

}  // namespace

Command on_status(const Status& status) {
  return {std::string{command_name::on_status}, 0, {}, {to_object(status)}};
}

std::optional<Status> status_of(const Command& command) {
  const auto* const argument = command.argument(0);
  const auto* const object = argument ? argument->object() : nullptr;
  if (!object) return std::nullopt;
  Status status{property_text(*object, "level"), property_text(*object, "code"), property_text(*object, "description"),
                property_text(*object, "details")};
  if (status.code.empty()) return std::nullopt;
  return status;
}

Command connect_result(double transaction, const ConnectReply& reply) {
  AmfObject server;
  server.with("fmsVer", reply.server_version).with("capabilities", reply.capabilities);
  if (!reply.four_cc_list.empty())
    server.with("fourCcList", AmfArray{{reply.four_cc_list.begin(), reply.four_cc_list.end()}});
  auto information = to_object({"status", std::string{status_code::connect_success}, reply.description});
  information.with("objectEncoding", reply.object_encoding);
  return {std::string{command_name::result}, transaction, std::move(server), {std::move(information)}};
}

Command create_stream_result(double transaction, std::uint32_t stream_id) {
  return null_result(transaction, stream_id);
}

std::optional<std::uint32_t> created_stream_of(const Command& result) {
  return message_stream_id_of(result.argument(0));
}

Command null_result(double transaction, std::optional<double> number) {
  Command result{std::string{command_name::result}, transaction, {}, {}};
  if (number) result.arguments.emplace_back(*number);
  return result;
}

Command error_result(double transaction, const Status& status) {
  return {std::string{command_name::error}, transaction, {}, {to_object(status)}};
}

Command fc_notice(std::string_view name, const Status& status) {
  return {std::string{name}, 0, {}, {to_object(status)}};
}

Message sample_access(std::uint32_t stream_id, bool audio, bool video) {
  return to_message(Data{"|RtmpSampleAccess", {audio, video}}, stream_id);
}

Message play_complete(std::uint32_t stream_id, double duration_s, double bytes) {
  auto information = to_object({"status", std::string{status_code::play_complete}});
  information.with("duration", duration_s).with("bytes", bytes);
  return to_message(Data{std::string{on_play_status}, {std::move(information)}}, stream_id);
}

bool is_about_play(std::string_view data_name) {
  return data_name.starts_with('|') || data_name == on_play_status;
}

}  // namespace labnet::rtmp
