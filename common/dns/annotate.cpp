#include "common/dns/annotate.hpp"

#include <fmt/format.h>

#include <array>
#include <concepts>
#include <optional>
#include <type_traits>
#include <variant>

#include "common/base/utf8.hpp"
#include "common/dns/edns.hpp"
#include "common/dns/fault.hpp"
#include "common/dns/header.hpp"
#include "common/dns/name.hpp"
#include "common/dns/rdata.hpp"
#include "common/dns/record_frame.hpp"

namespace labnet::dns {
namespace {

using Kind = AnnotatedRow::Kind;
using Outcome = Result<void, WireFault>;

/// "1... .... .... ....": of a word of 16 bits those that the mask has.
std::string draw_bits(std::uint16_t word, std::uint16_t mask) {
  std::string text;
  for (unsigned i = 0; i < 16; ++i) {
    const auto bit = 0x8000u >> i;
    if (i > 0 && i % 4 == 0) text += ' ';
    text += (mask & bit) == 0 ? '.' : (word & bit) != 0 ? '1' : '0';
  }
  return text;
}

template <class Code>
std::string code_text(std::uint16_t number) {
  return fmt::format("{} ({})", to_text(static_cast<Code>(number)), number);
}
std::string seconds_text(std::uint32_t seconds) {
  return fmt::format("{} {}", seconds, seconds == 1 ? "second" : "seconds");
}
std::string octets_text(std::size_t count) {
  return fmt::format("{} {}", count, count == 1 ? "octet" : "octets");
}
std::string word_text(std::uint16_t word) {
  return fmt::format("0x{:04x}", word);
}
std::string flag_text(std::string_view meaning, bool is_set) {
  return fmt::format("{}: {}", meaning, is_set ? "yes" : "no");
}
std::string plain_number(std::uint64_t number) {
  return fmt::format("{}", number);
}

/// The rows so far, and what every part of a message needs to add its own.
class Rows {
 public:
  /// A row for what has been read since `start`.
  void part(const ByteReader& in, std::size_t start, unsigned depth, std::string_view label, std::string value) {
    const auto octets = in.whole().subspan(start, in.position() - start);
    rows_.push_back({Kind::part, start, octets, depth, std::string{label}, std::move(value), {}});
  }
  void heading(const ByteReader& in, unsigned depth, std::string_view label, std::string value = {}) {
    part(in, in.position(), depth, label, std::move(value));
  }
  /// The next integer, if there is one.
  template <std::unsigned_integral Integer>
  std::optional<Integer> number(ByteReader& in, unsigned depth, std::string_view label, auto&& describe) {
    const auto start = in.position();
    const auto octets = in.take(sizeof(Integer));
    if (!octets) return std::nullopt;
    Integer value = 0;
    for (const auto octet : *octets) {
      value = static_cast<Integer>(std::uint64_t{value} << 8 | std::to_integer<std::uint8_t>(octet));
    }
    part(in, start, depth, label, describe(value));
    return value;
  }
  void bits(const ByteReader& in, unsigned depth, std::string_view label, std::uint16_t word, std::uint16_t mask,
            std::string value) {
    rows_.push_back(
        {Kind::bits, in.position(), {}, depth, std::string{label}, std::move(value), draw_bits(word, mask)});
  }
  void fault(const ByteReader& in, unsigned depth, WireFault fault) {
    rows_.push_back({Kind::fault, in.position(), {}, depth, "wrong", std::string{describe(fault)}, {}});
  }
  /// Whatever is left, if anything.
  void rest(ByteReader& in, unsigned depth, std::string_view label) {
    if (in.at_end()) return;
    const auto start = in.position();
    const auto count = in.remaining();
    in.seek(start + count);
    part(in, start, depth, label, octets_text(count));
  }
  /// A name: its labels below its heading, or one row if it is a pointer, or the root, and nothing else.
  Outcome name(ByteReader& in, unsigned depth, std::string_view label);

