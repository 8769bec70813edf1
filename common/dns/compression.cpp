// Suffixes are found by their hash first and then compared with what the message holds.
#include "common/dns/compression.hpp"

#include <algorithm>

#include "common/base/text.hpp"

namespace labnet::dns {
namespace {

constexpr std::size_t pointer_offset_max = 0x3fff;

std::uint8_t octet_at(Bytes message, std::size_t at) {
  return std::to_integer<std::uint8_t>(message[at]);
}

std::byte to_lower_octet(std::byte value) {
  return static_cast<std::byte>(to_lower(static_cast<char>(std::to_integer<std::uint8_t>(value))));
}

/// Compares a folded name with one that this compressor wrote, pointers followed. It wrote them: they need no check.
bool stands_at(Bytes message, std::size_t at, NameView folded) {
  const auto wire = folded.wire();
  for (std::size_t label = 0; label < wire.size();) {
    while (octet_at(message, at) >= 0xc0) at = (octet_at(message, at) & 0x3fu) << 8 | octet_at(message, at + 1);
    const std::size_t piece = 1u + octet_at(wire, label);  // the length octet too
    if (piece != 1u + octet_at(message, at)) return false;
    if (!std::ranges::equal(message.subspan(at, piece), wire.subspan(label, piece), {}, to_lower_octet)) return false;
    at += piece;
    label += piece;
  }
  return true;
}

}  // namespace

void NameCompressor::write(ByteWriter& out, NameView name) {
  const FoldedName folded{name};
  const Entry* found = nullptr;
  std::size_t labels = 0;  // how many are written before the pointer
  while (labels < folded.label_count() && !(found = find(out.written(), folded, labels))) ++labels;
  const auto offset = out.size();
  if (found) {
    const auto target = found->offset;
    out.bytes(name.wire().first(folded.offset(labels)));
    out.u16(static_cast<std::uint16_t>(0xc000 | target));
  } else {
    out.bytes(name.wire());
  }
  if (!out.overflowed()) remember(folded, labels, offset);
}

void NameCompressor::remember(NameView name, std::size_t offset) {
  const FoldedName folded{name};
  remember(folded, folded.label_count(), offset);
}

void NameCompressor::rewind(std::size_t size) {
  while (count_ > 0 && entries_[count_ - 1].offset >= size) --count_;
}

const NameCompressor::Entry* NameCompressor::find(Bytes message, const FoldedName& name, std::size_t skip) const {
  const auto hash = static_cast<std::uint32_t>(name.hash(skip));
  for (const auto& entry : std::span{entries_}.first(count_)) {
    if (entry.hash == hash && stands_at(message, entry.offset, name.suffix(skip))) return &entry;
  }
  return nullptr;
}

void NameCompressor::remember(const FoldedName& name, std::size_t labels, std::size_t offset) {
  for (std::size_t skip = 0; skip < labels && count_ < entries_.size(); ++skip) {
    const auto suffix_offset = offset + name.offset(skip);
    if (suffix_offset > pointer_offset_max) return;
    entries_[count_++] = {static_cast<std::uint32_t>(name.hash(skip)), static_cast<std::uint16_t>(suffix_offset)};
  }
}

}  // namespace labnet::dns
