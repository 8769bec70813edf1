// What is captured, and what is kept of it.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "common/packet/pcapng.hpp"

namespace labnet::capture {

/// Where frames are read.
struct TapOptions {
  std::string interface;                              // "eth0"
  std::string filter;                                 // as tcpdump takes it, see pcap-filter(7); empty: every frame
  std::uint32_t snap_bytes = packet::snap_bytes_max;  // what is kept of a frame
  // The kernel's room for frames that have not been read yet. It has to last for as long as another process may hold
  // the processor: at a gigabit per second 4 MiB are 30 ms.
  std::uint32_t buffer_bytes = 4 * 1024 * 1024;
  bool promiscuous = false;  // frames for other hosts too
};

struct Options {
  static constexpr std::uint32_t buffer_bytes_min = 64 * 1024;
  static constexpr std::uint32_t buffer_bytes_max = 1024 * 1024 * 1024;

  TapOptions tap;

  // "x.pcap": a classic file, and beside it the same frames as "x.pcapng". "x.pcapng": that one alone. Empty: no file.
  std::filesystem::path file{};
  int stream = -1;  // a descriptor that gets the frames as pcapng, batch by batch as they come; -1: none

  // What the pcapng says beside the frames.
  std::string description{};            // of the interface: "pc1 on lan"
  std::vector<std::string> comments{};  // about the whole capture
  packet::NameResolution names{};
};

/// When a capture ends; the first of these that happens.
struct Stop {
  int descriptor = -1;  // of the caller's, not read from: becomes readable
  std::optional<std::chrono::milliseconds> after{};
  std::optional<std::uint64_t> frames{};
};

/// What became of the frames that passed the filter. Nothing was lost if `dropped` and `dropped_by_interface` are 0.
struct Report {
  std::uint64_t received = 0;  // by the kernel, up to the stop
  std::uint64_t captured = 0;  // read, and written wherever they were to be written
  std::uint64_t dropped = 0;   // by the kernel: its buffer was full
  std::uint64_t dropped_by_interface = 0;
};

}  // namespace labnet::capture
