// A response in a file, for the next time: the server is asked whether it is still right, and if so it comes from
// there.
//
//   HTTP/1.1 200 OK CR LF
//   Content-Location: http://web.lab/ CR LF     of which URL
//   ETag: "2a-617618cb1e800" CR LF              and the other fields of the response, but for those about its transfer
//   CR LF
//   the body, without any coding, up to the file's end
//
// Body and validators are one file, which takes the place of the last one in one step: they always belong together.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "clients/http/request.hpp"
#include "clients/http/response.hpp"
#include "clients/http/url.hpp"
#include "common/base/file_descriptor.hpp"
#include "common/files/part_file.hpp"

namespace labnet::http_client {

/// One that is there.
class CachedResponse {
 public:
  /// Nothing if there is no such file, or it is of another URL.
  /// faults  it cannot be read, or is no file of this kind: it is not to be overwritten
  static Result<std::optional<CachedResponse>> read(const std::filesystem::path& path, const Url& url);

  const Response& response() const { return response_; }
  /// If-None-Match and If-Modified-Since, unless the request has conditions of its own.
  void ask_whether_it_is_right(Request& request) const;
  /// The next piece of the body; empty at its end.
  Task<Result<Buffer>> next(net::Worker& worker);

 private:
  CachedResponse(std::shared_ptr<const FileDescriptor> file, Response response);

  std::shared_ptr<const FileDescriptor> file_;
  Response response_;
  std::uint64_t offset_;
};

/// One that is being written.
class CacheWriter {
 public:
  /// True if it may be kept, and can be asked about: a 200 with an ETag or a Last-Modified, and without "no-store".
  static bool is_to_be_kept(const Response& response);

  static Result<CacheWriter> create(const std::filesystem::path& path, const Url& url, const Response& response);
  Task<Result<void>> write(net::Worker& worker, Bytes piece);
  /// The response is whole.
  Result<void> publish() { return file_->publish(); }

 private:
  explicit CacheWriter(files::PartFile file) : file_{std::make_unique<files::PartFile>(std::move(file))} {}

  std::unique_ptr<files::PartFile> file_;
};

}  // namespace labnet::http_client
