#include "clients/sip/media_report.hpp"

#include <fmt/format.h>

#include <algorithm>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "common/base/utf8.hpp"

namespace labnet::sip_client {
namespace {

namespace json = boost::json;

constexpr std::size_t tone_ms_min = 500;

std::string percent(const std::optional<double>& ratio) {
  return ratio ? fmt::format("{:.1f} %", *ratio * 100) : "unknown";
}
std::string in_ms(const std::optional<double>& time) {
  return time ? fmt::format("{:.1f} ms", *time) : "unknown";
}
std::string in_ms(const std::optional<std::chrono::microseconds>& time) {
  return time ? fmt::format("{:.2f} ms", static_cast<double>(time->count()) / 1000) : "unknown";
}

json::value value_of(const std::optional<double>& number) {
  return number ? json::value(*number) : json::value{};
}
json::value percent_value(const std::optional<double>& ratio) {
  return ratio ? json::value(*ratio * 100) : json::value{};
}

}  // namespace

bool has_tone(const ToneHeard& tone) {
  return tone.present_ms >= tone_ms_min && tone.present_ms * 2 >= tone.heard_ms;
}

std::string to_text(const MediaReport& report) {
  const auto codec = report.codec.empty() ? std::string{"no codec"} : printable(report.codec, 20);
  auto text =
      fmt::format("sent      {} packets of {}; the other side reports loss {}, jitter {}\n", report.packets_sent, codec,
                  percent(report.remote_loss_ratio), in_ms(report.remote_jitter_ms));
  text += fmt::format("received  {} packets, loss {}, late {}, duplicates {}, made up {}, jitter {}\n",
                      report.packets_received, percent(report.loss_ratio), report.late, report.duplicates,
                      report.concealed, in_ms(report.jitter_ms));
  if (report.strangers > 0) text += fmt::format("strangers {} packets\n", report.strangers);
  text += fmt::format("delay     round trip {}\n", in_ms(report.round_trip));
  if (report.quality) {
    text += fmt::format("quality   MOS {:.1f} ({}){}\n", report.quality->mos, audio::satisfaction_at(report.quality->r),
                        report.quality->has_delay ? "" : ", the delay not counted");
  } else {
    text += "quality   MOS unknown\n";
  }
  if (!report.keys.empty()) text += fmt::format("keys      {}\n", report.keys);
  if (report.tone) {
    text += fmt::format("tone      {:.0f} Hz in {} of {} ms\n", report.tone->frequency_hz, report.tone->present_ms,
                        report.tone->heard_ms);
  }
  if (report.sound) {
    text += fmt::format("sound     {}: {:.0f} % alike, begins at {} ms\n", printable(report.sound->name, 100),
                        std::max(report.sound->similarity, 0.0) * 100, report.sound->begins_at.count());
  }
  return text;
}

std::string to_json(const MediaReport& report) {
  json::object object{
      {"codec", report.codec},
      {"sent", json::object{{"packets", report.packets_sent},
                            {"remote_loss_percent", percent_value(report.remote_loss_ratio)},
                            {"remote_jitter_ms", value_of(report.remote_jitter_ms)}}},
      {"received", json::object{{"packets", report.packets_received},
                                {"loss_percent", percent_value(report.loss_ratio)},
                                {"late", report.late},
                                {"duplicates", report.duplicates},
                                {"concealed", report.concealed},
                                {"jitter_ms", value_of(report.jitter_ms)},
                                {"strangers", report.strangers},
                                {"keys", report.keys}}},
      {"round_trip_ms",
       report.round_trip ? json::value(static_cast<double>(report.round_trip->count()) / 1000) : json::value{}},
      {"mos", report.quality ? json::value(report.quality->mos) : json::value{}},
      {"delay_is_counted", report.quality && report.quality->has_delay}};
  if (report.tone) {
    object["tone"] = json::object{{"frequency_hz", report.tone->frequency_hz},
                                  {"present_ms", report.tone->present_ms},
                                  {"heard_ms", report.tone->heard_ms}};
  }
  if (report.sound) {
    object["sound"] = json::object{{"name", printable(report.sound->name)},
                                   {"similarity", report.sound->similarity},
                                   {"begins_at_ms", report.sound->begins_at.count()}};
  }
  return json::serialize(object) + '\n';
}

}  // namespace labnet::sip_client