  std::vector<AnnotatedRow> take() && { return std::move(rows_); }

 private:
  bool name_part(ByteReader& in, unsigned depth, std::string_view label);

  std::vector<AnnotatedRow> rows_;
};

constexpr std::string_view pointer_label = "pointer";

bool is_pointer(std::byte octet) {
  return octet >= std::byte{0xc0};
}

/// "to 0x000c: web.labredes71.com."; without the name if none can be read there.
std::string pointer_text(const ByteReader& in) {
  auto pointer = in;
  const auto target = *ByteReader{*pointer.take(2)}.u16() & 0x3fff;
  pointer = in;
  const auto name = read_name(pointer);
  return name ? fmt::format("to 0x{:04x}: {}", target, to_text(*name)) : fmt::format("to 0x{:04x}", target);
}

/// One label, the root's 0 or a pointer. False, and no move, where there is none of them.
bool Rows::name_part(ByteReader& in, unsigned depth, std::string_view label) {
  const auto start = in.position();
  auto after = in;
  const auto length = after.u8();
  if (!length) return false;
  if (is_pointer(std::byte{*length})) {
    if (!after.u8()) return false;
    const auto text = pointer_text(in);
    in = after;
    part(in, start, depth, label, label == pointer_label ? text : fmt::format("{} {}", pointer_label, text));
    return true;
  }
  const auto octets = *length <= label_bytes_max ? after.take(*length) : std::nullopt;
  if (!octets) return false;
  in = after;
  part(in, start, depth, label, *length == 0 ? "." : fmt::format("\"{}\"", printable(as_text(*octets))));
  return true;
}

Outcome Rows::name(ByteReader& in, unsigned depth, std::string_view label) {
  auto after = in;
  const auto name = read_name(after);
  const auto first = in.at_end() ? std::byte{0} : in.whole()[in.position()];
  if (name && (first == std::byte{0} || is_pointer(first))) {
    name_part(in, depth, label);
    return {};
  }
  heading(in, depth, label, name ? to_text(*name) : std::string{});
  // A name that cannot be read has its parts shown up to the one that is wrong, or that leads to what is.
  auto is_last = false;
  while (!is_last && !in.at_end()) {
    const auto octet = in.whole()[in.position()];
    is_last = octet == std::byte{0} || is_pointer(octet);
    if (!name_part(in, depth + 1, is_pointer(octet) ? pointer_label : "label")) break;
  }
  return name ? Outcome{} : Outcome{name.error()};
}

/// The fields of one record's data, as the record lists them. A field of a type that is not known here takes what is
/// left of the data.
class Fields {
  static constexpr std::size_t text_columns_max = 255;  // of a value that may be as long as a message

 public:
  Fields(ByteReader& in, unsigned depth, Rows& rows) : in_{in}, depth_{depth}, rows_{rows} {}

  template <class Value>
  void operator()(std::string_view label, const Value& value) {
    if (!fault_ && !is_done_) fault_ = add(label, value);
  }
  std::optional<WireFault> finish() const { return fault_ || in_.at_end() ? fault_ : WireFault::rdata_length; }

 private:
  using Fault = std::optional<WireFault>;

  template <class Integer>
  Fault number(std::string_view label, auto&& describe) {
    const auto read = rows_.number<Integer>(in_, depth_, label, describe);
    return read ? Fault{} : WireFault::rdata_length;
  }

