#include "servers/rtmp/streams.hpp"

#include <algorithm>
#include <utility>

#include "servers/rtmp/limits.hpp"

namespace labnet::rtmp_server {
namespace {

/// Between the last message of one publisher and the first of the one who has taken the stream.
constexpr std::uint32_t gap_ms = 20;

}  // namespace

LiveStream::LiveStream(std::weak_ptr<Streams> owner, std::string app, std::string name, GopCacheConfig cache,
                       std::uint32_t chunk_bytes)
    : owner_{std::move(owner)},
      app_{std::move(app)},
      name_{std::move(name)},
      chunk_bytes_{chunk_bytes},
      cache_{cache} {}

LiveStream::~LiveStream() {
  if (const auto owner = owner_.lock()) owner->forget(*this);
}

// To publish

std::optional<LiveStream::Ticket> LiveStream::begin_publishing(Publisher publisher, WhenBusy when_busy) {
  const std::lock_guard lock{mutex_};
  const bool is_taken_over = publisher_.has_value();
  if (is_taken_over && when_busy == WhenBusy::refuse) return std::nullopt;
  if (is_taken_over) publisher_->on_replaced();
  publisher_ = std::move(publisher);
  cache_.clear();
  counts_ = {};
  began_ = std::chrono::steady_clock::now();
  shift_ = 0;
  joins_to_last_ = is_taken_over && players_ > 0;
  // To those who play it, an encoder that comes back is the same stream.
  if (!is_taken_over) hand_over({.event = Batch::Event::begins, .sequence = next_sequence_++});
  return ++ticket_;
}

std::optional<std::vector<SharedMedia>> LiveStream::publish(Ticket ticket, const std::vector<rtmp::Message>& messages) {
  const std::lock_guard lock{mutex_};
  if (ticket != ticket_ || !publisher_) return std::nullopt;
  Batch batch{.event = Batch::Event::media, .sequence = next_sequence_};
  batch.media.reserve(messages.size());
  for (const auto& message : messages) {
    auto media = make_media(message, timestamp_of(message), next_sequence_++, chunk_bytes_);
    count(message, media->role);
    cache_.add(media);
    batch.media.push_back(std::move(media));
  }
  auto made = batch.media;
  hand_over(std::move(batch));
  return made;
}

/// What players see: time goes on where another publisher has been.
std::uint32_t LiveStream::timestamp_of(const rtmp::Message& message) {
  if (std::exchange(joins_to_last_, false)) shift_ = last_timestamp_ + gap_ms - message.header.timestamp;
  last_timestamp_ = message.header.timestamp + shift_;
  return last_timestamp_;
}

void LiveStream::count(const rtmp::Message& message, MediaRole role) {
  counts_.bytes_in += message.payload.size();
  if (role == MediaRole::audio) ++counts_.audio_messages;
  if (is_video_frame(role)) ++counts_.video_frames;
  if (role == MediaRole::key_frame) ++counts_.key_frames;
  const bool tells_codec = role == MediaRole::audio_header || role == MediaRole::video_header;
  if (message.header.type == rtmp::MessageType::audio && (tells_codec || counts_.audio_codec.empty())) {
    counts_.audio_codec = rtmp::codec_name(rtmp::audio_tag_of(message.bytes()));
  }
  if (message.header.type == rtmp::MessageType::video && (tells_codec || counts_.video_codec.empty())) {
    counts_.video_codec = rtmp::codec_name(rtmp::video_tag_of(message.bytes()));
  }
}

void LiveStream::clear_metadata(Ticket ticket) {
  const std::lock_guard lock{mutex_};
  if (ticket == ticket_) cache_.clear_metadata();
}

void LiveStream::end_publishing(Ticket ticket) {
  const std::lock_guard lock{mutex_};
  if (ticket != ticket_ || !publisher_) return;
  publisher_.reset();
  cache_.clear();
  hand_over({.event = Batch::Event::ends, .sequence = next_sequence_++});
}

void LiveStream::hand_over(Batch batch) {
  if (branches_.empty()) return;
  const auto shared = std::make_shared<const Batch>(std::move(batch));
  for (const auto& branch : branches_) {
    branch->worker().post([branch, shared] { branch->take(shared); });
  }
}

// To play

LiveStream::Beginning LiveStream::join(net::Worker& worker, Player& player) {
  const std::lock_guard lock{mutex_};
  const auto is_of_worker = [&](const auto& branch) { return &branch->worker() == &worker; };
  auto branch = std::ranges::find_if(branches_, is_of_worker);
  if (branch == branches_.end()) branch = branches_.insert(branch, std::make_shared<Branch>(worker));
  (*branch)->add(player);
  ++players_;
  return {.is_published = publisher_.has_value(),
          .headers = cache_.headers(),
          .group_of_pictures = cache_.group_of_pictures(),
          .timestamp = last_timestamp_,
          .has_video = cache_.has_video(),
          .next = next_sequence_};
}

void LiveStream::leave(net::Worker& worker, Player& player) {
  const std::lock_guard lock{mutex_};
  const auto branch = std::ranges::find_if(branches_, [&](const auto& one) { return &one->worker() == &worker; });
  if (branch == branches_.end()) return;
  (*branch)->remove(player);
  --players_;
  if ((*branch)->empty()) branches_.erase(branch);
}

bool LiveStream::is_published() const {
  const std::lock_guard lock{mutex_};
  return publisher_.has_value();
}

// To be looked at

StreamReport LiveStream::report() const {
  const std::lock_guard lock{mutex_};
  auto report = counts_;
  report.app = app_;
  report.name = name_;
  report.players = players_;
  report.bytes_out = bytes_out_;
  report.left_out = left_out_;
  if (!publisher_) return report;
  report.publisher = publisher_->address;
  report.client = publisher_->client;
  report.age = std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now() - began_);
  return report;
}

