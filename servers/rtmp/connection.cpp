#include "servers/rtmp/connection.hpp"

#include <fmt/format.h>

#include <utility>
#include <variant>

#include "common/log/log.hpp"
#include "common/net/random.hpp"

namespace labnet::rtmp_server {
namespace {

constexpr net::Timeout farewell_timeout{2'000};

SessionOptions session_options(const Config& config) {
  return {.chunk_bytes = config.chunk_bytes,
          .window_bytes = config.window_bytes,
          .chunks = {.message_bytes = static_cast<std::uint32_t>(config.limits.message_bytes_max),
                     .partial_bytes = 2 * config.limits.message_bytes_max}};
}

OutputLimits output_limits(const LimitsConfig& limits) {
  return {limits.player_bytes_max, limits.player_time_max, limits.slow_player_timeout};
}

/// In place of the key of a stream that has no name.
constexpr std::string_view nameless = "(its key has no name)";

/// "61.4 s"
std::string seconds_since(net::Clock::time_point then) {
  return fmt::format("{:.1f} s", std::chrono::duration<double>(net::Clock::now() - then).count());
}

/// For handshakes and pings, in which any clock of milliseconds will do.
std::uint32_t milliseconds_now() {
  return static_cast<std::uint32_t>(
      std::chrono::duration_cast<std::chrono::milliseconds>(net::Clock::now().time_since_epoch()).count());
}

}  // namespace

Connection::Connection(net::Worker& worker, std::shared_ptr<const Service> service,
                       std::shared_ptr<Transport> transport)
    : worker_{worker},
      service_{std::move(service)},
      counts_{service_->counts->of(worker)},
      transport_{std::move(transport)},
      peer_{net::to_string(transport_->peer())},
      session_{session_options(service_->config), net::random_number<rtmp::HandshakeSeed>(), milliseconds_now()},
      queue_{output_limits(service_->config.limits)},
      phase_since_{net::Clock::now()} {}

/// If an exception has ended it, somebody may still know it.
Connection::~Connection() {
  if (recording_) recording_->stop();
  if (published_) --counts_.publishers;
  if (!played_) return;
  played_->leave(worker_, *this);
  --counts_.players;
}

// Reading

net::Task<void> Connection::run() {
  const auto self = shared_from_this();
  on_stop_ = worker_.on_stop([this] { stop(); });
  Buffer buffer(read_bytes_first);
  while (!is_ending_) {
    if (published_ && buffer.size() < read_bytes_publisher) buffer.resize(read_bytes_publisher);
    const auto count = co_await transport_->read_some(buffer, patience());
    if (is_ending_) break;
    if (!count && count.error() == net::StreamFault::deadline && on_silence()) continue;
    if (!count || !take_input(Bytes{buffer}.first(*count))) {
      transport_->close();
      break;
    }
    flush();
  }
  stop_publishing();
  stop_playing();
  on_stop_ = {};
  co_await end();
}

/// What waits is sent, by the task that does so already if there is one.
net::Task<void> Connection::end() {
  flush();
  if (!is_writing_) co_await finish();
}

net::Task<void> Connection::finish() {
  const auto self = shared_from_this();
  if (std::exchange(is_finishing_, true) || !transport_->is_open()) co_return;
  co_await transport_->finish(farewell_timeout);
}

net::Clock::time_point Connection::patience() const {
  const auto& limits = service_->config.limits;
  if (session_.state() == Session::State::handshake) return phase_since_ + limits.handshake_timeout;
  if (published_) return phase_since_ + limits.publisher_timeout;
  if (!is_playing()) return phase_since_ + limits.command_timeout;
  return net::Clock::now() + (has_pinged_ ? limits.ping_timeout : limits.ping_interval);
}

/// False if there is no hope for the client.
bool Connection::on_silence() {
  if (is_playing() && !published_ && (!has_pinged_ || has_taken_)) {
    has_pinged_ = true;
    session_.ping(milliseconds_now());
    queue_output();
    flush();
    has_taken_ = false;  // the ping itself is no sign of life
    return true;
  }
  if (may_log()) log::info("a connection ends: nothing came for too long", {{"peer", peer_}});
  return false;
}

/// False if the connection cannot go on.
bool Connection::take_input(Bytes input) {
  has_pinged_ = false;
  const auto state = session_.state();
  do {
    auto step = session_.read(input);
    if (!step) {
      publish_received();
      if (may_log()) log::info("a connection ends", {{"peer", peer_}, {"why", describe(step.error())}});
      return false;
    }
    input = input.subspan(step->used);
    std::visit([this](auto& event) { on_event(event); }, step->event);
    queue_output();
  } while ((!input.empty() || session_.has_more()) && !session_.is_closing());
  publish_received();
  if (session_.state() != state) phase_since_ = net::Clock::now();
  if (session_.is_closing()) is_ending_ = true;
  return true;
}

void Connection::on_event(ConnectAsked& asked) {
  const bool is_known = asked.app.empty() || service_->config.find_app(asked.app) != nullptr;
  if (is_known) return session_.accept_connect();
  if (may_log()) {
    log::info("connect is refused", {{"peer", peer_}, {"app", asked.app}, {"why", "there is no such application"}});
  }
  session_.refuse_connect(error_status(rtmp::status_code::connect_invalid_app, "There is no such application."));
}

void Connection::on_event(PauseAsked& asked) {
  const bool goes_on = is_paused_ && !asked.is_paused;
  is_paused_ = asked.is_paused;
  if (recording_) return recording_->set_paused(is_paused_);
  if (goes_on) queue_.wait_for_key_frame();
  if (is_paused_) queue_.drop_media();
}

void Connection::on_event(ReceiveAsked& asked) {
  if (asked.video && *asked.video && !wants_video_) queue_.wait_for_key_frame();
  wants_audio_ = asked.audio.value_or(wants_audio_);
  wants_video_ = asked.video.value_or(wants_video_);
}

void Connection::on_event(MetadataCleared&) {
  publish_received();
  if (published_) published_->clear_metadata(ticket_);
}

// Publishing

void Connection::on_event(PublishAsked& asked) {
  const auto refuse = [&](std::string_view code, std::string_view why) {
    ++counts_.publications_refused;
    if (may_log()) log::warning("publish is refused", {{"peer", peer_}, {"app", asked.path.app}, {"why", why}});
    session_.refuse_publish(error_status(code, why));
  };
  const auto* const app = service_->config.find_app(asked.path.app);
  if (app == nullptr) return refuse(rtmp::status_code::publish_bad_name, "There is no such application.");
  const auto* const key = app->find_key(asked.path.name);
  if (key == nullptr && (!app->is_open || asked.path.name.empty())) {
    return refuse(rtmp::status_code::publish_denied, "Nobody may publish by this key.");
  }
  const auto& name = key == nullptr ? asked.path.name : key->stream_name();
  const auto stream = service_->streams->open(*app, name);
  if (!stream) return refuse(rtmp::status_code::publish_denied, "There are as many streams as there may be.");
  LiveStream::Publisher publisher{.address = peer_, .client = session_.client_name()};
  publisher.on_replaced = [&worker = worker_, weak = weak_from_this()] {
    // Not to be held by the other one's thread even for a moment: it might be the last to do so.
    worker.post([weak] {
      if (const auto self = weak.lock()) self->on_replaced();
    });
  };
  const auto ticket = stream->begin_publishing(std::move(publisher), app->when_busy);
  if (!ticket) return refuse(rtmp::status_code::publish_bad_name, "Somebody publishes this stream already.");
  published_ = stream;
  ticket_ = *ticket;
  phase_since_ = net::Clock::now();
  session_.accept_publish();
  ++counts_.publications;
  ++counts_.publishers;
  // A key is a secret: of the names, only those that stand for one are told.
  const auto label = key == nullptr ? name : key->name;
  published_label_ = label.empty() ? std::string{nameless} : label;
  published_since_ = phase_since_;
  published_bytes_ = 0;
  log::info("publishes",
            {{"peer", peer_}, {"app", app->name}, {"stream", published_label_}, {"client", session_.client_name()}});
  if (!service_->recordings || !app->is_recorded) return;
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  recorder_ = Recorder::begin(worker_, *service_->recordings, recording_name(app->name, label, now));
}

void Connection::publish_received() {
  if (received_.empty()) return;
  const auto messages = std::exchange(received_, {});
  if (!published_) return;
  counts_.published_messages += messages.size();
  for (const auto& message : messages) counts_.published_bytes += message.payload.size();
  phase_since_ = net::Clock::now();
  for (const auto& message : messages) published_bytes_ += message.payload.size();
  const auto made = published_->publish(ticket_, messages);
  if (made && recorder_) recorder_->take(*made);
}

void Connection::stop_publishing() {
  publish_received();
  if (!published_) return;
  published_->end_publishing(ticket_);
  --counts_.publishers;
  log::info("has published", {{"peer", peer_},
                              {"app", published_->app()},
                              {"stream", published_label_},
                              {"time", seconds_since(published_since_)},
                              {"bytes", published_bytes_}});
  published_.reset();
  phase_since_ = net::Clock::now();
  if (recorder_) recorder_->end();
  recorder_.reset();
}

void Connection::on_replaced() {
  if (!published_) return;
  log::info("a publisher is replaced by a newer one",
            {{"peer", peer_}, {"app", published_->app()}, {"stream", published_label_}});
  session_.end_publish(error_status(rtmp::status_code::publish_bad_name, "Another publisher has taken this stream."));
  stop_publishing();
  queue_output();
  is_ending_ = true;
  transport_->interrupt_read();
}

// Playing

void Connection::on_event(PlayAsked& asked) {
  const auto before = asked.is_switch ? recording_ : nullptr;
  stop_playing();
  is_paused_ = false;
  wants_audio_ = wants_video_ = true;
  play_asked_ = std::move(asked);
  const auto* const app = service_->config.find_app(play_asked_.path.app);
  if (app == nullptr || play_asked_.path.name.empty()) {
    return refuse_play(rtmp::status_code::play_stream_not_found, "There is no such stream.");
  }
  if (may_be_recorded(*app)) return begin_recording(*app, before.get());
  play_live("Nobody publishes this stream.");
}

void Connection::refuse_play(std::string_view code, std::string_view why) {
  ++counts_.plays_refused;
  log::debug("play is refused", {{"peer", peer_}, {"app", play_asked_.path.app}, {"why", why}});
  session_.refuse_play(error_status(code, why));
}

/// Whatever start was asked for: rtmpdump says 0 unless it is told that the stream is live.
void Connection::play_live(std::string_view why_not) {
  const auto& path = play_asked_.path;
  const auto& app = *service_->config.find_app(path.app);
  auto stream = service_->streams->find(path.app, path.name);
  const bool is_published = stream && stream->is_published();
  if (!is_published && !app.lets_wait(play_asked_.play.source())) {
    return refuse_play(rtmp::status_code::play_stream_not_found, why_not);
  }
  if (!stream) stream = service_->streams->open(app, path.name);
  if (!stream) {
    return refuse_play(rtmp::status_code::play_stream_not_found, "There are as many streams as there may be.");
  }
  session_.accept_play();
  queue_output();
  begin_playing(std::move(stream));
}

void Connection::begin_playing(std::shared_ptr<LiveStream> stream) {
  played_ = std::move(stream);
  const auto beginning = played_->join(worker_, *this);
  ++counts_.plays;
  ++counts_.players;
  play_from_ = beginning.next;
  is_live_ = beginning.is_published;
  send_beginning(beginning);
}

/// Headers first, as if they had come just before what follows.
void Connection::send_beginning(const LiveStream::Beginning& beginning) {
  const auto left_out_before = queue_.left_out();
  const auto& group = beginning.group_of_pictures;
  const auto first = group.empty() ? beginning.timestamp : group.front()->timestamp;
  const auto chunk_bytes = service_->config.chunk_bytes;
  const auto id = session_.play_stream_id();
  for (const auto& media : beginning.headers) {
    queue_media(media->role, beginning.timestamp, image_of(*media, id, first, chunk_bytes));
  }
  if (beginning.has_video && group.empty()) queue_.wait_for_key_frame();
  for (const auto& media : group) {
    const auto image = id == usual_stream_id ? media->image : image_of(*media, id, media->timestamp, chunk_bytes);
    queue_media(media->role, beginning.timestamp, image);
  }
  count_queued(left_out_before);
}

void Connection::stop_playing() {
  if (recording_) queue_.drop_media();
  stop_recording();
  if (!played_) return;
  played_->leave(worker_, *this);
  played_.reset();
  --counts_.players;
  queue_.drop_media();
  phase_since_ = net::Clock::now();
}

void Connection::take(std::span<const SharedBatch> batches) {
  for (const auto& batch : batches) {
    if (is_ending_ || !transport_->is_open()) return;
    queue(*batch);
  }
  flush();
}

void Connection::queue(const Batch& batch) {
  if (batch.event != Batch::Event::media) {
    if (batch.sequence < play_from_) return;
    is_live_ = batch.event == Batch::Event::begins;
    is_live_ ? session_.notify_of_begin() : session_.notify_of_end();
    return queue_output();
  }
  const auto left_out_before = queue_.left_out();
  const auto id = session_.play_stream_id();
  for (const auto& media : batch.media) {
    if (media->sequence < play_from_ || !wants(media->role)) continue;
    const auto image =
        id == usual_stream_id ? media->image : image_of(*media, id, media->timestamp, service_->config.chunk_bytes);
    queue_media(media->role, media->timestamp, image);
  }
  count_queued(left_out_before);
}

bool Connection::wants(MediaRole role) const {
  if (is_header(role)) return true;
  if (is_paused_) return false;
  if (is_video_frame(role)) return wants_video_;
  return role != MediaRole::audio || wants_audio_;
}

void Connection::queue_media(MediaRole role, std::uint32_t newest, rtmp::SharedBytes image) {
  const auto bytes = image.size();
  const auto verdict = queue_.push(role, newest, std::move(image), net::Clock::now());
  if (verdict == OutputQueue::Verdict::queued) queued_bytes_ += bytes;
  if (verdict == OutputQueue::Verdict::too_slow) give_up("it is too slow for its stream");
}

void Connection::count_queued(std::uint64_t left_out_before) {
  const auto left_out = queue_.left_out() - left_out_before;
  counts_.played_bytes += queued_bytes_;
  counts_.frames_left_out += left_out;
  played_->count_sent(std::exchange(queued_bytes_, 0));
  if (left_out > 0) played_->count_left_out(left_out);
}

// Writing

void Connection::queue_output() {
  if (!session_.has_output()) return;
  const auto bytes = session_.take_output();
  const auto verdict = queue_.push_control(rtmp::SharedBytes::copy_of(bytes));
  if (verdict == OutputQueue::Verdict::too_slow) give_up("it asks and does not read the answers");
}

void Connection::flush() {
  OutputQueue::Pieces pieces;
  while (!is_writing_ && !queue_.empty() && transport_->is_open()) {
    queue_.gather(pieces);
    if (transport_->write_at_once(pieces)) {
      queue_.written();
      has_taken_ = true;
    } else {
      is_writing_ = true;
      worker_.spawn(write());
    }
  }
}

net::Task<void> Connection::write() {
  const auto self = shared_from_this();
  OutputQueue::Pieces pieces;
  while (!queue_.empty()) {
    queue_.gather(pieces);
    const auto written = co_await transport_->write_steadily(pieces, service_->config.limits.slow_player_timeout);
    if (!written) {
      if (written.error() == net::StreamFault::deadline) give_up("it takes nothing of what it is sent");
      transport_->close();
      break;
    }
    queue_.written();
    has_taken_ = true;
  }
  is_writing_ = false;
  if (is_ending_) co_await finish();
}

void Connection::give_up(std::string_view why) {
  if (!transport_->is_open()) return;
  if (may_log()) log::warning("a connection is closed", {{"peer", peer_}, {"why", why}});
  transport_->close();
}

/// The service ends.
void Connection::stop() {
  if (is_ending_) return;
  if (published_) {
    session_.end_publish(error_status(rtmp::status_code::connect_closed, "The server ends."));
  } else if ((played_ && is_live_) || recording_) {
    session_.notify_of_end();
  }
  stop_publishing();
  queue_output();
  is_ending_ = true;
  transport_->interrupt_read();
}

}  // namespace labnet::rtmp_server
