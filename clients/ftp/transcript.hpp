// What a person sees of a session on standard error: the dialogue with arrows, and how far a file has come.
#pragma once

#include <chrono>
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
  Transcript(program::Console& console, Options options) : console_{console}, options_{std::move(options)} {}

  void on_notice(std::string_view sentence) override;
  void on_connected(const net::Endpoint& server) override;
  void on_sent(std::string_view line) override { show("->", line); }
  void on_received(std::string_view line) override { show("<-", line); }
  void on_secured(const net::TlsDetails& tls) override;
  void on_data_opened(Opener opener, const net::Endpoint& server) override;
  void on_data_secured(const net::TlsDetails& tls) override;
  void on_data_closed(std::uint64_t bytes) override;
  void on_progress(const Moved& moved) override;
  /// Takes away the line that shows it, if it stands there.
  void clear_progress();

 private:
  void show(std::string_view arrow, std::string_view line);

  program::Console& console_;
  Options options_;
  bool has_progress_ = false;  // stands on the line of the cursor
  std::chrono::steady_clock::time_point began_{};
  std::uint64_t began_at_ = 0;
};

/// "37% 14.1 of 38.0 MB, 10.2 MB/s"
std::string progress_text(const Moved& moved, std::uint64_t bytes_since, std::chrono::duration<double> time);
/// "38.0 MB", in thousands as transfer rates are told
std::string size_text(double bytes);

}  // namespace labnet::ftp_client
