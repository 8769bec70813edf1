// Each visitor below is handed the fields of a record one by one; together they are all that the types have in common.
#include "common/dns/rdata.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <stdexcept>

#include "common/base/text.hpp"
#include "common/dns/escape.hpp"

namespace labnet::dns {
namespace {

template <class Record>
constexpr bool compresses_names = requires {
  Record::compresses_names;
};

/// Calls `use(Record{})` for the alternative of that type; false if there is none.
template <std::size_t I = 0>
bool with_record(Type type, auto&& use) {
  using Record = std::variant_alternative_t<I, Rdata>;
  if constexpr (std::is_same_v<Record, Unknown>) {
    return false;
  } else {
    if (Record::type != type) return with_record<I + 1>(type, use);
    use(Record{});
    return true;
  }
}

// ---- from the wire

class WireFieldReader {
 public:
  explicit WireFieldReader(ByteReader& in) : in_{in} {}
  const std::optional<WireFault>& fault() const { return fault_; }

  template <class Value>
  void operator()(std::string_view, Value& value) {
    if (!fault_ && !read(value)) fault_ = fault_.value_or(WireFault::rdata_length);
  }

 private:
  bool read(std::uint8_t& value) { return assign(value, in_.u8()); }
  bool read(std::uint16_t& value) { return assign(value, in_.u16()); }
  bool read(std::uint32_t& value) { return assign(value, in_.u32()); }
  bool read(Period& value) { return read(value.seconds); }
  bool read(Ipv4Address& value) { return read(value.value); }
  bool read(Ipv6Address& value) {
    const auto octets = in_.take(value.octets.size());
    if (octets) std::ranges::transform(*octets, value.octets.begin(), std::to_integer<std::uint8_t>);
    return octets.has_value();
  }
  bool read(Name& value) {
    auto name = read_name(in_);
    // A name that runs past the data is a matter of the data's length; the others are the name's own.
    if (!name && name.error() != WireFault::truncated) fault_ = name.error();
    if (name) value = std::move(*name);
    return name.has_value();
  }
  bool read(CharacterString& value) {
    const auto length = in_.u8();
    const auto octets = length ? in_.take(*length) : std::nullopt;
    if (octets) value.octets = as_text(*octets);
    return octets.has_value();
  }
  bool read(CharacterStrings& values) {
    do {
      if (!read(values.emplace_back())) return false;
    } while (!in_.at_end());
    return true;
  }
  bool read(Tag& value) {
    CharacterString string;
    if (!read(string)) return false;
    if (!is_tag(string.octets)) fault_ = WireFault::rdata_value;
    value.text = std::move(string.octets);
    return !fault_;
  }
  bool read(TrailingString& value) {
    value.octets = as_text(*in_.take(in_.remaining()));
    return true;
  }
  bool read(SvcParams& value) {
    auto params = read_svc_params(in_);
    if (!params) fault_ = params.error();
    if (params) value = std::move(*params);
    return params.has_value();
  }
  template <class Value>
  static bool assign(Value& value, std::optional<Value> read) {
    if (read) value = *read;
    return read.has_value();
  }

  ByteReader& in_;
  std::optional<WireFault> fault_;
};

// ---- to the wire

class WireFieldWriter {
 public:
  /// `names`: none where names are written in full.
  WireFieldWriter(ByteWriter& out, NameCompressor* names) : out_{out}, names_{names} {}

  void operator()(std::string_view, std::uint8_t value) { out_.u8(value); }
  void operator()(std::string_view, std::uint16_t value) { out_.u16(value); }
  void operator()(std::string_view, std::uint32_t value) { out_.u32(value); }
  void operator()(std::string_view, Period value) { out_.u32(value.seconds); }
  void operator()(std::string_view, Ipv4Address value) { out_.u32(value.value); }
  void operator()(std::string_view, const Ipv6Address& value) { out_.bytes(std::as_bytes(std::span{value.octets})); }
  void operator()(std::string_view, const Name& value) {
    if (names_) {
      names_->write(out_, value);
    } else {
      out_.bytes(value.wire());
    }
  }
  void operator()(std::string_view, const CharacterString& value) {
    out_.u8(static_cast<std::uint8_t>(value.octets.size()));
    out_.text(value.octets);
  }
  void operator()(std::string_view name, const CharacterStrings& values) {
    for (const auto& value : values) (*this)(name, value);
  }
  void operator()(std::string_view, const Tag& value) {
    out_.u8(static_cast<std::uint8_t>(value.text.size()));
    out_.text(value.text);
  }
  void operator()(std::string_view, const TrailingString& value) { out_.text(value.octets); }
  void operator()(std::string_view, const SvcParams& value) { write_svc_params(value, out_); }

