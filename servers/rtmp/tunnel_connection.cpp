#include "servers/rtmp/tunnel_connection.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "common/http/body_decoder.hpp"
#include "common/http/date.hpp"
#include "common/http/head_text.hpp"
#include "common/http/request_head.hpp"
#include "common/http/target.hpp"
#include "common/log/clock.hpp"
#include "common/log/log.hpp"
#include "common/net/read_buffer.hpp"
#include "servers/rtmp/connection.hpp"
#include "servers/rtmp/limits.hpp"

namespace labnet::rtmp_server {
namespace {

using rtmp::TunnelVerb;

constexpr net::Timeout last_answer_timeout{2'000};
constexpr net::Timeout exchange_timeout{10'000};  // of a session on another worker, which answers at once
constexpr std::string_view no_such_session = "There is no such session.";
constexpr std::string_view wrong_number = "This is neither the next request of the session nor the last one.";
constexpr std::string_view continue_100 = "HTTP/1.1 100 Continue\r\n\r\n";

/// The answer of a session, which may live on another worker. Belongs to the worker where it is waited for.
class ExpectedAnswer : public std::enable_shared_from_this<ExpectedAnswer> {
 public:
  explicit ExpectedAnswer(net::Worker& worker) : worker_{worker}, wakeup_{worker.executor()} {}

  /// To be called on any worker.
  TunnelAnswerer answerer() {
    // Not to be held by another one's thread even for a moment: it might be the last to do so.
    return [&worker = worker_, weak = weak_from_this()](const TunnelAnswer& answer) {
      worker.post([weak, answer] {
        const auto self = weak.lock();
        if (!self) return;
        self->answer_ = answer;
        self->wakeup_.wake();
      });
    };
  }
  net::Task<std::optional<TunnelAnswer>> wait(net::Clock::time_point until) {
    while (!answer_ && net::Clock::now() < until) co_await wakeup_.wait(until);
    co_return answer_;
  }

 private:
  net::Worker& worker_;
  net::Wakeup wakeup_;
  std::optional<TunnelAnswer> answer_;
};

/// While it lives a session does not take itself for deserted.
class Held {
 public:
  explicit Held(std::optional<Tunnels::Place> place) : place_{std::move(place)} { post(&Tunnel::hold); }
  ~Held() { post(&Tunnel::release); }
  Held(const Held&) = delete;

 private:
  void post(void (Tunnel::*what)()) const {
    if (!place_) return;
    place_->worker->post([weak = place_->tunnel, what] {
      if (const auto tunnel = weak.lock()) ((*tunnel).*what)();
    });
  }
  std::optional<Tunnels::Place> place_;
};

class TunnelConnection {
 public:
  TunnelConnection(net::Worker& worker, CurrentService current, std::shared_ptr<Tunnels> tunnels, net::Stream stream)
      : worker_{worker},
        current_{std::move(current)},
        service_{current_()},
        tunnels_{std::move(tunnels)},
        stream_{std::move(stream)},
        until_{net::deadline_after(limits().tunnel_timeout)},
        on_stop_{worker_.on_stop([this] { stream_.interrupt_read(); })} {}

  net::Task<void> serve() {
    while (!is_over_) {
      const auto head = reader_.read(input_.unread());
      if (!head) {
        co_await refuse(http::status_of(head.error()), http::describe(head.error()));
      } else if (*head) {
        co_await take_request(**head);
      } else if (!co_await read_more()) {
        break;
      }
    }
    co_await stream_.finish(last_answer_timeout);
  }

 private:
  const LimitsConfig& limits() const { return service_->config.limits; }

  /// False if nothing more comes, or not in time.
  net::Task<bool> read_more() {
    const bool is_idle = input_.unread().empty();
    if (is_idle && is_wanted_no_more()) co_return false;
    const auto room = input_.room();
    reader_.head().set_base(as_text(input_.unread()).data());  // it may have moved
    const auto count = co_await stream_.read_some(room, until_);
    if (count) {
      if (is_idle) until_ = net::deadline_after(limits().tunnel_timeout);
      input_.add(*count);
      co_return true;
    }
    // The service ends: who has a session fetches the end of it.
    co_return count.error() == net::StreamFault::deadline&& net::Clock::now() < until_ && !is_wanted_no_more();
  }
  bool is_wanted_no_more() const { return worker_.is_stopping() && (session_.empty() || !tunnels_->find(session_)); }

  net::Task<void> take_request(std::size_t head_bytes) {
    service_ = current_();
    const auto& head = reader_.head();
    const auto destination = http::destination_of(head);
    const auto framing = http::framing_of(head);
    const auto expectation = http::expectation_of(head);
    keeps_alive_ = http::keeps_alive(head.version(), head.fields());
    if (!destination) co_return co_await refuse(400, http::describe(destination.error()));
    if (!framing) co_return co_await refuse(http::status_of(framing.error()), http::describe(framing.error()));
    if (expectation == http::Expectation::unknown) co_return co_await refuse(417, "Nothing of the kind is done here.");
    if (head.method() != "POST") co_return co_await refuse(405, "RTMP within HTTP is a matter of POST.");
    const std::string text{destination->target.path};  // the buffer moves on
    const auto path = rtmp::parse_tunnel_path(text);
    const auto place = path ? tunnels_->find(path->id) : std::nullopt;
    const bool has_octets = place && path->verb == TunnelVerb::send;
    const auto body_bytes_max = has_octets ? limits().tunnel_request_bytes_max : tunnel_idle_body_bytes_max;
    const bool has_ended = path && path->is_of_session() && !place;
    const Held held{place};
    input_.skip(head_bytes);
    reader_.clear();
    if (framing->length > body_bytes_max) co_return co_await refuse_body(has_ended);
    if (expectation == http::Expectation::continue_100 && input_.unread().empty()) {
      const auto written = co_await stream_.write(continue_100, limits().tunnel_timeout);
      if (!written) is_over_ = true;
    }
    const auto in_turn = has_octets ? place->intake->place_of(path->number) : TunnelIntake::Place::none;
    KeptBody body;
    body.bytes_max = body_bytes_max;
    body.has_ended = has_ended;
    if (in_turn == TunnelIntake::Place::next) body.share.emplace(place->intake);
    const bool is_whole = co_await read_body(*framing, body);
    if (!is_whole) co_return;
    if (has_octets && in_turn == TunnelIntake::Place::none) {
      co_await say(409, wrong_number);
    } else {
      co_await answer(path, place, body);
    }
    until_ = net::deadline_after(limits().tunnel_timeout);
  }

  /// What is kept of a body while it comes.
  struct KeptBody {
    std::size_t bytes_max = 0;  // of it
    bool has_ended = false;     // the session that it is for
    /// Of what its session may keep; nothing: the octets are not wanted, and not kept.
    std::optional<TunnelIntake::Body> share{};
    Buffer octets{};
    std::uint64_t bytes = 0;  // that have come
  };

  /// False if it has been refused, or has not come.
  net::Task<bool> read_body(http::Framing framing, KeptBody& body) {
    http::BodyDecoder decoder{framing};
    while (!is_over_) {
      while (!decoder.finished() && !input_.unread().empty()) {
        const auto step = decoder.decode(input_.unread());
        if (!step) {
          co_await refuse(http::status_of(step.error()), http::describe(step.error()));
          co_return false;
        }
        body.bytes += step->data.size();
        if (body.bytes > body.bytes_max) {
          co_await refuse_body(body.has_ended);
          co_return false;
        }
        if (body.share && !body.share->add(step->data.size())) {
          co_await refuse(503, "Too much of this session is under way.");
          co_return false;
        }
        if (body.share) body.octets.insert(body.octets.end(), step->data.begin(), step->data.end());
        input_.skip(step->used);
      }
      if (decoder.finished()) co_return true;
      const auto count = co_await stream_.read_some(input_.room(), until_);
      if (count) {
        input_.add(*count);
      } else if (count.error() != net::StreamFault::deadline || net::Clock::now() >= until_) {
        is_over_ = true;
      }
    }
    co_return false;
  }

  net::Task<void> answer(std::optional<rtmp::TunnelPath> path, std::optional<Tunnels::Place> place, KeptBody& body) {
    if (!path) co_return co_await say(404, "There is nothing of that name.");
    if (path->verb == TunnelVerb::ident) co_return co_await say(404, "Any address of this server will do.");
    if (path->verb == TunnelVerb::open) co_return co_await open();
    if (!place) co_return co_await say(404, no_such_session);
    session_ = path->id;
    const auto expected = std::make_shared<ExpectedAnswer>(worker_);
    TunnelRequest request;
    request.verb = path->verb;
    request.number = path->number;
    request.octets = std::move(body.octets);
    place->worker->post(
        [weak = place->tunnel, request = std::move(request), answerer = expected->answerer()]() mutable {
          const auto tunnel = weak.lock();
          tunnel ? tunnel->take(std::move(request), std::move(answerer)) : answerer({});
        });
    const auto found = co_await expected->wait(net::deadline_after(exchange_timeout));
    if (!found || found->kind == TunnelAnswer::Kind::gone) co_return co_await say(404, no_such_session);
    if (found->kind == TunnelAnswer::Kind::bad_number) {
      co_return co_await say(409, wrong_number);
    }
    co_await send(200, rtmp::tunnel_media_type, found->body.bytes());
  }

  net::Task<void> open() {
    auto tunnel = tunnels_->open(worker_, stream_.peer(), limits());
    if (!tunnel) {
      if (tunnels_->may_log()) {
        log::warning("a tunnelled session is refused: there are as many as there may be",
                     {{"peer", net::to_string(stream_.peer())}});
      }
      co_return co_await say(503, "There are as many sessions as there may be.");
    }
    session_ = tunnel->id();
    worker_.spawn(run(std::make_shared<Connection>(worker_, service_, std::move(tunnel))));
    const auto line = session_ + "\n";
    co_await send(200, rtmp::tunnel_media_type, as_bytes(line));
  }
  static net::Task<void> run(std::shared_ptr<Connection> connection) { co_await connection->run(); }

  /// The last answer: nobody knows where the next request would begin.
  net::Task<void> refuse(int status, std::string_view why) {
    is_over_ = true;
    co_await say(status, why);
  }

  /// One that is too long. has_ended  the session has: that is what its client wants to know
  net::Task<void> refuse_body(bool has_ended) {
    return has_ended ? refuse(404, no_such_session) : refuse(413, "The body is longer than may be.");
  }

  net::Task<void> say(int status, std::string_view why) {
    const auto line = fmt::format("{}\n", why);
    co_await send(status, "text/plain; charset=utf-8", as_bytes(line));
  }

  net::Task<void> send(int status, std::string_view media_type, Bytes body) {
    if (!keeps_alive_ || is_wanted_no_more()) is_over_ = true;
    std::string head;
    http::append_status_line(head, status);
    http::append_field(head, "Date", http::Date{seconds_now()}.text());
    http::append_field(head, "Content-Type", media_type);
    http::append_field(head, "Content-Length", fmt::format("{}", body.size()));
    http::append_field(head, "Cache-Control", "no-cache");
    if (status == 405) http::append_field(head, "Allow", "POST");
    http::append_field(head, "Connection", is_over_ ? "close" : "keep-alive");
    head += "\r\n";
    const std::array<Bytes, 2> pieces{as_bytes(head), body};
    const auto written = co_await stream_.write_steadily(pieces, limits().slow_player_timeout);
    if (!written) is_over_ = true;
  }

  net::Worker& worker_;
  CurrentService current_;
  std::shared_ptr<const Service> service_;  // since this request has begun
  std::shared_ptr<Tunnels> tunnels_;
  net::Stream stream_;
  http::RequestHeadReader reader_;
  net::ReadBuffer input_{tunnel_read_bytes, http::head_bytes_max};
  net::Clock::time_point until_;  // the next request has begun; from its first octet on: it is whole
  std::string session_;           // that was asked last
  bool keeps_alive_ = true;
  bool is_over_ = false;
  net::Worker::Registration on_stop_;
};

}  // namespace

net::Task<void> serve_tunnel_connection(net::Worker& worker, CurrentService current, std::shared_ptr<Tunnels> tunnels,
                                        net::Stream stream) {
  TunnelConnection connection{worker, std::move(current), std::move(tunnels), std::move(stream)};
  co_await connection.serve();
}

}  // namespace labnet::rtmp_server
