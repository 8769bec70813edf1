// One interface whose frames are read, through libpcap (pcap(3)).
#include "clients/capture/tap.hpp"

#include <fmt/format.h>
#include <net/if.h>

#include <algorithm>
#include <array>

#include "clients/capture/libpcap.hpp"
#include "common/base/text.hpp"

namespace labnet::capture {
namespace {

/// Only for who has a handle, and so has loaded it.
const Libpcap& library() {
  return **load_libpcap();
}

Error no_such_interface(const std::string& interface) {
  const auto names = interface_names();
  const auto like = closest(interface, names);
  if (!like.empty()) return {fmt::format("there is no interface {}; did you mean {}?", interface, like)};
  return {fmt::format("there is no interface {}; there are {}", interface, join(names, ", "))};
}

Error activation_error(pcap_t* handle, int status, const std::string& interface) {
  switch (status) {
    case PCAP_ERROR_NO_SUCH_DEVICE:
      return no_such_interface(interface);
    case PCAP_ERROR_PERM_DENIED:
    case PCAP_ERROR_PROMISC_PERM_DENIED:
      return {fmt::format("this user may not capture on {}: run it as root, or in a lab host", interface)};
    case PCAP_ERROR_IFACE_NOT_UP:
      return {fmt::format("the interface {} is down", interface)};
    default:
      return {fmt::format("cannot capture on {}: {}", interface, library().geterr(handle))};
  }
}

/// What libpcap needs to hand a frame on.
struct Receiver {
  const std::function<void(const packet::CapturedFrame&)>& on_frame;

  static void take(u_char* user, const pcap_pkthdr* header, const u_char* data) {
    // The handle was opened for nanoseconds: the field of the microseconds holds them.
    const packet::Timestamp time{std::chrono::seconds{header->ts.tv_sec} +
                                 std::chrono::nanoseconds{header->ts.tv_usec}};
    reinterpret_cast<Receiver*>(user)->on_frame({time, header->len, std::as_bytes(std::span{data, header->caplen})});
  }
};

/// To be freed by whoever calls.
Result<bpf_program> compile(pcap* handle, const std::string& filter) {
  bpf_program program{};
  if (library().compile(handle, &program, filter.c_str(), 1, PCAP_NETMASK_UNKNOWN) == 0) return program;
  return Error{fmt::format("the filter \"{}\" is not understood: {}", filter, library().geterr(handle))};
}

}  // namespace

void Tap::Close::operator()(pcap* handle) const {
  library().close(handle);
}

Result<Tap> Tap::open(const TapOptions& options) {
  if (const auto loaded = load_libpcap(); !loaded) return loaded.error();
  std::array<char, PCAP_ERRBUF_SIZE> fault{};
  Handle handle{library().create(options.interface.c_str(), fault.data())};
  if (!handle) return Error{fmt::format("cannot capture on {}: {}", options.interface, fault.data())};
  auto* const pcap = handle.get();
  library().set_snaplen(pcap, static_cast<int>(std::min(options.snap_bytes, packet::snap_bytes_max)));
  library().set_buffer_size(pcap,
                            static_cast<int>(std::min<std::uint32_t>(options.buffer_bytes, Options::buffer_bytes_max)));
  library().set_promisc(pcap, options.promiscuous ? 1 : 0);
  library().set_immediate_mode(pcap, 1);
  library().set_tstamp_precision(pcap, PCAP_TSTAMP_PRECISION_NANO);
  const int status = library().activate(pcap);
  if (status < 0) return activation_error(pcap, status, options.interface);
  if (library().setnonblock(pcap, 1, fault.data()) != 0) {
    return Error{fmt::format("cannot capture on {}: {}", options.interface, fault.data())};
  }
  Tap tap{std::move(handle), options.interface};
  if (const auto filtered = tap.set_filter(options.filter); !filtered) return filtered.error();
  return tap;
}

Result<void> Tap::set_filter(const std::string& filter) {
  if (filter.empty()) return {};
  auto program = compile(handle_.get(), filter);
  if (!program) return program.error();
  const int status = library().setfilter(handle_.get(), &*program);
  library().freecode(&*program);
  if (status == 0) return {};
  return Error{fmt::format("the filter \"{}\" cannot be used: {}", filter, library().geterr(handle_.get()))};
}

int Tap::descriptor() const {
  return library().get_selectable_fd(handle_.get());
}

packet::LinkType Tap::link_type() const {
  const int type = library().datalink(handle_.get());
  // In libpcap raw IP has a number of each system's own; in files it has this one. What else Linux has is the same.
  return type == DLT_RAW ? packet::LinkType::raw_ip : static_cast<packet::LinkType>(type);
}

Result<std::uint64_t> Tap::read(std::uint64_t frames_max,
                                const std::function<void(const packet::CapturedFrame&)>& on_frame) {
  Receiver receiver{on_frame};
  const auto count = static_cast<int>(std::clamp<std::uint64_t>(frames_max, 1, 1024));
  const int read = library().dispatch(handle_.get(), count, &Receiver::take, reinterpret_cast<u_char*>(&receiver));
  if (read >= 0) return static_cast<std::uint64_t>(read);
  return Error{fmt::format("cannot capture on {} any more: {}", interface_, library().geterr(handle_.get()))};
}

Report Tap::statistics() const {
  pcap_stat counters{};
  if (library().stats(handle_.get(), &counters) != 0) return {};
  Report report;
  report.received = counters.ps_recv;
  report.dropped = counters.ps_drop;
  report.dropped_by_interface = counters.ps_ifdrop;
  return report;
}

Result<void> check_filter(const std::string& filter) {
  if (filter.empty() || !load_libpcap()) return {};
  const std::unique_ptr<pcap, decltype(Libpcap::close)> handle{library().open_dead(DLT_EN10MB, packet::snap_bytes_max),
                                                               library().close};
  auto program = compile(handle.get(), filter);
  if (!program) return program.error();
  library().freecode(&*program);
  return {};
}

std::vector<std::string> interface_names() {
  std::vector<std::string> names;
  auto* const interfaces = ::if_nameindex();
  if (interfaces == nullptr) return names;
  for (const auto* entry = interfaces; entry->if_index != 0; ++entry) names.emplace_back(entry->if_name);
  ::if_freenameindex(interfaces);
  return names;
}

}  // namespace labnet::capture
