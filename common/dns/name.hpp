// Domain names: a view of one on the wire, and one that owns its octets (RFC 1035, section 3.1).
//
//     3 'w' 'w' 'w' 9 'l' 'a' 'b' 'r' 'e' 'd' 'e' 's' '7' '1' 3 'c' 'o' 'm' 0      www.labredes71.com.
//
// Case is kept and never matters in a comparison (RFC 4343).
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "common/base/address.hpp"
#include "common/base/bytes.hpp"
#include "common/base/result.hpp"
#include "common/dns/fault.hpp"
#include "common/dns/limits.hpp"

namespace labnet::dns {

/// A name that lies in somebody else's memory: a whole, uncompressed name, from its first length octet to the root's 0.
/// Cheap to copy. Lives as long as that memory.
class NameView {
 public:
  /// The root.
  NameView() : wire_{root} {}
  /// `wire` must be a whole name as drawn above; it is not checked. For octets from outside use read_name.
  explicit NameView(Bytes wire) : wire_{wire} {}

  Bytes wire() const { return wire_; }
  bool is_root() const { return wire_.size() == 1; }
  /// The root not counted: 3 for www.labredes71.com.
  std::size_t label_count() const;
  /// The leftmost label, empty for the root.
  std::string_view first_label() const;
  /// Without the leftmost label; the root's parent is the root.
  NameView parent() const;
  /// Without the `count` leftmost labels, at most the root.
  NameView without_labels(std::size_t count) const;
  bool is_wildcard() const { return first_label() == "*"; }
  /// True if `ancestor` is this name or a suffix of it in whole labels. Everything is at or below the root.
  bool is_at_or_below(NameView ancestor) const;

  /// Without regard to case.
  friend bool operator==(NameView a, NameView b);
  /// The canonical order of RFC 4034, section 6.1: by labels from the right, so that a name precedes what is below it.
  friend std::weak_ordering operator<=>(NameView a, NameView b);

 private:
  static constexpr std::byte root[1] = {};
  Bytes wire_;
};

/// A name that owns its octets; names of up to 47 octets, which is most, need no allocation.
class Name {
 public:
  /// The root.
  Name() = default;
  explicit Name(NameView name);
  Name(const Name& other) : Name(other.view()) {}
  Name(Name&& other) noexcept { swap(other); }  // leaves the root
  Name& operator=(Name other) noexcept {
    swap(other);
    return *this;
  }
  ~Name() = default;

  NameView view() const { return NameView{Bytes{heap_ ? heap_.get() : inline_.data(), size_}}; }
  operator NameView() const { return view(); }  // NOLINT: as std::string turns into std::string_view

  Bytes wire() const { return view().wire(); }
  bool is_root() const { return view().is_root(); }
  std::size_t label_count() const { return view().label_count(); }

  friend bool operator==(const Name& a, const Name& b) { return a.view() == b.view(); }
  friend std::weak_ordering operator<=>(const Name& a, const Name& b) { return a.view() <=> b.view(); }

 private:
  void swap(Name& other) noexcept {
    std::swap(heap_, other.heap_);
    std::swap(size_, other.size_);
    std::swap(inline_, other.inline_);
  }

  std::unique_ptr<std::byte[]> heap_;  // if inline_ is too small
  std::uint8_t size_ = 1;
  std::array<std::byte, 47> inline_{};
};

/// Reads a name at the reader's position and moves behind it. Compression pointers are followed in `reader.whole()`,
/// which must therefore start with the message's header; each must point before the place where it was met.
Result<Name, WireFault> read_name(ByteReader& reader);

/// Moves behind a name without following its pointers. For records whose owner does not matter.
Result<void, WireFault> skip_name(ByteReader& reader);

enum class NameTextFault { empty, empty_label, label_too_long, name_too_long, bad_escape };
std::string_view describe(NameTextFault fault);
/// Needed by boost::system::result to compile; the project tests a result before it uses it.
[[noreturn]] void throw_exception_from_error(NameTextFault fault, const boost::source_location& where);

/// Reads "www.labredes71.com.", or "www" below `origin` if no dot ends it. `\.` and `\DDD` stand for one octet (RFC
/// 1035, section 5.1). "." is the root; "@" has no meaning here.
Result<Name, NameTextFault> parse_name(std::string_view text, NameView origin = {});

/// Absolute, with the final dot; what is special in a zone file is escaped, octets outside ASCII's print as \DDD.
std::string to_text(NameView name);

/// A name as text, or data that ends with one, as people write it: "web.labredes71.com". The root stays ".".
std::string without_last_dot(std::string text);
inline std::string without_last_dot(NameView name) {
  return without_last_dot(to_text(name));
}

/// label.parent; fails with label_too_long, name_too_long or, if the label is empty, empty_label.
Result<Name, NameTextFault> join(std::string_view label, NameView parent);

/// `name` with `to` in place of its ancestor `from`, as a DNAME record redirects it (RFC 6672, section 2.2); fails with
/// name_too_long.
Result<Name, NameTextFault> replace_ancestor(NameView name, NameView from, NameView to);

/// 7.1.168.192.in-addr.arpa. for 192.168.1.7 (RFC 1035, section 3.5), and under ip6.arpa (RFC 3596, section 2.5).
Name reverse_name(Ipv4Address address);
Name reverse_name(const Ipv6Address& address);

}  // namespace labnet::dns
