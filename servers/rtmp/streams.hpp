// The streams of a service: who publishes and who plays them, on whichever workers.
//
//   publisher's worker            each worker with players
//     messages of one read  -->     Branch: its players  -->  their queues
//
// What workers share is immutable (Media), or stands in a LiveStream behind its lock, which is held for moments: once
// per read of a publisher, and when somebody begins or ends to play. A batch is handed over once per worker.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include <boost/json/object.hpp>

#include "servers/rtmp/branch.hpp"
#include "servers/rtmp/config.hpp"
#include "servers/rtmp/stream_cache.hpp"

namespace labnet::rtmp_server {

class Streams;

/// What is known of a stream at one moment.
struct StreamReport {
  std::string app{}, name{};
  std::string publisher{};  // address; empty: nobody publishes
  std::string client{};     // the publisher's program
  std::size_t players = 0;
  std::uint64_t bytes_in = 0, bytes_out = 0;
  std::uint64_t audio_messages = 0, video_frames = 0, key_frames = 0;
  std::uint64_t left_out = 0;  // messages, of slow players
  std::string audio_codec{}, video_codec{};
  std::chrono::seconds age{0};  // since it was published
};
boost::json::object to_json(const StreamReport& report);

/// There as long as somebody publishes or plays it.
class LiveStream : public std::enable_shared_from_this<LiveStream> {
 public:
  LiveStream(std::weak_ptr<Streams> owner, std::string app, std::string name, GopCacheConfig cache,
             std::uint32_t chunk_bytes);
  ~LiveStream();
  LiveStream(LiveStream&&) = delete;

  // For a publisher. Its ticket tells him from others.

  using Ticket = std::uint64_t;
  struct Publisher {
    std::string address{}, client{};
    /// Another one has taken the stream. From any thread, under the stream's lock: post.
    std::function<void()> on_replaced{};
  };
  /// Nothing if it is busy, and `when_busy` says that who is there stays.
  std::optional<Ticket> begin_publishing(Publisher publisher, WhenBusy when_busy);
  /// returns  what was made of the messages, for a recording; nothing if the stream is somebody else's meanwhile
  std::optional<std::vector<SharedMedia>> publish(Ticket ticket, const std::vector<rtmp::Message>& messages);
  void clear_metadata(Ticket ticket);
  void end_publishing(Ticket ticket);

  // For a player, on his own worker.

  /// What he needs first; what he is sent then begins with number `next`.
  struct Beginning {
    bool is_published = false;
    std::vector<SharedMedia> headers{};
    std::vector<SharedMedia> group_of_pictures{};
    std::uint32_t timestamp = 0;  // where the stream is now
    bool has_video = false;
    std::uint64_t next = 0;
  };
  Beginning join(net::Worker& worker, Player& player);
  void leave(net::Worker& worker, Player& player);
  bool is_published() const;

  /// From any thread: bytes that wait for a player or are sent, messages that he does without.
  void count_sent(std::uint64_t bytes) { bytes_out_.fetch_add(bytes, std::memory_order_relaxed); }
  void count_left_out(std::uint64_t messages) { left_out_.fetch_add(messages, std::memory_order_relaxed); }
  StreamReport report() const;

  const std::string& app() const { return app_; }
  const std::string& name() const { return name_; }

 private:
  void hand_over(Batch batch);  // with the lock held, so that batches come in order
  std::uint32_t timestamp_of(const rtmp::Message& message);
  void count(const rtmp::Message& message, MediaRole role);

  const std::weak_ptr<Streams> owner_;
  const std::string app_, name_;
  const std::uint32_t chunk_bytes_;

  mutable std::mutex mutex_;
  StreamCache cache_;
  std::optional<Publisher> publisher_;
  Ticket ticket_ = 0;  // of the last one
  std::uint64_t next_sequence_ = 1;
  std::uint32_t last_timestamp_ = 0;  // that players have been sent
  std::uint32_t shift_ = 0;           // what the publisher's timestamps are moved by
  bool joins_to_last_ = false;        // the next message decides about shift_
  std::vector<std::shared_ptr<Branch>> branches_;
  std::size_t players_ = 0;
  std::chrono::steady_clock::time_point began_{};
  StreamReport counts_;  // bytes_in, messages and codecs, of this publisher
  std::atomic<std::uint64_t> bytes_out_ = 0, left_out_ = 0;
};

/// All of a service.
class Streams : public std::enable_shared_from_this<Streams> {
 public:
  /// chunk_bytes  what all players are sent
  explicit Streams(std::uint32_t chunk_bytes) : chunk_bytes_{chunk_bytes} {}

  /// The stream of that name, made if there is none. Null: there are streams_max.
  std::shared_ptr<LiveStream> open(const AppConfig& app, const std::string& name);
  /// Null if there is none.
  std::shared_ptr<LiveStream> find(const std::string& app, const std::string& name) const;
  std::vector<StreamReport> report() const;

 private:
  friend class LiveStream;
  using Key = std::pair<std::string, std::string>;
  void forget(const LiveStream& stream);

  const std::uint32_t chunk_bytes_;
  mutable std::mutex mutex_;
  std::map<Key, std::weak_ptr<LiveStream>> streams_;
};

}  // namespace labnet::rtmp_server
