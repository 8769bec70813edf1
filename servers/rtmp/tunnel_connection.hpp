// A connection on which requests for tunnelled sessions come: HTTP/1.1, or 1.0 of a proxy.
#pragma once

#include <functional>
#include <memory>

#include "common/net/stream.hpp"
#include "servers/rtmp/service.hpp"
#include "servers/rtmp/tunnels.hpp"

namespace labnet::rtmp_server {

/// The service as it is since the last reload: a connection may outlive several.
using CurrentService = std::function<std::shared_ptr<const Service>()>;

/// Request after request, whichever sessions they are for, until the client goes or says something that is none.
net::Task<void> serve_tunnel_connection(net::Worker& worker, CurrentService current, std::shared_ptr<Tunnels> tunnels,
                                        net::Stream stream);

}  // namespace labnet::rtmp_server
