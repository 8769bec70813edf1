// One client: its session, what it publishes, and what waits to be sent to it.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "servers/rtmp/output_queue.hpp"
#include "servers/rtmp/recorder.hpp"
#include "servers/rtmp/recording_player.hpp"
#include "servers/rtmp/service.hpp"
#include "servers/rtmp/session.hpp"
#include "servers/rtmp/transport.hpp"

namespace labnet::rtmp_server {

class Connection final : public std::enable_shared_from_this<Connection>, private Player, private RecordingListener {
 public:
  Connection(net::Worker& worker, std::shared_ptr<const Service> service, std::shared_ptr<Transport> transport);
  ~Connection();

  /// Until the client has gone or is sent away. What is left to be sent is sent by a task of its own.
  net::Task<void> run();

 private:
  // Reading
  bool take_input(Bytes input);
  net::Clock::time_point patience() const;
  bool on_silence();

  void on_event(std::monostate&) {}
  void on_event(ConnectAsked& asked);
  void on_event(PublishAsked& asked);
  void on_event(PlayAsked& asked);
  void on_event(MediaCame& came) { received_.push_back(std::move(came.message)); }
  void on_event(MetadataCleared&);
  void on_event(PublishEnded&) { stop_publishing(); }
  void on_event(PlayEnded&) { stop_playing(); }
  void on_event(PauseAsked& asked);
  void on_event(SeekAsked& asked);
  void on_event(BufferLengthTold& told);
  void on_event(ReceiveAsked& asked);

  // Publishing
  void publish_received();
  void stop_publishing();
  void on_replaced();

  // Playing
  bool is_playing() const { return played_ || recording_; }
  void refuse_play(std::string_view code, std::string_view why);
  void play_live(std::string_view why_not);
  void begin_playing(std::shared_ptr<LiveStream> stream);
  void send_beginning(const LiveStream::Beginning& beginning);
  void stop_playing();
  void take(std::span<const SharedBatch> batches) override;
  void queue(const Batch& batch);
  bool wants(MediaRole role) const;
  void queue_media(MediaRole role, std::uint32_t newest, rtmp::SharedBytes image);
  void count_queued(std::uint64_t left_out_before);

  // Playing a file: connection_recordings.cpp
  bool may_be_recorded(const AppConfig& app) const;
  void begin_recording(const AppConfig& app, const RecordingPlayer* before);
  void stop_recording();
  void on_recording_begins() override;
  void on_recording_missing(std::string_view why) override;
  void on_recording_refused(std::string_view why) override;
  void on_recorded(const rtmp::FlvTag& tag, MediaRole role, std::uint32_t timestamp) override;
  void on_leap(std::uint32_t asked_ms) override;
  void on_recording_ends(const PlayedPart& part) override;
  void on_recording_breaks(std::string_view why) override;
  std::size_t waiting_bytes() const override { return queue_.bytes(); }

  // Writing
  void queue_output();
  void flush() override;
  net::Task<void> write();
  net::Task<void> end();
  net::Task<void> finish();
  void give_up(std::string_view why);
  /// Of what strangers do.
  bool may_log() const { return service_->refusal_lines->lets_write(net::Clock::now()); }
  void stop();

  net::Worker& worker_;
  std::shared_ptr<const Service> service_;
  Counts& counts_;  // the worker's
  std::shared_ptr<Transport> transport_;
  std::string peer_;
  Session session_;

  std::shared_ptr<LiveStream> published_;  // null: nothing
  LiveStream::Ticket ticket_ = 0;
  std::string published_label_;  // what the log calls it: no key
  net::Clock::time_point published_since_{};
  std::uint64_t published_bytes_ = 0;
  std::vector<rtmp::Message> received_;         // in this read, of what is published
  std::shared_ptr<Recorder> recorder_;          // null: it is not recorded
  PlayAsked play_asked_;                        // the last one
  std::shared_ptr<LiveStream> played_;          // null: no live stream
  std::uint64_t play_from_ = 0;                 // messages before that number were sent at the beginning
  std::uint64_t queued_bytes_ = 0;              // of media, since they were counted last
  bool is_live_ = false;                        // as the player has been told
  std::shared_ptr<RecordingPlayer> recording_;  // null: no file
  std::chrono::milliseconds buffer_length_ = buffer_length_default;
  bool is_paused_ = false, wants_audio_ = true, wants_video_ = true;

  OutputQueue queue_;
  bool is_writing_ = false;  // a task does that
  bool is_finishing_ = false;
  bool is_ending_ = false;              // what waits is sent, and no more is read
  bool has_pinged_ = false;             // and heard nothing since
  bool has_taken_ = false;              // something was sent since
  net::Clock::time_point phase_since_;  // connected; or began to do nothing, or to publish, or sent media last
  net::Worker::Registration on_stop_;
};

}  // namespace labnet::rtmp_server
