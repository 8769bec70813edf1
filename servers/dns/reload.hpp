// Reads the zones again while the server goes on answering from those that it has.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <boost/json/object.hpp>

#include "common/net/runtime.hpp"
#include "servers/dns/address_map.hpp"
#include "servers/dns/config.hpp"
#include "servers/dns/zone/zone_set.hpp"

namespace labnet::dns_server {

/// A configuration as it was at the start.
struct ConfigFile {
  std::string path;
  std::string text;
};

struct ReloadOptions {
  std::vector<ZoneFile> zones;
  AddressMap addresses;
  std::optional<ConfigFile> config_file;  // is not read again: that it has changed is told
};

/// One worker's; the files are read on a thread of its own.
class Reloader {
 public:
  using UseZones = std::function<void(std::shared_ptr<const ZoneSet>)>;
  using Done = std::function<void(const boost::json::object& reply)>;

  /// zones      that are in service, of the same files
  /// use_zones  is given those that replace them
  Reloader(net::Worker& worker, ReloadOptions options, std::shared_ptr<const ZoneSet> zones, UseZones use_zones);
  /// Gives up what is being read.
  ~Reloader();

  /// With a fault in any of the files all zones stay as they are. What is asked for while files are being read begins
  /// when they have been, once for all who ask.
  /// done  {"ok":true,"changed":[{"zone":"example.","old_serial":1,"serial":2}]}, or what is wrong. Not called once the
  ///       worker stops
  void reload(Done done);

 private:
  struct Change;
  struct Reading;

  void begin();
  std::shared_ptr<const Reading> read(const std::stop_token& stop) const;
  void finish(const Reading& reading);
  boost::json::object take(const Reading& reading);

  net::Worker& worker_;
  const ReloadOptions options_;
  std::shared_ptr<const ZoneSet> zones_;
  UseZones use_zones_;
  std::vector<Done> served_, waiting_;  // by what is being read; by what comes after it
  bool is_reading_ = false;
  std::jthread thread_;  // goes first
};

}  // namespace labnet::dns_server
