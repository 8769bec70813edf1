// One pass over the text, a character at a time, with line and column kept.
#include "servers/dns/zone/lexer.hpp"

namespace labnet::dns_server {
namespace {

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r';
}
bool ends_word(char c) {
  return is_blank(c) || c == '\n' || c == ';' || c == '(' || c == ')' || c == '"';
}

}  // namespace

Result<void, LexFault> Lexer::next(Entry& entry) {
  entry.tokens.clear();
  open_parenthesis_.reset();
  entry.starts_with_blank = !at_end() && is_blank(peek());
  while (!at_end()) {
    if (peek() == '\n' && !open_parenthesis_) {
      advance();
      if (!entry.tokens.empty()) return {};
      entry.starts_with_blank = !at_end() && is_blank(peek());
    } else if (const auto fault = read_piece(entry)) {
      skip_line();
      return *fault;
    }
  }
  if (open_parenthesis_) return *open_parenthesis_;
  return {};
}

std::optional<LexFault> Lexer::read_piece(Entry& entry) {
  const char c = peek();
  if (c == '"') return read_quoted(entry);
  if (c == '(' || c == ')') return open_or_close(c);
  if (c == ';') {
    while (!at_end() && peek() != '\n') advance();
  } else if (is_blank(c) || c == '\n') {
    advance();
  } else {
    read_word(entry);
  }
  return std::nullopt;
}

std::optional<LexFault> Lexer::read_quoted(Entry& entry) {
  const auto opening = fault_here("found a quote that is not closed on its line");
  dns::Token token{{}, true, line_, column_};
  advance();
  const auto start = at_;
  while (!at_end() && peek() != '"') {
    if (peek() == '\\' && at_ + 1 < text_.size()) advance();
    if (peek() == '\n') return opening;
    advance();
  }
  if (at_end()) return opening;
  token.text = text_.substr(start, at_ - start);
  entry.tokens.push_back(token);
  advance();
  return std::nullopt;
}

void Lexer::read_word(Entry& entry) {
  dns::Token token{{}, false, line_, column_};
  const auto start = at_;
  while (!at_end() && !ends_word(peek())) {
    if (peek() == '\\' && at_ + 1 < text_.size() && text_[at_ + 1] != '\n') advance();
    advance();
  }
  token.text = text_.substr(start, at_ - start);
  entry.tokens.push_back(token);
}

std::optional<LexFault> Lexer::open_or_close(char parenthesis) {
  if (parenthesis == '(') {
    if (open_parenthesis_) return fault_here("found '(' within parentheses, which do not nest");
    open_parenthesis_ = fault_here("found '(' that is never closed");
  } else {
    if (!open_parenthesis_) return fault_here("found ')' without '(' before it");
    open_parenthesis_.reset();
  }
  advance();
  return std::nullopt;
}

void Lexer::advance() {
  if (text_[at_++] == '\n') {
    ++line_;
    column_ = 1;
  } else {
    ++column_;
  }
}

void Lexer::skip_line() {
  while (!at_end() && peek() != '\n') advance();
  if (!at_end()) advance();
}

}  // namespace labnet::dns_server
