// Lines found, headers named.
#include "common/sip/head.hpp"

#include "common/sip/characters.hpp"
#include "common/sip/limits.hpp"

namespace labnet::sip {
namespace {

bool is_space_or_tab(char c) {
  return c == ' ' || c == '\t';
}

class HeadReader {
 public:
  HeadReader(std::string_view text, Headers& headers)
      : begin_{text.data()},
        end_{begin_ + std::min(text.size(), head_bytes_max)},
        is_cut_{text.size() > head_bytes_max},
        at_{begin_},
        headers_{headers} {}

  Head read() {
    headers_.clear(begin_);
    if (const auto* const end = line_end(at_, false, HeaderName::other)) {
      head_.first_line = {at_, static_cast<std::size_t>(end - at_)};
      at_ = end + line_end_bytes;
      if (head_.first_line.size() > first_line_bytes_max) note(FaultKind::first_line_too_long);
      while (!at_empty_line() && read_header()) continue;
    }
    if (at_empty_line()) {
      at_ += line_end_bytes;
    } else {
      note(is_cut_ ? FaultKind::head_too_large : FaultKind::head_not_ended);
    }
    head_.bytes = static_cast<std::size_t>(at_ - begin_);
    return head_;
  }

 private:
  static constexpr std::ptrdiff_t line_end_bytes = 2;

  void note(FaultKind kind, HeaderName header = HeaderName::other) {
    if (!head_.fault) head_.fault = Fault{kind, header};
  }
  bool is_line_end(const char* place) const {
    return end_ - place >= line_end_bytes && place[0] == '\r' && place[1] == '\n';
  }
  bool at_empty_line() const { return is_line_end(at_); }

  /// The CR of the CR LF that ends the line; null if it has none. Where lines may be folded, one that is followed by
  /// white space does not end it.
  const char* line_end(const char* from, bool may_fold, HeaderName header) {
    for (const auto* at = control_character(from, end_); at != end_; at = control_character(at, end_)) {
      if (is_line_end(at)) {
        at += line_end_bytes;
        const bool is_folded = may_fold && at != end_ && is_space_or_tab(*at);
        if (!is_folded) return at - line_end_bytes;
        continue;
      }
      const bool may_go_on = *at == '\r' && at + 1 == end_;
      if (may_go_on) return nullptr;
      if (*at == '\r' || *at == '\n') {
        note(FaultKind::line_end);
      } else if (at == from || at[-1] != '\\') {
        note(FaultKind::control_character, header);
      }
      ++at;
    }
    return nullptr;
  }

  /// False if the line has no end.
  bool read_header() {
    const auto* name_end = at_;
    while (name_end != end_ && is_of(*name_end, token_kind)) ++name_end;
    const std::string_view text{at_, static_cast<std::size_t>(name_end - at_)};
    const auto* colon = name_end;
    while (colon != end_ && is_space_or_tab(*colon)) ++colon;
    const bool is_named = !text.empty() && colon != end_ && *colon == ':';
    const auto name = is_named ? header_name_of(text) : HeaderName::other;
    const auto* const value = is_named ? colon + 1 : at_;
    const auto* const end = line_end(value, true, name);
    if (end == nullptr) return false;
    at_ = end + line_end_bytes;
    if (is_named) {
      add(name, text, trim_white_space({value, static_cast<std::size_t>(end - value)}));
    } else {
      note(FaultKind::malformed_name);
    }
    return true;
  }

  void add(HeaderName name, std::string_view text, std::string_view value) {
    if (headers_.is_full()) return note(FaultKind::too_many_headers);
    if (row_of(name).occurrence == Occurrence::once && headers_.has(name)) note(FaultKind::repeated_header, name);
    headers_.add(name, text, value);
  }

  const char* begin_;
  const char* end_;
  bool is_cut_;
  const char* at_;
  Headers& headers_;
  Head head_;
};

}  // namespace

Head read_head(std::string_view text, Headers& headers) {
  return HeadReader{text, headers}.read();
}

}  // namespace labnet::sip
