// The media of all calls: packets go from one side to the other through sockets of this host.
//
//   signalling (worker 0)                      owner of the call (any worker)
//   open      ports are bound     -- post -->  its sockets join the worker's ReadySet
//   connect   an agreement        -- post -->  the leg learns where its side is
//   counts                        <-- read --  relaxed atomics
//   destroy                       -- post -->  BYE; sockets are closed, ports given back
#pragma once

#include <cstddef>
#include <deque>
#include <memory>
#include <vector>

#include "common/base/result.hpp"
#include "common/net/runtime.hpp"
#include "servers/sip/media.hpp"
#include "servers/sip/media_config.hpp"
#include "servers/sip/media_ports.hpp"
#include "servers/sip/media_sounds.hpp"
#include "servers/sip/media_totals.hpp"

namespace labnet::sip_server {

class MediaShard;

/// Made before Runtime::run, and destroyed after it has returned and after the bridges are gone. `open` and the
/// bridges are for one thread: signalling's. Calls are shared out among the workers in turn; a call stays with its
/// worker. When the runtime ends, all calls end.
class MediaRelay final : public MediaPlane {
 public:
  /// faults  the file with the speech cannot be played, or the system refuses
  static Result<std::unique_ptr<MediaRelay>> make(std::deque<net::Worker>& workers, const MediaConfig& config);
  ~MediaRelay() override;

  std::unique_ptr<MediaBridge> open(const IpAddress& caller, const std::optional<IpAddress>& callee) override;

  /// How many pairs of ports are not in use by calls; those that rest are among them. A call takes two, one with the
  /// server itself takes one.
  std::size_t ports_free() const { return ports_->free(); }

  /// Of one of the workers, on its thread.
  const MediaTotals& totals(const net::Worker& worker) const;

 private:
  MediaRelay(const MediaConfig& config, MediaSounds sounds);

  MediaConfig config_;
  MediaSounds sounds_;
  std::shared_ptr<PortPool> ports_;
  std::vector<std::unique_ptr<MediaShard>> shards_;
  std::size_t next_shard_ = 0;
};

}  // namespace labnet::sip_server