 private:
  ByteWriter& out_;
  NameCompressor* names_;
};

void write_fields(const Rdata& data, ByteWriter& out, NameCompressor* names) {
  const auto write = [&]<class Record>(const Record& record) {
    if constexpr (std::is_same_v<Record, Unknown>) {
      out.bytes(record.octets);
    } else {
      Record::fields(record, WireFieldWriter{out, compresses_names<Record> ? names : nullptr});
    }
  };
  std::visit(write, data);
}

class NameFinder {
 public:
  CompressibleNames found;

  void operator()(std::string_view, const Name&) { ++found.count; }
  template <class Value>
  void operator()(std::string_view, const Value& value) {
    if (found.count == 0) found.offset += sizeof value;  // before a name stand integers only
  }
};

// ---- to text

class TextFieldWriter {
 public:
  explicit TextFieldWriter(std::string& out) : out_{out} {}

  template <class Value>
  void operator()(std::string_view, const Value& value) {
    if (!std::exchange(is_first_, false)) out_ += ' ';
    write(value);
  }
  /// There may be none, and so no blank.
  void operator()(std::string_view, const SvcParams& value) {
    for (const auto& param : value.list) {
      out_ += ' ';
      out_ += to_text(param);
    }
  }

 private:
  void write(std::uint8_t value) { out_ += std::to_string(value); }
  void write(std::uint16_t value) { out_ += std::to_string(value); }
  void write(std::uint32_t value) { out_ += std::to_string(value); }
  void write(Period value) { write(value.seconds); }
  void write(const Name& value) { out_ += to_text(NameView{value}); }
  void write(const auto& address) { out_ += to_string(address); }
  void write(const CharacterString& value) { write_quoted(value.octets); }
  void write(const Tag& value) { out_ += value.text; }
  void write(const TrailingString& value) { write_quoted(value.octets); }
  void write_quoted(std::string_view octets) {
    out_ += '"';
    for (const char c : octets) append_escaped(out_, c, "\"\\");
    out_ += '"';
  }
  void write(const CharacterStrings& values) {
    for (const auto& value : values) {
      if (&value != &values.front()) out_ += ' ';
      write(value);
    }
  }

  std::string& out_;
  bool is_first_ = true;
};

std::string generic_text(const Unknown& record) {
  auto text = fmt::format("\\# {}", record.octets.size());
  if (!record.octets.empty()) text += ' ';
  return text + hexadecimal(record.octets);
}

// ---- from text

class TextFieldReader {
 public:
  TextFieldReader(std::span<const Token> tokens, NameView origin) : tokens_{tokens}, origin_{origin} {}

  template <class Value>
  void operator()(std::string_view name, Value& value) {
    if (fault_) return;
    std::string expected;
    if (next_ < tokens_.size()) {
      expected = read(value);
    } else {
      expected = describe_missing(value);
    }
    if (!expected.empty()) fault_ = TextFault{next_, fmt::format("{}: {}", name, expected)};
    ++next_;
  }

  /// All that is left; there may be none.
  void operator()(std::string_view, SvcParams& params) {
    while (!fault_ && next_ < tokens_.size()) read_one(params);
    if (fault_) return;
    if (auto missing = find_inconsistency(params)) fault_ = TextFault{next_, std::move(*missing)};
  }

  std::optional<TextFault> finish() const {
    if (!fault_ && next_ < tokens_.size()) return TextFault{next_, "the end of the record"};
    return fault_;
  }

