// The worker begins and finishes, the thread reads and compares; the one does not touch what the other uses.
#include "servers/dns/reload.hpp"

#include <exception>
#include <system_error>

#include "common/control/message.hpp"
#include "common/log/log.hpp"
#include "servers/dns/load_zones.hpp"
#include "servers/dns/zone/difference.hpp"

namespace labnet::dns_server {

namespace json = boost::json;

/// A zone whose records are others now.
struct Reloader::Change {
  std::string origin;
  std::uint32_t old_serial = 0, serial = 0;
};

/// What came of reading the files.
struct Reloader::Reading {
  std::shared_ptr<const ZoneSet> zones{};
  std::vector<Change> changes{};
  Diagnostics faults{};  // none: `zones` is there
  Diagnostics warnings{};
  bool config_has_changed = false;
};

Reloader::Reloader(net::Worker& worker, ReloadOptions options, std::shared_ptr<const ZoneSet> zones, UseZones use_zones)
    : worker_{worker}, options_{std::move(options)}, zones_{std::move(zones)}, use_zones_{std::move(use_zones)} {}

Reloader::~Reloader() = default;

void Reloader::reload(Done done) {
  waiting_.push_back(std::move(done));
  if (!is_reading_) begin();
}

void Reloader::begin() {
  is_reading_ = true;
  served_ = std::exchange(waiting_, {});
  const auto post = [this](std::shared_ptr<const Reading> reading) {
    worker_.post([this, reading = std::move(reading)] { finish(*reading); });
  };
  try {
    thread_ = std::jthread{[this, post](const std::stop_token& stop) { post(read(stop)); }};
  } catch (const std::system_error& error) {
    post(std::make_shared<Reading>(Reading{.faults = {{"zones", 0, 0, error.what()}}}));
  }
}

/// On the thread.
std::shared_ptr<const Reloader::Reading> Reloader::read(const std::stop_token& stop) const {
  const auto reading = std::make_shared<Reading>();
  try {
    if (const auto& file = options_.config_file) {
      const auto text = read_file_here(file->path);
      reading->config_has_changed = !text || *text != file->text;
    }
    auto loaded = load_zones(options_.zones, options_.addresses, stop);
    reading->faults = std::move(loaded.faults);
    reading->warnings = std::move(loaded.warnings);
    if (!reading->faults.empty()) return reading;
    reading->zones = std::make_shared<const ZoneSet>(std::move(loaded.zones));
    for (std::size_t i = 0; i < zones_->zones().size(); ++i) {
      const auto& before = *zones_->zones()[i];
      const auto& now = *reading->zones->zones()[i];
      if (have_same_records(before, now)) continue;
      reading->changes.push_back({dns::to_text(now.origin()), before.serial(), now.serial()});
    }
  } catch (const std::exception& error) {
    reading->faults.push_back({"zones", 0, 0, error.what()});
  }
  return reading;
}

void Reloader::finish(const Reading& reading) {
  const auto reply = take(reading);
  for (const auto& done : std::exchange(served_, {})) done(reply);
  is_reading_ = false;
  if (!waiting_.empty() && !worker_.is_stopping()) begin();
}

/// What was read comes into service, if it is right.
json::object Reloader::take(const Reading& reading) {
  if (reading.config_has_changed) {
    log::warning("configuration changed: restart to use it", {{"file", options_.config_file->path}});
  }
  for (const auto& warning : reading.warnings) log::warning("zone", {{"warning", to_text(warning)}});
  if (!reading.faults.empty()) {
    for (const auto& fault : reading.faults) log::error("zones stay as they are", {{"fault", to_text(fault)}});
    return control::failure(to_text(reading.faults.front()));
  }
  json::array changed;
  for (const auto& [origin, old_serial, serial] : reading.changes) {
    log::info("zone changed", {{"zone", origin}, {"old_serial", old_serial}, {"serial", serial}});
    // RFC 1912, section 2.2.
    if (!is_higher_serial(serial, old_serial)) {
      log::warning("serial not raised: other servers of the zone keep the old records",
                   {{"zone", origin}, {"old_serial", old_serial}, {"serial", serial}});
    }
    changed.push_back({{"zone", origin}, {"old_serial", old_serial}, {"serial", serial}});
  }
  zones_ = reading.zones;
  use_zones_(zones_);
  auto reply = control::success();
  reply["changed"] = std::move(changed);
  return reply;
}

}  // namespace labnet::dns_server
