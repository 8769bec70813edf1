// One interface whose frames are read, through libpcap.
#pragma once

#include <functional>
#include <memory>

#include "clients/capture/options.hpp"
#include "common/base/result.hpp"

struct pcap;

namespace labnet::capture {

class Tap {
 public:
  /// From the moment that this returns the kernel keeps every frame that passes the filter.
  /// Faults: no such interface (with one of a like name), an interface that is down, no right to capture, a filter that
  /// is not understood (with libpcap's reason).
  static Result<Tap> open(const TapOptions& options);

  /// Becomes readable when there are frames.
  int descriptor() const;
  packet::LinkType link_type() const;

  /// Hands the frames that the kernel holds to `on_frame`, at most `frames_max` of them; never waits. Their data lives
  /// until `on_frame` returns. Returns how many there were; a fault if the interface has gone.
  Result<std::uint64_t> read(std::uint64_t frames_max,
                             const std::function<void(const packet::CapturedFrame&)>& on_frame);

  /// Since the tap was opened; `captured` is left 0.
  Report statistics() const;

 private:
  struct Close {
    void operator()(pcap* handle) const;
  };
  using Handle = std::unique_ptr<pcap, Close>;
  explicit Tap(Handle handle, std::string interface) : handle_{std::move(handle)}, interface_{std::move(interface)} {}
  Result<void> set_filter(const std::string& filter);

  Handle handle_;
  std::string interface_;
};

/// The fault says what is wrong with a filter (pcap-filter(7)) on an Ethernet. Without libpcap every filter is right.
Result<void> check_filter(const std::string& filter);

/// The names of the interfaces of this host, "lo" included.
std::vector<std::string> interface_names();

}  // namespace labnet::capture
