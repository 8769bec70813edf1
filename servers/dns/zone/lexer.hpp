// A zone file as a row of entries: what stands on a line, or on several between parentheses (RFC 1035, section 5.1).
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "common/base/result.hpp"
#include "common/dns/rdata.hpp"

namespace labnet::dns_server {

struct Entry {
  bool starts_with_blank = false;  // the owner is that of the entry before
  std::vector<dns::Token> tokens;  // views of the file's text
};

struct LexFault {
  std::size_t line = 0;
  std::size_t column = 0;
  std::string_view message;
};

/// Takes a file's text apart. Comments, empty lines, parentheses and quotes are dealt with here; escapes are left in
/// the tokens, for only their reader knows whether they are part of a name or of a string.
class Lexer {
 public:
  /// `text` must outlive the lexer and its entries.
  explicit Lexer(std::string_view text) : text_{text} {}

  /// Puts the next entry into `entry`; one without tokens is the end of the file. After a fault the next call goes on
  /// with the next line.
  Result<void, LexFault> next(Entry& entry);

 private:
  bool at_end() const { return at_ == text_.size(); }
  char peek() const { return text_[at_]; }
  void advance();
  void skip_line();
  std::optional<LexFault> read_piece(Entry& entry);
  std::optional<LexFault> read_quoted(Entry& entry);
  void read_word(Entry& entry);
  std::optional<LexFault> open_or_close(char parenthesis);
  LexFault fault_here(std::string_view message) const { return {line_, column_, message}; }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;
  std::size_t column_ = 1;
  std::optional<LexFault> open_parenthesis_;  // where it stands, while one is open
};

}  // namespace labnet::dns_server
