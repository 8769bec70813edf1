#include "clients/sip/media_report.hpp"

#include <fmt/format.h>

#include "common/base/utf8.hpp"

namespace labnet::sip_client {
namespace {

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
  return text;
}

}  // namespace labnet::sip_client
