#include "clients/ftp/session.hpp"

#include <fmt/format.h>

#include "clients/ftp/limits.hpp"
#include "common/base/kinds.hpp"
#include "common/base/text.hpp"
#include "common/base/utf8.hpp"
#include "common/ftp/command.hpp"
#include "common/ftp/facts.hpp"
#include "common/ftp/limits.hpp"
#include "common/ftp/line.hpp"
#include "common/ftp/path.hpp"

namespace labnet::ftp_client {

using ftp::Reply;

namespace {

constexpr Timeout quit_timeout{5'000};  // whoever has what he came for does not wait long

/// What is shown of a command: never a password.
std::string shown(std::string_view verb, std::string_view argument) {
  const auto is_secret = verb == "PASS" || verb == "ACCT";
  const auto text = is_secret ? std::string_view{"****"} : argument;
  return text.empty() ? std::string{verb} : fmt::format("{} {}", verb, text);
}

std::string_view describe(ftp::ReplyFault fault) {
  return fault == ftp::ReplyFault::no_code ? "what came is no reply of an FTP server; is it one?"
                                           : "a reply has too many lines";
}

}  // namespace

std::string to_text(const Reply& reply) {
  constexpr std::size_t shown_bytes_max = 500;
  return fmt::format("{} {}", reply.code, printable(join(reply.lines, "; "), shown_bytes_max));
}

Session::Session(net::Worker& worker, SessionOptions options, Observer& observer)
    : worker_{worker}, options_{std::move(options)}, observer_{observer} {}

/// What is sent to whom cannot be known any more.
Error Session::lost(std::string_view why) {
  const auto peer = net::to_string(control_.peer());
  control_.close();
  return Error{peer, ": ", why};
}

Task<Result<Reply>> Session::begin(std::vector<net::Endpoint> servers, bool is_implicit) {
  std::optional<Error> last;
  for (const auto& server : servers) {
    if (last) observer_.on_notice(last->message);
    auto connected = co_await net::Stream::connect(worker_.executor(), server, options_.connect_timeout);
    if (connected) {
      control_ = *std::move(connected);
      break;
    }
    last = Error{net::to_string(server), ": ", net::describe(connected.error())};
  }
  if (!control_.is_open()) co_return last.value_or(Error{"there is no server to connect to"});
  observer_.on_connected(control_.peer());
  if (is_implicit) {
    if (const auto secured = co_await shake_hands(); !secured) co_return secured.error();
  }
  auto greeting = co_await read_final_reply(options_.reply_timeout);
  if (greeting && !greeting->is_positive()) co_return lost(fmt::format("the server says {}", to_text(*greeting)));
  co_return greeting;
}

Task<Result<void>> Session::send(std::string verb, std::string argument) {
  if (!control_.is_open()) co_return Error{"the session has ended"};
  const auto wire = ftp::to_wire({verb, argument});
  if (!wire) {
    co_return Error{fmt::format("\"{}\" cannot be sent as a command: {}", printable(shown(verb, argument), 100),
                                wire.error() == ftp::CommandFault::control_character
                                    ? "there is a line end or a NUL in it"
                                    : "a command begins with a word of three or four letters")};
  }
  if (wire->size() > ftp::command_line_bytes_max) {
    co_return Error{fmt::format("{}: the command would have more than {} bytes", verb, ftp::command_line_bytes_max)};
  }
  observer_.on_sent(shown(verb, argument));
  const auto written = co_await control_.write(*wire, options_.reply_timeout);
  if (!written) co_return lost(control_.explain(written.error()));
  co_return Result<void>{};
}

Task<Result<Reply>> Session::read_reply(Timeout timeout) {
  const auto until = net::deadline_after(timeout);
  ftp::ReplyReader reader;
  for (;;) {
    const auto line = co_await control_.read_line(ftp::reply_line_bytes_max, net::time_left(until));
    if (!line && line.error() == StreamFault::deadline) {
      co_return lost(fmt::format("no reply came within {}; --timeout waits longer", labnet::describe(timeout)));
    }
    if (!line) co_return lost(control_.explain(line.error()));
    const auto text = ftp::without_telnet(*line);
    observer_.on_received(text);
    auto reply = reader.add_line(text);
    if (!reply) co_return lost(describe(reply.error()));
    if (!*reply) continue;
    if ((*reply)->code == 421) co_return lost(fmt::format("the server ends the session: {}", to_text(**reply)));
    co_return **std::move(reply);
  }
}

Task<Result<Reply>> Session::read_final_reply(Timeout timeout) {
  for (int i = 0; i <= preliminary_replies_max; ++i) {
    auto reply = co_await read_reply(timeout);
    if (!reply || !reply->is_preliminary()) co_return reply;
  }
  co_return lost("one preliminary reply follows the other");
}

Task<Result<Reply>> Session::ask(std::string verb, std::string argument) {
  const auto sent = co_await send(std::move(verb), std::move(argument));
  if (!sent) co_return sent.error();
  co_return co_await read_final_reply(options_.reply_timeout);
}

Task<Result<Reply>> Session::insist(std::string verb, std::string argument) {
  const auto what = printable(shown(verb, argument), 300);
  auto reply = co_await ask(std::move(verb), std::move(argument));
  if (reply && !reply->is_positive()) co_return Error{"the server refuses ", what, ": ", to_text(*reply)};
  co_return reply;
}

Task<Result<void>> Session::shake_hands() {
  if (!options_.tls) co_return lost("TLS is needed and was not set up");
  const auto secured = co_await control_.connect_tls(options_.tls, options_.host_name, options_.connect_timeout);
  if (!secured && secured.error() == StreamFault::certificate_not_trusted) {
    co_return lost(fmt::format("{}; --ca FILE names a CA to trust, --insecure takes any certificate",
                               control_.explain(secured.error())));
  }
  if (!secured) co_return lost(control_.explain(secured.error()));
  const auto details = control_.tls();
  observer_.on_secured(*details);
  if (!details->distrust.empty()) observer_.on_notice(details->distrust);
  co_return Result<void>{};
}

Task<Result<bool>> Session::secure() {
  auto reply = co_await ask("AUTH", "TLS");
  if (!reply) co_return reply.error();
  if (!reply->is_positive()) reply = co_await ask("AUTH", "SSL");
  if (!reply) co_return reply.error();
  if (!reply->is_positive()) co_return false;
  if (const auto secured = co_await shake_hands(); !secured) co_return secured.error();
  co_return true;
}

Task<Result<void>> Session::log_in(std::string user, std::string password) {
  auto reply = co_await ask("USER", user);
  if (reply && reply->code / 100 == 3) reply = co_await ask("PASS", std::move(password));
  if (!reply) co_return reply.error();
  if (!reply->is_positive()) {
    co_return Error{"the server does not let ", printable(user, 60), " in: ", to_text(*reply)};
  }
  if (reply->code / 100 == 3) {
    co_return Error{"the server asks for an account besides the password, which is not supported: ", to_text(*reply)};
  }
  co_return Result<void>{};
}

Task<Result<void>> Session::protect_data() {
  const auto size = co_await insist("PBSZ", "0");
  if (!size) co_return size.error();
  const auto level = co_await insist("PROT", "P");
  if (!level) co_return level.error();
  protects_data_ = true;
  co_return Result<void>{};
}

Task<Result<Features>> Session::features() {
  const auto reply = co_await ask("FEAT");
  if (!reply) co_return reply.error();
  co_return Features{*reply};
}

Task<Result<void>> Session::set_representation(ftp::Representation representation) {
  if (representation_ == representation) co_return Result<void>{};
  std::string code = "A";
  if (representation == ftp::Representation::image) code = "I";
  const auto reply = co_await insist("TYPE", std::move(code));
  if (!reply) co_return reply.error();
  representation_ = representation;
  co_return Result<void>{};
}

Task<Result<std::optional<std::string>>> Session::folder() {
  const auto reply = co_await ask("PWD");
  if (!reply) co_return reply.error();
  if (reply->code != 257) co_return std::optional<std::string>{};
  co_return ftp::path_from(reply->lines.front());
}

Task<Result<std::optional<std::uint64_t>>> Session::size(std::string path) {
  const auto reply = co_await ask("SIZE", std::move(path));
  if (!reply) co_return reply.error();
  if (reply->code != 213) co_return std::optional<std::uint64_t>{};
  co_return ftp::parse_offset(trim(reply->lines.front()));
}

Task<Result<std::optional<ftp::FileTime>>> Session::modified(std::string path) {
  const auto reply = co_await ask("MDTM", std::move(path));
  if (!reply) co_return reply.error();
  if (reply->code != 213) co_return std::optional<ftp::FileTime>{};
  co_return ftp::parse_time_value(trim(reply->lines.front()));
}

Task<Result<bool>> Session::set_modified(std::string path, ftp::FileTime time) {
  const auto reply = co_await ask("MFMT", fmt::format("{} {}", ftp::time_value(time), path));
  if (!reply) co_return reply.error();
  co_return reply->is_positive();
}

Task<Result<void>> Session::rename(std::string from, std::string to) {
  const auto ready = co_await insist("RNFR", std::move(from));
  if (!ready) co_return ready.error();
  const auto renamed = co_await insist("RNTO", std::move(to));
  if (!renamed) co_return renamed.error();
  co_return Result<void>{};
}

Task<void> Session::quit() {
  if (!control_.is_open()) co_return;
  options_.reply_timeout = std::min(options_.reply_timeout, quit_timeout);
  co_await ask("QUIT");
  if (control_.is_open()) co_await control_.finish(options_.reply_timeout);
}

}  // namespace labnet::ftp_client
