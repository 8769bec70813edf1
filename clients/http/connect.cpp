#include "clients/http/connect.hpp"

#include <fmt/format.h>

#include "common/base/kinds.hpp"

namespace labnet::http_client {
namespace {

Error at(const net::Endpoint& server, std::string_view why) {
  return Error{net::to_string(server), ": ", why};
}

std::string why_not_connected(net::StreamFault fault, const Patience& patience) {
  if (fault != net::StreamFault::deadline) return std::string{net::describe(fault)};
  return patience.explain("no connection came about", patience.connect_timeout);
}

Task<Result<void>> secure(net::Stream& stream, Route route, Patience patience, Observer& observer, Timing& timing) {
  const auto began = net::Clock::now();
  const auto secured =
      co_await stream.connect_tls(route.tls, route.host_name, patience.within(patience.connect_timeout), route.session);
  timing.handshake = net::Clock::now() - began;
  if (secured) {
    const auto details = stream.tls();
    observer.on_secured(*details);
    if (!details->distrust.empty()) observer.on_notice(details->distrust);
    if (!route.approve) co_return Result<void>{};
    const auto approved = co_await route.approve(*details);
    if (!approved) co_return at(stream.peer(), approved.error().message);
    co_return Result<void>{};
  }
  if (secured.error() == net::StreamFault::deadline) {
    co_return at(stream.peer(), patience.explain("TLS was not agreed upon", patience.connect_timeout));
  }
  if (secured.error() == net::StreamFault::certificate_not_trusted) {
    co_return at(stream.peer(), fmt::format("{}; --ca FILE names a CA to trust, --insecure takes any certificate",
                                            stream.explain(secured.error())));
  }
  co_return at(stream.peer(), stream.explain(secured.error()));
}

}  // namespace

std::string Patience::explain(std::string_view what, Timeout timeout) const {
  if (is_over()) return fmt::format("{} before all the time was over that --max-time gives", what);
  return fmt::format("{} within {}; --timeout waits longer", what, labnet::describe(timeout));
}

Task<Result<net::Stream>> connect(net::Worker& worker, Route route, Patience patience, Observer& observer,
                                  Timing& timing) {
  const auto began = net::Clock::now();
  std::optional<Error> last;
  net::Stream stream;
  for (const auto& server : route.servers) {
    if (last) observer.on_notice(last->message);
    auto connected =
        co_await net::Stream::connect(worker.executor(), server, patience.within(patience.connect_timeout));
    if (connected) {
      stream = *std::move(connected);
      break;
    }
    last = at(server, why_not_connected(connected.error(), patience));
  }
  timing.connect = net::Clock::now() - began;
  if (!stream.is_open()) co_return last.value_or(Error{"there is no server to connect to"});
  observer.on_connected(stream.peer());
  if (!route.tls) co_return stream;
  const auto secured = co_await secure(stream, route, patience, observer, timing);
  if (!secured) co_return secured.error();
  co_return stream;
}

}  // namespace labnet::http_client
