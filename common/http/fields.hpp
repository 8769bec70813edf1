// The fields of a head, in the order in which they came, as views of the bytes that were received (RFC 9110, section
// 5).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/text.hpp"
#include "common/http/limits.hpp"
#include "common/http/list.hpp"

namespace labnet::http {

struct Field {
  std::string_view name;   // a token, in the case in which it was sent
  std::string_view value;  // without spaces and tabs at both ends; may be empty

  bool operator==(const Field&) const = default;
};

/// A field that is to be sent.
struct FieldText {
  std::string name;
  std::string value;

  bool operator==(const FieldText&) const = default;
};

/// Where a text stands, counted from the first byte of the head: so a head stays in order when its buffer moves.
struct Place {
  std::uint16_t begin = 0;
  std::uint16_t size = 0;

  std::string_view in(const char* base) const { return {base + begin, size}; }
};
static_assert(head_bytes_max <= UINT16_MAX);

/// Names are compared without regard to case. A look-up of a name that is not there mostly costs one comparison.
class Fields {
 public:
  std::size_t size() const { return size_; }
  Field operator[](std::size_t i) const { return {names_[i].in(base_), values_[i].in(base_)}; }

  /// The value of the first field with that name.
  std::optional<std::string_view> find(std::string_view name) const;
  bool has(std::string_view name) const { return find(name).has_value(); }
  /// How many lines have that name. Host may be there once (RFC 9112, section 3.2).
  std::size_t count(std::string_view name) const;
  /// The values of all lines with that name, with ", " in between, which means the same (RFC 9110, section 5.3).
  std::optional<std::string> combined(std::string_view name) const;

  /// work(std::string_view value) for each line with that name.
  template <class Work>
  void for_each(std::string_view name, Work&& work) const {
    if (!may_have(name)) return;
    for (std::size_t i = 0; i < size_; ++i) {
      if (is_called(i, name)) work(values_[i].in(base_));
    }
  }
  /// work(std::string_view element) for each element of the list that all lines with that name are together.
  template <class Work>
  void for_each_element(std::string_view name, Work&& work) const {
    for_each(name, [&](std::string_view value) {
      ListReader elements{value};
      while (const auto element = elements.next()) work(*element);
    });
  }
  /// True if one of these elements is that token, in any case: "Connection: Keep-Alive, Upgrade".
  bool list_has(std::string_view name, std::string_view token) const;

  // For those who read a head.
  void clear() { size_ = 0, shapes_ = 0; }
  void set_base(const char* base) { base_ = base; }
  bool is_full() const { return size_ == fields_max; }
  void add(Place name, Place value);

 private:
  /// A bit for first letter and length: most names have one of their own.
  static std::uint64_t shape_of(std::string_view name) {
    constexpr unsigned bits = 64, spread = 7;
    return std::uint64_t{1} << ((static_cast<unsigned char>(to_lower(name.front())) + name.size() * spread) % bits);
  }
  bool may_have(std::string_view name) const { return !name.empty() && (shapes_ & shape_of(name)) != 0; }
  bool is_called(std::size_t i, std::string_view name) const {
    return names_[i].size == name.size() && equals_ignoring_case(names_[i].in(base_), name);
  }

  const char* base_ = nullptr;
  std::size_t size_ = 0;
  std::uint64_t shapes_ = 0;  // of all names
  std::array<Place, fields_max> names_;
  std::array<Place, fields_max> values_;
};

}  // namespace labnet::http
