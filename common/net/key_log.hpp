// The secrets of TLS connections, written down so that a capture of them can be decrypted.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "common/base/file_descriptor.hpp"
#include "common/base/result.hpp"

namespace labnet::net {

/// Takes lines in the format of NSS, which Wireshark and tshark read (SSLKEYLOGFILE):
///
///   CLIENT_RANDOM <client random, 64 hex digits> <master secret, 96>                              TLS 1.2
///   CLIENT_HANDSHAKE_TRAFFIC_SECRET <client random> <secret>, SERVER_HANDSHAKE_TRAFFIC_SECRET,
///   CLIENT_TRAFFIC_SECRET_0, SERVER_TRAFFIC_SECRET_0, EXPORTER_SECRET                             TLS 1.3
///
/// Shared by contexts and workers: any thread may add lines, and they do not mix. Whoever reads them reads the
/// connections.
class KeyLog {
 public:
  /// Called with each line, without its end, by whichever worker shakes hands, two at a time perhaps. Must not block.
  using Callback = std::function<void(std::string_view line)>;

  /// Appends to a file, which is made with mode 0600 if it does not exist; one that does keeps its mode.
  /// A line that the system does not take at once (no space, a pipe whose reader is slow) is lost and counted,
  /// and the first of them told to the log. Half of one may stay, on a line of its own.
  static Result<std::shared_ptr<const KeyLog>> open(const std::string& path, Callback callback = nullptr);
  static std::shared_ptr<const KeyLog> to(Callback callback);

  void add(std::string_view line) const;
  std::uint64_t lines_lost() const { return lines_lost_; }

 private:
  KeyLog(std::string path, FileDescriptor file, Callback callback)
      : path_{std::move(path)}, file_{std::move(file)}, callback_{std::move(callback)} {}
  void write(std::string_view line) const;
  std::string end_half_a_line() const;

  const std::string path_;
  const FileDescriptor file_;
  const Callback callback_;
  mutable std::atomic<std::uint64_t> lines_lost_ = 0;
  mutable std::atomic<bool> ends_with_half_a_line_ = false;  // which the next line must not go on with
};

}  // namespace labnet::net
