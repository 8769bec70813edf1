// Bodies of forms, searched for their boundary.
#include "common/http/multipart.hpp"

#include <algorithm>

#include "common/base/text.hpp"
#include "common/http/characters.hpp"
#include "common/http/limits.hpp"
#include "common/http/list.hpp"

namespace labnet::http {
namespace {

constexpr std::string_view line_end = "\r\n";
constexpr std::string_view head_end = "\r\n\r\n";
constexpr std::string_view last_mark = "--";

/// RFC 2046, section 5.1.1.
bool is_boundary_character(char c) {
  constexpr std::string_view others = "'()+_,-./:=? ";
  const auto lower = to_lower(c);
  return is_digit(c) || (lower >= 'a' && lower <= 'z') || others.find(c) != others.npos;
}

/// Browsers write a quotation mark in a name as %22 and leave a backslash as it is (WHATWG's form submission): "\" is
/// an escape in front of these two alone, and "C:\1.png" stays what it is.
std::optional<std::string> parse_name(std::string_view text) {
  if (is_token(text)) return std::string{text};
  if (text.size() < 2 || text.front() != quote || text.back() != quote) return std::nullopt;
  text = text.substr(1, text.size() - 2);
  std::string name;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool has_escape = text[i] == escape && i + 1 < text.size() && (text[i + 1] == quote || text[i + 1] == escape);
    if (has_escape) ++i;
    name += text[i];
  }
  return name;
}

/// form-data; name="file"; filename="1.png"
bool read_disposition(std::string_view value, PartHead& head) {
  ListReader pieces{value, ';'};
  if (!equals_ignoring_case(pieces.next_or_empty().value_or(""), "form-data")) return false;
  bool has_name = false;
  while (const auto piece = pieces.next()) {
    const auto parameter = parse_parameter(*piece);
    const bool is_name = equals_ignoring_case(parameter.name, "name");
    const bool is_file_name = equals_ignoring_case(parameter.name, "filename");
    if (!is_name && !is_file_name) continue;
    auto text = parse_name(parameter.value);
    if (!text || (is_name && has_name)) return false;
    has_name = has_name || is_name;
    if (is_name) {
      head.name = std::move(*text);
    } else {
      head.file_name = std::move(*text);
    }
  }
  return has_name;
}

/// The lines of a part's head, the empty one not among them.
std::optional<PartHead> parse_part_head(std::string_view lines) {
  PartHead head{.name = {}, .file_name = std::nullopt, .content_type = "text/plain"};
  bool has_disposition = false;
  while (!lines.empty()) {
    const auto end = lines.find(line_end);
    const auto line = lines.substr(0, end);
    lines.remove_prefix(end + line_end.size());
    const auto colon = line.find(':');
    if (colon == line.npos || !is_token(line.substr(0, colon))) return std::nullopt;
    const auto name = line.substr(0, colon), value = trim(line.substr(colon + 1));
    if (!is_value(value)) return std::nullopt;
    if (equals_ignoring_case(name, "Content-Type")) head.content_type = value;
    if (!equals_ignoring_case(name, "Content-Disposition")) continue;
    if (has_disposition || !read_disposition(value, head)) return std::nullopt;
    has_disposition = true;
  }
  return has_disposition ? std::optional{head} : std::nullopt;
}

}  // namespace

int status_of(MultipartFault fault) {
  const bool is_too_much = fault == MultipartFault::head_too_long || fault == MultipartFault::too_many_parts;
  return is_too_much ? 413 : 400;
}

std::optional<std::string> boundary_of(const MediaType& media_type) {
  if (media_type.essence() != "multipart/form-data") return std::nullopt;
  const auto boundary = media_type.parameter("boundary");
  if (!boundary || boundary->empty() || boundary->size() > boundary_bytes_max) return std::nullopt;
  if (!std::ranges::all_of(*boundary, is_boundary_character) || boundary->ends_with(' ')) return std::nullopt;
  return std::string{*boundary};
}

/// The first boundary may stand at the very beginning: it is as if a CR LF had come.
MultipartReader::MultipartReader(std::string_view boundary) : matched_{line_end.size()} {
  delimiter_ += line_end;
  delimiter_ += last_mark;
  delimiter_ += boundary;
}

Result<MultipartReader::Step, MultipartFault> MultipartReader::read(Bytes input) {
  switch (stage_) {
    case Stage::preamble:
    case Stage::data:
      return read_until_boundary(input);
    case Stage::behind_boundary:
      return read_behind_boundary(input);
    case Stage::head:
      return read_head(input);
    case Stage::finished:
      break;
  }
  return Step{.used = input.size(), .head = std::nullopt, .data = {}, .part_ends = false, .finished = true};
}

/// No boundary has a CR in it, so that one begins nowhere within another: what did not go on is data, and the search
/// begins anew with the octet that did not fit.
MultipartReader::Step MultipartReader::read_until_boundary(Bytes input) {
  Step step;
  const bool is_part = stage_ == Stage::data;
  const auto text = as_text(input);
  const auto keep = [&](std::string_view octets) {
    if (is_part) step.data.insert(step.data.end(), as_bytes(octets).begin(), as_bytes(octets).end());
  };
  while (step.used < text.size() && matched_ < delimiter_.size()) {
    if (matched_ == 0) {
      const auto begin = std::min(text.find(delimiter_.front(), step.used), text.size());
      keep(text.substr(step.used, begin - step.used));
      step.used = begin;
      if (begin == text.size()) break;
    }
    if (text[step.used] == delimiter_[matched_]) {
      ++step.used, ++matched_;
    } else {
      keep(std::string_view{delimiter_}.substr(0, matched_));
      matched_ = 0;
    }
  }
  if (matched_ < delimiter_.size()) return step;
  matched_ = 0;
  line_.clear();
  step.part_ends = is_part;
  stage_ = Stage::behind_boundary;
  return step;
}

/// "--" for the last one, otherwise CR LF, maybe with spaces in front, which RFC 2046 lets gateways add.
Result<MultipartReader::Step, MultipartFault> MultipartReader::read_behind_boundary(Bytes input) {
  Step step;
  for (const char c : as_text(input)) {
    ++step.used;
    const bool is_padding = (c == ' ' || c == '\t') && line_.empty();
    if (is_padding) continue;
    line_ += c;
    if (line_ == last_mark) {
      stage_ = Stage::finished;
      step.finished = true;
      return step;
    }
    if (line_ == line_end) {
      if (++parts_ > parts_max) return MultipartFault::too_many_parts;
      stage_ = Stage::head;
      head_ = line_end;
      return step;
    }
    if (line_ != last_mark.substr(0, 1) && line_ != line_end.substr(0, 1)) return MultipartFault::malformed_boundary;
  }
  return step;
}

/// The head is kept with a CR LF in front, so that one without lines ends as others do.
Result<MultipartReader::Step, MultipartFault> MultipartReader::read_head(Bytes input) {
  Step step;
  for (const char c : as_text(input)) {
    ++step.used;
    head_ += c;
    if (head_.size() - line_end.size() > part_head_bytes_max) return MultipartFault::head_too_long;
    if (c != '\n' || !head_.ends_with(head_end)) continue;
    const std::string_view whole{head_};
    const auto lines = whole.substr(line_end.size(), whole.size() - head_end.size());
    step.head = parse_part_head(lines);
    if (!step.head) return MultipartFault::malformed_head;
    stage_ = Stage::data;
    return step;
  }
  return step;
}

}  // namespace labnet::http
