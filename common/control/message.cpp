#include "common/control/message.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

namespace labnet::control {

Result<json::object> parse_message(std::string_view line) {
  boost::system::error_code fault;
  auto value = json::parse(line, fault);
  if (fault) return Error{"not a JSON message: " + fault.message()};
  if (!value.is_object()) return Error{"not a message: expected a JSON object"};
  return std::move(value.as_object());
}

std::string to_line(const json::object& message) {
  return json::serialize(message) + "\n";
}

json::object success() {
  return {{"ok", true}};
}

json::object failure(std::string_view error) {
  return {{"ok", false}, {"error", error}};
}

std::string_view text_of(const json::object& message, std::string_view key) {
  const auto* member = message.if_contains(key);
  if (member == nullptr || !member->is_string()) return {};
  return member->get_string();
}

bool is_true(const json::object& message, std::string_view key) {
  const auto* member = message.if_contains(key);
  return member != nullptr && member->is_bool() && member->get_bool();
}

}  // namespace labnet::control
