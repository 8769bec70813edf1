// The blocks of a pcapng file, read.
#include <algorithm>
#include <limits>

#include "common/packet/pcapng.hpp"
#include "common/packet/pcapng_codes.hpp"

namespace labnet::packet {
namespace {

constexpr std::size_t padding_bytes(std::size_t size) {
  return (4 - size % 4) % 4;
}

/// Calls `use(code, value)` for each option; `use` returns false for a value of a wrong length.
template <class Use>
Result<void, FileFault> each_option(FileReader& reader, Use&& use) {
  while (reader.remaining() >= 4) {
    const auto code = *reader.u16();
    const auto length = *reader.u16();
    if (code == pcapng::option::end) return {};
    const auto value = reader.take(length);
    if (!value || !reader.take(padding_bytes(length)) || !use(code, *value)) return FileFault::bad_option;
  }
  return {};
}

/// Keeps a text; C programs may have counted its final zero.
bool keep(Bytes value, std::string& text) {
  text = as_text(value);
  while (text.ends_with('\0')) text.pop_back();
  return true;
}

bool keep_counter(Bytes value, ByteOrder order, std::optional<std::uint64_t>& counter) {
  counter = FileReader{value, order}.u64();
  return value.size() == 8;
}

bool keep_filter(Bytes value, std::string& filter) {
  if (value.empty()) return false;
  return value[0] != std::byte{0} || keep(value.subspan(1), filter);  // other kinds are code, not text
}

bool keep_comment(std::uint16_t code, Bytes value, std::vector<std::string>& comments) {
  return code != pcapng::option::comment || keep(value, comments.emplace_back());
}

std::vector<std::string> split_names(Bytes text) {
  std::vector<std::string> names;
  auto rest = as_text(text);
  while (!rest.empty()) {
    const auto end = std::min(rest.find('\0'), rest.size());
    if (end != 0) names.emplace_back(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return names;
}

/// One address with its names, or nothing for a kind of record that is not known.
Result<std::optional<NameRecord>, FileFault> parse_name_record(std::uint16_t code, Bytes value) {
  NameRecord record;
  ByteReader reader{value};
  if (code == pcapng::name_record::ipv4) {
    const auto address = reader.u32();
    if (!address) return FileFault::bad_option;
    record.address = Ipv4Address{*address};
  } else if (code == pcapng::name_record::ipv6) {
    const auto octets = reader.take(16);
    if (!octets) return FileFault::bad_option;
    Ipv6Address address;
    std::ranges::transform(*octets, address.octets.begin(),
                           [](std::byte b) { return std::to_integer<std::uint8_t>(b); });
    record.address = address;
  } else {
    return std::nullopt;
  }
  record.names = split_names(*reader.take(reader.remaining()));
  return record;
}

Result<Block, FileFault> parse_names(FileReader reader) {
  NameResolution names;
  while (reader.remaining() >= 4) {
    const auto code = *reader.u16();
    const auto length = *reader.u16();
    if (code == pcapng::name_record::end) break;
    const auto value = reader.take(length);
    if (!value || !reader.take(padding_bytes(length))) return FileFault::bad_option;
    auto record = parse_name_record(code, *value);
    if (!record) return record.error();
    if (*record) names.records.push_back(std::move(**record));
  }
  return Block{std::move(names)};
}

Result<Block, FileFault> parse_secrets(FileReader reader) {
  const auto kind = reader.u32();
  const auto length = reader.u32();
  if (!length) return FileFault::bad_block_length;
  const auto secrets = reader.take(*length);
  if (!secrets) return FileFault::bad_block_length;
  return Block{DecryptionSecrets{*kind, std::string{as_text(*secrets)}}};
}

/// `ticks` of 10^-n or, with the highest bit set, 2^-n seconds; nothing if 64 bits of nanoseconds do not hold it.
std::optional<std::uint64_t> to_nanoseconds(std::uint64_t ticks, std::uint8_t resolution) {
  constexpr std::uint64_t second = 1'000'000'000;
  constexpr auto max = std::numeric_limits<std::uint64_t>::max();
  const unsigned exponent = resolution & 0x7fu;
  if ((resolution & 0x80) != 0) {
    if (exponent > 63) return 0;  // 64 bits of such ticks are less than a second or two
    const auto seconds = ticks >> exponent;
    auto fraction = ticks & ((std::uint64_t{1} << exponent) - 1);
    if (seconds > max / second - 1) return std::nullopt;
    if (exponent <= 30) return seconds * second + (fraction * second >> exponent);
    fraction >>= exponent - 30;  // a 2^30th of a second is about a nanosecond: no more is needed, and no more fits
    return seconds * second + (fraction * second >> 30);
  }
  for (auto n = exponent; n < 9; ++n) {
    if (ticks > max / 10) return std::nullopt;
    ticks *= 10;
  }
  for (auto n = exponent; n > 9 && ticks > 0; --n) ticks /= 10;
  return ticks;
}

}  // namespace

Result<std::optional<PcapngReader::Parsed>, FileFault> PcapngReader::next(Bytes input) {
  if (input.size() < pcapng::block_frame_bytes) return std::nullopt;
  const bool is_section = *ByteReader{input}.u32() == pcapng::section_header;  // the same in both orders
  auto order = order_;
  if (is_section) {
    const auto magic = *ByteReader{input.subspan(8)}.u32();
    if (magic != pcapng::byte_order_magic && magic != swap_bytes(pcapng::byte_order_magic)) {
      return FileFault::not_a_capture;
    }
    order = magic == pcapng::byte_order_magic ? ByteOrder::big : ByteOrder::little;
  }
  if (!order) return FileFault::not_a_capture;

  FileReader reader{input, *order};
  const auto type = *reader.u32();
  const auto size_bytes = *reader.u32();
  if (size_bytes > block_bytes_max) return FileFault::block_too_large;
  if (size_bytes < pcapng::block_frame_bytes || size_bytes % 4 != 0) return FileFault::bad_block_length;
  if (input.size() < size_bytes) return std::nullopt;
  const auto body = *reader.take(size_bytes - pcapng::block_frame_bytes);
  if (*reader.u32() != size_bytes) return FileFault::bad_block_length;
  order_ = order;
  auto block = parse_body(type, body);
  if (!block) return block.error();
  return Parsed{std::move(*block), size_bytes};
}

Result<Block, FileFault> PcapngReader::parse_body(std::uint32_t type, Bytes body) {
  const FileReader reader{body, *order_};
  switch (type) {
    case pcapng::section_header:
      return parse_section_header(reader);
    case pcapng::interface_description:
      return parse_interface(reader);
    case pcapng::simple_packet:
      return parse_simple_packet(reader);
    case pcapng::name_resolution:
      return parse_names(reader);
    case pcapng::interface_statistics:
      return parse_statistics(reader);
    case pcapng::enhanced_packet:
      return parse_packet(reader);
    case pcapng::decryption_secrets:
      return parse_secrets(reader);
    default:
      return Block{UnknownBlock{type}};
  }
}

Result<Block, FileFault> PcapngReader::parse_section_header(FileReader reader) {
  reader.u32();  // the byte-order magic
  const auto major = reader.u16();
  const auto minor = reader.u16();
  const auto section_bytes = reader.u64();
  if (!section_bytes) return FileFault::bad_block_length;
  if (major != 1 || (minor != 0 && minor != 2)) return FileFault::unsupported_version;  // 1.2 reads as 1.0, section 4.1
  interfaces_.clear();
  SectionHeader section;
  const auto options = each_option(reader, [&](std::uint16_t code, Bytes value) {
    switch (code) {
      case pcapng::option::hardware:
        return keep(value, section.hardware);
      case pcapng::option::operating_system:
        return keep(value, section.operating_system);
      case pcapng::option::application:
        return keep(value, section.application);
      default:
        return keep_comment(code, value, section.comments);
    }
  });
  if (!options) return options.error();
  return Block{std::move(section)};
}

Result<Block, FileFault> PcapngReader::parse_interface(FileReader reader) {
  Interface interface;
  interface.time_resolution = 6;  // what a file means that does not say it
  const auto link_type = reader.u16();
  const auto reserved = reader.u16();
  const auto snap_bytes = reader.u32();
  if (!reserved || !snap_bytes) return FileFault::bad_block_length;
  if (interfaces_.size() == interfaces_max) return FileFault::too_many_interfaces;
  interface.link_type = static_cast<LinkType>(*link_type);
  interface.snap_bytes = *snap_bytes;
  const auto options = each_option(reader, [&](std::uint16_t code, Bytes value) {
    switch (code) {
      case pcapng::option::name:
        return keep(value, interface.name);
      case pcapng::option::description:
        return keep(value, interface.description);
      case pcapng::option::filter:
        return keep_filter(value, interface.filter);
      case pcapng::option::time_resolution:
        if (value.size() == 1) interface.time_resolution = std::to_integer<std::uint8_t>(value[0]);
        return value.size() == 1;
      case pcapng::option::time_offset:
        if (value.size() == 8)
          interface.time_offset_seconds = static_cast<std::int64_t>(*FileReader{value, *order_}.u64());
        return value.size() == 8;
      default:
        return true;
    }
  });
  if (!options) return options.error();
  interfaces_.push_back(interface);
  return Block{std::move(interface)};
}

Result<Block, FileFault> PcapngReader::parse_packet(FileReader reader) const {
  Packet packet;
  const auto interface = reader.u32();
  const auto ticks = reader.halves();
  const auto captured_bytes = reader.u32();
  const auto wire_bytes = reader.u32();
  if (!wire_bytes) return FileFault::bad_block_length;
  if (*captured_bytes > snap_bytes_max) return FileFault::frame_too_large;
  const auto time = to_time(*interface, *ticks);
  if (!time) return time.error();
  const auto data = reader.take(*captured_bytes);
  if (!data || !reader.take(padding_bytes(*captured_bytes))) return FileFault::bad_block_length;
  packet.interface = *interface;
  packet.frame = {*time, *wire_bytes, *data};
  const auto options =
      each_option(reader, [&](std::uint16_t code, Bytes value) { return keep_comment(code, value, packet.comments); });
  if (!options) return options.error();
  return Block{std::move(packet)};
}

Result<Block, FileFault> PcapngReader::parse_simple_packet(FileReader reader) const {
  const auto wire_bytes = reader.u32();
  if (!wire_bytes) return FileFault::bad_block_length;
  if (interfaces_.empty()) return FileFault::unknown_interface;
  // The block does not say where the frame ends: what the snapshot length left of it, and no more than there is.
  const auto snap_bytes = interfaces_.front().snap_bytes == 0 ? snap_bytes_max : interfaces_.front().snap_bytes;
  auto data = reader.rest();
  data = data.first(std::min<std::size_t>({data.size(), *wire_bytes, snap_bytes}));
  if (data.size() > snap_bytes_max) return FileFault::frame_too_large;
  return Block{Packet{0, {Timestamp{}, *wire_bytes, data}, {}}};
}

Result<Block, FileFault> PcapngReader::parse_statistics(FileReader reader) const {
  InterfaceStatistics statistics;
  const auto interface = reader.u32();
  const auto ticks = reader.halves();
  if (!ticks) return FileFault::bad_block_length;
  const auto time = to_time(*interface, *ticks);
  if (!time) return time.error();
  statistics.interface = *interface;
  statistics.time = *time;
  const auto options = each_option(reader, [&](std::uint16_t code, Bytes value) {
    switch (code) {
      case pcapng::option::received:
        return keep_counter(value, *order_, statistics.received);
      case pcapng::option::dropped:
        return keep_counter(value, *order_, statistics.dropped);
      case pcapng::option::accepted:
        return keep_counter(value, *order_, statistics.accepted);
      case pcapng::option::dropped_by_system:
        return keep_counter(value, *order_, statistics.dropped_by_system);
      case pcapng::option::delivered:
        return keep_counter(value, *order_, statistics.delivered);
      default:
        return true;
    }
  });
  if (!options) return options.error();
  return Block{statistics};
}

Result<Timestamp, FileFault> PcapngReader::to_time(std::uint32_t interface, std::uint64_t ticks) const {
  if (interface >= interfaces_.size()) return FileFault::unknown_interface;
  const auto& described = interfaces_[interface];
  const auto nanoseconds = to_nanoseconds(ticks, described.time_resolution);
  constexpr auto max = std::numeric_limits<std::int64_t>::max();
  constexpr auto offset_max = max / 1'000'000'000;
  const auto offset = described.time_offset_seconds;
  if (!nanoseconds || *nanoseconds > static_cast<std::uint64_t>(max)) return FileFault::bad_time;
  if (offset > offset_max || offset < -offset_max) return FileFault::bad_time;
  const auto since_epoch = static_cast<std::int64_t>(*nanoseconds);
  if (offset > 0 && since_epoch > max - offset * 1'000'000'000) return FileFault::bad_time;
  return Timestamp{std::chrono::nanoseconds{since_epoch + offset * 1'000'000'000}};
}

}  // namespace labnet::packet
