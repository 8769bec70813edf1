// What a person sees of a session on standard error: the dialogue with arrows, and how far a file has come.
#pragma once

#include <string>

#include "clients/ftp/observer.hpp"
#include "common/program/console.hpp"

namespace labnet::ftp_client {

/// -> what was sent   <- what was received   -- what happened besides
class Transcript final : public Observer {
 public:
  struct Options {
    bool shows_dialogue = false;
    std::string progress_of{};  // the name of the file that moves; empty: progress is not shown
  };
  /// `console` outlives it.
  Transcript(program::Console& console, Options options)
      : console_{console}, options_{std::move(options)}, progress_{options_.progress_of} {}

  void on_notice(std::string_view sentence) override;
  void on_connected(const net::Endpoint& server) override;
  void on_sent(std::string_view line) override { show("->", line); }
  void on_received(std::string_view line) override { show("<-", line); }
  void on_secured(const net::TlsDetails& tls) override;
  void on_data_opened(Opener opener, const net::Endpoint& server) override;
  void on_data_secured(const net::TlsDetails& tls) override;
  void on_data_closed(std::uint64_t bytes) override;
  void on_progress(const Moved& moved) override { progress_.show(moved); }
  /// Takes away the line that shows it, if it stands there.
  void clear_progress() { progress_.clear(); }

 private:
  void show(std::string_view arrow, std::string_view line);

  program::Console& console_;
  Options options_;
  client::ProgressLine progress_;
};

}  // namespace labnet::ftp_client
