// The order in which conditions are looked at.
#include "common/http/conditional.hpp"

namespace labnet::http {
namespace {

constexpr std::string_view if_match = "If-Match";
constexpr std::string_view if_none_match = "If-None-Match";

std::optional<Time> date_in(const Fields& fields, std::string_view name, Time now) {
  const auto text = fields.find(name);
  return text ? parse_date(*text, now) : std::nullopt;
}

bool any_or_listed(const Fields& fields, std::string_view name, const Representation& current,
                   bool (*matches)(const EntityTag&, const EntityTag&)) {
  const EntityTagCondition condition{fields, name};
  if (!current.exists) return false;
  return condition.is_any() || (current.tag && condition.has(*current.tag, matches));
}

/// Steps 1 and 2.
bool may_change(const Fields& fields, const Representation& current, Time now) {
  if (fields.has(if_match)) return any_or_listed(fields, if_match, current, matches_strongly);
  const auto since = date_in(fields, "If-Unmodified-Since", now);
  return !since || !current.modified || *current.modified <= *since;
}

/// Steps 3 and 4.
bool is_known_to_client(bool is_read, const Fields& fields, const Representation& current, Time now) {
  if (fields.has(if_none_match)) return any_or_listed(fields, if_none_match, current, matches_weakly);
  if (!is_read) return false;
  const auto since = date_in(fields, "If-Modified-Since", now);
  return since && current.modified && *current.modified <= *since;
}

}  // namespace

Verdict evaluate_conditions(std::string_view method, const Fields& fields, const Representation& current, Time now) {
  if (!may_change(fields, current, now)) return Verdict::precondition_failed;
  const bool is_read = method == "GET" || method == "HEAD";
  if (!is_known_to_client(is_read, fields, current, now)) return Verdict::proceed;
  return is_read ? Verdict::not_modified : Verdict::precondition_failed;
}

bool if_range_holds(const Fields& fields, const Representation& current, Time sent) {
  const auto text = fields.find("If-Range");
  if (!text) return true;
  if (const auto tag = parse_entity_tag(*text)) return current.tag && matches_strongly(*tag, *current.tag);
  const auto date = parse_date(*text, sent);
  return date && current.modified && *date == *current.modified && *current.modified < sent;
}

}  // namespace labnet::http
