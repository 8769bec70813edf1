#include "clients/ftp/move.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>

#include "common/base/read_at.hpp"
#include "common/base/write_all.hpp"
#include "common/ftp/ascii.hpp"
#include "common/ftp/limits.hpp"

namespace labnet::ftp_client {
namespace {

using Outcome = Result<void, MoveFault>;

constexpr std::size_t piece_bytes = 64 * 1024;
constexpr int look_again_ms = 100;  // at what is read from: whether the program is to end meanwhile

MoveFault own_fault(std::string_view what, int error_number) {
  return {std::nullopt, system_error(what, error_number)};
}
MoveFault too_many_bytes(std::uint64_t bytes_max) {
  return {std::nullopt, Error{fmt::format("more than {} bytes come; --max-size lets more in", bytes_max)}};
}

struct Piece {
  enum class State { there, not_yet, end, failed };
  State state = State::failed;
  int error_number = 0;
  Buffer bytes{};
};

/// What can be read now. On a thread for what blocks.
Piece read_piece(int file) {
  pollfd event{file, POLLIN, 0};
  const auto ready = ::poll(&event, 1, look_again_ms);
  if (ready == 0 || (ready < 0 && errno == EINTR)) return {Piece::State::not_yet};
  Piece piece{Piece::State::there, 0, Buffer(piece_bytes)};
  const auto count = ::read(file, piece.bytes.data(), piece.bytes.size());
  if (count < 0 && (errno == EINTR || errno == EAGAIN)) return {Piece::State::not_yet};
  if (count < 0) return {Piece::State::failed, errno};
  if (count == 0) return {Piece::State::end};
  piece.bytes.resize(static_cast<std::size_t>(count));
  return piece;
}

/// Text as it comes to lines.
class LineCutter {
 public:
  explicit LineCutter(const LinesDownload::Take& take) : take_{take} {}

  Result<void> add(std::string_view text) {
    for (auto end = text.find('\n'); end != text.npos; end = text.find('\n')) {
      begun_ += text.substr(0, end);
      text.remove_prefix(end + 1);
      if (const auto taken = end_line(); !taken) return taken;
    }
    begun_ += text;
    return check();
  }
  /// What is left is a line, too.
  Result<void> finish() { return begun_.empty() ? Result<void>{} : end_line(); }

 private:
  Result<void> check() const {
    if (begun_.size() <= ftp::listing_line_bytes_max) return {};
    return Error{fmt::format("a line of the listing has more than {} bytes", ftp::listing_line_bytes_max)};
  }
  Result<void> end_line() {
    if (begun_.ends_with('\r')) begun_.pop_back();
    if (const auto checked = check(); !checked) return checked;
    const auto taken = take_(begun_);
    begun_.clear();
    return taken;
  }

  const LinesDownload::Take& take_;
  std::string begun_;
};

}  // namespace

Task<Outcome> FileDownload::run(Way way) {
  const auto received = co_await way.data.receive_file(way.worker, file_, bytes_max_, way.stall_timeout, way.moved);
  if (received) co_return Outcome{};
  const auto fault = received.error();
  if (!fault.is_of_file()) co_return MoveFault{fault.stream, {}};
  if (fault.file_error == EFBIG) co_return too_many_bytes(bytes_max_);
  co_return own_fault("cannot write the file", fault.file_error);
}

Task<Outcome> ResumedDownload::run(Way way) {
  Buffer there(compared_bytes_);
  const auto offset = start_at_ - compared_bytes_;
  const auto error_number = co_await way.worker.run_blocking([&] { return read_at(file_, offset, there); });
  if (error_number != 0) co_return own_fault("cannot read what is there of the file", error_number);
  Buffer arrived(compared_bytes_);
  for (std::size_t size = 0; size < arrived.size();) {
    const auto count = co_await way.data.read_some(std::span{arrived}.subspan(size), way.stall_timeout);
    if (!count && count.error() == StreamFault::closed) co_return Outcome{};
    if (!count) co_return MoveFault{count.error(), {}};
    size += *count;
    way.moved += *count;
  }
  if (arrived != there) co_return MoveFault{std::nullopt, Error{differs}};
  co_return co_await rest_.run(way);
}

Task<Outcome> CopyDownload::run(Way way) {
  ftp::AsciiDecoder decoder;
  Buffer piece(piece_bytes);
  Buffer text;
  std::uint64_t bytes = 0;
  for (bool is_last = false; !is_last;) {
    const auto count = co_await way.data.read_some(piece, way.stall_timeout);
    is_last = !count && count.error() == StreamFault::closed;
    if (!count && !is_last) co_return MoveFault{count.error(), {}};
    Bytes arrived{};
    if (count) arrived = Bytes{piece}.first(*count);
    bytes += arrived.size();
    if (bytes > bytes_max_) co_return too_many_bytes(bytes_max_);
    if (representation_ == ftp::Representation::ascii) {
      text.clear();
      decoder.decode(arrived, text);
      if (is_last) decoder.finish(text);
      arrived = text;
    }
    const auto error_number = co_await way.worker.run_blocking([&] { return write_all(file_, arrived); });
    if (error_number != 0) co_return own_fault("cannot write what comes", error_number);
    if (count) way.moved += *count;
  }
  co_return Outcome{};
}

Task<Outcome> FileUpload::run(Way way) {
  const auto sent = co_await way.data.send_file(way.worker, file_, offset_, bytes_, way.stall_timeout, way.moved);
  if (sent) co_return Outcome{};
  const auto fault = sent.error();
  if (!fault.is_of_file()) co_return MoveFault{fault.stream, {}};
  if (fault.file_error == ENODATA) co_return MoveFault{std::nullopt, Error{"the file has become shorter meanwhile"}};
  co_return own_fault("cannot read the file", fault.file_error);
}

Task<Outcome> CopyUpload::run(Way way) {
  ftp::AsciiEncoder encoder;
  Buffer text;
  for (;;) {
    const auto piece = co_await way.worker.run_blocking([this] { return read_piece(file_); });
    if (piece.state == Piece::State::not_yet) continue;
    if (piece.state == Piece::State::end) co_return Outcome{};
    if (piece.state == Piece::State::failed) co_return own_fault("cannot read what is to be sent", piece.error_number);
    Bytes leaving = piece.bytes;
    if (representation_ == ftp::Representation::ascii) {
      text.clear();
      encoder.encode(leaving, text);
      leaving = text;
    }
    const auto written = co_await way.data.write_steadily(leaving, way.stall_timeout);
    if (!written) co_return MoveFault{written.error(), {}};
    way.moved += leaving.size();
  }
}

Task<Outcome> LinesDownload::run(Way way) {
  Buffer piece(piece_bytes);
  LineCutter lines{take_};
  std::uint64_t bytes = 0;
  for (bool is_last = false; !is_last;) {
    const auto count = co_await way.data.read_some(piece, way.stall_timeout);
    is_last = !count && count.error() == StreamFault::closed;
    if (!count && !is_last) co_return MoveFault{count.error(), {}};
    if (count) {
      way.moved += *count;
      bytes += *count;
    }
    if (bytes > bytes_max_) {
      co_return MoveFault{std::nullopt, Error{fmt::format("the listing has more than {} bytes", bytes_max_)}};
    }
    const auto taken = count ? lines.add(as_text(Bytes{piece}.first(*count))) : lines.finish();
    if (!taken) co_return MoveFault{std::nullopt, taken.error()};
  }
  co_return Outcome{};
}

}  // namespace labnet::ftp_client
