// Data connections: agreed upon, opened, secured, used, and the reply that says whether all went well.
#include <fmt/format.h>

#include <boost/asio/steady_timer.hpp>

#include "clients/ftp/session.hpp"
#include "common/base/utf8.hpp"
#include "common/ftp/data_address.hpp"

namespace labnet::ftp_client {

using ftp::Reply;

namespace {

constexpr Timeout close_timeout{5'000};      // for the other end of a data connection that has served
constexpr Timeout last_word_timeout{2'000};  // for the server's reply to a transfer that this side has broken off

std::string what(const Transfer& transfer) {
  const auto space = transfer.argument.empty() ? "" : " ";
  return printable(fmt::format("{}{}{}", transfer.verb, space, transfer.argument), 300);
}

/// As many bytes as the server has announced.
Result<void> check_count(const Transfer& transfer, std::uint64_t moved) {
  if (!transfer.bytes || moved == *transfer.bytes) return {};
  if (moved < *transfer.bytes) {
    return Error{fmt::format("{}: only {} of {} bytes came", what(transfer), moved, *transfer.bytes)};
  }
  return Error{fmt::format("{}: {} bytes came, and the server had announced {}; the file may have changed meanwhile",
                           what(transfer), moved, *transfer.bytes)};
}

}  // namespace

/// A connection that is there, or the socket at which the server's is waited for.
struct Session::DataConnection {
  net::Stream stream;
  std::unique_ptr<net::Listener> listener;
};

/// What a transfer under way tells of itself.
struct Session::Meter {
  using Timer = net::asio::basic_waitable_timer<net::Clock, net::asio::wait_traits<net::Clock>, net::Executor>;

  Meter(net::Executor executor, const Transfer& transfer) : timer{executor}, start_at{transfer.start_at} {
    if (transfer.bytes) total = start_at + *transfer.bytes;
  }
  Moved now() const { return {start_at + moved.load(), total}; }

  net::Progress moved{0};
  Timer timer;
  std::uint64_t start_at;
  std::optional<std::uint64_t> total;
  bool has_ended = false;
};

Task<Result<Session::DataConnection>> Session::agree_on_data() {
  if (options_.data_way == DataWay::active) co_return co_await agree_actively();
  co_return co_await agree_passively();
}

Task<Result<Session::DataConnection>> Session::agree_passively() {
  const auto port = co_await ask_for_port();
  if (!port) co_return port.error();
  auto server = control_.peer();
  server.port = *port;
  auto connected = co_await net::Stream::connect(worker_.executor(), server, options_.connect_timeout);
  if (!connected) {
    co_return Error{
        fmt::format("no data connection to {}: {}; the server or a firewall before it does not let it in: "
                    "try --active, or ask whoever runs the server",
                    net::to_string(server), net::describe(connected.error()))};
  }
  observer_.on_data_opened(Opener::client, connected->peer());
  DataConnection data;
  data.stream = *std::move(connected);
  co_return data;
}

/// The port at which the server listens; its address is that of the control connection, whatever it says.
Task<Result<std::uint16_t>> Session::ask_for_port() {
  const auto is_ipv4 = control_.peer().address.is_v4();
  const auto asks_epsv = !is_ipv4 || options_.data_way == DataWay::extended_passive ||
                         (options_.data_way == DataWay::any_passive && !knows_no_epsv_);
  if (asks_epsv) {
    const auto reply = co_await ask("EPSV");
    if (!reply) co_return reply.error();
    if (reply->is_positive()) {
      const auto port = ftp::parse_extended_passive_reply(reply->lines.front());
      if (!port) co_return Error{"there is no port in the reply to EPSV: ", to_text(*reply)};
      co_return *port;
    }
    if (!is_ipv4 || options_.data_way == DataWay::extended_passive) {
      co_return Error{"the server refuses EPSV: ", to_text(*reply)};
    }
    knows_no_epsv_ = true;
  }
  const auto reply = co_await insist("PASV");
  if (!reply) co_return reply.error();
  const auto told = ftp::parse_passive_reply(reply->lines.front());
  if (!told) co_return Error{"there is no address in the reply to PASV: ", to_text(*reply)};
  // An address elsewhere is that of a router in between, or a trap: a client that sends its data wherever a server says
  // can be used against others (CVE-2020-8284).
  const auto* const address = std::get_if<Ipv4Address>(&told->address);
  const auto own = control_.peer().address.to_string();
  if (address != nullptr && to_string(*address) != own) {
    observer_.on_notice(fmt::format("the server names the address {}; its own, {}, is used", to_string(*address), own));
  }
  co_return told->port;
}

Task<Result<Session::DataConnection>> Session::agree_actively() {
  auto own = control_.local();
  own.port = 0;
  net::ListenerOptions options;
  options.backlog = 1;
  options.shares_port = false;
  auto listener = net::Listener::open(worker_, own, std::move(options));
  if (!listener) co_return listener.error();
  const auto port = (*listener)->local().port;
  std::string verb = "EPRT";
  std::string argument;
  if (own.address.is_v4()) {
    verb = "PORT";
    argument = ftp::port_argument(Ipv4Address{own.address.to_v4().to_uint()}, port);
  } else {
    argument = ftp::eprt_argument({Ipv6Address{own.address.to_v6().to_bytes()}, port});
  }
  const auto reply = co_await insist(std::move(verb), std::move(argument));
  if (!reply) co_return Error{reply.error().message, "; without --active the server need not connect"};
  DataConnection data;
  data.listener = *std::move(listener);
  co_return data;
}

/// From the server itself; others are turned away.
Task<Result<net::Stream>> Session::accept(net::Listener& listener) {
  const auto until = net::deadline_after(options_.connect_timeout);
  for (;;) {
    auto accepted = co_await listener.accept_one(net::time_left(until));
    if (!accepted) {
      co_return Error{fmt::format("the server does not connect to {}: {}; without --active it need not",
                                  net::to_string(listener.local()), net::describe(accepted.error()))};
    }
    if (accepted->peer().address == control_.peer().address) co_return *std::move(accepted);
    observer_.on_notice(fmt::format("a data connection from {} is turned away: it is not the server",
                                    net::to_string(accepted->peer())));
  }
}

/// The stream of an active one, and TLS where it was agreed upon.
Task<Result<void>> Session::complete(DataConnection& data) {
  if (data.listener) {
    auto accepted = co_await accept(*data.listener);
    data.listener.reset();
    if (!accepted) co_return accepted.error();
    data.stream = *std::move(accepted);
    observer_.on_data_opened(Opener::server, data.stream.peer());
  }
  if (protects_data_) {
    // Whoever resumes the session of the control connection is the same client (RFC 4217, section 10.4).
    const auto session = control_.session();
    const auto secured =
        co_await data.stream.connect_tls(options_.tls, options_.host_name, options_.connect_timeout, session);
    if (!secured) co_return Error{"the data connection: ", data.stream.explain(secured.error())};
    observer_.on_data_secured(*data.stream.tls());
  }
  co_return Result<void>{};
}

/// REST and the command itself: the first reply.
Task<Result<Reply>> Session::begin_data(const Transfer& transfer) {
  if (transfer.start_at > 0) {
    const auto reply = co_await ask("REST", std::to_string(transfer.start_at));
    if (!reply) co_return reply.error();
    if (!reply->is_positive()) {
      co_return Error{fmt::format(
          "the server cannot go on in the middle of a file: {}; without --resume it begins anew", to_text(*reply))};
    }
  }
  const auto sent = co_await send(transfer.verb, transfer.argument);
  if (!sent) co_return sent.error();
  co_return co_await read_reply(options_.reply_timeout);
}

Timeout Session::last_word() const {
  return std::min(options_.reply_timeout, last_word_timeout);
}

Task<Result<Transferred>> Session::transfer(Transfer transfer, Move& move) {
  auto data = co_await agree_on_data();
  if (!data) co_return data.error();
  auto first = co_await begin_data(transfer);
  if (!first) co_return first.error();
  if (!first->is_positive()) co_return Transferred{*std::move(first), 0};
  // A server that is fast, and wrong, says at once that all is done: the data may wait in the connection nevertheless.
  std::optional<Reply> last;
  if (!first->is_preliminary()) last = *std::move(first);
  const auto completed = co_await complete(*data);
  if (!completed) {
    data->stream.close();
    if (!last) {
      const auto reply = co_await read_final_reply(last_word());
      if (reply && !reply->is_positive()) {
        co_return Error{completed.error().message, "; the server says ", to_text(*reply)};
      }
    }
    co_return completed.error();
  }
  co_return co_await move_data(transfer, move, data->stream, std::move(last));
}

Task<void> Session::tell_progress(std::shared_ptr<Meter> meter, Observer& observer, Timeout interval) {
  while (!meter->has_ended) {
    meter->timer.expires_after(interval);
    co_await meter->timer.async_wait(net::as_result);
    if (!meter->has_ended) observer.on_progress(meter->now());
  }
}

Task<Result<void, MoveFault>> Session::run(const Transfer& transfer, Move& move, net::Stream& data,
                                           std::uint64_t& moved) {
  const auto meter = std::make_shared<Meter>(worker_.executor(), transfer);
  const auto tells = options_.progress_interval.count() > 0;
  if (tells) worker_.spawn(tell_progress(meter, observer_, options_.progress_interval));
  const Way way{worker_, data, options_.stall_timeout, meter->moved};
  auto outcome = co_await move.run(way);
  meter->has_ended = true;
  meter->timer.cancel();
  moved = meter->moved;
  if (tells) observer_.on_progress(meter->now());
  co_return outcome;
}

Task<Result<Transferred>> Session::move_data(const Transfer& transfer, Move& move, net::Stream& data,
                                             std::optional<Reply> last) {
  const auto is_upload = move.direction() == Move::Direction::upload;
  std::uint64_t moved = 0;
  auto outcome = co_await run(transfer, move, data, moved);
  const auto broke_behind_the_end =
      !outcome && outcome.error().stream == StreamFault::truncated && !is_upload && transfer.bytes == moved;
  if (broke_behind_the_end) {
    observer_.on_notice("the data connection ended without TLS' own end, but behind the last byte");
    outcome = Result<void, MoveFault>{};
  }
  if (outcome && is_upload) {
    co_await data.end_writing(options_.stall_timeout);
  } else if (outcome) {
    co_await data.finish(close_timeout);
  } else {
    data.abort();
  }
  observer_.on_data_closed(moved);
  if (!outcome && !outcome.error().stream) {
    if (!last) co_await read_final_reply(last_word());  // so that the next reply is that of the next command
    co_return outcome.error().own;
  }
  Result<Reply> reply = Error{};
  if (last) {
    reply = *std::move(last);
  } else {
    reply = co_await read_final_reply(options_.reply_timeout);
  }
  if (data.is_open() && outcome && is_upload) co_await data.finish(close_timeout);
  if (!outcome) {
    const auto why = data.explain(*outcome.error().stream);
    const auto and_then = reply ? fmt::format("the server says {}", to_text(*reply)) : reply.error().message;
    co_return Error{
        fmt::format("{}: the data connection failed after {} bytes: {}; {}", what(transfer), moved, why, and_then)};
  }
  if (!reply) co_return Error{fmt::format("{}: no word that all has moved: {}", what(transfer), reply.error().message)};
  if (!reply->is_positive()) {
    co_return Error{
        fmt::format("{}: the server breaks off after {} bytes: {}", what(transfer), moved, to_text(*reply))};
  }
  if (!is_upload) {
    if (const auto checked = check_count(transfer, moved); !checked) co_return checked.error();
  }
  co_return Transferred{*std::move(reply), moved};
}

}  // namespace labnet::ftp_client
