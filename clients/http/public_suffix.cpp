#include "clients/http/public_suffix.hpp"

#include <libpsl.h>

namespace labnet::http_client {

bool is_public_suffix(const std::string& host) {
  return psl_is_public_suffix(psl_builtin(), host.c_str()) == 1;
}

std::string_view registrable_domain(const std::string& host) {
  const auto* const domain = psl_registrable_domain(psl_builtin(), host.c_str());
  return domain == nullptr ? std::string_view{host} : std::string_view{domain};
}

}  // namespace labnet::http_client
