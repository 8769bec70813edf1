#include "servers/rtmp/recorder.hpp"

#include <fcntl.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <utility>

#include "common/base/read_at.hpp"
#include "common/base/write_all.hpp"
#include "common/log/log.hpp"
#include "common/rtmp/flv.hpp"
#include "servers/rtmp/limits.hpp"

namespace labnet::rtmp_server {
namespace {

constexpr std::size_t flags_offset = 4;  // in an FLV file: whether there is audio, and video
constexpr std::size_t name_part_bytes_max = 80;
constexpr std::string_view flv_ending = ".flv";

/// Letters, digits, "." and "-" as they are, and no "." in front.
std::string part_of_name(std::string_view text) {
  std::string part{text.substr(0, name_part_bytes_max)};
  const auto is_plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
  };
  std::ranges::replace_if(
      part, [&](char c) { return !is_plain(c); }, '_');
  if (part.starts_with('.')) part.front() = '_';
  return part;
}

/// How long it is up to its last whole message; nothing if it is no FLV file or cannot be read.
std::optional<std::uint64_t> whole_bytes_of(int file) {
  rtmp::FlvReader reader{rtmp::message_bytes_max};
  Buffer piece(recording_piece_bytes);
  for (std::uint64_t offset = 0;;) {
    const auto count = ::pread(file, piece.data(), piece.size(), static_cast<off_t>(offset));
    if (count < 0) return std::nullopt;
    if (count == 0) return reader.whole_bytes();
    offset += static_cast<std::uint64_t>(count);
    for (auto input = Bytes{piece}.first(static_cast<std::size_t>(count)); !input.empty();) {
      const auto step = reader.read(input);
      if (!step) return std::nullopt;
      input = input.subspan(step->used);
    }
  }
}

/// False if it stays as it is, or goes since there is nothing in it.
bool complete(const files::Jail& folder, const std::string& partial) {
  const auto file = folder.open("/" + partial, O_RDWR);
  if (!file || ::flock(file->get(), LOCK_EX | LOCK_NB) != 0) return false;
  const auto bytes = whole_bytes_of(file->get());
  if (bytes && *bytes <= rtmp::flv_header_bytes) {
    folder.remove_file("/" + partial).has_value();
    return false;
  }
  if (!bytes || ::ftruncate(file->get(), static_cast<off_t>(*bytes)) != 0) return false;
  const auto name = partial.substr(1, partial.size() - 1 - std::string_view{".part"}.size());
  return folder.rename("/" + partial, "/" + name, files::Replacing::nothing).has_value();
}

}  // namespace

std::string recording_name(const std::string& app, const std::string& stream, std::chrono::sys_seconds began) {
  auto name = part_of_name(app);
  if (!stream.empty()) name += "-" + part_of_name(stream);
  return fmt::format("{}-{:%Y%m%dT%H%M%SZ}", name, fmt::gmtime(began.time_since_epoch().count()));
}

std::size_t complete_recordings(const files::Jail& folder) {
  auto names = folder.read_folder("/");
  if (!names) return 0;
  std::vector<std::string> partials;
  for (;;) {
    auto name = names->next_name();
    if (!name || !*name) break;
    const bool is_ours = files::is_partial_name(**name) && (*name)->ends_with(".flv.part");
    if (is_ours) partials.push_back(**std::move(name));
  }
  return static_cast<std::size_t>(
      std::ranges::count_if(partials, [&](const std::string& name) { return complete(folder, name); }));
}

std::shared_ptr<Recorder> Recorder::begin(net::Worker& worker, files::Jail folder, std::string name) {
  auto made = std::make_shared<Recorder>(worker, std::move(folder), std::move(name));
  worker.spawn(made->run());
  return made;
}

Recorder::Recorder(net::Worker& worker, files::Jail folder, std::string name)
    : worker_{worker}, folder_{std::move(folder)}, name_{std::move(name)}, timer_{worker.executor()} {
  const auto header = rtmp::flv_header(true, true);  // set right at the end
  waiting_.assign(header.begin(), header.end());
}

void Recorder::take(const std::vector<SharedMedia>& media) {
  if (has_failed_) return;
  for (const auto& one : media) {
    if (!first_timestamp_) first_timestamp_ = one->timestamp;
    has_audio_ = has_audio_ || one->type == rtmp::MessageType::audio;
    has_video_ = has_video_ || one->type == rtmp::MessageType::video;
    rtmp::write_flv_tag(one->type, one->timestamp - *first_timestamp_, one->payload.bytes(), waiting_);
  }
  if (waiting_.size() > recording_waiting_bytes_max) {
    give_up("the disk does not keep up");
  } else if (waiting_.size() >= recording_piece_bytes) {
    timer_.cancel();
  }
}

void Recorder::end() {
  has_ended_ = true;
  timer_.cancel();
}

void Recorder::give_up(const std::string& why) {
  if (std::exchange(has_failed_, true)) return;
  waiting_ = {};
  log::error("a recording ends, the stream goes on", {{"recording", name_}, {"why", why}});
  timer_.cancel();
}

net::Task<void> Recorder::run() {
  const auto self = shared_from_this();
  const auto is_open = co_await open();
  if (!is_open) co_return;
  while (!has_failed_) {
    if (!has_ended_ && waiting_.size() < recording_piece_bytes) {
      timer_.expires_after(recording_delay);
      co_await timer_.async_wait(net::as_result);
    }
    const bool is_last = has_ended_;
    const auto is_written = co_await write_waiting();
    if (!is_written) co_return;
    if (is_last && waiting_.empty()) break;
  }
  if (!has_failed_) co_await publish();
}

/// The first name that nobody has.
net::Task<bool> Recorder::open() {
  const auto open_as = [this](const std::string& path) {
    return files::Upload::begin(folder_, path, {.may_replace = false});
  };
  for (int i = 1; i <= recording_names_max; ++i) {
    path_ = i == 1 ? fmt::format("/{}{}", name_, flv_ending) : fmt::format("/{}-{}{}", name_, i, flv_ending);
    auto opened = co_await worker_.run_blocking([&open_as, this] { return open_as(path_); });
    if (opened) {
      file_.emplace(*std::move(opened));
      co_return true;
    }
    const auto error = opened.error().value();
    if (error != EEXIST && error != ETXTBSY) {
      give_up(opened.error().message());
      co_return false;
    }
  }
  give_up("there are too many of the same second");
  co_return false;
}

net::Task<bool> Recorder::write_waiting() {
  const auto bytes = std::exchange(waiting_, {});
  const auto error = co_await worker_.run_blocking([this, &bytes] { return write_all(file_->descriptor(), bytes); });
  if (error == 0) co_return true;
  give_up(files::error_of(error).message());
  co_return false;
}

net::Task<void> Recorder::publish() {
  const auto work = [this] {
    const auto header = rtmp::flv_header(has_audio_, has_video_);
    const auto is_set = ::pwrite(file_->descriptor(), header.data() + flags_offset, 1, flags_offset) == 1;
    return is_set ? file_->publish() : files::FileResult<void>{files::last_error()};
  };
  const auto published = co_await worker_.run_blocking(work);
  if (published) {
    log::info("recorded", {{"file", path_.substr(1)}});
  } else {
    log::error("a recording keeps its temporary name",
               {{"file", path_.substr(1)}, {"why", published.error().message()}});
  }
}

}  // namespace labnet::rtmp_server
