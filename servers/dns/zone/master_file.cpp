// Entry by entry: a directive, or owner, TTL and class in either order, type and data.
#include "servers/dns/zone/master_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "common/base/text.hpp"
#include "servers/dns/limits.hpp"
#include "servers/dns/zone/generate.hpp"
#include "servers/dns/zone/lexer.hpp"

namespace labnet::dns_server {
namespace {

using dns::Name;
using dns::NameView;
using dns::Token;
using Tokens = std::span<const Token>;

/// Thrown, and caught, within this file only: an entry is given up, the next one is read.
struct EntryFault {
  std::size_t line;
  std::size_t column;
  std::string message;
};

[[noreturn]] void fail(const Token& token, std::string_view expected) {
  throw EntryFault{token.line, token.column, fmt::format("found \"{}\", expected {}", token.text, expected)};
}

[[noreturn]] void fail_behind(const Token& last, std::string_view expected) {
  throw EntryFault{last.line, last.column + last.text.size() + (last.quoted ? 2 : 0),
                   fmt::format("found the end of the entry, expected {}", expected)};
}

class Reader {
 public:
  Reader(MasterFile& result, const ReadFile& read_file, const std::stop_token& stop)
      : result_{result}, read_file_{read_file}, stop_{stop} {}

  void read(const std::string& path, NameView origin, std::size_t depth) {
    const auto text = read_file_(path);
    if (!text) return tell({path, 0, 0, text.error().message});
    read_text(*text, path, origin, depth);
  }

 private:
  void read_text(std::string_view text, const std::string& path, NameView origin, std::size_t depth) {
    result_.files.push_back(path);
    if (const auto nul = text.find('\0'); nul != text.npos) return refuse(path, text.substr(0, nul));
    File file{path, static_cast<std::uint32_t>(result_.files.size() - 1), depth, Name{origin}, {}, {}};
    Lexer lexer{text};
    Entry entry;
    while (result_.faults.size() < faults_max) {
      if (stop_.stop_requested()) return tell({path, 0, 0, "is not read to its end: the program ends"});
      const auto read = lexer.next(entry);
      if (!read) {
        tell({path, read.error().line, read.error().column, std::string{read.error().message}});
      } else if (entry.tokens.empty()) {
        return;
      } else {
        read_entry(file, entry);
      }
    }
  }

  /// What an included file does not change in the one that includes it.
  struct File {
    std::string path;
    std::uint32_t index;
    std::size_t depth;
    Name origin;
    std::optional<Name> owner;
    std::optional<std::uint32_t> ttl_before;  // of the record before
  };
  struct Directive {
    std::string_view name;
    void (Reader::*read)(File&, Tokens);
    std::size_t arguments_min;
    std::size_t arguments_max;
    std::string_view syntax;
  };
  static const std::array<Directive, 4> directives;

  /// One word about a file that is none of text, rather than one about each of its lines.
  void refuse(const std::string& path, std::string_view before) {
    const auto line = static_cast<std::size_t>(std::ranges::count(before, '\n')) + 1;
    const auto column = before.size() - (before.rfind('\n') + 1) + 1;  // npos + 1 is 0
    tell({path, line, column, "found an octet 0, expected text: this is no zone file"});
  }

  void tell(Diagnostic diagnostic) { result_.faults.push_back(std::move(diagnostic)); }

  void read_entry(File& file, const Entry& entry) {
    try {
      const auto& first = entry.tokens.front();
      if (!first.quoted && first.text.starts_with('$')) {
        read_directive(file, entry.tokens);
      } else {
        read_record(file, entry);
      }
    } catch (const EntryFault& fault) {
      tell({file.path, fault.line, fault.column, fault.message});
    }
  }

  void read_directive(File& file, Tokens tokens) {
    const auto directive = std::ranges::find_if(
        directives, [&](const Directive& d) { return equals_ignoring_case(d.name, tokens.front().text); });
    if (directive == directives.end()) fail(tokens.front(), "$ORIGIN, $TTL, $INCLUDE or $GENERATE");
    const auto arguments = tokens.subspan(1);
    if (arguments.size() < directive->arguments_min) fail_behind(tokens.back(), directive->syntax);
    if (arguments.size() > directive->arguments_max) fail(arguments[directive->arguments_max], directive->syntax);
    (this->*directive->read)(file, arguments);
  }

