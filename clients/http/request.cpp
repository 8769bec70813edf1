#include "clients/http/request.hpp"

#include <algorithm>
#include <array>

#include "common/base/text.hpp"

namespace labnet::http_client {

const http::FieldText* Request::find(std::string_view name) const {
  const auto found =
      std::ranges::find_if(fields, [&](const auto& field) { return equals_ignoring_case(field.name, name); });
  return found == fields.end() ? nullptr : &*found;
}

void Request::set(std::string_view name, std::string value) {
  for (auto& field : fields) {
    if (!equals_ignoring_case(field.name, name)) continue;
    field.value = std::move(value);
    return;
  }
  fields.push_back({std::string{name}, std::move(value)});
}

void Request::remove(std::string_view name) {
  std::erase_if(fields, [&](const auto& field) { return equals_ignoring_case(field.name, name); });
}

bool is_idempotent(std::string_view method) {
  constexpr auto methods = std::to_array<std::string_view>({"GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE"});
  return std::ranges::find(methods, method) != methods.end();
}

}  // namespace labnet::http_client
