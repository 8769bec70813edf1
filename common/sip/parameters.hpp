// The parameters behind a value: ";tag=98asjd8;q=0.33" (RFC 3261, section 25.1: generic-param).
#pragma once

#include <cstddef>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/result.hpp"
#include "common/sip/fault.hpp"

namespace labnet::sip {

struct Parameter {
  std::string_view name;   // as it was sent; compared without regard to case
  std::string_view value;  // as it was sent: a quoted one has its quotation marks, see unquoted() in quoted.hpp
  bool has_value = false;  // ";lr" has none, and ";lr=" is a fault

  bool operator==(const Parameter&) const = default;
};

/// Views of one value's parameters, checked when they were read. Looking for one walks over them: they are few.
class Parameters {
 public:
  Parameters() = default;

  bool empty() const { return text_.empty(); }
  /// All of them as they were sent, from the first semicolon on; empty if there are none.
  std::string_view text() const { return text_; }

  /// The one of that name.
  std::optional<Parameter> find(std::string_view name) const;
  bool has(std::string_view name) const { return find(name).has_value(); }
  /// Its value as it was sent; nothing if it is not there or has none.
  std::optional<std::string_view> value(std::string_view name) const;

  class Iterator {
   public:
    using difference_type = std::ptrdiff_t;
    using value_type = Parameter;

    Iterator() = default;
    explicit Iterator(std::string_view rest) : rest_{rest} { advance(); }
    const Parameter& operator*() const { return current_; }
    const Parameter* operator->() const { return &current_; }
    Iterator& operator++() {
      advance();
      return *this;
    }
    void operator++(int) { advance(); }
    bool operator==(std::default_sentinel_t) const { return at_end_; }

   private:
    void advance();

    std::string_view rest_;
    Parameter current_;
    bool at_end_ = true;
  };
  Iterator begin() const { return Iterator{text_}; }
  std::default_sentinel_t end() const { return {}; }

 private:
  friend Result<Parameters, FaultKind> parse_parameters(std::string_view text);
  explicit Parameters(std::string_view text) : text_{text} {}

  std::string_view text_;
};

/// text     from the first semicolon on, with white space before it or not; may be empty
/// faults   malformed_value: an empty parameter, a name that is no token or is there twice, "=" without a value,
/// anything
///          behind;
///          unbalanced_quote; too_many_elements: more than parameters_max
Result<Parameters, FaultKind> parse_parameters(std::string_view text);

}  // namespace labnet::sip
