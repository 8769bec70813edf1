// Names: comparison, text, and the reader that follows compression pointers.
#include "common/dns/name.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <stdexcept>

#include "common/base/text.hpp"
#include "common/dns/escape.hpp"

namespace labnet::dns {
namespace {

std::uint8_t octet(std::byte value) {
  return std::to_integer<std::uint8_t>(value);
}

/// Length octets are at most 63, below 'A': so a whole name may be folded without a look at its labels.
std::uint8_t folded(std::byte value) {
  return static_cast<std::uint8_t>(to_lower(static_cast<char>(octet(value))));
}

/// Octets of a name that is being put together, label by label; the root's 0 is added last.
class Assembly {
 public:
  bool has_room_for(std::size_t label_bytes) const { return size_ + 1 + label_bytes + 1 <= name_bytes_max; }
  void append(Bytes label) {
    wire_[size_++] = static_cast<std::byte>(label.size());
    std::ranges::copy(label, wire_.begin() + static_cast<std::ptrdiff_t>(size_));
    size_ += label.size();
  }
  bool append(NameView rest) {
    if (size_ + rest.wire().size() > name_bytes_max) return false;
    std::ranges::copy(rest.wire(), wire_.begin() + static_cast<std::ptrdiff_t>(size_));
    size_ += rest.wire().size();
    return true;
  }
  Name finish() const { return Name{NameView{Bytes{wire_}.first(size_)}}; }

