// Fields looked up.
#include "common/http/fields.hpp"

namespace labnet::http {

void Fields::add(Place name, Place value) {
  names_[size_] = name;
  values_[size_] = value;
  ++size_;
  shapes_ |= shape_of(name.in(base_));
}

std::optional<std::string_view> Fields::find(std::string_view name) const {
  if (!may_have(name)) return std::nullopt;
  for (std::size_t i = 0; i < size_; ++i) {
    if (is_called(i, name)) return values_[i].in(base_);
  }
  return std::nullopt;
}

std::size_t Fields::count(std::string_view name) const {
  std::size_t lines = 0;
  for_each(name, [&](std::string_view) { ++lines; });
  return lines;
}

std::optional<std::string> Fields::combined(std::string_view name) const {
  std::optional<std::string> all;
  for_each(name, [&](std::string_view value) {
    if (all) {
      *all += ", ";
      *all += value;
    } else {
      all = std::string{value};
    }
  });
  return all;
}

bool Fields::list_has(std::string_view name, std::string_view token) const {
  bool found = false;
  for_each_element(name, [&](std::string_view element) { found = found || equals_ignoring_case(element, token); });
  return found;
}

}  // namespace labnet::http
