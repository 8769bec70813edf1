// How a data connection comes about; and if it does not, why: most of what goes wrong with FTP goes wrong here, and
// "425 No data connection" alone helps nobody.
#include "common/log/log.hpp"
#include "servers/ftp/session.hpp"

namespace labnet::ftp_server {
namespace {

using Channel = Result<std::unique_ptr<DataChannel>, std::string>;

struct Diagnosis {
  static constexpr Text nobody{
      "nobody connected to {} within {} s; is that address reachable from where you are, and the port let through by "
      "firewalls?",
      "nadie se conectó a {} en {} s; ¿es esa dirección accesible desde allí y dejan pasar los cortafuegos ese "
      "puerto?"};
  static constexpr Text told_another_address{
      "; you reached this server at {}, but were told to connect to {} (passive.masquerade_address)",
      "; usted llegó a este servidor por {}, pero se le indicó conectarse a {} (passive.masquerade_address)"};
  static constexpr Text foreigner{"; {} connected instead, and was turned away: data goes to you alone",
                                  "; en su lugar se conectó {}, que fue rechazado: los datos son sólo para usted"};
  static constexpr Text not_reached{
      "cannot connect to {}: {}; in active mode your side must let connections in, which "
      "routers and firewalls prevent: try passive mode",
      "no se puede conectar a {}: {}; en modo activo su lado debe aceptar conexiones, lo "
      "que impiden routers y cortafuegos: pruebe el modo pasivo"};
};

}  // namespace

/// Data goes to the client itself (RFC 2577, section 8: data stealing).
bool Session::is_welcome(const net::Endpoint& peer) {
  if (peer.address == transport_->peer().address) return true;
  auto stranger = peer.address.to_string();
  if (stranger == stranger_) return false;  // may come as often as it likes
  stranger_ = std::move(stranger);
  log::warning("data connection of a stranger turned away",
               {{"client", client()}, {"stranger", stranger_}, {"address", passive_address_}});
  return false;
}

Task<Channel> Session::accept_channel(Transfer& transfer) {
  auto accepted = co_await transfer.passive->accept(limits().connect_timeout);
  if (accepted) {
    transfer.passive.reset();  // one connection for one PASV
    co_return *std::move(accepted);
  }
  if (accepted.error() != StreamFault::deadline) co_return std::string{describe(accepted.error())};
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(limits().connect_timeout).count();
  auto why = Diagnosis::nobody.in(language(), transfer.passive_address, seconds);
  const auto& told = service_->config.passive.masquerade_address;
  const auto reached = transport_->local().address.to_string();
  if (told && to_string(*told) != reached) {
    why += Diagnosis::told_another_address.in(language(), reached, to_string(*told));
  }
  if (!stranger_.empty()) why += Diagnosis::foreigner.in(language(), stranger_);
  co_return why;
}

Task<Channel> Session::connect_channel(Transfer& transfer) {
  auto connected = co_await transfer.active->connect(limits().connect_timeout);
  if (connected) co_return *std::move(connected);
  auto target = transfer.active->target();
  target.scheme.clear();
  co_return Diagnosis::not_reached.in(language(), net::to_string(target), describe(connected.error()));
}

}  // namespace labnet::ftp_server