 private:
  // Each gives what was expected, or nothing if that is what came.
  std::string read(std::uint8_t& value) { return assign(value, parse_integer<std::uint8_t>(text())); }
  std::string read(std::uint16_t& value) { return assign(value, parse_integer<std::uint16_t>(text())); }
  std::string read(std::uint32_t& value) { return assign(value, parse_integer<std::uint32_t>(text())); }
  /// Without units it may be any number of 32 bits, as on the wire: what is printed can be read.
  std::string read(Period& value) {
    if (read(value.seconds).empty()) return {};
    return assign(value, parse_period(text()));
  }
  std::string read(Ipv4Address& value) { return assign(value, parse_ipv4(text())); }
  std::string read(Ipv6Address& value) { return assign(value, parse_ipv6(text())); }
  std::string read(Name& value) {
    if (!tokens_[next_].quoted && text() == "@") {
      value = Name{origin_};
      return {};
    }
    auto name = parse_name(text(), origin_);
    if (!name) return fmt::format("{} ({})", describe_missing(value), describe(name.error()));
    value = std::move(*name);
    return {};
  }
  std::string read(CharacterString& value) {
    auto expected = read_octets(value.octets);
    if (expected.empty() && value.octets.size() > character_string_bytes_max) return describe_missing(value);
    return expected;
  }
  std::string read(TrailingString& value) { return read_octets(value.octets); }
  std::string read_octets(std::string& octets) {
    auto rest = text();
    while (!rest.empty()) {
      const auto character = take_character(rest);
      if (!character) return "a string in which a backslash is followed by a character or three digits up to 255";
      octets += *character;
    }
    return {};
  }
  std::string read(Tag& value) {
    if (!is_tag(text())) return describe_missing(value);
    value.text = text();
    return {};
  }
  std::string read(CharacterStrings& values) {
    while (true) {
      auto expected = read(values.emplace_back());
      if (!expected.empty() || next_ + 1 == tokens_.size()) return expected;
      ++next_;
    }
  }

  void read_one(SvcParams& params) {
    const auto& token = tokens_[next_];
    const auto name_end = std::min(token.text.find('='), token.text.size());
    const auto name = token.quoted ? std::string_view{} : token.text.substr(0, name_end);
    std::optional<std::string_view> value;
    if (name_end < token.text.size()) value = token.text.substr(name_end + 1);
    if (value && value->empty() && has_quote_attached(token)) value = tokens_[++next_].text;
    auto param = parse_svc_param(name, value);
    if (!param) {
      fault_ = TextFault{next_, std::move(param.error().message)};
    } else if (!insert(params, std::move(*param))) {
      fault_ = TextFault{next_, fmt::format("{} no more than once", name)};
    }
    ++next_;
  }

  /// key="value": the quotes have made two tokens of it.
  bool has_quote_attached(const Token& token) const {
    if (next_ + 1 == tokens_.size()) return false;
    const auto& next = tokens_[next_ + 1];
    return next.quoted && next.line == token.line && next.column == token.column + token.text.size();
  }

  static std::string describe_missing(std::uint8_t) { return "a number of 0 to 255"; }
  static std::string describe_missing(std::uint16_t) { return "a number of 0 to 65535"; }
  static std::string describe_missing(std::uint32_t) { return "a number of 0 to 4294967295"; }
  static std::string describe_missing(Period) { return "a time in seconds or with units, as in 1h30m"; }
  static std::string describe_missing(Ipv4Address) { return "an IPv4 address, as in 192.168.1.10"; }
  static std::string describe_missing(const Ipv6Address&) { return "an IPv6 address, as in 2001:db8::10"; }
  static std::string describe_missing(const Name&) { return "a domain name"; }
  static std::string describe_missing(const CharacterString&) { return "a string of up to 255 octets"; }
  static std::string describe_missing(const Tag&) { return "letters and digits, as in issue"; }
  static std::string describe_missing(const TrailingString&) { return "a string"; }
  static std::string describe_missing(const CharacterStrings&) { return "one or more strings of up to 255 octets"; }

  std::string_view text() const { return tokens_[next_].text; }
  template <class Value>
  static std::string assign(Value& value, const std::optional<Value>& parsed) {
    if (!parsed) return describe_missing(value);
    value = *parsed;
    return {};
  }