  void on_origin(File& file, Tokens arguments) { file.origin = read_name(file, arguments[0]); }

  void on_ttl(File&, Tokens arguments) {
    const auto ttl = dns::parse_period(arguments[0].text);
    if (!ttl) fail(arguments[0], "a TTL in seconds or with units, as in 1h30m");
    default_ttl_ = ttl->seconds;
  }

  void on_include(File& file, Tokens arguments) {
    if (file.depth == include_depth_max) {
      fail(arguments[0], fmt::format("no more than {} files that include one another", include_depth_max));
    }
    if (result_.files.size() == zone_files_max) {
      fail(arguments[0], fmt::format("no more than {} files for one zone", zone_files_max));
    }
    const auto origin = arguments.size() > 1 ? read_name(file, arguments[1]) : file.origin;
    const auto path = (std::filesystem::path{file.path}.parent_path() / arguments[0].text).string();
    const auto text = read_file_(path);
    if (!text) fail(arguments[0], fmt::format("a file to include: {} {}", path, text.error().message));
    read_text(*text, path, origin, file.depth + 1);
  }

  void on_generate(File& file, Tokens arguments) {
    const auto range = parse_generate_range(arguments[0].text);
    if (!range) fail(arguments[0], "a range, as in 1-10 or 0-254/2");
    if (range->count() > generated_records_max) {
      fail(arguments[0], fmt::format("a range of no more than {} numbers", generated_records_max));
    }
    auto rest = arguments.subspan(2);
    const auto ttl = read_ttl_and_class(rest);
    if (rest.empty()) fail_behind(arguments.back(), "a record type");
    const auto type = read_type(rest.front());
    if (rest.size() < 2) fail_behind(rest.back(), "the data of the records");
    if (rest.size() > 2)
      fail(rest[2], "the end of the entry: data of several parts stands in quotes, as in \"10 mail$\"");
    for (std::size_t i = 0; i < range->count(); ++i) {
      const auto number = static_cast<std::uint32_t>(range->start + i * range->step);
      const auto owner = expand(arguments[1], arguments[1].text, number);
      add_record(file, read_name(file, in_place_of(arguments[1], owner)), ttl,
                 read_generated(file, type, rest[1], number), arguments[1]);
    }
  }

  static std::string expand(const Token& token, std::string_view pattern, std::uint32_t number) {
    auto text = expand_generate_pattern(pattern, number);
    if (!text) fail(token, text.error().message);
    return std::move(*text);
  }

  /// What a pattern has become stands where the pattern does.
  static Token in_place_of(const Token& pattern, std::string_view text) {
    return {text, pattern.quoted, pattern.line, pattern.column};
  }

  /// The pattern is data as it would stand in the file; within its quotes, if it has any, \" is a quote of that data.
  static dns::Rdata read_generated(const File& file, dns::Type type, const Token& pattern, std::uint32_t number) {
    const auto text =
        expand(pattern, pattern.quoted ? without_escaped_quotes(pattern.text) : std::string{pattern.text}, number);
    Entry entry;
    const auto read = Lexer{text}.next(entry);
    if (!read) fail(in_place_of(pattern, text), fmt::format("the data of a record ({})", read.error().message));
    auto data = dns::parse_rdata(type, entry.tokens, file.origin);
    if (data) return std::move(*data);
    const auto at = data.error().token;
    fail(in_place_of(pattern, at < entry.tokens.size() ? entry.tokens[at].text : text), data.error().expected);
  }

  void read_record(File& file, const Entry& entry) {
    Tokens rest = entry.tokens;
    const auto& last = entry.tokens.back();
    if (!entry.starts_with_blank) {
      file.owner = read_name(file, rest.front());
      rest = rest.subspan(1);
    } else if (!file.owner) {
      fail(rest.front(), "a record with an owner before one that starts with a blank");
    }
    const auto ttl = read_ttl_and_class(rest);
    if (rest.empty()) fail_behind(last, "a record type");
    const auto type = read_type(rest.front());
    rest = rest.subspan(1);
    auto data = dns::parse_rdata(type, rest, file.origin);
    if (!data && data.error().token < rest.size()) fail(rest[data.error().token], data.error().expected);
    if (!data) fail_behind(last, data.error().expected);
    add_record(file, *file.owner, ttl, std::move(*data), entry.tokens.front());
  }

