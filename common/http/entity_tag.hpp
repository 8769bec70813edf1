// Entity tags: "1770-617618cb1e800" in quotation marks, weak with W/ in front (RFC 9110, section 8.8.3).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/http/fields.hpp"

namespace labnet::http {

struct EntityTag {
  std::string_view opaque;  // without the quotation marks; a view
  bool weak = false;

  bool operator==(const EntityTag&) const = default;
};

/// One tag and nothing else. Without its quotation marks it is none.
std::optional<EntityTag> parse_entity_tag(std::string_view text);
/// W/"abc" or "abc". Characters that a tag may not have must not be in it (`is_opaque`).
std::string to_text(const EntityTag& tag);
/// True if a tag may have these characters: visible ones without a quotation mark, and octets beyond ASCII.
bool is_opaque(std::string_view text);

/// Both are strong and the same: for ranges and for what is changed (RFC 9110, section 8.8.3.2).
bool matches_strongly(const EntityTag& a, const EntityTag& b);
/// The same, weak or not: for what is read.
bool matches_weakly(const EntityTag& a, const EntityTag& b);

/// What If-Match and If-None-Match say: "*" or a list of tags, over all lines of that name.
class EntityTagCondition {
 public:
  EntityTagCondition(const Fields& fields, std::string_view name) : fields_{fields}, name_{name} {}

  bool is_any() const;  // "*"
  /// True if one of the tags in the list is that one. Elements that are no tags match none.
  bool has(const EntityTag& tag, bool (*matches)(const EntityTag&, const EntityTag&)) const;

 private:
  const Fields& fields_;
  std::string_view name_;
};

}  // namespace labnet::http