  std::span<const Token> tokens_;
  NameView origin_;
  std::size_t next_ = 0;
  std::optional<TextFault> fault_;
};

/// The octets behind `\# LENGTH`.
Result<Buffer, TextFault> parse_generic(std::span<const Token> tokens) {
  if (tokens.size() < 2) return TextFault{1, "the number of octets, 0 to 65535"};
  const auto length = parse_integer<std::uint16_t>(tokens[1].text);
  if (!length) return TextFault{1, "the number of octets, 0 to 65535"};
  Buffer octets;
  for (std::size_t i = 2; i < tokens.size(); ++i) {
    const auto digits = tokens[i].text;
    for (std::size_t at = 0; at < digits.size(); at += 2) {
      const auto pair = digits.substr(at, 2);
      const auto octet = parse_integer<std::uint8_t>(pair, 16);
      if (pair.size() < 2 || !octet) return TextFault{i, "pairs of hexadecimal digits"};
      octets.push_back(static_cast<std::byte>(*octet));
    }
  }
  if (octets.size() != *length) return TextFault{1, fmt::format("{}, the number of octets given", octets.size())};
  return octets;
}

Result<Rdata, TextFault> parse_generic(Type type, std::span<const Token> tokens) {
  auto octets = parse_generic(tokens);
  if (!octets) return octets.error();
  ByteReader reader{*octets};
  auto data = read_rdata(type, reader);
  Buffer again;
  if (data) {
    ByteWriter writer{again};
    write_rdata(*data, writer);
  }
  // What reads differently than it is written holds a compression pointer, which has no meaning outside a message.
  if (!data || again != *octets)
    return TextFault{2, fmt::format("octets that are the data of a {} record", to_text(type))};
  return std::move(*data);
}

}  // namespace

Type type_of(const Rdata& data) {
  return std::visit([](const auto& record) { return record.type; }, data);
}

Result<Rdata, WireFault> read_rdata(Type type, ByteReader& reader) {
  Result<Rdata, WireFault> result = WireFault::rdata_length;
  const auto read = [&](auto record) {
    WireFieldReader fields{reader};
    record.fields(record, fields);
    if (fields.fault()) {
      result = *fields.fault();
    } else if (reader.at_end()) {
      result = Rdata{std::move(record)};
    }
  };
  if (!with_record(type, read)) {
    const auto octets = *reader.take(reader.remaining());
    result = Rdata{Unknown{type, {octets.begin(), octets.end()}}};
  }
  return result;
}

void write_rdata(const Rdata& data, ByteWriter& out, NameCompressor& names) {
  write_fields(data, out, &names);
}
void write_rdata(const Rdata& data, ByteWriter& out) {
  write_fields(data, out, nullptr);
}

CompressibleNames compressible_names(Type type) {
  NameFinder finder;
  with_record(type, [&]<class Record>(const Record& record) {
    if constexpr (compresses_names<Record>) Record::fields(record, finder);
  });
  return finder.found.count > 0 ? finder.found : CompressibleNames{};
}

std::string to_text(const Rdata& data) {
  const auto print = []<class Record>(const Record& record) {
    if constexpr (std::is_same_v<Record, Unknown>) {
      return generic_text(record);
    } else {
      std::string text;
      Record::fields(record, TextFieldWriter{text});
      return text;
    }
  };
  return std::visit(print, data);
}

void throw_exception_from_error(const TextFault& fault, const boost::source_location&) {
  throw std::logic_error{"expected " + fault.expected};
}

Result<Rdata, TextFault> parse_rdata(Type type, std::span<const Token> tokens, NameView origin) {
  if (!tokens.empty() && !tokens[0].quoted && tokens[0].text == "\\#") return parse_generic(type, tokens);
  Result<Rdata, TextFault> result =
      TextFault{0, "\\# and the data as hexadecimal octets: this type has no other form here"};
  with_record(type, [&](auto record) {
    TextFieldReader fields{tokens, origin};
    record.fields(record, fields);
    if (const auto fault = fields.finish()) {
      result = *fault;
    } else {
      result = Rdata{std::move(record)};
    }
  });
  return result;
}

}  // namespace labnet::dns
