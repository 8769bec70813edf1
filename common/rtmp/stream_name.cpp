#include "common/rtmp/stream_name.hpp"

#include <algorithm>

#include "common/base/text.hpp"
#include "common/rtmp/limits.hpp"
#include "common/rtmp/percent.hpp"

namespace labnet::rtmp {
namespace {

std::string_view without_slashes(std::string_view text) {
  while (text.starts_with('/')) text.remove_prefix(1);
  while (text.ends_with('/')) text.remove_suffix(1);
  return text;
}

}  // namespace

std::string_view describe(NameFault fault) {
  switch (fault) {
    case NameFault::too_long:
      return "the name is too long";
    case NameFault::too_many_arguments:
      return "the name has too many arguments";
    case NameFault::malformed_escape:
      return "two hexadecimal digits are missing behind %";
  }
  return "";
}

std::optional<std::string_view> StreamName::argument(std::string_view argument_name) const {
  const auto found = std::ranges::find(arguments, argument_name, &std::pair<std::string, std::string>::first);
  return found == arguments.end() ? std::nullopt : std::optional<std::string_view>{found->second};
}

Result<StreamName, NameFault> parse_stream_name(std::string_view text) {
  if (text.size() > stream_name_bytes_max) return NameFault::too_long;
  const auto question_mark = text.find('?');
  StreamName stream{.name = std::string{without_slashes(text.substr(0, question_mark))}};
  if (question_mark == text.npos) return stream;
  for (const auto argument : split(text.substr(question_mark + 1), '&')) {
    if (argument.empty()) continue;
    if (stream.arguments.size() == stream_arguments_max) return NameFault::too_many_arguments;
    const auto equals = argument.find('=');
    auto name = percent_decode(argument.substr(0, equals));
    auto value = percent_decode(equals == argument.npos ? std::string_view{} : argument.substr(equals + 1));
    if (!name || !value) return NameFault::malformed_escape;
    stream.arguments.emplace_back(*std::move(name), *std::move(value));
  }
  return stream;
}

}  // namespace labnet::rtmp
