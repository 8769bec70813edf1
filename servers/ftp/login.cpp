// USER, PASS, ACCT, REIN, QUIT (RFC 959, section 4.1.1).
#include "common/log/log.hpp"
#include "common/net/pause.hpp"
#include "servers/ftp/limits.hpp"
#include "servers/ftp/session.hpp"

namespace labnet::ftp_server {

using ftp::Reply;

Task<Session::Outcome> Session::on_user(std::string name) {
  if (user_) co_return reply(503, texts::logged_in_already);
  if (service_->config.tls.required && !transport_->is_secure()) co_return reply(530, texts::tls_needed);
  if (name.size() > user_name_bytes_max) co_return reply(501, texts::name_not_allowed);
  login_name_ = std::move(name);
  if (service_->is_anonymous(login_name_)) co_return reply(331, texts::anonymous_password_wanted);
  co_return reply(331, texts::password_wanted, login_name_);  // whether there is such a user or not
}

Task<Session::Outcome> Session::on_pass(std::string password) {
  if (user_) co_return reply(503, texts::logged_in_already);
  if (login_name_.empty()) co_return reply(503, texts::user_first);
  const auto& address = transport_->peer().address;
  const auto now = net::Clock::now();
  const auto turn = service_->login_turns->take(address, now);
  if (!turn) {
    log::warning("login refused: too many wait", {{"client", client()}, {"user", login_name_}});
    co_return reply(421, texts::too_many_tries);
  }
  if (*turn > now) co_await net::pause(worker_.executor(), net::time_left(*turn));
  auto user = service_->find_user(login_name_);
  const auto is_right = co_await is_password_of(user, password);
  if (!is_right && *turn == now) service_->login_turns->note_wrong(address, net::Clock::now());
  if (!is_right) co_return co_await refuse_login();
  login_name_.clear();
  login_tries_ = 0;
  folder_ = user->home;
  user_ = std::move(user);
  ++counts_.logins;
  log::info("logged in", {{"client", client()}, {"user", user_->name}, {"secure", transport_->is_secure()}});
  co_return reply(230, texts::logged_in, user_->name);
}

Task<bool> Session::is_password_of(const std::optional<User>& user, const std::string& password) {
  if (service_->is_anonymous(login_name_)) co_return true;
  const auto* const stored = user ? &user->password : nullptr;
  co_return co_await login::is_right(worker_, login_name_, password, stored, service_->stand_ins);
}

/// Only after a while, so that passwords cannot be tried out at a fast pace.
Task<Reply> Session::refuse_login() {
  ++counts_.logins_refused;
  log::warning("login refused", {{"client", client()}, {"user", login_name_}});
  login_name_.clear();
  co_await net::pause(worker_.executor(), limits().failed_login_delay);
  if (++login_tries_ < limits().login_tries_max) co_return reply(530, texts::login_incorrect);
  co_return reply(421, texts::too_many_tries);
}

Task<Session::Outcome> Session::on_acct(std::string) {
  co_return reply(202, texts::no_account_needed);
}

/// The control connection stays as secure as it is: see README.md, "Why it is so".
Task<Session::Outcome> Session::on_rein(std::string) {
  begin_anew();
  co_return reply(220, texts::ready_for_new_user);
}

/// As it was behind the greeting, or behind the handshake of AUTH.
void Session::begin_anew() {
  close_data();
  if (user_) login_until_ = net::deadline_after(limits().login_timeout);  // else it would last for ever
  user_.reset();
  login_name_.clear();
  folder_ = "/";
  rename_from_.clear();
  restart_at_ = 0;
  representation_ = ftp::Representation::ascii;
  facts_ = ftp::FactSet::all();
  only_epsv_ = false;
  has_pbsz_ = protects_data_ = begins_protected_;
}

Task<Session::Outcome> Session::on_quit(std::string) {
  co_return reply(221, texts::goodbye);
}

}  // namespace labnet::ftp_server
