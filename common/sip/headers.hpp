// The headers of a message, in the order in which they came, as views of the bytes that were received.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "common/sip/header_name.hpp"
#include "common/sip/limits.hpp"
#include "common/sip/list.hpp"

namespace labnet::sip {

struct Header {
  HeaderName name = HeaderName::other;
  std::string_view text;   // the name as it was sent
  std::string_view value;  // without white space at both ends; may be folded: CR LF and white space in it mean a space
};

/// An index, without a copy and without an allocation. Known headers are found at once.
class Headers {
 public:
  std::size_t size() const { return size_; }
  Header operator[](std::size_t i) const {
    const auto& line = lines_[i];
    return {line.name, {base_ + line.text_begin, line.text_bytes}, {base_ + line.value_begin, line.value_bytes}};
  }

  bool has(HeaderName name) const { return first_line_[static_cast<std::size_t>(name)] != none; }
  /// The value of the first line.
  std::optional<std::string_view> first(HeaderName name) const;
  /// How many lines have that name.
  std::size_t count(HeaderName name) const;
  /// The value of the first line with a name that may not be in the table, in any case.
  std::optional<std::string_view> find(std::string_view name) const;

  /// work(std::string_view value) for each line with that name.
  template <class Work>
  void for_each(HeaderName name, Work&& work) const {
    for (std::size_t i = first_line_[static_cast<std::size_t>(name)]; i < size_; ++i) {
      if (lines_[i].name == name) work((*this)[i].value);
    }
  }
  /// work(std::string_view element) for each element of the list that all lines with that name are together.
  template <class Work>
  void for_each_element(HeaderName name, Work&& work) const {
    for_each(name, [&](std::string_view value) {
      ElementReader elements{value};
      while (const auto element = elements.next()) work(*element);
    });
  }

  // For those who read a message.
  void clear(const char* base);
  bool is_full() const { return size_ == headers_max; }
  void add(HeaderName name, std::string_view text, std::string_view value);

 private:
  static constexpr std::uint8_t none = 0xff;
  static_assert(headers_max < none && head_bytes_max <= UINT16_MAX);

  struct Line {
    std::uint16_t text_begin, text_bytes;
    std::uint16_t value_begin, value_bytes;
    HeaderName name;
  };

  const char* base_ = nullptr;
  std::size_t size_ = 0;
  std::array<std::uint8_t, header_names + 1> first_line_;  // `none`: there is no line; clear() fills it
  std::array<Line, headers_max> lines_;
};

}  // namespace labnet::sip
