#include "servers/ftp/session.hpp"

#include <fmt/compile.h>

#include <algorithm>
#include <cerrno>

#include <boost/asio/steady_timer.hpp>

#include "common/ftp/limits.hpp"
#include "common/ftp/line.hpp"
#include "common/ftp/path.hpp"
#include "common/log/log.hpp"
#include "servers/ftp/limits.hpp"

namespace labnet::ftp_server {

using ftp::Reply;

Session::Session(net::Worker& worker, std::shared_ptr<const Service> service, std::unique_ptr<Transport> transport)
    : worker_{worker},
      service_{std::move(service)},
      counts_{service_->counts->of(worker)},
      transport_{std::move(transport)},
      login_until_{net::deadline_after(limits().login_timeout)},
      transfer_end_{worker.executor()},
      on_stop_{worker.on_stop([this] { on_stop(); })} {}

Session::~Session() = default;

void Session::on_stop() {
  transport_->interrupt_read();
  if (transfer_) worker_.spawn(end_transfer_at_stop(shared_from_this(), transfer_));
}

/// It has a while to come to its end by itself.
Task<void> Session::end_transfer_at_stop(std::shared_ptr<Session> self, std::shared_ptr<Transfer> transfer) {
  auto& patience = transfer->at_stop.emplace(self->worker_.executor());
  patience.expires_after(transfer_time_at_stop);
  co_await patience.async_wait(net::as_result);
  if (self->transfer_ != transfer) co_return;
  transfer->is_aborted = true;
  self->close_data();
}

std::string Session::client() const {
  return transport_->peer().address.to_string();
}

Task<void> Session::run() {
  auto greeting = reply(220, texts::greeting);
  if (const auto& own = service_->config.greeting; !own.empty()) greeting = Reply{220, own};
  co_await send(std::move(greeting));
  co_await read_commands();
  if (transfer_) {  // nobody is there any more to be told of it
    transfer_->is_aborted = true;
    close_data();
  }
  if (user_) log::info("logged out", {{"client", client()}, {"user", user_->name}});
  co_await transport_->finish();
}

/// How long a client may stay silent.
Timeout Session::patience() const {
  if (transfer_) return limits().idle_timeout;
  if (!user_) return std::min(net::time_left(login_until_), limits().idle_timeout);
  return net::time_left(last_heard_ + limits().idle_timeout);
}

Reply Session::time_out() const {
  const auto limit = user_ ? limits().idle_timeout : limits().login_timeout;
  return reply(421, texts::time_out, std::chrono::duration_cast<std::chrono::seconds>(limit).count());
}

Task<void> Session::read_commands() {
  while (!is_ending_) {
    co_await answer_waiting();  // those that a transfer held back
    if (worker_.is_stopping() && !transfer_) co_await send(reply(421, texts::server_ends));
    if (is_ending_) co_return;
    auto line = co_await transport_->read_line(patience());
    if (!line && line.error() == StreamFault::deadline) {
      if (transfer_ || is_ending_ || patience() > Timeout{0}) continue;
      co_await send(time_out());
      continue;
    }
    if (!line && line.error() == StreamFault::line_too_long) {
      co_await hold_back(std::nullopt);
      continue;
    }
    if (!line) {
      const auto is_end = line.error() == StreamFault::closed || line.error() == StreamFault::truncated;
      while (is_end && transfer_ && !is_ending_ && has_said_quit()) {
        co_await wait_for_transfer_end();
        co_await answer_waiting();
      }
      co_return;
    }
    // Who sends without end is never waited for.
    if (!user_ && net::time_left(login_until_) == Timeout{0}) {
      co_await send(time_out());
      continue;
    }
    last_heard_ = net::Clock::now();
    const auto text = ftp::without_telnet(*line);
    const auto command = ftp::parse_command(text);
    const auto is_about_transfer =
        transfer_ && command && (command->verb == "ABOR" || (command->verb == "STAT" && command->argument.empty()));
    if (is_about_transfer) {
      if (const auto outcome = co_await answer(*command)) co_await send(*outcome);
      continue;
    }
    co_await hold_back(text);
  }
}

/// Then the transfer comes to its end, and only who ends the connection without it has given up (RFC 959, section
/// 4.1.1).
bool Session::has_said_quit() const {
  return std::ranges::any_of(waiting_, [](const auto& line) {
    const auto command = line ? ftp::parse_command(*line) : ftp::CommandFault::empty;
    return command && command->verb == "QUIT";
  });
}

/// Or for that of the session.
Task<void> Session::wait_for_transfer_end() {
  while (transfer_ && !is_ending_) {
    transfer_end_.expires_after(net::timeout_max);
    co_await transfer_end_.async_wait(net::as_result);
  }
}

/// Until it is its turn, which is at once if no transfer is under way.
Task<void> Session::hold_back(std::optional<std::string> line) {
  if (waiting_.size() == commands_waiting_max) {
    co_await send(reply(421, texts::too_many_waiting, commands_waiting_max));
    co_return;
  }
  waiting_.push_back(std::move(line));
  co_await answer_waiting();
}

/// As long as no transfer is under way.
Task<void> Session::answer_waiting() {
  while (!waiting_.empty() && !transfer_ && !is_ending_) {
    auto line = std::move(waiting_.front());
    waiting_.pop_front();
    const auto outcome = co_await answer(std::move(line));
    if (outcome) co_await send(*outcome);
  }
}

Task<Session::Outcome> Session::answer(std::optional<std::string> line) {
  if (!line) co_return reply(500, texts::line_too_long, ftp::command_line_bytes_max);
  const auto command = ftp::parse_command(*line);
  if (command) co_return co_await answer(*command);
  switch (command.error()) {
    case ftp::CommandFault::empty:
      co_return reply(500, texts::empty_line);
    case ftp::CommandFault::not_a_verb:
      co_return reply(500, texts::not_understood, line->substr(0, line->find(' ')).substr(0, 20));
    case ftp::CommandFault::control_character:
      break;
  }
  co_return reply(501, texts::control_character);
}

Task<Session::Outcome> Session::answer(const ftp::Command& command) {
  const auto verb = std::ranges::find(verbs(), command.verb, &Verb::name);
  if (verb == verbs().end()) {
    ++counts_.commands_unknown;
    co_return reply(500, texts::not_understood, command.verb.substr(0, 20));
  }
  ++counts_.commands[verb->name];
  if (auto fault = objection(*verb, command)) co_return fault;
  if (command.verb != "RNTO") rename_from_.clear();
  auto outcome = co_await (this->*verb->handle)(command.argument);
  if (outcome && verb->changes_files) {
    log::info("command", {{"client", client()},
                          {"user", user_ ? user_->name : std::string{}},
                          {"command", command.verb},
                          {"argument", command.argument},
                          {"reply", outcome->code}});
  }
  co_return outcome;
}

/// What every command is asked before its function runs.
Session::Outcome Session::objection(const Verb& verb, const ftp::Command& command) const {
  if (verb.handle == nullptr) return reply(502, texts::not_supported, verb.name);
  if (!user_ && !verb.before_login) return reply(530, texts::log_in_first);
  const auto is_wrong = verb.argument == Argument::required ? command.argument.empty()
                        : verb.argument == Argument::none   ? !command.argument.empty()
                                                            : false;
  if (is_wrong) return reply(501, texts::syntax, verb.syntax);
  if (verb.permission && !may(*verb.permission)) return reply(550, texts::permission_denied);
  return std::nullopt;
}

/// Replies are written one after the other: whoever finds nobody writing writes for all. None comes behind the one that
/// closes the connection.
Task<void> Session::send(Reply reply) {
  if (is_ending_) co_return;
  if (reply.code == 221 || reply.code == 421) end_session();
  counts_.count_reply(reply.code);
  going_out_ += ftp::to_wire(reply);
  if (is_writing_ && going_out_.size() > replies_waiting_bytes_max) {
    log::warning("a client asks and does not read the replies", {{"client", client()}});
    end_session();
    transport_->close();
  }
  if (is_writing_) co_return;
  is_writing_ = true;
  while (!going_out_.empty()) {
    const auto text = std::exchange(going_out_, {});
    const auto written = co_await transport_->write(text);
    if (!written) {
      end_session();
      transport_->close();
      break;
    }
  }
  is_writing_ = false;
}

Result<std::string, Reply> Session::path_of(std::string_view argument) const {
  auto path = ftp::resolve_path(folder_, argument);
  if (path) return *std::move(path);
  if (path.error() == ftp::PathFault::too_long) return reply(553, texts::name_not_allowed);
  return reply(501, texts::control_character);
}

Reply Session::file_fault(const boost::system::error_code& error, std::string_view path) const {
  switch (error.value()) {
    case ENOSPC:
      return reply(452, texts::disk_full);
    case EDQUOT:
    case EFBIG:
      return reply(552, texts::quota_exceeded);
    case ENAMETOOLONG:
    case EILSEQ:
      return reply(553, texts::name_not_allowed);
    case ETXTBSY:
      return reply(450, texts::other_upload);
    case EXDEV:  // leads out of the root
    case ELOOP:
      return reply(550, texts::permission_denied);
    case EMFILE:
    case ENFILE:
    case ENOMEM:
    case EIO:
    case ENODATA:  // it has become shorter
    case ESTALE:   // somebody has taken it away
      return {451, fmt::format("{}: {}", path, error_text(language(), error))};
    default:
      return {550, fmt::format("{}: {}", path, error_text(language(), error))};
  }
}

ftp::Entry Session::entry_of(std::string name, const files::FileStatus& status) const {
  ftp::Entry entry;
  entry.name = std::move(name);
  entry.kind = status.kind == files::FileKind::file     ? ftp::EntryKind::file
               : status.kind == files::FileKind::folder ? ftp::EntryKind::folder
               : status.kind == files::FileKind::link   ? ftp::EntryKind::link
                                                        : ftp::EntryKind::other;
  if (status.kind != files::FileKind::folder) entry.bytes = status.bytes;
  entry.modified = status.modified;
  entry.mode = status.mode;
  entry.owner = entry.group = user_ ? user_->name : std::string{"ftp"};  // no look-up of names holds up a listing
  entry.links = status.links;
  entry.unique = fmt::format(FMT_COMPILE("{:x}g{:x}"), status.device, status.inode);
  const auto allow = [&](Permission one, std::string_view letters) {
    if (may(one)) entry.permissions += letters;
  };
  if (status.kind == files::FileKind::folder) {  // RFC 3659, section 7.5.5
    allow(Permission::write, "c");
    allow(Permission::remove, "d");
    entry.permissions += "e";
    allow(Permission::rename, "f");
    allow(Permission::list, "l");
    allow(Permission::make_folder, "m");
    allow(Permission::remove, "p");
  } else {
    allow(Permission::append, "a");
    allow(Permission::remove, "d");
    allow(Permission::rename, "f");
    allow(Permission::read, "r");
    allow(Permission::write, "w");
  }
  return entry;
}

}  // namespace labnet::ftp_server
