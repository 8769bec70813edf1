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
  Reader(MasterFile& result, const ReadFile& read_file) : result_{result}, read_file_{read_file} {}

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
  static const std::array<Directive, 3> directives;

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
    if (directive == directives.end()) fail(tokens.front(), "$ORIGIN, $TTL or $INCLUDE");
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

  void read_record(File& file, const Entry& entry) {
    if (result_.records.size() == zone_records_max) {
      fail(entry.tokens.front(), fmt::format("no more than {} records", zone_records_max));
    }
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
    const auto seconds = choose_ttl(file, ttl, *data, entry.tokens.front());
    file.ttl_before = seconds;
    result_.records.push_back({{*file.owner, dns::Class::in, seconds, std::move(*data)},
                               file.index,
                               static_cast<std::uint32_t>(entry.tokens.front().line)});
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
  std::optional<std::uint32_t> default_ttl_;
};

constexpr std::array<Reader::Directive, 3> Reader::directives{{
    {"$ORIGIN", &Reader::on_origin, 1, 1, "$ORIGIN <name>"},
    {"$TTL", &Reader::on_ttl, 1, 1, "$TTL <seconds>"},
    {"$INCLUDE", &Reader::on_include, 1, 2, "$INCLUDE <file> [<origin>]"},
}};

}  // namespace

MasterFile read_master_file(const std::string& path, NameView origin, const ReadFile& read_file) {
  MasterFile result;
  Reader{result, read_file}.read(path, origin, 0);
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
