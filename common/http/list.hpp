// Values that are lists: "gzip, br;q=0.5" (RFC 9110, section 5.6.1). A comma within quotation marks separates nothing.
#pragma once

#include <optional>
#include <string_view>

namespace labnet::http {

/// Gives the pieces of a text one after the other, without the spaces and tabs around them. No allocation.
class ListReader {
 public:
  explicit ListReader(std::string_view text, char separator = ',') : rest_{text}, separator_{separator} {}

  /// Empty elements, which senders may leave behind, are passed over; nothing at the end.
  std::optional<std::string_view> next();
  /// Empty elements are given as well: one for "", two for ",".
  std::optional<std::string_view> next_or_empty();

 private:
  std::string_view rest_;
  char separator_;
  bool at_end_ = false;
};

/// "name=value" of a parameter, "name" with an empty value where there is no "=". Views; the value still has its
/// quotation marks.
struct Parameter {
  std::string_view name;
  std::string_view value;
  bool has_value = false;

  bool operator==(const Parameter&) const = default;
};
Parameter parse_parameter(std::string_view text);

}  // namespace labnet::http
