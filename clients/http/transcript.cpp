#include "clients/http/transcript.hpp"

#include <fmt/format.h>

#include "common/base/text.hpp"
#include "common/base/utf8.hpp"
#include "common/client/tls.hpp"

namespace labnet::http_client {
namespace {

constexpr std::chrono::milliseconds progress_interval{200};

/// A password in Basic can be read by everybody: it is not shown. What Digest sends is no secret.
std::string shown(std::string_view line) {
  constexpr std::string_view secret = "Authorization: Basic ";
  if (line.size() > secret.size() && equals_ignoring_case(line.substr(0, secret.size()), secret)) {
    return fmt::format("{}****", line.substr(0, secret.size()));
  }
  return printable(line);
}

}  // namespace

std::string describe(const net::Certificate& certificate) {
  const auto names = certificate.names.empty() ? std::string{} : fmt::format(", for {}", join(certificate.names, ", "));
  return fmt::format("{}{}; issued by {}; valid from {} to {}", certificate.subject, names, certificate.issuer,
                     net::date_text(certificate.not_before), net::date_text(certificate.not_after));
}

void Transcript::on_notice(std::string_view sentence) {
  if (options_.shows_dialogue) return show('*', sentence);
  clear_progress();
  console_.complain(sentence);
}

void Transcript::on_connected(const net::Endpoint& server) {
  show('*', fmt::format("connected to {}", net::to_string(server)));
}

void Transcript::on_secured(const net::TlsDetails& tls) {
  const auto group = tls.group.empty() ? std::string{} : fmt::format(", {}", tls.group);
  const auto protocol = tls.protocol.empty() ? "none" : tls.protocol;
  show('*', fmt::format("{}{}; protocol by ALPN: {}", client::describe(tls), group, protocol));
  for (std::size_t i = 0; i < tls.peer_certificates.size(); ++i) {
    show('*', fmt::format("certificate {}: {}", i, describe(tls.peer_certificates[i])));
  }
}

void Transcript::on_progress(const Moved& moved) {
  const auto now = net::Clock::now();
  if (now - shown_ < progress_interval) return;
  shown_ = now;
  auto all = moved;
  all.bytes += options_.there_bytes;
  if (all.total) *all.total += options_.there_bytes;
  progress_.show(all);
}

void Transcript::show(char mark, std::string_view line) {
  if (!options_.shows_dialogue) return;
  clear_progress();
  program::say(fmt::format("{} {}\n", mark, shown(line)));
}

void Transcript::show_head(char mark, std::string_view head) {
  for (auto line : split(head.substr(0, head.size() - std::min<std::size_t>(head.size(), 2)), '\n')) {
    if (line.ends_with('\r')) line.remove_suffix(1);
    show(mark, line);
  }
}

}  // namespace labnet::http_client
