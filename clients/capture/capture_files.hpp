// The files of one capture: classic pcap, and the same frames as pcapng with what is known about them.
#pragma once

#include <optional>

#include "clients/capture/options.hpp"
#include "common/files/part_file.hpp"
#include "common/packet/pcap.hpp"

namespace labnet::capture {

/// The section, interface and name blocks that stand before the frames.
Buffer pcapng_head(const Options& options, packet::LinkType link_type);

class CaptureFiles {
 public:
  /// Makes the files, still empty; see Options::file for which they are. Faults: the folder is not there or may not be
  /// written to.
  static Result<CaptureFiles> create(const std::filesystem::path& file);

  /// What stands before the frames. Call it once, before the first `add`.
  void begin(const Options& options, packet::LinkType link_type);
  Result<void> add(const packet::CapturedFrame& frame);

  /// Completes the files and gives them their names.
  /// report   goes into the pcapng
  /// secrets  the lines of a TLS key log, or nothing; they stand before the frames, where Wireshark needs them
  Result<void> save(const Report& report, packet::Timestamp end, std::string_view secrets);

  /// Their final names.
  std::vector<std::filesystem::path> paths() const;

 private:
  struct Output {
    files::PartFile file;
    Buffer waiting{};  // to be written in large pieces
  };
  CaptureFiles(std::optional<Output> pcap, Output pcapng) : pcap_{std::move(pcap)}, pcapng_{std::move(pcapng)} {}
  static Result<void> write_if_large(Output& output, std::size_t bytes_min);
  Result<void> save_with_secrets(std::string_view secrets);

  packet::PcapHeader pcap_header_{};
  std::optional<Output> pcap_;
  Output pcapng_;
  Buffer pcapng_head_;
};

}  // namespace labnet::capture
