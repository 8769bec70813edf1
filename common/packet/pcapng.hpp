// pcapng files: frames with what is known about them, such as interface names, comments, host names and TLS secrets.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "common/base/address.hpp"
#include "common/packet/capture_file.hpp"
#include "common/packet/file_bytes.hpp"

namespace labnet::packet {

// draft-ietf-opsawg-pcapng. A file is a run of blocks; a section header opens a section and tells its byte order:
//
//     | type (4) | total length (4) | body, a multiple of 4 bytes ... | options ... | total length (4) |
//
//     option:  | code (2) | length (2) | value, padded to a multiple of 4 ... |       code 0 ends them
//
//     section header 0a0d0d0a   | 1a2b3c4d (4) | version 1 (2) | 0 (2) | length of the section or -1 (8) | options
//     interface      00000001   | link type (2) | 0 (2) | snapshot length (4) | options: if_name, if_tsresol, ...
//     names          00000004   records like options: | 1: IPv4, 2: IPv6 | length | address, names, each ended by 0 |
//     statistics     00000005   | interface (4) | time, upper half first (8) | options: if_recv, if_drop, ...
//     packet         00000006   | interface (4) | time, upper half first (8) | bytes in the file (4) | on the wire (4)
//                               | the frame, padded ... | options: comment
//     secrets        0000000a   | kind (4), "TLSK" | length (4) | a TLS key log, padded |
//
// Read besides: the simple packet block 00000003. Other blocks, and options that are not named below, are skipped.

/// The same line as Wireshark draws.
constexpr std::uint32_t block_bytes_max = 16 * 1024 * 1024;
constexpr std::size_t interfaces_max = 1024;

/// Section 4.1. Empty text is left out of a file.
struct SectionHeader {
  std::string hardware{};
  std::string operating_system{};
  std::string application{};
  std::vector<std::string> comments{};
};

/// Section 4.2. Packets name an interface by its place in the section, from 0.
struct Interface {
  LinkType link_type = LinkType::ethernet;
  std::uint32_t snap_bytes = snap_bytes_max;
  std::string name{};         // "eth0"
  std::string description{};  // "pc1 on lan"
  std::string filter{};       // the capture filter, as typed
  // How times are written, option if_tsresol: 10^-n seconds, with the highest bit set 2^-n. Always written as
  // nanoseconds.
  std::uint8_t time_resolution = 9;
  std::int64_t time_offset_seconds = 0;  // added to each time that is read, option if_tsoffset; never written
};

/// Section 4.3, and 4.4 with interface 0 and time zero.
struct Packet {
  std::uint32_t interface = 0;
  CapturedFrame frame{};
  std::vector<std::string> comments{};
};

/// Section 4.5: "this address is called so", which Wireshark then shows in place of the address.
struct NameRecord {
  std::variant<Ipv4Address, Ipv6Address> address{};
  std::vector<std::string> names{};
};
struct NameResolution {
  std::vector<NameRecord> records{};
};

/// Section 4.6: a counter that nobody kept is left out.
struct InterfaceStatistics {
  std::uint32_t interface = 0;
  Timestamp time{};
  std::optional<std::uint64_t> received{};           // by the interface, since the capture started
  std::optional<std::uint64_t> dropped{};            // by the interface, for want of room
  std::optional<std::uint64_t> accepted{};           // by the filter
  std::optional<std::uint64_t> dropped_by_system{};  // the kernel's buffer was full
  std::optional<std::uint64_t> delivered{};          // to whoever captures
};

/// Section 4.7. Wireshark uses secrets for the packets that stand behind them in the file.
struct DecryptionSecrets {
  static constexpr std::uint32_t tls_key_log = 0x544c534b;  // the lines of an SSLKEYLOGFILE

  std::uint32_t kind = tls_key_log;
  std::string secrets{};
};

struct UnknownBlock {
  std::uint32_t type = 0;
};

using Block = std::variant<SectionHeader, Interface, Packet, NameResolution, InterfaceStatistics, DecryptionSecrets,
                           UnknownBlock>;

/// Each appends one block, little-endian, times in nanoseconds. Text beyond 65,535 bytes, the longest that an option
/// holds, is cut. A packet's data is cut to snap_bytes_max, and secrets to what block_bytes_max leaves.
void append_block(const SectionHeader& section, Buffer& out);
void append_block(const Interface& interface, Buffer& out);
void append_block(const Packet& packet, Buffer& out);
void append_block(const NameResolution& names, Buffer& out);
void append_block(const InterfaceStatistics& statistics, Buffer& out);
void append_block(const DecryptionSecrets& secrets, Buffer& out);

/// Reads a file block by block. Between blocks it keeps the section's byte order and interfaces, nothing else.
class PcapngReader {
 public:
  struct Parsed {
    Block block;                 // a packet's data is a view of the input, all else is owned
    std::size_t size_bytes = 0;  // of the block: where the next one starts
  };
  /// Reads the block at the start of `input`; nothing if its end has not been read yet. After a fault the file cannot
  /// be read on.
  Result<std::optional<Parsed>, FileFault> next(Bytes input);

  /// Of the section that is being read.
  const std::vector<Interface>& interfaces() const { return interfaces_; }

 private:
  Result<Block, FileFault> parse_body(std::uint32_t type, Bytes body);
  Result<Block, FileFault> parse_section_header(FileReader reader);
  Result<Block, FileFault> parse_interface(FileReader reader);
  Result<Block, FileFault> parse_packet(FileReader reader) const;
  Result<Block, FileFault> parse_simple_packet(FileReader reader) const;
  Result<Block, FileFault> parse_statistics(FileReader reader) const;
  Result<Timestamp, FileFault> to_time(std::uint32_t interface, std::uint64_t ticks) const;

  std::optional<ByteOrder> order_{};  // nothing before the first section header
  std::vector<Interface> interfaces_;
};

}  // namespace labnet::packet
