// libpcap (pcap(3)), loaded when something is captured: it brings nine other libraries along, and the other programs,
// which are started far more often, would wait for all of them.
#pragma once

#include <pcap/pcap.h>

#include "common/base/result.hpp"

namespace labnet::capture {

/// The functions that are used here, by their names without "pcap_".
struct Libpcap {
  decltype(&pcap_activate) activate;
  decltype(&pcap_close) close;
  decltype(&pcap_compile) compile;
  decltype(&pcap_create) create;
  decltype(&pcap_datalink) datalink;
  decltype(&pcap_dispatch) dispatch;
  decltype(&pcap_freecode) freecode;
  decltype(&pcap_get_selectable_fd) get_selectable_fd;
  decltype(&pcap_geterr) geterr;
  decltype(&pcap_open_dead) open_dead;
  decltype(&pcap_set_buffer_size) set_buffer_size;
  decltype(&pcap_set_immediate_mode) set_immediate_mode;
  decltype(&pcap_set_promisc) set_promisc;
  decltype(&pcap_set_snaplen) set_snaplen;
  decltype(&pcap_set_tstamp_precision) set_tstamp_precision;
  decltype(&pcap_setfilter) setfilter;
  decltype(&pcap_setnonblock) setnonblock;
  decltype(&pcap_stats) stats;
};

/// Loads it the first time, and never unloads it. The fault says what to install.
Result<const Libpcap*> load_libpcap();

}  // namespace labnet::capture
