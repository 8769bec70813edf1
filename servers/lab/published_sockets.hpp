// Sockets of the real machine that a lab's publications ask for. Made before the namespaces are, they stay in the real
// network namespace, whoever holds them.
#pragma once

#include <vector>

#include "common/base/file_descriptor.hpp"
#include "common/base/result.hpp"
#include "servers/lab/service_plan.hpp"

namespace labnet::lab {

/// Keeps the descriptors that it lists; the publications are the lab's.
struct PublishedSockets {
  std::vector<FileDescriptor> descriptors;
  std::vector<PublishedSocket> sockets;
};

/// A TCP or UDP socket, or both, for each publication, as the service behind it needs. A fault names the port that is
/// taken.
Result<PublishedSockets> open_published_sockets(const Lab& lab);

}  // namespace labnet::lab
