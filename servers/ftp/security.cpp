// AUTH, PBSZ, PROT (RFC 2228, RFC 4217).
#include "common/base/text.hpp"
#include "common/log/log.hpp"
#include "servers/ftp/session.hpp"

namespace labnet::ftp_server {

Task<Session::Outcome> Session::on_auth(std::string mechanism) {
  mechanism = to_upper(mechanism);
  if (!service_->config.tls.is_offered()) co_return reply(500, texts::not_understood, "AUTH");
  if (transport_->is_secure()) co_return reply(503, texts::is_secure_already);
  const auto is_ssl =
      mechanism == "SSL" || mechanism == "TLS-P";  // data is protected at once (draft-murray-auth-ftp-ssl)
  if (!is_ssl && mechanism != "TLS" && mechanism != "TLS-C") {
    co_return reply(504, texts::not_supported, "AUTH " + mechanism.substr(0, 20));
  }
  co_await send(reply(234, texts::tls_begins, "AUTH " + mechanism));
  // Commands that came before are in plain text, and may be somebody else's (RFC 7457, section 2.2).
  waiting_.clear();
  const auto secured = co_await transport_->secure(std::min(patience(), net::Stream::handshake_timeout_default));
  if (!secured) {
    log::warning("TLS failed", {{"client", client()}, {"reason", transport_->explain(secured.error())}});
    end_session();
    co_return std::nullopt;
  }
  begins_protected_ = is_ssl;
  begin_anew();  // RFC 2228, section 3: who was there logs in again; what was said so far may be somebody else's
  co_return std::nullopt;
}

/// The one size there is with TLS, whatever was asked for (RFC 4217, section 9).
Task<Session::Outcome> Session::on_pbsz(std::string) {
  if (!transport_->is_secure()) co_return reply(503, texts::tls_first);
  has_pbsz_ = true;
  co_return ftp::Reply{200, "PBSZ=0"};
}

Task<Session::Outcome> Session::on_prot(std::string argument) {
  argument = to_upper(argument);
  if (!transport_->is_secure()) co_return reply(503, texts::tls_first);
  if (!has_pbsz_) co_return reply(503, texts::pbsz_first);
  if (argument == "S" || argument == "E") co_return reply(536, texts::not_supported, "PROT " + argument);
  if (argument != "C" && argument != "P") co_return reply(504, texts::not_supported, "PROT " + argument.substr(0, 20));
  if (argument == "C" && service_->config.tls.required) co_return reply(534, texts::data_must_be_secure);
  protects_data_ = argument == "P";
  co_return reply(200, texts::protection_is, argument);
}

}  // namespace labnet::ftp_server
