// What the system says when a file is to be stored, as a status.
#pragma once

#include "common/files/jail.hpp"

namespace labnet::http_server {

/// 507 for a full disk, 403 for what may not be, 409 for what cannot be where it is to be.
int status_of_storing(const boost::system::error_code& error);

}  // namespace labnet::http_server
