// Media types: "text/html; charset=utf-8" (RFC 9110, section 8.3), and which one a file's name tells.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace labnet::http {

struct MediaType {
  std::string type;     // in small letters: "text"
  std::string subtype;  // in small letters: "html"
  std::vector<std::pair<std::string, std::string>>
      parameters;  // names in small letters, values without quotation marks

  /// "text/html"
  std::string essence() const { return type + '/' + subtype; }
  /// The value of the first parameter of that name, given in small letters.
  std::optional<std::string_view> parameter(std::string_view name) const;
  bool operator==(const MediaType&) const = default;
};

/// Nothing for what is malformed, or has more than parameters_max parameters.
std::optional<MediaType> parse_media_type(std::string_view text);
/// Values that are no token stand in quotation marks.
std::string to_text(const MediaType& media_type);

/// How browsers send forms (HTML, section 4.10.21.8).
inline constexpr std::string_view url_encoded_form = "application/x-www-form-urlencoded";
inline constexpr std::string_view multipart_form = "multipart/form-data";
/// Either of them.
bool is_form(const MediaType& media_type);

/// A token or a quoted string as it stands in a parameter, its marks and escapes taken off; nothing for anything else.
std::optional<std::string> parse_word(std::string_view text);
/// The reverse: in quotation marks if it is no token.
std::string to_word(std::string_view value);

/// What a file is by the end of its name, in any case: "text/html; charset=utf-8" for "index.HTML"; text is UTF-8
/// everywhere in the lab. "application/octet-stream" for names without an end or with an unknown one.
std::string_view media_type_of(std::string_view file_name);

}  // namespace labnet::http
