// A table of keys: how the value of each is checked, read and printed.
#include "common/dns/svc_params.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "common/base/address.hpp"
#include "common/base/base64.hpp"
#include "common/base/text.hpp"
#include "common/dns/escape.hpp"
#include "common/dns/limits.hpp"

namespace labnet::dns {
namespace {

constexpr std::uint16_t mandatory = 0;
constexpr std::uint16_t alpn = 1;
constexpr std::uint16_t no_default_alpn = 2;

struct Key {
  std::uint16_t number;
  std::string_view name;
  std::string_view expected;
  bool (*is_valid)(Bytes value);
  /// From the text behind "=", escapes still in it; what comes out is checked by is_valid.
  std::optional<Buffer> (*parse)(std::string_view text);
  std::string (*print)(Bytes value);
};
extern const std::array<Key, 7> keys;

const Key* find_key(std::uint16_t number) {
  const auto key = std::ranges::find(keys, number, &Key::number);
  return key == keys.end() ? nullptr : &*key;
}

std::string name_of(std::uint16_t number) {
  const auto* key = find_key(number);
  return key ? std::string{key->name} : fmt::format("key{}", number);
}

std::optional<std::uint16_t> number_of(std::string_view name) {
  if (const auto key = std::ranges::find(keys, name, &Key::name); key != keys.end()) return key->number;
  constexpr std::string_view prefix = "key";
  if (!name.starts_with(prefix)) return std::nullopt;
  const auto digits = name.substr(prefix.size());
  if (digits.size() > 1 && digits.front() == '0') return std::nullopt;  // RFC 9460, section 2.1
  return parse_integer<std::uint16_t>(digits);
}

// ---- opaque octets, and what the others share

bool is_not_empty(Bytes value) {
  return !value.empty();
}

std::optional<Buffer> parse_octets(std::string_view text) {
  Buffer octets;
  while (!text.empty()) {
    const auto character = take_character(text);
    if (!character) return std::nullopt;
    octets.push_back(static_cast<std::byte>(*character));
  }
  return octets;
}

std::string print_octets(Bytes value) {
  std::string text = "\"";
  for (const char c : as_text(value)) append_escaped(text, c, "\"\\");
  return text + '"';
}

/// Of "a,b,c", none of whose items may be written with escapes.
template <class Item>
std::optional<Buffer> parse_list(std::string_view text, std::optional<Item> (*parse)(std::string_view),
                                 void (*write)(ByteWriter&, const Item&)) {
  Buffer octets;
  ByteWriter out{octets};
  for (const auto piece : split(text, ',')) {
    const auto item = parse(piece);
    if (!item) return std::nullopt;
    write(out, *item);
  }
  return octets;
}

// ---- mandatory: keys, ascending (section 8)

bool is_valid_mandatory(Bytes value) {
  ByteReader in{value};
  std::uint16_t before = mandatory;  // which must not list itself
  while (const auto key = in.u16()) {
    if (*key <= before) return false;
    before = *key;
  }
  return !value.empty() && in.at_end();
}

std::optional<Buffer> parse_mandatory(std::string_view text) {
  std::vector<std::uint16_t> numbers;
  for (const auto name : split(text, ',')) {
    const auto number = number_of(name);
    if (!number) return std::nullopt;
    numbers.push_back(*number);
  }
  std::ranges::sort(numbers);
  Buffer octets;
  ByteWriter out{octets};
  for (const auto number : numbers) out.u16(number);
  return octets;
}

std::string print_mandatory(Bytes value) {
  std::vector<std::string> names;
  for (ByteReader in{value}; !in.at_end();) names.push_back(name_of(*in.u16()));
  return labnet::join(names, ",");
}

// ---- alpn: protocols, each behind its length (section 7.1)

bool is_valid_alpn(Bytes value) {
  ByteReader in{value};
  while (const auto length = in.u8()) {
    if (*length == 0 || !in.take(*length)) return false;
  }
  return !value.empty();
}

/// The escapes of lists stand within those of zone files: "\\," is a comma of an item (appendix A.1).
std::optional<Buffer> parse_alpn(std::string_view text) {
  const auto octets = parse_octets(text);
  if (!octets) return std::nullopt;
  std::vector<std::string> items(1);
  const auto list = as_text(*octets);
  for (std::size_t at = 0; at < list.size(); ++at) {
    if (list[at] == ',') {
      items.emplace_back();
      continue;
    }
    if (list[at] == '\\' && ++at == list.size()) return std::nullopt;
    items.back() += list[at];
  }
  Buffer value;
  ByteWriter out{value};
  for (const auto& item : items) {
    if (item.size() > character_string_bytes_max) return std::nullopt;
    out.u8(static_cast<std::uint8_t>(item.size()));
    out.text(item);
  }
  return value;
}

std::string print_alpn(Bytes value) {
  std::string text;
  for (ByteReader in{value}; !in.at_end();) {
    text += text.empty() ? "\"" : ",";
    for (const char c : as_text(*in.take(*in.u8()))) {
      if (c == '\\' || c == ',') text += "\\\\";
      append_escaped(text, c, "\"\\ ");
    }
  }
  return text + '"';
}

// ---- no-default-alpn: nothing (section 7.1)

bool is_empty(Bytes value) {
  return value.empty();
}

// ---- port (section 7.2)

bool is_valid_port(Bytes value) {
  return value.size() == 2;
}

std::optional<Buffer> parse_port(std::string_view text) {
  const auto port = parse_integer<std::uint16_t>(text);
  if (!port) return std::nullopt;
  Buffer octets;
  ByteWriter{octets}.u16(*port);
  return octets;
}

std::string print_port(Bytes value) {
  return std::to_string(*ByteReader{value}.u16());
}

// ---- ipv4hint, ipv6hint: addresses (section 7.3)

bool are_valid_ipv4(Bytes value) {
  return !value.empty() && value.size() % 4 == 0;
}

std::optional<Buffer> parse_ipv4_list(std::string_view text) {
  return parse_list<Ipv4Address>(text, parse_ipv4,
                                 [](ByteWriter& out, const Ipv4Address& address) { out.u32(address.value); });
}

std::string print_ipv4_list(Bytes value) {
  std::vector<std::string> addresses;
  for (ByteReader in{value}; !in.at_end();) addresses.push_back(to_string(Ipv4Address{*in.u32()}));
  return labnet::join(addresses, ",");
}

bool are_valid_ipv6(Bytes value) {
  return !value.empty() && value.size() % 16 == 0;
}

std::optional<Buffer> parse_ipv6_list(std::string_view text) {
  return parse_list<Ipv6Address>(text, parse_ipv6, [](ByteWriter& out, const Ipv6Address& address) {
    out.bytes(std::as_bytes(std::span{address.octets}));
  });
}

std::string print_ipv6_list(Bytes value) {
  std::vector<std::string> addresses;
  for (; !value.empty(); value = value.subspan(16)) {
    Ipv6Address address;
    std::ranges::transform(value.first(16), address.octets.begin(), std::to_integer<std::uint8_t>);
    addresses.push_back(to_string(address));
  }
  return labnet::join(addresses, ",");
}

const std::array<Key, 7> keys{{
    {mandatory, "mandatory", "other keys of this record, each once, as in alpn,port", is_valid_mandatory,
     parse_mandatory, print_mandatory},
    {alpn, "alpn", "protocols of 1 to 255 octets, as in h2,h3", is_valid_alpn, parse_alpn, print_alpn},
    {no_default_alpn, "no-default-alpn", "no value", is_empty, parse_octets, print_octets},
    {3, "port", "a number of 0 to 65535", is_valid_port, parse_port, print_port},
    {ipv4hint, "ipv4hint", "IPv4 addresses, as in 192.168.1.10,192.168.1.11", are_valid_ipv4, parse_ipv4_list,
     print_ipv4_list},
    {5, "ech", "base64, four characters for three octets", is_not_empty, parse_base64, base64},
    {6, "ipv6hint", "IPv6 addresses, as in 2001:db8::10,2001:db8::11", are_valid_ipv6, parse_ipv6_list,
     print_ipv6_list},
}};

bool is_valid(const SvcParam& param) {
  const auto* key = find_key(param.key);
  return key == nullptr || key->is_valid(param.value);
}

bool has(const SvcParams& params, std::uint16_t key) {
  return std::ranges::find(params.list, key, &SvcParam::key) != params.list.end();
}

}  // namespace

Result<SvcParams, WireFault> read_svc_params(ByteReader& in) {
  SvcParams params;
  while (!in.at_end()) {
    const auto key = in.u16();
    const auto length = in.u16();
    const auto value = length ? in.take(*length) : std::nullopt;
    // One octet that is too few for a key would do for a length: both are asked.
    if (!key || !value) return WireFault::rdata_length;
    const bool ascends = params.list.empty() || params.list.back().key < *key;
    params.list.push_back({*key, {value->begin(), value->end()}});
    if (!ascends || !is_valid(params.list.back())) return WireFault::rdata_value;
  }
  if (find_inconsistency(params)) return WireFault::rdata_value;
  return params;
}

void write_svc_params(const SvcParams& params, ByteWriter& out) {
  for (const auto& [key, value] : params.list) {
    out.u16(key);
    out.u16(static_cast<std::uint16_t>(value.size()));
    out.bytes(value);
  }
}

std::string to_text(const SvcParam& param) {
  const auto name = name_of(param.key);
  if (param.value.empty()) return name;
  const auto* key = find_key(param.key);
  return fmt::format("{}={}", name, key ? key->print(param.value) : print_octets(param.value));
}

Result<SvcParam> parse_svc_param(std::string_view name, std::optional<std::string_view> value) {
  const auto number = number_of(name);
  if (!number) return Error{"a key and its value, as in port=8443, or the end of the record"};
  SvcParam param{*number, {}};
  // A known key that is written as key3 has a value without a form of its own.
  const auto* key = find_key(*number);
  const bool is_by_name = key != nullptr && key->name == name;
  if (value) {
    auto octets = is_by_name ? key->parse(*value) : parse_octets(*value);
    if (!octets) return Error{name, ": ", is_by_name ? key->expected : "characters, or \\ and three digits up to 255"};
    param.value = std::move(*octets);
  }
  if (!is_valid(param)) return Error{name, ": ", key->expected};
  if (param.value.size() > UINT16_MAX) return Error{name, ": a value of up to 65535 octets"};
  return param;
}

bool insert(SvcParams& params, SvcParam param) {
  const auto place = std::ranges::lower_bound(params.list, param.key, {}, &SvcParam::key);
  if (place != params.list.end() && place->key == param.key) return false;
  params.list.insert(place, std::move(param));
  return true;
}

std::optional<std::string> find_inconsistency(const SvcParams& params) {
  if (has(params, no_default_alpn) && !has(params, alpn)) return "alpn, without which no-default-alpn has no meaning";
  if (!has(params, mandatory)) return std::nullopt;
  for (ByteReader in{params.list.front().value}; !in.at_end();) {
    const auto key = *in.u16();
    if (!has(params, key)) return fmt::format("{}, which is said to be mandatory", name_of(key));
  }
  return std::nullopt;
}

}  // namespace labnet::dns