  /// `first` is the token that it begins with.
  void add_record(File& file, const Name& owner, std::optional<std::uint32_t> ttl, dns::Rdata data,
                  const Token& first) {
    if (result_.records.size() == zone_records_max) {
      fail(first, fmt::format("no more than {} records", zone_records_max));
    }
    const auto seconds = choose_ttl(file, ttl, data, first);
    file.ttl_before = seconds;
    result_.records.push_back(
        {{owner, dns::Class::in, seconds, std::move(data)}, file.index, static_cast<std::uint32_t>(first.line)});
  }

  /// Takes both, either or none of them from the front of `rest`.
  static std::optional<std::uint32_t> read_ttl_and_class(Tokens& rest) {
    std::optional<std::uint32_t> ttl;
    bool has_class = false;
    while (!rest.empty()) {
      const auto& token = rest.front();
      const auto period = ttl ? std::nullopt : dns::parse_period(token.text);
      const auto dns_class = has_class ? std::nullopt : dns::parse_class(token.text);
      if (period) {
        ttl = period->seconds;
      } else if (dns_class && dns_class != dns::Class::any) {  // "ANY" can only be meant as a type
        if (dns_class != dns::Class::in) fail(token, "class IN");
        has_class = true;
      } else {
        break;
      }
      rest = rest.subspan(1);
    }
    return ttl;
  }

  static dns::Type read_type(const Token& token) {
    const auto type = dns::parse_type(token.text);
    if (!type || token.quoted) fail(token, "a TTL, a class or a record type");
    if (is_meta(*type)) fail(token, "a type of records: this one is only for queries");
    return *type;
  }

  std::uint32_t choose_ttl(const File& file, std::optional<std::uint32_t> ttl, const dns::Rdata& data,
                           const Token& token) const {
    if (ttl) return *ttl;
    if (default_ttl_) return *default_ttl_;
    if (file.ttl_before) return *file.ttl_before;
    if (const auto* soa = std::get_if<dns::Soa>(&data)) return std::min(soa->minimum.seconds, dns::ttl_max);
    fail(token, "a TTL in this record, in one before it, or by $TTL");
  }

  static Name read_name(const File& file, const Token& token) {
    if (token.text == "@" && !token.quoted) return file.origin;
    auto name = dns::parse_name(token.text, file.origin);
    if (!name) fail(token, fmt::format("a domain name ({})", describe(name.error())));
    return std::move(*name);
  }

  MasterFile& result_;
  const ReadFile& read_file_;
  const std::stop_token& stop_;
  std::optional<std::uint32_t> default_ttl_;
};

constexpr std::array<Reader::Directive, 4> Reader::directives{{
    {"$ORIGIN", &Reader::on_origin, 1, 1, "$ORIGIN <name>"},
    {"$TTL", &Reader::on_ttl, 1, 1, "$TTL <seconds>"},
    {"$INCLUDE", &Reader::on_include, 1, 2, "$INCLUDE <file> [<origin>]"},
    {"$GENERATE", &Reader::on_generate, 4, 6,
     "$GENERATE <start>-<stop>[/<step>] <owner> [<ttl>] [<class>] <type> <data>"},
}};

}  // namespace

MasterFile read_master_file(const std::string& path, NameView origin, const ReadFile& read_file,
                            const std::stop_token& stop) {
  MasterFile result;
  Reader{result, read_file, stop}.read(path, origin, 0);
  return result;
}

Result<std::string> read_file_here(const std::string& path) {
  std::error_code error;
  const auto size = std::filesystem::file_size(path, error);
  if (error) return Error{"cannot be read: " + error.message()};
  if (size > zone_file_bytes_max) return Error{fmt::format("is larger than {} bytes", zone_file_bytes_max)};
  std::ifstream file{path, std::ios::binary};
  std::string text(size, '\0');
  if (!file.read(text.data(), static_cast<std::streamsize>(size))) return Error{"cannot be read"};
  return text;
}

}  // namespace labnet::dns_server
