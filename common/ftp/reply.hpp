// A reply: three digits and one line of text or several (RFC 959, section 4.2).
//
//   211-Features:          the first line: code and "-"
//    MDTM                  all between begin with a space, so that none of them looks like the last
//    SIZE
//   211 End                the last one: code and space
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/result.hpp"

namespace labnet::ftp {

struct Reply {
  int code = 0;                    // 100 to 599
  std::vector<std::string> lines;  // at least one, without code, leading space and CR LF

  Reply() = default;
  Reply(int code_, std::string line) : code{code_}, lines{std::move(line)} {}
  Reply(int code_, std::vector<std::string> lines_) : code{code_}, lines{std::move(lines_)} {}
  /// Without this, {214, {"a", "b"}} could also be one line: the characters from one pointer to the other.
  Reply(int code_, std::initializer_list<std::string> lines_) : code{code_}, lines{lines_} {}

  /// 1yz: another reply follows.
  bool is_preliminary() const { return code / 100 == 1; }
  bool is_positive() const { return code < 400; }
  bool operator==(const Reply&) const = default;
};

/// As it travels: one CR LF for each of its lines. NUL, CR and LF in a line, which would end it, become "?"; octet 255
/// is doubled (RFC 854).
std::string to_wire(const Reply& reply);

enum class ReplyFault {
  no_code,         // the first line does not begin with a code from 100 to 599
  too_many_lines,  // more than reply_lines_max
};

/// What a client puts replies together with, line by line. Sans I/O.
class ReplyReader {
 public:
  /// line     without CR LF, and without what Telnet has put into it (line.hpp)
  /// returns  the reply with its last line; nothing as long as there are more to come. Then, and behind a fault, it
  ///          begins anew
  Result<std::optional<Reply>, ReplyFault> add_line(std::string_view line);

 private:
  Reply reply_;
};

}  // namespace labnet::ftp
