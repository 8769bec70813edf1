// How data is to travel, and where to (RFC 959, section 4.1.2; RFC 2428).
#include "common/ftp/data_address.hpp"
#include "common/log/log.hpp"
#include "servers/ftp/session.hpp"

namespace labnet::ftp_server {

using ftp::Reply;

namespace {

/// Whether it is this host's; a link's address has a scope at the socket alone.
bool is_of(const ftp::DataAddress& address, const boost::asio::ip::address& host) {
  if (const auto* const v6 = std::get_if<Ipv6Address>(&address.address)) {
    return host.is_v6() && host.to_v6().to_bytes() == v6->octets;
  }
  return host.is_v4() && host.to_v4().to_uint() == std::get<Ipv4Address>(address.address).value;
}

}  // namespace

Task<Session::Outcome> Session::on_type(std::string argument) {
  const auto type = ftp::parse_type(argument);
  if (type) {
    representation_ = *type;
    co_return reply(200, texts::type_is, *type == ftp::Representation::ascii ? "A" : "I");
  }
  if (type.error() == ftp::ParameterFault::not_supported) co_return reply(504, texts::no_such_type);
  co_return reply(501, texts::syntax, "TYPE <A or I>");
}

Task<Session::Outcome> Session::on_mode(std::string argument) {
  const auto mode = ftp::parse_mode(argument);
  if (mode) co_return reply(200, texts::done, "MODE");
  if (mode.error() == ftp::ParameterFault::not_supported)
    co_return reply(504, texts::not_supported, "MODE " + argument);
  co_return reply(501, texts::syntax, "MODE S");
}

Task<Session::Outcome> Session::on_stru(std::string argument) {
  const auto structure = ftp::parse_structure(argument);
  if (structure) co_return reply(200, texts::done, "STRU");
  if (structure.error() == ftp::ParameterFault::not_supported) {
    co_return reply(504, texts::not_supported, "STRU " + argument);
  }
  co_return reply(501, texts::syntax, "STRU F");
}

Task<Session::Outcome> Session::on_rest(std::string argument) {
  const auto offset = ftp::parse_offset(argument);
  if (!offset) co_return reply(501, texts::syntax, "REST <bytes>");
  // Line ends make a file longer on its way, so that a position in it means nothing.
  if (*offset > 0 && representation_ == ftp::Representation::ascii) co_return reply(501, texts::no_rest_in_ascii);
  restart_at_ = *offset;
  co_return reply(350, texts::restart_at, *offset);
}

Task<Session::Outcome> Session::on_allo(std::string) {
  co_return reply(202, texts::no_allocation_needed);
}

/// A ticket of TLS 1.3 serves once (RFC 8446, appendix C.4): one for each data connection, with the reply about it.
void Session::offer_session() {
  if (protects_data_ && !is_writing_) transport_->offer_session();
}

Session::Outcome Session::listen_for_data() {
  close_data();
  stranger_.clear();
  auto socket = transport_->listen([this](const net::Endpoint& peer) { return is_welcome(peer); });
  if (!socket) {
    log::warning("no passive port", {{"client", client()}, {"reason", socket.error().message}});
    return reply(425, texts::no_passive_port);
  }
  passive_ = *std::move(socket);
  offer_session();
  return std::nullopt;
}

Task<Session::Outcome> Session::on_pasv(std::string) {
  if (only_epsv_) co_return reply(501, texts::epsv_all_was_sent);
  const auto& own = transport_->local().address;
  if (!own.is_v4()) co_return reply(425, texts::pasv_is_ipv4);
  if (auto fault = listen_for_data()) co_return fault;
  const auto address = service_->config.passive.masquerade_address.value_or(Ipv4Address{own.to_v4().to_uint()});
  passive_address_ = fmt::format("{}:{}", to_string(address), passive_->port());
  co_return reply(227, texts::entering_passive, ftp::port_argument(address, passive_->port()));
}

Task<Session::Outcome> Session::on_epsv(std::string argument) {
  if (argument == "ALL" || argument == "all") {
    only_epsv_ = true;
    co_return reply(200, texts::epsv_all_taken);
  }
  const std::string_view own_family = transport_->local().address.is_v4() ? "1" : "2";
  if (!argument.empty() && argument != own_family) {
    const auto is_family = argument.find_first_not_of("0123456789") == argument.npos;
    co_return is_family ? reply(522, texts::use_family, fmt::format("({})", own_family))
                        : reply(501, texts::syntax, "EPSV [<1 or 2> or ALL]");
  }
  if (auto fault = listen_for_data()) co_return fault;
  passive_address_ = fmt::format("port {}", passive_->port());
  co_return reply(229, texts::entering_extended_passive, ftp::extended_passive_text(passive_->port()));
}

Task<Session::Outcome> Session::on_port(std::string argument) {
  const auto address = ftp::parse_port(argument);
  if (!address) co_return reply(501, texts::syntax, "PORT <h1,h2,h3,h4,p1,p2>");
  co_return take_active(*address, "PORT");
}

Task<Session::Outcome> Session::on_eprt(std::string argument) {
  const auto address = ftp::parse_eprt(argument);
  if (address) co_return take_active(*address, "EPRT");
  if (address.error() == ftp::EprtFault::family) co_return reply(522, texts::use_family, "(1,2)");
  co_return reply(501, texts::syntax, "EPRT |<1 or 2>|<address>|<port>|");
}

/// Never to anybody else (RFC 2577, section 3: the bounce attack), nor to a port where a service may be.
Session::Outcome Session::take_active(const ftp::DataAddress& address, std::string_view verb) {
  constexpr std::uint16_t port_min = 1024;
  if (only_epsv_) return reply(501, texts::epsv_all_was_sent);
  if (!service_->config.active) return reply(502, texts::no_active);
  if (!is_of(address, transport_->peer().address) || address.port < port_min) {
    log::warning("data connection refused", {{"client", client()}, {"asked_by", verb}});
    return reply(501, texts::port_refused);
  }
  close_data();
  active_ = transport_->connect_to(address.port);
  offer_session();
  return reply(200, texts::done, verb);
}

/// What was agreed upon for the next transfer, or is under way for this one.
void Session::close_data() {
  passive_.reset();
  active_.reset();
  passive_address_.clear();
  if (!transfer_) return;
  if (transfer_->passive) transfer_->passive->close();
  if (transfer_->active) transfer_->active->close();
  if (transfer_->channel) transfer_->channel->abort();
}

}  // namespace labnet::ftp_server
