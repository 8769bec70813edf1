#include "clients/ftp/transcript.hpp"

#include <fmt/format.h>

#include "common/base/utf8.hpp"
#include "common/client/tls.hpp"

namespace labnet::ftp_client {
using client::describe;

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

void Transcript::show(std::string_view arrow, std::string_view line) {
  if (!options_.shows_dialogue) return;
  clear_progress();
  program::say(fmt::format("{} {}\n", arrow, printable(line)));
}

}  // namespace labnet::ftp_client
