#include "clients/capture/libpcap.hpp"

#include <dlfcn.h>

#include <optional>

namespace labnet::capture {
namespace {

/// libpcap's own name, and that of Debian and its descendants.
constexpr const char* library_names[] = {"libpcap.so.0.8", "libpcap.so.1"};

class Symbols {
 public:
  explicit Symbols(void* library) : library_{library} {}

  template <class Function>
  void find(Function*& function, const char* name) {
    function = reinterpret_cast<Function*>(dlsym(library_, name));
    if (function == nullptr && missing_ == nullptr) missing_ = name;
  }
  /// Nothing (nullptr) if all were found.
  const char* missing() const { return missing_; }

 private:
  void* library_;
  const char* missing_ = nullptr;
};

Result<Libpcap> load() {
  void* library = nullptr;
  for (const auto* name : library_names) {
    if (library == nullptr) library = dlopen(name, RTLD_NOW | RTLD_LOCAL);
  }
  if (library == nullptr) return Error{"cannot load libpcap (", dlerror(), "); on Debian: apt-get install libpcap0.8"};
  Libpcap functions{};
  Symbols symbols{library};
  symbols.find(functions.activate, "pcap_activate");
  symbols.find(functions.close, "pcap_close");
  symbols.find(functions.compile, "pcap_compile");
  symbols.find(functions.create, "pcap_create");
  symbols.find(functions.datalink, "pcap_datalink");
  symbols.find(functions.dispatch, "pcap_dispatch");
  symbols.find(functions.freecode, "pcap_freecode");
  symbols.find(functions.get_selectable_fd, "pcap_get_selectable_fd");
  symbols.find(functions.geterr, "pcap_geterr");
  symbols.find(functions.open_dead, "pcap_open_dead");
  symbols.find(functions.set_buffer_size, "pcap_set_buffer_size");
  symbols.find(functions.set_immediate_mode, "pcap_set_immediate_mode");
  symbols.find(functions.set_promisc, "pcap_set_promisc");
  symbols.find(functions.set_snaplen, "pcap_set_snaplen");
  symbols.find(functions.set_tstamp_precision, "pcap_set_tstamp_precision");
  symbols.find(functions.setfilter, "pcap_setfilter");
  symbols.find(functions.setnonblock, "pcap_setnonblock");
  symbols.find(functions.stats, "pcap_stats");
  if (symbols.missing() != nullptr) return Error{"this libpcap has no ", symbols.missing(), "; 1.5 or later has it"};
  return functions;
}

}  // namespace

Result<const Libpcap*> load_libpcap() {
  static const auto loaded = load();
  if (!loaded) return loaded.error();
  return &*loaded;
}

}  // namespace labnet::capture
