#include "clients/sip/telephone.hpp"

#include <fmt/format.h>

#include <utility>

#include "common/base/utf8.hpp"
#include "common/net/random.hpp"

namespace labnet::sip_client {
namespace {

using namespace std::chrono_literals;
using net::Clock;
using net::Task;

constexpr int sip_busy = 486;
constexpr auto farewell_max = 2s;           // for the answers to BYE and to the last REGISTER
constexpr auto media_farewell_max = 300ms;  // for the other side's BYE of RTCP
constexpr auto look_for_farewell = 10ms;
constexpr auto silence_told_after = 3s;

std::string codec_text(const sdp::Agreement& agreement) {
  const auto* const codec = g711_of(agreement.sending);
  const auto name = codec == nullptr ? std::string{"no codec that can be played"} : printable(codec->name, 20);
  if (!agreement.remote) return name;
  return fmt::format("{} with {}:{}", name, printable(agreement.remote->address, 60), agreement.remote_port);
}

}  // namespace

Telephone::Telephone(net::Worker& worker, TelephoneOptions options, Say say,
                     std::function<void(Bytes, bool)> show_message)
    : worker_{worker},
      options_{std::move(options)},
      say_{std::move(say)},
      show_message_{std::move(show_message)},
      // Before the sockets have theirs: BYE and the last REGISTER still go out.
      on_stop_{worker.on_stop([this] { on_stop(); })},
      timer_{worker.executor()} {}

Telephone::~Telephone() {
  close_media();
}

Task<Result<void>> Telephone::open(PhoneTransport::Target target) {
  PhoneTransport::Callbacks callbacks;
  callbacks.arrived = [this](Bytes message, const sip::Hop& from) {
    if (phone_) phone_->receive(message, from, Clock::now());
    wake();
  };
  callbacks.broken = [this](const sip::Hop& server, std::string_view why) {
    say_(fmt::format("the connection to the server is gone: {}", why));
    was_registered_ = false;
    if (phone_) phone_->on_connection_lost(server, Clock::now());
    wake();
  };
  callbacks.connected = [this](const sip::Hop& server) {
    options_.config.server = server;
    say_("connected to the server again");
    if (phone_) phone_->on_connection(server, Clock::now());
    wake();
  };
  callbacks.given_up = [this](std::string_view why) {
    cut_off_because_ = why;
    if (phone_) phone_->on_connection_given_up();
    wake();
  };
  callbacks.passed = show_message_;
  auto transport = co_await PhoneTransport::open(worker_, std::move(target), std::move(callbacks));
  if (!transport) co_return transport.error();
  transport_ = *std::move(transport);
  options_.config.server = transport_->server();
  phone_.emplace(options_.config,
                 Softphone::Surroundings{*transport_, *this, [] { return net::random_number<std::uint64_t>(); }});
  co_return Result<void>{};
}

sip::Hop Telephone::local() const {
  return transport_->local(options_.config.server);
}

Task<bool> Telephone::until(Condition condition, sip::TimePoint deadline) {
  while (!condition()) {
    const auto now = Clock::now();
    if (now >= deadline || worker_.is_stopping() || cut_off_because_) co_return false;
    phone_->on_timer(now);
    if (condition()) break;
    timer_.expires_at(std::min(phone_->next(), deadline));
    co_await timer_.async_wait(net::as_result);
  }
  co_return true;
}

void Telephone::on_stop() {
  if (phone_) {
    phone_->hang_up(Clock::now());
    if (was_registered_ && !options_.stays_registered) phone_->account().stop(Clock::now());
  }
  wake();
}

// The account

Task<Result<void>> Telephone::register_at_server() {
  phone_->account().start(Clock::now());
  co_return co_await registration_answered();
}

/// Whoever waits is told that he does.
Task<Result<void>> Telephone::registration_answered() {
  const Condition is_answered = [this] { return registration_.has_value(); };
  co_await until(is_answered, Clock::now() + silence_told_after);
  if (!is_answered()) {
    say_(fmt::format("no answer yet from {}", sip::to_string(options_.config.server)));
    co_await until(is_answered);
  }
  if (!is_answered()) co_return Error{"interrupted"};
  co_return *registration_;
}

Task<Result<void>> Telephone::remove_registrations() {
  removes_registrations_ = true;
  phone_->account().remove_all(Clock::now());
  co_return co_await registration_answered();
}

void Telephone::on_registered(std::chrono::seconds granted) {
  if (!std::exchange(was_registered_, true)) {
    say_(fmt::format("registered {} for {} s", options_.config.address(), granted.count()));
  }
  registration_ = Result<void>{};
}

void Telephone::on_unregistered() {
  if (std::exchange(was_registered_, false)) say_("unregistered");
  if (std::exchange(removes_registrations_, false)) registration_ = Result<void>{};
}

void Telephone::on_registration_failed(std::string_view why, std::chrono::seconds retry_in) {
  if (registration_)
    say_(fmt::format("the registration has failed: {}; again in {} s", printable(why), retry_in.count()));
  const bool was_to_remove = std::exchange(removes_registrations_, false);
  registration_ =
      Error{was_to_remove ? "the phones are still registered: " : "the registration has failed: ", printable(why)};
}

void Telephone::on_silence() {
  // Not from within what is told of it.
  worker_.post([this] { transport_->start_anew("the server does not answer"); });
}

// Calls

Result<void> Telephone::open_media(const sip::Hop& to) {
  close_media();
  auto source = make_source(options_.source, net::random_number<std::uint32_t>());
  if (!source) return source.error();
  auto session = MediaSession::open(worker_, transport_->local(to).address, *std::move(source), options_.media);
  if (!session) return session.error();
  media_ = *std::move(session);
  return {};
}

void Telephone::close_media() {
  if (media_) media_->close();
  media_.reset();
}

/// What the other side still has to say of the media does not meet a closed port.
Task<void> Telephone::see_media_off() {
  const bool was_answered = media_ && end_ && end_->was_answered;
  if (!was_answered) co_return;
  const auto deadline = Clock::now() + media_farewell_max;
  const Condition has_heard_bye = [this] { return media_->has_heard_bye(); };
  while (!has_heard_bye() && Clock::now() < deadline && !worker_.is_stopping()) {
    co_await until(has_heard_bye, Clock::now() + look_for_farewell);
  }
}

Result<void> Telephone::call(const std::string& to) {
  if (auto opened = open_media(options_.config.server); !opened) return opened;
  end_.reset();
  is_answered_ = is_calm_ = false;
  say_(fmt::format("calling {}", printable(options_.config.address_of(to), 100)));
  auto& call = phone_->call(to, media_->local_audio(), Clock::now());
  if (!end_) call_ = &call;
  return {};
}

AnswerPlan Telephone::on_incoming(PhoneCall& call) {
  AnswerPlan plan{.status = options_.answer_status, .after = options_.answer_after};
  if (end_) return {.status = sip_busy};  // the one before has not been looked at yet
  say_(fmt::format("a call from {}", printable(call.remote_uri(), 100)));
  close_media();
  is_answered_ = is_calm_ = false;
  call_ = &call;
  if (plan.status >= 300) return plan;
  if (const auto opened = open_media(call.hop()); !opened) {
    say_(opened.error().message);
    plan.status = 500;
    return plan;
  }
  plan.audio = media_->local_audio();
  return plan;
}

void Telephone::on_ringing(PhoneCall&, int status) {
  say_(fmt::format("ringing ({})", status));
}

void Telephone::on_media(PhoneCall&, const sdp::Agreement& agreement) {
  if (!media_) return;
  media_->agree(agreement);
  const bool is_calm = agreement.direction == sdp::Direction::sendrecv;
  if (!is_calm) {
    const bool is_held = !sdp::sends(agreement.direction);
    say_(is_held ? "on hold: the other side does not listen" : "the other side is on hold");
  } else if (!is_calm_) {
    say_(fmt::format("media: {}", codec_text(agreement)));
  }
  is_calm_ = is_calm;
}

void Telephone::on_answered(PhoneCall&) {
  is_answered_ = true;
  say_("answered");
}

void Telephone::on_end(PhoneCall& call, const CallEnd& end) {
  const bool is_another = end_ || (call_ != nullptr && &call != call_);
  if (is_another) return;
  call_ = nullptr;
  end_ = end;
  if (media_) media_->stop();
  // What else there is to say of the end is the program's last line.
  if (end.was_answered && end.ender != Ender::fault) say_(printable(end.reason));
}

void Telephone::on_key(PhoneCall&, char key) {
  if (media_) media_->take_key(key);
}

void Telephone::press(std::string_view keys) {
  for (const auto key : keys) {
    if (media_ && !media_->press(key)) say_(fmt::format("the other side takes no key {}", key));
  }
}

void Telephone::hold(bool is_to_hold) {
  if (call_ == nullptr) return;
  if (is_to_hold) {
    call_->hold(Clock::now());
  } else {
    call_->resume(Clock::now());
  }
}

void Telephone::hang_up() {
  phone_->hang_up(Clock::now());
}

Task<void> Telephone::close() {
  if (worker_.is_stopping() || !phone_) co_return;
  phone_->hang_up(Clock::now());
  const Condition has_no_call = [&] { return phone_->calls() == 0; };
  co_await until(has_no_call, Clock::now() + farewell_max);
  // Also where it is about to be registered: nothing is told behind the end.
  const bool unregisters = phone_->account().state() != Account::State::off && !options_.stays_registered;
  if (unregisters) phone_->account().stop(Clock::now());
  const Condition is_done = [&] { return phone_->is_idle() && !(unregisters && was_registered_); };
  co_await until(is_done, Clock::now() + farewell_max);
  co_await see_media_off();
}

// Texts

Task<int> Telephone::send_text(const std::string& to, std::string text) {
  text_status_ = 0;
  phone_->send_text(to, std::move(text), Clock::now());
  const Condition is_answered = [this] { return text_status_ != 0; };
  co_await until(is_answered);
  co_return text_status_;
}

void Telephone::on_message_sent(int status, std::string_view reason) {
  text_status_ = status;
  text_reason_ = printable(reason);
}

void Telephone::on_message(std::string_view from_uri, std::string_view text) {
  say_(fmt::format("a text from {}: {}", printable(from_uri, 100), printable(text)));
}

}  // namespace labnet::sip_client
