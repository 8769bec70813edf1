#include "clients/http/response.hpp"

#include <fmt/format.h>

#include "common/base/utf8.hpp"
#include "common/http/status.hpp"

namespace labnet::http_client {

std::string Response::status_text() const {
  constexpr std::size_t shown_bytes_max = 200;
  const auto told = head_.reason();
  const auto reason = told.empty() ? http::reason_phrase(status()) : told;
  if (reason.empty()) return fmt::format("{}", status());
  return fmt::format("{} {}", status(), printable(reason, shown_bytes_max));
}

}  // namespace labnet::http_client
