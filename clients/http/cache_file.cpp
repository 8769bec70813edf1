#include "clients/http/cache_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "common/base/text.hpp"
#include "common/base/utf8.hpp"
#include "common/files/destination.hpp"

namespace labnet::http_client {
namespace {

constexpr std::string_view location_name = "Content-Location";

/// About the transfer and not about what was transferred, or for nobody else than who got it.
bool is_left_out(std::string_view name) {
  constexpr auto names =
      std::to_array<std::string_view>({"Connection", "Keep-Alive", "Transfer-Encoding", "Trailer", "Content-Length",
                                       "Content-Encoding", "Set-Cookie", location_name});
  return std::ranges::any_of(names, [&](std::string_view one) { return equals_ignoring_case(one, name); });
}

Result<Buffer> read_at(int file, std::uint64_t offset, std::size_t bytes_max) {
  Buffer piece(bytes_max);
  for (;;) {
    const auto count = ::pread(file, piece.data(), piece.size(), static_cast<off_t>(offset));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return system_error("cannot read the cache file");
    piece.resize(static_cast<std::size_t>(count));
    return piece;
  }
}

}  // namespace

CachedResponse::CachedResponse(std::shared_ptr<const FileDescriptor> file, Response response)
    : file_{std::move(file)}, response_{std::move(response)}, offset_{response_.head_text().size()} {}

Result<std::optional<CachedResponse>> CachedResponse::read(const std::filesystem::path& path, const Url& url) {
  const auto shown = printable(path.string());
  auto file = std::make_shared<const FileDescriptor>(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
  if (!*file && errno == ENOENT) return std::optional<CachedResponse>{};
  if (!*file) return system_error(fmt::format("cannot read {}", shown));
  const auto begin = read_at(file->get(), 0, http::head_bytes_max);
  if (!begin) return begin.error();
  http::ResponseHeadReader reader;
  const auto size = reader.read(*begin);
  const auto location = size && *size ? reader.head().fields().find(location_name) : std::nullopt;
  if (!location) return Error{shown, " is no cache file; another name is needed, or that one removed"};
  if (*location != to_text(url)) return std::optional<CachedResponse>{};
  return std::optional{CachedResponse{std::move(file), Response{Bytes{*begin}.first(**size), reader.head()}}};
}

void CachedResponse::ask_whether_it_is_right(Request& request) const {
  for (const auto* name :
       {"If-None-Match", "If-Modified-Since", "If-Match", "If-Unmodified-Since", "If-Range", "Range"}) {
    if (request.find(name) != nullptr) return;
  }
  const auto& fields = response_.fields();
  if (const auto tag = fields.find("ETag")) request.set("If-None-Match", std::string{*tag});
  if (const auto modified = fields.find("Last-Modified")) request.set("If-Modified-Since", std::string{*modified});
}

Task<Result<Buffer>> CachedResponse::next(net::Worker& worker) {
  auto piece = co_await worker.run_blocking([this] { return read_at(file_->get(), offset_, Body::piece_bytes); });
  if (piece) offset_ += piece->size();
  co_return piece;
}

bool CacheWriter::is_to_be_kept(const Response& response) {
  const auto& fields = response.fields();
  return response.status() == 200 && (fields.has("ETag") || fields.has("Last-Modified")) &&
         !fields.list_has("Cache-Control", "no-store") &&
         (response.was_decoded || !fields.has("Content-Encoding"));  // in which coding it stays nobody would remember
}

Result<CacheWriter> CacheWriter::create(const std::filesystem::path& path, const Url& url, const Response& response) {
  const auto end = files::follow_links(path);
  if (!end) return end.error();
  auto file = files::PartFile::create(*end);
  if (!file) return file.error();
  auto head = fmt::format("HTTP/1.1 {} {}\r\n{}: {}\r\n", response.status(), response.head().reason(), location_name,
                          to_text(url));
  const auto& fields = response.fields();
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const auto field = fields[i];
    if (!is_left_out(field.name)) head += fmt::format("{}: {}\r\n", field.name, field.value);
  }
  head += "\r\n";
  if (const auto written = file->write(as_bytes(head)); !written) return written.error();
  return CacheWriter{*std::move(file)};
}

Task<Result<void>> CacheWriter::write(net::Worker& worker, Bytes piece) {
  co_return co_await worker.run_blocking([&] { return file_->write(piece); });
}

}  // namespace labnet::http_client
