// The blocks of a pcapng file, written.
#include <algorithm>
#include <array>

#include "common/packet/pcapng.hpp"
#include "common/packet/pcapng_codes.hpp"

namespace labnet::packet {
namespace {

constexpr std::size_t option_bytes_max = 65'535;

/// Writes the type and both copies of the length around a body; the length is known only when the body is there.
class BlockWriter {
 public:
  BlockWriter(std::uint32_t type, Buffer& out) : out_{out}, start_{out.size()}, body{out} {
    body.u32(type);
    body.u32(0);
  }
  BlockWriter(const BlockWriter&) = delete;
  ~BlockWriter() {
    const auto size_bytes = static_cast<std::uint32_t>(out_.size() - start_ + 4);
    body.u32(size_bytes);
    std::copy(out_.end() - 4, out_.end(), out_.begin() + static_cast<std::ptrdiff_t>(start_ + 4));
  }

  void option(std::uint16_t code, Bytes value) {
    value = value.first(std::min(value.size(), option_bytes_max));
    body.u16(code);
    body.u16(static_cast<std::uint16_t>(value.size()));
    body.bytes(value);
    body.pad(start_);
    has_options_ = true;
  }
  void text(std::uint16_t code, std::string_view value) {
    if (!value.empty()) option(code, as_bytes(value));
  }
  void texts(std::uint16_t code, const std::vector<std::string>& values) {
    for (const auto& value : values) option(code, as_bytes(value));
  }
  void counter(std::uint16_t code, std::optional<std::uint64_t> value) {
    if (!value) return;
    body.u16(code);
    body.u16(8);
    body.u64(*value);
    has_options_ = true;
  }
  void end_options() {
    if (has_options_) body.u32(pcapng::option::end);
  }
  void padded(Bytes data) {
    body.bytes(data);
    body.pad(start_);
  }

 private:
  Buffer& out_;
  std::size_t start_;
  bool has_options_ = false;

 public:
  FileWriter body;  // for what a block has before its options
};

std::uint64_t to_ticks(Timestamp time) {
  return static_cast<std::uint64_t>(time.time_since_epoch().count());
}

void append_name(const NameRecord& record, std::string_view name, BlockWriter& block) {
  Buffer value;
  ByteWriter writer{value};  // addresses are in network byte order
  std::uint16_t code = pcapng::name_record::ipv6;
  if (const auto* const ipv4 = std::get_if<Ipv4Address>(&record.address)) {
    code = pcapng::name_record::ipv4;
    writer.u32(ipv4->value);
  } else {
    writer.bytes(std::as_bytes(std::span{std::get<Ipv6Address>(record.address).octets}));
  }
  writer.text(name.substr(0, option_bytes_max - writer.size() - 1));
  writer.u8(0);
  block.option(code, value);
}

}  // namespace

void append_block(const SectionHeader& section, Buffer& out) {
  BlockWriter block{pcapng::section_header, out};
  block.body.u32(pcapng::byte_order_magic);
  block.body.u16(1);
  block.body.u16(0);
  block.body.u64(~std::uint64_t{0});  // the section's length is not known beforehand
  block.texts(pcapng::option::comment, section.comments);
  block.text(pcapng::option::hardware, section.hardware);
  block.text(pcapng::option::operating_system, section.operating_system);
  block.text(pcapng::option::application, section.application);
  block.end_options();
}

void append_block(const Interface& interface, Buffer& out) {
  constexpr std::array nanoseconds{std::byte{9}};
  BlockWriter block{pcapng::interface_description, out};
  block.body.u16(static_cast<std::uint16_t>(interface.link_type));
  block.body.u16(0);
  block.body.u32(interface.snap_bytes);
  block.text(pcapng::option::name, interface.name);
  block.text(pcapng::option::description, interface.description);
  block.option(pcapng::option::time_resolution, nanoseconds);
  if (!interface.filter.empty()) block.text(pcapng::option::filter, std::string(1, '\0') + interface.filter);
  block.end_options();
}

void append_block(const Packet& packet, Buffer& out) {
  const auto data = packet.frame.data.first(std::min<std::size_t>(packet.frame.data.size(), snap_bytes_max));
  BlockWriter block{pcapng::enhanced_packet, out};
  block.body.u32(packet.interface);
  block.body.halves(to_ticks(packet.frame.time));
  block.body.u32(static_cast<std::uint32_t>(data.size()));
  block.body.u32(packet.frame.wire_bytes);
  block.padded(data);
  block.texts(pcapng::option::comment, packet.comments);
  block.end_options();
}

void append_block(const NameResolution& names, Buffer& out) {
  BlockWriter block{pcapng::name_resolution, out};
  // One record per name: then no number of names overflows the length of a record.
  for (const auto& record : names.records) {
    for (const auto& name : record.names) append_name(record, name, block);
  }
  block.body.u32(pcapng::name_record::end);
}

void append_block(const InterfaceStatistics& statistics, Buffer& out) {
  BlockWriter block{pcapng::interface_statistics, out};
  block.body.u32(statistics.interface);
  block.body.halves(to_ticks(statistics.time));
  block.counter(pcapng::option::received, statistics.received);
  block.counter(pcapng::option::dropped, statistics.dropped);
  block.counter(pcapng::option::accepted, statistics.accepted);
  block.counter(pcapng::option::dropped_by_system, statistics.dropped_by_system);
  block.counter(pcapng::option::delivered, statistics.delivered);
  block.end_options();
}

void append_block(const DecryptionSecrets& secrets, Buffer& out) {
  constexpr std::size_t secrets_bytes_max = block_bytes_max - pcapng::block_frame_bytes - 8;
  const auto data = as_bytes(secrets.secrets).first(std::min(secrets.secrets.size(), secrets_bytes_max));
  BlockWriter block{pcapng::decryption_secrets, out};
  block.body.u32(secrets.kind);
  block.body.u32(static_cast<std::uint32_t>(data.size()));
  block.padded(data);
}

}  // namespace labnet::packet
