#include "clients/http/body.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "common/base/utf8.hpp"

namespace labnet::http_client {
namespace {

constexpr int look_again_ms = 100;  // at a pipe: whether the program is to end meanwhile

struct Piece {
  int error_number = 0;
  bool is_there = true;  // false: a pipe is silent
  Buffer bytes{};
};

Piece read_piece(int file, std::uint64_t offset, std::size_t bytes) {
  Piece piece{0, true, Buffer(bytes)};
  ssize_t count = -1;
  do {
    count = ::pread(file, piece.bytes.data(), bytes, static_cast<off_t>(offset));
  } while (count < 0 && errno == EINTR);
  if (count < 0) piece.error_number = errno;
  piece.bytes.resize(static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
  return piece;
}

Piece read_pipe(int pipe) {
  pollfd event{pipe, POLLIN, 0};
  const auto ready = ::poll(&event, 1, look_again_ms);
  if (ready == 0 || (ready < 0 && errno == EINTR)) return {0, false};
  Piece piece{0, true, Buffer(Body::piece_bytes)};
  const auto count = ::read(pipe, piece.bytes.data(), piece.bytes.size());
  if (count < 0 && (errno == EINTR || errno == EAGAIN)) return {0, false};
  if (count < 0) piece.error_number = errno;
  piece.bytes.resize(static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
  return piece;
}

}  // namespace

void Body::add(std::string text) {
  if (!text.empty()) parts_.emplace_back(std::move(text));
}

Result<void> Body::add_file(const std::string& path) {
  const auto shown = printable(path);
  FileDescriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY)};
  struct stat status {};
  if (!file || ::fstat(file.get(), &status) != 0) return system_error(fmt::format("cannot read {}", shown));
  if (S_ISDIR(status.st_mode)) return Error{shown, " is a folder; expected a file"};
  auto kept = std::make_shared<const FileDescriptor>(std::move(file));
  // What is no plain file has no length that could be told before.
  if (!S_ISREG(status.st_mode)) {
    parts_.emplace_back(Pipe{kept->get()});
    pipes_.push_back(std::move(kept));
    return {};
  }
  parts_.emplace_back(File{std::move(kept), path, static_cast<std::uint64_t>(status.st_size)});
  return {};
}

void Body::add_pipe(int descriptor) {
  parts_.emplace_back(Pipe{descriptor});
}

std::optional<std::uint64_t> Body::bytes() const {
  std::uint64_t sum = 0;
  for (const auto& part : parts_) {
    if (std::holds_alternative<Pipe>(part)) return std::nullopt;
    const auto* const text = std::get_if<std::string>(&part);
    sum += text != nullptr ? text->size() : std::get<File>(part).bytes;
  }
  return sum;
}

std::optional<std::string> Body::text() const {
  std::string all;
  for (const auto& part : parts_) {
    const auto* const text = std::get_if<std::string>(&part);
    if (text == nullptr) return std::nullopt;
    all += *text;
  }
  return all;
}

void Body::rewind() {
  part_ = 0;
  offset_ = 0;
  is_given_up_ = false;
}

net::Task<Result<Buffer>> Body::next(net::Worker& worker) {
  while (part_ < parts_.size() && !is_given_up_) {
    Result<Buffer> piece = Buffer{};
    if (const auto* const text = std::get_if<std::string>(&parts_[part_])) {
      const auto rest = as_bytes(*text).subspan(static_cast<std::size_t>(offset_));
      const auto taken = rest.first(std::min(rest.size(), piece_bytes));
      piece = Buffer{taken.begin(), taken.end()};
    } else if (const auto* const file = std::get_if<File>(&parts_[part_])) {
      piece = co_await next_of(*file, worker);
    } else {
      piece = co_await next_of(std::get<Pipe>(parts_[part_]), worker);
    }
    if (!piece) co_return piece.error();
    if (!piece->empty()) {
      offset_ += piece->size();
      co_return piece;
    }
    ++part_;
    offset_ = 0;
  }
  co_return Buffer{};
}

net::Task<Result<Buffer>> Body::next_of(const File& file, net::Worker& worker) {
  const auto bytes = static_cast<std::size_t>(std::min<std::uint64_t>(file.bytes - offset_, piece_bytes));
  if (bytes == 0) co_return Buffer{};
  auto piece = co_await worker.run_blocking([&] { return read_piece(file.descriptor->get(), offset_, bytes); });
  const auto shown = printable(file.path);
  if (piece.error_number != 0) co_return system_error(fmt::format("cannot read {}", shown), piece.error_number);
  if (piece.bytes.empty()) co_return Error{shown, " has become shorter meanwhile"};
  co_return std::move(piece.bytes);
}

net::Task<Result<Buffer>> Body::next_of(const Pipe& pipe, net::Worker& worker) {
  while (!is_given_up_) {
    auto piece = co_await worker.run_blocking([&] { return read_pipe(pipe.descriptor); });
    if (piece.error_number != 0) co_return system_error("cannot read what is to be sent", piece.error_number);
    if (piece.is_there) co_return std::move(piece.bytes);
  }
  co_return Buffer{};
}

}  // namespace labnet::http_client
