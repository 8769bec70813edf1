#include "servers/sip/media_relay.hpp"

#include <utility>

#include "common/net/random.hpp"
#include "servers/sip/media_shard.hpp"

namespace labnet::sip_server {
namespace {

/// What signalling has in its hands of a call whose media are another worker's.
class RelayedBridge final : public MediaBridge {
 public:
  RelayedBridge(MediaShard& shard, std::shared_ptr<MediaCall> call) : shard_{shard}, call_{std::move(call)} {
    tell([](MediaShard& owner, const std::shared_ptr<MediaCall>& own) { owner.add(own); });
  }
  ~RelayedBridge() override {
    tell([](MediaShard& owner, const std::shared_ptr<MediaCall>& own) { owner.remove(*own); });
  }

  IpAddress address(Side side) const override { return leg(side).address(); }
  std::uint16_t port(Side side) const override { return leg(side).port(); }
  MediaCounts counts(Side from) const override {
    return seen().leg(from) == nullptr ? MediaCounts{} : leg(from).counts();
  }

  void connect(Side side, const sdp::Agreement& agreement) override {
    tell([side, agreement](MediaShard&, const std::shared_ptr<MediaCall>& own) { own->connect(side, agreement); });
  }
  void play(Side to, Announcement what) override {
    tell([to, what](MediaShard& owner, const std::shared_ptr<MediaCall>& own) { owner.play(*own, to, what); });
  }

 private:
  const MediaCall& seen() const { return *call_; }
  const MediaLeg& leg(Side side) const { return *seen().leg(side); }
  void tell(auto what) {
    shard_.worker().post([&owner = shard_, own = call_, what = std::move(what)] { what(owner, own); });
  }

  MediaShard& shard_;
  std::shared_ptr<MediaCall> call_;
};

}  // namespace

MediaRelay::MediaRelay(const MediaConfig& config, MediaSounds sounds)
    : config_{config},
      sounds_{std::move(sounds)},
      ports_{std::make_shared<PortPool>(config.port_min, config.port_max, config.port_rest,
                                        net::random_number<std::uint32_t>())} {}

MediaRelay::~MediaRelay() = default;

const MediaTotals& MediaRelay::totals(const net::Worker& worker) const {
  return shards_[worker.index()]->totals();
}

Result<std::unique_ptr<MediaRelay>> MediaRelay::make(std::deque<net::Worker>& workers, const MediaConfig& config) {
  auto sounds = MediaSounds::make(config);
  if (!sounds) return sounds.error();
  std::unique_ptr<MediaRelay> made{new MediaRelay{config, *std::move(sounds)}};
  for (auto& worker : workers) {
    auto shard = MediaShard::make(worker, made->config_, made->sounds_, *made->ports_);
    if (!shard) return shard.error();
    made->shards_.push_back(*std::move(shard));
  }
  return made;
}

std::unique_ptr<MediaBridge> MediaRelay::open(const IpAddress& caller, const std::optional<IpAddress>& callee) {
  auto caller_ports = MediaPorts::open(ports_, caller);
  if (!caller_ports) return nullptr;
  std::optional<MediaPorts> callee_ports;
  if (callee) {
    if (auto opened = MediaPorts::open(ports_, *callee)) callee_ports.emplace(*std::move(opened));
    if (!callee_ports) return nullptr;
  }
  auto& shard = *shards_[next_shard_];
  next_shard_ = (next_shard_ + 1) % shards_.size();
  return std::make_unique<RelayedBridge>(
      shard, std::make_shared<MediaCall>(*std::move(caller_ports), std::move(callee_ports), config_));
}

}  // namespace labnet::sip_server
