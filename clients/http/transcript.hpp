// What a person sees of a visit on standard error: the dialogue, as curl shows it, and how far a body has come.
#pragma once

#include <string>

#include "clients/http/observer.hpp"
#include "common/net/deadline.hpp"
#include "common/program/console.hpp"

namespace labnet::http_client {

/// > what was sent   < what was received   * what happened besides
class Transcript final : public Observer {
 public:
  struct Options {
    bool shows_dialogue = false;
    std::string progress_of{};      // the name of the file that moves; empty: progress is not shown
    std::uint64_t there_bytes = 0;  // of it, before anything moves
  };
  /// `console` outlives it.
  Transcript(program::Console& console, const Options& options)
      : console_{console}, options_{options}, progress_{options.progress_of} {}

  void on_notice(std::string_view sentence) override;
  void on_detail(std::string_view sentence) override { show('*', sentence); }
  void on_connected(const net::Endpoint& server) override;
  void on_secured(const net::TlsDetails& tls) override;
  void on_sent(std::string_view head) override { show_head('>', head); }
  void on_received(std::string_view head) override { show_head('<', head); }
  void on_progress(const Moved& moved) override;
  void clear_progress() { progress_.clear(); }

 private:
  void show(char mark, std::string_view line);
  void show_head(char mark, std::string_view head);

  program::Console& console_;
  Options options_;
  client::ProgressLine progress_;
  net::Clock::time_point shown_{};  // when progress was shown last
};

/// One line for a certificate: "CN=web.lab, for web.lab; issued by CN=lab; valid from 2026-01-01 to 2026-01-31"
std::string describe(const net::Certificate& certificate);

}  // namespace labnet::http_client
