// Reads the frames of a capture file of either kind, in whatever pieces its bytes arrive.
#pragma once

#include <optional>
#include <variant>

#include "common/packet/pcap.hpp"
#include "common/packet/pcapng.hpp"

namespace labnet::packet {

/// The first bytes tell pcap from pcapng. Feed what has been read, then take frames until there is none:
///
///     reader.feed(piece);
///     while (true) {
///       const auto frame = reader.next();
///       if (!frame) return frame.error();
///       if (!*frame) break;                  // feed more
///       use(**frame);
///     }
///
/// At the end of the file `unread_bytes()` is 0, or the file was cut in the middle of a frame.
class CaptureReader {
 public:
  /// Keeps a copy of the piece. What has been read as frames is let go; views handed out by `next` end here.
  void feed(Bytes piece);

  /// The next frame; nothing if its end has not been fed yet. After a fault it returns that fault for ever.
  Result<std::optional<CapturedFrame>, FileFault> next();

  /// Fed, but not yet part of a frame that was returned.
  std::size_t unread_bytes() const { return buffer_.size() - used_bytes_; }

  /// Of the frame returned last; ethernet before the first one.
  LinkType link_type() const { return link_type_; }

 private:
  Result<bool, FileFault> detect();
  Result<std::optional<CapturedFrame>, FileFault> next_of(const PcapHeader& header);
  Result<std::optional<CapturedFrame>, FileFault> next_of(PcapngReader& reader);
  Bytes unread() const { return Bytes{buffer_}.subspan(used_bytes_); }

  Buffer buffer_;
  std::size_t used_bytes_ = 0;
  std::variant<std::monostate, PcapHeader, PcapngReader> format_;
  LinkType link_type_ = LinkType::ethernet;
  std::optional<FileFault> fault_;
};

}  // namespace labnet::packet
