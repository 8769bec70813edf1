#include "clients/ftp/transcript.hpp"

#include <fmt/format.h>

#include <array>

#include "common/base/utf8.hpp"

namespace labnet::ftp_client {
namespace {

std::string describe(const net::TlsDetails& tls) {
  return fmt::format("{}, {}{}", to_string(tls.version), tls.cipher, tls.is_resumed ? ", session resumed" : "");
}

}  // namespace

std::string size_text(double bytes) {
  constexpr std::array units{"bytes", "kB", "MB", "GB", "TB"};
  std::size_t unit = 0;
  while (bytes >= 1000 && unit + 1 < units.size()) {
    bytes /= 1000;
    ++unit;
  }
  return unit == 0 ? fmt::format("{:.0f} {}", bytes, units[unit]) : fmt::format("{:.1f} {}", bytes, units[unit]);
}

std::string progress_text(const Moved& moved, std::uint64_t bytes_since, std::chrono::duration<double> time) {
  std::string text;
  if (moved.total && *moved.total > 0) {
    const auto percent = 100.0 * static_cast<double>(moved.bytes) / static_cast<double>(*moved.total);
    text = fmt::format("{:3.0f}% ", percent);
  }
  text += size_text(static_cast<double>(moved.bytes));
  if (moved.total) text += fmt::format(" of {}", size_text(static_cast<double>(*moved.total)));
  if (time.count() > 0) text += fmt::format(", {}/s", size_text(static_cast<double>(bytes_since) / time.count()));
  return text;
}

void Transcript::on_notice(std::string_view sentence) {
  if (options_.shows_dialogue) return show("--", sentence);
  clear_progress();
  console_.complain(sentence);
}

void Transcript::on_connected(const net::Endpoint& server) {
  show("--", fmt::format("connected to {}", net::to_string(server)));
}

void Transcript::on_secured(const net::TlsDetails& tls) {
  show("--", fmt::format("the control connection is secure: {}", describe(tls)));
}

void Transcript::on_data_opened(Opener opener, const net::Endpoint& server) {
  show("--", fmt::format("data connection {} {}", opener == Opener::server ? "from" : "to", net::to_string(server)));
}

void Transcript::on_data_secured(const net::TlsDetails& tls) {
  show("--", fmt::format("the data connection is secure: {}", describe(tls)));
}

void Transcript::on_data_closed(std::uint64_t bytes) {
  clear_progress();
  show("--", fmt::format("data connection closed after {} bytes", bytes));
}

void Transcript::on_progress(const Moved& moved) {
  if (options_.progress_of.empty()) return;
  const auto now = std::chrono::steady_clock::now();
  if (began_ == decltype(began_){}) {
    began_ = now;
    began_at_ = moved.bytes;
  }
  const auto figures = progress_text(moved, moved.bytes - began_at_, now - began_);
  const auto columns = program::terminal_columns();  // a longer line could not be cleared again
  const auto room = columns > figures.size() + 2 ? columns - figures.size() - 2 : 0;
  program::say(fmt::format("\r\x1b[K{} {}", printable(options_.progress_of, room), figures));
  has_progress_ = true;
}

void Transcript::show(std::string_view arrow, std::string_view line) {
  if (!options_.shows_dialogue) return;
  clear_progress();
  program::say(fmt::format("{} {}\n", arrow, printable(line)));
}

void Transcript::clear_progress() {
  if (std::exchange(has_progress_, false)) program::say("\r\x1b[K");
}

}  // namespace labnet::ftp_client