  template <std::unsigned_integral Integer>
  Fault add(std::string_view label, const Integer&) {
    return number<Integer>(label, plain_number);
  }
  template <class Code>
  requires std::is_enum_v<Code> Fault add(std::string_view label, const Code&) {
    return number<std::make_unsigned_t<std::underlying_type_t<Code>>>(label, plain_number);
  }
  Fault add(std::string_view label, const Period&) { return number<std::uint32_t>(label, seconds_text); }
  Fault add(std::string_view label, const Ipv4Address&) {
    return number<std::uint32_t>(label, [](std::uint32_t value) { return to_string(Ipv4Address{value}); });
  }
  Fault add(std::string_view label, const Ipv6Address&) {
    const auto start = in_.position();
    Ipv6Address address;
    const auto octets = in_.take(address.octets.size());
    if (!octets) return WireFault::rdata_length;
    for (std::size_t i = 0; i < octets->size(); ++i) address.octets[i] = std::to_integer<std::uint8_t>((*octets)[i]);
    rows_.part(in_, start, depth_, label, to_string(address));
    return std::nullopt;
  }
  Fault add(std::string_view label, const Name&) {
    const auto read = rows_.name(in_, depth_, label);
    if (read) return std::nullopt;
    // Names end where the data does.
    return read.error() == WireFault::truncated ? WireFault::rdata_length : read.error();
  }
  Fault add(std::string_view label, const CharacterString&) {
    const auto start = in_.position();
    auto after = in_;
    const auto length = after.u8();
    const auto octets = length ? after.take(*length) : std::nullopt;
    if (!octets) return WireFault::rdata_length;
    in_ = after;
    rows_.part(in_, start, depth_, label, fmt::format("\"{}\"", printable(as_text(*octets))));
    return std::nullopt;
  }
  Fault add(std::string_view label, const CharacterStrings&) {
    Fault fault;
    do {
      fault = add(label, CharacterString{});
    } while (!fault && !in_.at_end());
    return fault;
  }
  Fault add(std::string_view label, const Tag&) {
    auto length_and_text = in_;
    if (auto fault = add(label, CharacterString{})) return fault;
    const auto octets = *length_and_text.take(in_.position() - length_and_text.position());
    return is_tag(as_text(octets.subspan(1))) ? Fault{} : WireFault::rdata_value;
  }
  Fault add(std::string_view label, const TrailingString&) {
    const auto start = in_.position();
    const auto octets = *in_.take(in_.remaining());
    rows_.part(in_, start, depth_, label, fmt::format("\"{}\"", printable(as_text(octets), text_columns_max)));
    return std::nullopt;
  }
  /// Each parameter below a heading that shows it as a zone file does, if all of them are right.
  Fault add(std::string_view, const SvcParams&) {
    auto all = in_;
    const auto params = read_svc_params(all);
    for (std::size_t i = 0; !in_.at_end(); ++i) {
      rows_.heading(in_, depth_, "SvcParam",
                    params ? printable(to_text(params->list[i]), text_columns_max) : std::string{});
      const auto key = rows_.number<std::uint16_t>(in_, depth_ + 1, "SvcParamKey", plain_number);
      const auto length = key ? rows_.number<std::uint16_t>(in_, depth_ + 1, "length", plain_number) : std::nullopt;
      if (!length || *length > in_.remaining()) return WireFault::rdata_length;
      if (*length == 0) continue;
      const auto start = in_.position();
      in_.take(*length);
      rows_.part(in_, start, depth_ + 1, "SvcParamValue", octets_text(*length));
    }
    return params ? Fault{} : params.error();
  }
  template <class Other>
  Fault add(std::string_view label, const Other&) {
    rows_.rest(in_, depth_, label);
    is_done_ = true;
    return std::nullopt;
  }

  ByteReader& in_;
  unsigned depth_;
  Rows& rows_;
  Fault fault_;
  bool is_done_ = false;
};

/// Hands the fields of the alternative of that type to `fields`; a type without one has a single field.
template <std::size_t I = 0>
void visit_fields(Type type, Fields& fields) {
  using Record = std::variant_alternative_t<I, Rdata>;
  if constexpr (std::is_same_v<Record, Unknown>) {
    fields("octets", Unknown{});
  } else if (Record::type == type) {
    const Record record{};
    Record::fields(record, fields);
  } else {
    visit_fields<I + 1>(type, fields);
  }
}

class Annotator {
 public:
  explicit Annotator(Bytes wire) : in_{wire} {}

