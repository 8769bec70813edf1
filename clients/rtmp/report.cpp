#include "clients/rtmp/report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "common/base/utf8.hpp"
#include "common/client/progress.hpp"
#include "common/json/json_text.hpp"
#include "common/program/help_text.hpp"

namespace labnet::rtmp_client {

namespace {

namespace json = boost::json;
using Milliseconds = std::chrono::duration<double, std::milli>;

constexpr std::size_t name_columns = 9;
constexpr std::size_t shown_bytes = 60;  // of what the server or the publisher says

std::string table_of(const std::vector<program::Explained>& rows) {
  return program::side_by_side(rows, name_columns);
}

std::string seconds_text(Milliseconds time) {
  return fmt::format("{:.1f} s", time.count() / 1000);
}

std::string rate_text(std::uint64_t bytes, Milliseconds time) {
  constexpr double bits_per_byte = 8, per_mega = 1e6, per_second = 1e3;
  if (time.count() <= 0) return client::size_text(static_cast<double>(bytes));
  const auto megabits = static_cast<double>(bytes) * bits_per_byte / per_mega / (time.count() / per_second);
  return fmt::format("{}, {:.2f} Mbit/s", client::size_text(static_cast<double>(bytes)), megabits);
}

/// "H.264, 640x360, 25 frames/s"
std::string video_text(const PlayReport& report) {
  if (report.video_codec.empty()) return "none";
  auto text = report.video_codec;
  if (report.metadata && report.metadata->width && report.metadata->height) {
    text += fmt::format(", {:.0f}x{:.0f}", *report.metadata->width, *report.metadata->height);
  }
  if (report.metadata && report.metadata->frame_rate)
    text += fmt::format(", {:g} frames/s", *report.metadata->frame_rate);
  text += fmt::format("; {} frames, {} of them key frames", report.video_messages, report.key_frames);
  if (report.key_frame_interval) text += fmt::format(", {} apart at most", seconds_text(*report.key_frame_interval));
  return text;
}

std::string audio_text(const PlayReport& report) {
  if (report.audio_codec.empty()) return "none";
  auto text = report.audio_codec;
  if (report.metadata && report.metadata->audio_sample_rate) {
    text += fmt::format(", {:.0f} Hz", *report.metadata->audio_sample_rate);
  }
  return text + fmt::format("; {} frames", report.audio_messages);
}

std::string start_text(const PlayReport& report) {
  if (!report.first_message) return "nothing came";
  auto text = fmt::format("first message after {:.1f} ms", report.first_message->count());
  if (report.first_key_frame) text += fmt::format(", first key frame after {:.1f} ms", report.first_key_frame->count());
  if (report.video_messages > 0 && !report.begins_with_key_frame) text += "; frames before it cannot be decoded";
  return text;
}

json::object to_object(const PlayReport& report) {
  json::object object{
      {"handshake", rtmp::describe(report.handshake)},
      {"server", as_utf8(report.server_version)},
      {"end", describe(report.end)},
      {"video", json::object{{"codec", report.video_codec},
                             {"frames", report.video_messages},
                             {"key_frames", report.key_frames},
                             {"bytes", report.video_bytes}}},
      {"audio",
       json::object{{"codec", report.audio_codec}, {"frames", report.audio_messages}, {"bytes", report.audio_bytes}}},
      {"data_messages", report.data_messages},
      {"stream_ms", report.stream_time().count()},
      {"begins_with_key_frame", report.begins_with_key_frame},
      {"silence_max_ms", report.silence_max.count()}};
  if (report.first_message) object["first_message_ms"] = report.first_message->count();
  if (report.first_key_frame) object["first_key_frame_ms"] = report.first_key_frame->count();
  if (report.key_frame_interval) object["key_frame_interval_ms"] = report.key_frame_interval->count();
  if (report.latency) {
    const auto& latency = *report.latency;
    object["latency_ms"] = json::object{{"least", latency.least.count()},
                                        {"mean", latency.sum.count() / static_cast<double>(latency.count)},
                                        {"greatest", latency.greatest.count()}};
  }
  if (!report.metadata) return object;
  const auto& metadata = *report.metadata;
  json::object said;
  const auto add = [&](std::string_view key, std::optional<double> value) {
    if (value && std::isfinite(*value)) said[key] = *value;
  };
  add("width", metadata.width);
  add("height", metadata.height);
  add("frame_rate", metadata.frame_rate);
  add("video_kbit_s", metadata.video_kilobits);
  add("audio_kbit_s", metadata.audio_kilobits);
  add("audio_sample_rate", metadata.audio_sample_rate);
  if (!metadata.encoder.empty()) said["encoder"] = as_utf8(metadata.encoder);
  object["metadata"] = std::move(said);
  return object;
}

/// The value that so many of a hundred are not above; 0 of none.
double percentile(std::vector<double> values, double percent) {
  if (values.empty()) return 0;
  std::ranges::sort(values);
  const auto rank = static_cast<std::size_t>(std::ceil(percent / 100 * static_cast<double>(values.size())));
  return values[std::clamp<std::size_t>(rank, 1, values.size()) - 1];
}

struct CrowdFigures {
  std::uint64_t frames = 0, bytes = 0;
  std::vector<double> first_key_frames{};  // ms
};

CrowdFigures figures_of(const CrowdReport& report) {
  CrowdFigures figures;
  for (const auto& one : report.played) {
    figures.frames += one.video_messages + one.audio_messages;
    figures.bytes += one.video_bytes + one.audio_bytes;
    if (one.first_key_frame) figures.first_key_frames.push_back(one.first_key_frame->count());
  }
  return figures;
}

/// "first key frame after 3.1 ms in the middle, 9.0 ms for 99 of 100"
std::string start_text(const CrowdFigures& figures) {
  if (figures.frames == 0) return "nothing came";
  if (figures.first_key_frames.empty()) return "no key frame came";
  return fmt::format("first key frame after {:.1f} ms in the middle, {:.1f} ms for 99 of 100",
                     percentile(figures.first_key_frames, 50), percentile(figures.first_key_frames, 99));
}

}  // namespace

std::string to_text(const PublishReport& report) {
  std::vector<program::Explained> rows{
      {"sent",
       fmt::format("{} messages of video, {} of audio, {} of data; {}", report.video_messages, report.audio_messages,
                   report.data_messages, rate_text(report.media_bytes, report.wall_time))},
      {"time", fmt::format("{} of the stream in {}; {} ms late at most", seconds_text(report.stream_time),
                           seconds_text(report.wall_time), report.behind_max.count())}};
  return table_of(rows);
}

std::string to_json(const PublishReport& report) {
  const json::object object{{"video_messages", report.video_messages}, {"audio_messages", report.audio_messages},
                            {"data_messages", report.data_messages},   {"bytes", report.media_bytes},
                            {"stream_ms", report.stream_time.count()}, {"wall_ms", report.wall_time.count()},
                            {"late_max_ms", report.behind_max.count()}};
  return json_text(object) + "\n";
}

std::string to_text(const PlayReport& report) {
  std::vector<program::Explained> rows{
      {"video", video_text(report)},
      {"audio", audio_text(report)},
      {"size", fmt::format("{}, {} of stream", rate_text(report.video_bytes + report.audio_bytes, report.stream_time()),
                           seconds_text(report.stream_time()))},
      {"start", start_text(report)}};
  if (report.latency) {
    const auto& latency = *report.latency;
    rows.push_back({"latency", fmt::format("{:.1f} ms on average, {:.1f} to {:.1f}",
                                           latency.sum.count() / static_cast<double>(latency.count),
                                           latency.least.count(), latency.greatest.count())});
  }
  rows.push_back({"silence", fmt::format("{:.0f} ms at most", report.silence_max.count())});
  const auto server =
      report.server_version.empty() ? std::string{"does not say"} : printable(report.server_version, shown_bytes);
  rows.push_back({"server", fmt::format("{}; handshake: {}", server, rtmp::describe(report.handshake))});
  rows.push_back({"end", std::string{describe(report.end)}});
  return table_of(rows);
}

std::string to_json(const PlayReport& report) {
  return json_text(to_object(report)) + "\n";
}

std::string to_text(const CrowdReport& report) {
  const auto figures = figures_of(report);
  const auto failed = report.players - report.played.size();
  std::vector<program::Explained> rows{{"players", fmt::format("{}, {} of them failed", report.players, failed)},
                                       {"came", fmt::format("{} frames of video and audio; {}", figures.frames,
                                                            rate_text(figures.bytes, report.wall_time))},
                                       {"start", start_text(figures)}};
  return table_of(rows);
}

std::string to_json(const CrowdReport& report) {
  const auto figures = figures_of(report);
  json::array faults;
  for (const auto& fault : report.faults) faults.emplace_back(as_utf8(fault));
  json::object object{{"players", report.players},   {"failed", report.players - report.played.size()},
                      {"faults", std::move(faults)}, {"frames", figures.frames},
                      {"bytes", figures.bytes},      {"wall_ms", report.wall_time.count()}};
  if (!figures.first_key_frames.empty()) {
    object["first_key_frame_ms"] = json::object{{"median", percentile(figures.first_key_frames, 50)},
                                                {"p99", percentile(figures.first_key_frames, 99)}};
  }
  return json_text(object) + "\n";
}

}  // namespace labnet::rtmp_client