 private:
  std::array<std::byte, name_bytes_max> wire_;
  std::size_t size_ = 0;
};

using LabelStarts = std::array<std::uint8_t, labels_max>;

std::size_t find_labels(Bytes wire, LabelStarts& starts) {
  std::size_t count = 0;
  for (std::size_t at = 0; wire[at] != std::byte{0}; at += 1 + octet(wire[at])) {
    starts[count++] = static_cast<std::uint8_t>(at);
  }
  return count;
}

std::weak_ordering compare_labels(Bytes a, Bytes b) {
  return std::lexicographical_compare_three_way(
      a.begin(), a.end(), b.begin(), b.end(),
      [](std::byte x, std::byte y) -> std::weak_ordering { return folded(x) <=> folded(y); });
}

}  // namespace

std::size_t NameView::label_count() const {
  std::size_t count = 0;
  for (std::size_t at = 0; wire_[at] != std::byte{0}; at += 1 + octet(wire_[at])) ++count;
  return count;
}

std::string_view NameView::first_label() const {
  return as_text(wire_.subspan(1 - is_root(), octet(wire_[0])));
}

NameView NameView::parent() const {
  return is_root() ? *this : NameView{wire_.subspan(1 + octet(wire_[0]))};
}

NameView NameView::without_labels(std::size_t count) const {
  NameView rest = *this;
  while (count-- > 0 && !rest.is_root()) rest = rest.parent();
  return rest;
}

bool NameView::is_at_or_below(NameView ancestor) const {
  NameView suffix = *this;
  while (suffix.wire_.size() > ancestor.wire_.size()) suffix = suffix.parent();
  return suffix == ancestor;
}

bool operator==(NameView a, NameView b) {
  return a.wire_.size() == b.wire_.size() && std::ranges::equal(a.wire_, b.wire_, {}, folded, folded);
}

Name::Name(NameView name) : size_{static_cast<std::uint8_t>(name.wire().size())} {
  if (size_ > inline_.size()) heap_ = std::make_unique_for_overwrite<std::byte[]>(size_);
  std::ranges::copy(name.wire(), heap_ ? heap_.get() : inline_.data());
}

std::weak_ordering operator<=>(NameView a, NameView b) {
  LabelStarts a_starts;
  LabelStarts b_starts;
  auto a_left = find_labels(a.wire_, a_starts);
  auto b_left = find_labels(b.wire_, b_starts);
  while (a_left > 0 && b_left > 0) {
    const auto a_at = a_starts[--a_left];
    const auto b_at = b_starts[--b_left];
    const auto order = compare_labels(a.wire_.subspan(a_at + 1u, octet(a.wire_[a_at])),
                                      b.wire_.subspan(b_at + 1u, octet(b.wire_[b_at])));
    if (order != 0) return order;
  }
  return a_left <=> b_left;
}

Result<Name, WireFault> read_name(ByteReader& reader) {
  const auto message = reader.whole();
  Assembly name;
  auto at = reader.position();
  auto run_start = at;  // where the labels that are being read began: a pointer must point before it
  std::size_t pointers = 0;
  std::size_t end = 0;  // behind the name as it stands at the reader's position
  while (true) {
    if (at >= message.size()) return WireFault::truncated;
    const std::size_t length = octet(message[at]);
    if (length == 0) break;
    if (length >= 0xc0) {
      if (at + 1 >= message.size()) return WireFault::truncated;
      const auto target = (length & 0x3f) << 8 | octet(message[at + 1]);
      if (target >= run_start || target < header_bytes) return WireFault::pointer_not_backward;
      if (++pointers > compression_pointers_max) return WireFault::too_many_pointers;
      if (pointers == 1) end = at + 2;
      at = run_start = target;
      continue;
    }
    if (length > label_bytes_max) return WireFault::label_type;
    if (length > message.size() - at - 1) return WireFault::truncated;
    if (!name.has_room_for(length)) return WireFault::name_too_long;
    name.append(message.subspan(at + 1, length));
    at += 1 + length;
  }
  name.append(NameView{});
  reader.seek(pointers == 0 ? at + 1 : end);
  return name.finish();
}

Result<void, WireFault> skip_name(ByteReader& reader) {
  const auto start = reader.position();
  while (true) {
    const auto length = reader.u8();
    if (!length) return WireFault::truncated;
    if (*length >= 0xc0) return reader.u8() ? Result<void, WireFault>{} : WireFault::truncated;
    if (*length > label_bytes_max) return WireFault::label_type;
    if (!reader.take(*length)) return WireFault::truncated;
    if (reader.position() - start > name_bytes_max) return WireFault::name_too_long;
    if (*length == 0) return {};
  }
}

std::string_view describe(NameTextFault fault) {
  switch (fault) {
    case NameTextFault::empty:
      return "the name is empty";
    case NameTextFault::empty_label:
      return "a label is empty";
    case NameTextFault::label_too_long:
      return "a label is longer than 63 octets";
    case NameTextFault::name_too_long:
      return "the name is longer than 255 octets";
    case NameTextFault::bad_escape:
      return "a backslash is followed by neither a character nor three digits up to 255";
  }
  return "unknown fault";
}

void throw_exception_from_error(NameTextFault fault, const boost::source_location&) {
  throw std::logic_error{std::string{describe(fault)}};
}

Result<Name, NameTextFault> parse_name(std::string_view text, NameView origin) {
  if (text.empty()) return NameTextFault::empty;
  if (text == ".") return Name{};
  Assembly name;
  std::string label;
  bool ended_by_dot = false;
  while (!text.empty()) {
    ended_by_dot = text.front() == '.';
    if (!ended_by_dot) {
      const auto character = take_character(text);
      if (!character) return NameTextFault::bad_escape;
      label += *character;
      if (label.size() > label_bytes_max) return NameTextFault::label_too_long;
      if (!text.empty()) continue;
    } else {
      text.remove_prefix(1);
    }
    if (label.empty()) return NameTextFault::empty_label;
    if (!name.has_room_for(label.size())) return NameTextFault::name_too_long;
    name.append(as_bytes(label));
    label.clear();
  }
  if (!name.append(ended_by_dot ? NameView{} : origin)) return NameTextFault::name_too_long;
  return name.finish();
}

std::string to_text(NameView name) {
  if (name.is_root()) return ".";
  std::string text;
  for (; !name.is_root(); name = name.parent()) {
    for (const char c : name.first_label()) append_escaped(text, c, ".\"\\();@$ ");
    text += '.';
  }
  return text;
}

std::string without_last_dot(std::string text) {
  if (text.size() > 1 && text.ends_with('.')) text.pop_back();
  return text;
}

Result<Name, NameTextFault> join(std::string_view label, NameView parent) {
  if (label.empty()) return NameTextFault::empty_label;
  if (label.size() > label_bytes_max) return NameTextFault::label_too_long;
  Assembly name;
  name.append(as_bytes(label));
  if (!name.append(parent)) return NameTextFault::name_too_long;
  return name.finish();
}

Result<Name, NameTextFault> replace_ancestor(NameView name, NameView from, NameView to) {
  Assembly replaced;
  for (auto kept = name.label_count() - from.label_count(); kept > 0; --kept, name = name.parent()) {
    const auto label = name.first_label();
    if (!replaced.has_room_for(label.size())) return NameTextFault::name_too_long;
    replaced.append(as_bytes(label));
  }
  if (!replaced.append(to)) return NameTextFault::name_too_long;
  return replaced.finish();
}

Name reverse_name(Ipv4Address address) {
  const auto a = address.value;
  return *parse_name(fmt::format("{}.{}.{}.{}.in-addr.arpa.", a & 0xff, a >> 8 & 0xff, a >> 16 & 0xff, a >> 24));
}

Name reverse_name(const Ipv6Address& address) {
  std::string text;
  for (std::size_t i = address.octets.size(); i-- > 0;) {
    fmt::format_to(std::back_inserter(text), "{:x}.{:x}.", address.octets[i] & 0xf, address.octets[i] >> 4);
  }
  return *parse_name(text + "ip6.arpa.");
}

}  // namespace labnet::dns
