// Values that are lists: "<sip:a@b>;q=1, <sip:c@d>". A comma within quotation marks or angle brackets separates
// nothing.
#pragma once

#include <optional>
#include <string_view>

#include "common/base/result.hpp"
#include "common/sip/fault.hpp"

namespace labnet::sip {

/// Gives the elements of one line, one after the other, without the white space around them. No allocation.
///
///   ElementReader elements{value};
///   for (auto element = elements.next(); element; element = elements.next()) use(*element);
class ElementReader {
 public:
  explicit ElementReader(std::string_view value) : rest_{value} {}

  /// Empty elements are given, as whoever reads them refuses them; nothing at the end. Of a quotation mark or bracket
  /// that is not closed the rest is one element, which does not parse.
  std::optional<std::string_view> next();

 private:
  std::string_view rest_;
  bool at_end_ = false;
};

}  // namespace labnet::sip
