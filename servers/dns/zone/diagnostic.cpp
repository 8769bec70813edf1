// Diagnostics in the form that editors jump to.
#include "servers/dns/zone/diagnostic.hpp"

#include <fmt/format.h>

namespace labnet::dns_server {

std::string to_text(const Diagnostic& diagnostic) {
  if (diagnostic.line == 0) return fmt::format("{}: {}", diagnostic.file, diagnostic.message);
  return fmt::format("{}:{}:{}: {}", diagnostic.file, diagnostic.line, diagnostic.column, diagnostic.message);
}

}  // namespace labnet::dns_server