  std::vector<AnnotatedRow> annotate() {
    if (const auto read = message(); !read) {
      rows_.fault(in_, 0, read.error());
      rows_.rest(in_, 0, "unread");
    }
    rows_.rest(in_, 0, "behind the message");
    return std::move(rows_).take();
  }

 private:
  Outcome message() {
    if (!header()) return WireFault::header_too_short;
    if (counts_.questions > 1) rows_.fault(in_, 0, WireFault::several_questions);
    for (unsigned i = 1; i <= counts_.questions; ++i) {
      if (const auto read = question(i); !read) return read;
    }
    if (const auto read = section(Section::answer, "Answer", counts_.answers); !read) return read;
    if (const auto read = section(Section::authority, "Authority", counts_.authorities); !read) return read;
    return section(Section::additional, "Additional", counts_.additionals);
  }

  bool header() {
    rows_.heading(in_, 0, "Header");
    if (!rows_.number<std::uint16_t>(in_, 1, "ID", plain_number)) return false;
    const auto flags = rows_.number<std::uint16_t>(in_, 1, "flags", word_text);
    if (!flags) return false;
    header_bits(*flags);
    const auto count = [&](const char* label, std::uint16_t& out) {
      const auto read = rows_.number<std::uint16_t>(in_, 1, label, plain_number);
      out = read.value_or(0);
      return read.has_value();
    };
    return count("QDCOUNT", counts_.questions) && count("ANCOUNT", counts_.answers) &&
           count("NSCOUNT", counts_.authorities) && count("ARCOUNT", counts_.additionals);
  }

  void header_bits(std::uint16_t flags) {
    struct Flag {
      std::string_view label;
      std::uint16_t mask;
      std::string_view meaning;
    };
    static constexpr std::array single_bits{
        Flag{"AA", 0x0400, "authoritative answer"}, Flag{"TC", 0x0200, "truncated"},
        Flag{"RD", 0x0100, "recursion desired"},    Flag{"RA", 0x0080, "recursion available"},
        Flag{"Z", 0x0040, "reserved, but set"},     Flag{"AD", 0x0020, "authentic data"},
        Flag{"CD", 0x0010, "checking disabled"},
    };
    rows_.bits(in_, 2, "QR", flags, 0x8000, (flags & 0x8000) != 0 ? "response" : "query");
    rows_.bits(in_, 2, "Opcode", flags, 0x7800, to_text(static_cast<Opcode>(flags >> 11 & 0xf)));
    for (const auto& flag : single_bits) {
      rows_.bits(in_, 2, flag.label, flags, flag.mask, flag_text(flag.meaning, (flags & flag.mask) != 0));
    }
    header_rcode_ = static_cast<Rcode>(flags & 0xf);
    rows_.bits(in_, 2, "RCODE", flags, 0x000f, to_text(header_rcode_));
  }

  Outcome question(unsigned number) {
    rows_.heading(in_, 0, fmt::format("Question {} of {}", number, counts_.questions));
    if (const auto read = rows_.name(in_, 1, "QNAME"); !read) return read;
    const auto type = rows_.number<std::uint16_t>(in_, 1, "QTYPE", code_text<Type>);
    const auto dns_class = type ? rows_.number<std::uint16_t>(in_, 1, "QCLASS", code_text<Class>) : std::nullopt;
    return dns_class ? Outcome{} : WireFault::truncated;
  }

  Outcome section(Section section, std::string_view title, unsigned count) {
    for (unsigned i = 1; i <= count; ++i) {
      rows_.heading(in_, 0, fmt::format("{} {} of {}", title, i, count));
      if (const auto read = record(section); !read) return read;
    }
    return {};
  }