boost::json::object to_json(const StreamReport& report) {
  boost::json::object out{{"app", report.app},
                          {"name", report.name},
                          {"players", report.players},
                          {"bytes_in", report.bytes_in},
                          {"bytes_out", report.bytes_out},
                          {"audio_messages", report.audio_messages},
                          {"video_frames", report.video_frames},
                          {"key_frames", report.key_frames},
                          {"left_out", report.left_out}};
  if (report.publisher.empty()) return out;
  out["publisher"] = report.publisher;
  out["client"] = report.client;
  out["age_s"] = report.age.count();
  out["audio_codec"] = report.audio_codec;
  out["video_codec"] = report.video_codec;
  return out;
}

// All of them

std::shared_ptr<LiveStream> Streams::open(const AppConfig& app, const std::string& name) {
  const std::lock_guard lock{mutex_};
  const Key key{app.name, name};
  const auto found = streams_.find(key);
  if (found != streams_.end()) {
    if (auto stream = found->second.lock()) return stream;
  } else if (streams_.size() >= streams_max) {
    return nullptr;
  }
  auto stream = std::make_shared<LiveStream>(weak_from_this(), app.name, name, app.gop_cache, chunk_bytes_);
  streams_[key] = stream;
  return stream;
}

std::shared_ptr<LiveStream> Streams::find(const std::string& app, const std::string& name) const {
  const std::lock_guard lock{mutex_};
  const auto found = streams_.find({app, name});
  return found == streams_.end() ? nullptr : found->second.lock();
}

/// Unless another one of that name has been made meanwhile.
void Streams::forget(const LiveStream& stream) {
  const std::lock_guard lock{mutex_};
  const auto found = streams_.find({stream.app(), stream.name()});
  if (found != streams_.end() && found->second.expired()) streams_.erase(found);
}

std::vector<StreamReport> Streams::report() const {
  std::vector<std::shared_ptr<LiveStream>> all;  // which may be the last to hold one: not with the lock held
  {
    const std::lock_guard lock{mutex_};
    for (const auto& [key, stream] : streams_) {
      if (auto one = stream.lock()) all.push_back(std::move(one));
    }
  }
  std::vector<StreamReport> reports;
  reports.reserve(all.size());
  for (const auto& stream : all) reports.push_back(stream->report());
  return reports;
}

}  // namespace labnet::rtmp_server
