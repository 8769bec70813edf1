// The index of headers filled and asked.
#include "common/sip/headers.hpp"

#include "common/base/text.hpp"

namespace labnet::sip {

void Headers::clear(const char* base) {
  base_ = base;
  size_ = 0;
  first_line_.fill(none);
}

void Headers::add(HeaderName name, std::string_view text, std::string_view value) {
  auto& first = first_line_[static_cast<std::size_t>(name)];
  if (first == none) first = static_cast<std::uint8_t>(size_);
  lines_[size_++] = {static_cast<std::uint16_t>(text.data() - base_), static_cast<std::uint16_t>(text.size()),
                     static_cast<std::uint16_t>(value.data() - base_), static_cast<std::uint16_t>(value.size()), name};
}

std::optional<std::string_view> Headers::first(HeaderName name) const {
  const auto line = first_line_[static_cast<std::size_t>(name)];
  if (line == none) return std::nullopt;
  return (*this)[line].value;
}

std::size_t Headers::count(HeaderName name) const {
  std::size_t lines = 0;
  for_each(name, [&](std::string_view) { ++lines; });
  return lines;
}

std::optional<std::string_view> Headers::find(std::string_view name) const {
  const auto known = header_name_of(name);
  if (known != HeaderName::other) return first(known);
  for (std::size_t i = 0; i < size_; ++i) {
    if (lines_[i].name == known && equals_ignoring_case((*this)[i].text, name)) return (*this)[i].value;
  }
  return std::nullopt;
}

}  // namespace labnet::sip