  Outcome record(Section section) {
    const auto start = in_.position();
    if (const auto read = rows_.name(in_, 1, "NAME"); !read) return read;
    const auto type = rows_.number<std::uint16_t>(in_, 1, "TYPE", code_text<Type>);
    if (!type) return WireFault::truncated;
    const auto is_opt = static_cast<Type>(*type) == Type::opt;
    if (!(is_opt ? opt_header() : class_and_ttl())) return WireFault::truncated;
    const auto length = rows_.number<std::uint16_t>(in_, 1, "RDLENGTH", octets_text);
    if (!length || *length > in_.remaining()) return WireFault::truncated;
    // Names in it may be compressed: the whole message stands before its end.
    ByteReader data{in_.whole().first(in_.position() + *length)};
    data.seek(in_.position());
    in_.take(*length);
    if (is_opt) {
      const auto checked = check_opt(section, in_.whole()[start], has_opt_);
      if (!checked) rows_.fault(data, 1, checked.error());
      has_opt_ = true;
      options(data);
    } else {
      rdata(static_cast<Type>(*type), data);
    }
    return {};
  }

  bool class_and_ttl() {
    return rows_.number<std::uint16_t>(in_, 1, "CLASS", code_text<Class>) &&
           rows_.number<std::uint32_t>(in_, 1, "TTL", seconds_text);
  }

  void rdata(Type type, ByteReader& data) {
    if (data.at_end() && type_is_unknown(type)) return;
    rows_.heading(data, 1, "RDATA");
    Fields fields{data, 2, rows_};
    visit_fields(type, fields);
    if (const auto fault = fields.finish()) rows_.fault(data, 2, *fault);
    rows_.rest(data, 2, "unread");
  }

  static bool type_is_unknown(Type type) {
    ByteReader nothing{Bytes{}};
    const auto read = read_rdata(type, nothing);
    return read && std::holds_alternative<Unknown>(*read);
  }

  /// What stands in the place of CLASS and TTL (RFC 6891, section 6.1.3).
  bool opt_header() {
    if (!rows_.number<std::uint16_t>(in_, 1, "UDP payload size", octets_text)) return false;
    const auto whole = [&](std::uint8_t upper) {
      return fmt::format("{}, with the header's RCODE: {}", upper,
                         to_text(whole_rcode(header_rcode_, std::uint32_t{upper} << 24)));
    };
    if (!rows_.number<std::uint8_t>(in_, 1, "EXTENDED-RCODE", whole)) return false;
    if (!rows_.number<std::uint8_t>(in_, 1, "VERSION", plain_number)) return false;
    const auto flags = rows_.number<std::uint16_t>(in_, 1, "EDNS flags", word_text);
    if (!flags) return false;
    rows_.bits(in_, 2, "DO", *flags, 0x8000, flag_text("DNSSEC wanted", (*flags & 0x8000) != 0));
    rows_.bits(in_, 2, "Z", *flags, 0x7fff, flag_text("reserved, but set", (*flags & 0x7fff) != 0));
    return true;
  }

  void options(ByteReader& data) {
    while (!data.at_end()) {
      const auto code = rows_.number<std::uint16_t>(data, 1, "OPTION-CODE", plain_number);
      const auto length = code ? rows_.number<std::uint16_t>(data, 1, "OPTION-LENGTH", octets_text) : std::nullopt;
      if (!length || *length > data.remaining()) {
        rows_.fault(data, 1, WireFault::opt_options);
        rows_.rest(data, 1, "unread");
        return;
      }
      const auto start = data.position();
      data.take(*length);
      if (*length > 0) rows_.part(data, start, 2, "OPTION-DATA", octets_text(*length));
    }
  }

  ByteReader in_;
  Rows rows_;
  SectionCounts counts_;
  Rcode header_rcode_ = Rcode::noerror;
  bool has_opt_ = false;
};

}  // namespace

std::vector<AnnotatedRow> annotate(Bytes wire) {
  return Annotator{wire}.annotate();
}

}  // namespace labnet::dns
