#include "servers/ftp/counts.hpp"

#include <fmt/format.h>

namespace labnet::ftp_server {
namespace {

double number(std::uint64_t count) {
  return static_cast<double>(count);
}

void measure(control::Metrics& out, const Counts::Transfers& transfers, const std::string& kind) {
  constexpr std::string_view name = "labnet_ftp_transfers_total";
  constexpr std::string_view help = "Transfers that have ended, by what they were and how they ended.";
  out.counter(name, help, number(transfers.complete), {{"kind", kind}, {"result", "complete"}});
  out.counter(name, help, number(transfers.incomplete), {{"kind", kind}, {"result", "incomplete"}});
  out.counter("labnet_ftp_transferred_bytes_total", "Octets of files and listings that transfers have moved.",
              number(transfers.bytes), {{"kind", kind}});
}

}  // namespace

void Counts::measure(control::Metrics& out) const {
  constexpr std::string_view name = "labnet_ftp_commands_total";
  constexpr std::string_view help = "Commands by their verb; other: one that is not in the table.";
  for (const auto& [verb, count] : commands) out.counter(name, help, number(count), {{"verb", std::string{verb}}});
  out.counter(name, help, number(commands_unknown), {{"verb", "other"}});
  for (std::size_t i = 1; i < replies.size(); ++i) {
    out.counter("labnet_ftp_replies_total", "Replies by the first digit of their code.", number(replies[i]),
                {{"class", fmt::format("{}xx", i)}});
  }
  constexpr std::string_view logins_name = "labnet_ftp_logins_total";
  constexpr std::string_view logins_help = "Passwords that were sent, by what came of it.";
  out.counter(logins_name, logins_help, number(logins), {{"result", "done"}});
  out.counter(logins_name, logins_help, number(logins_refused), {{"result", "refused"}});
  ftp_server::measure(out, downloads, "download");
  ftp_server::measure(out, uploads, "upload");
  ftp_server::measure(out, listings, "listing");
}

}  // namespace labnet::ftp_server
