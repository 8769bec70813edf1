// Where a response goes: standard output or a file, which goes on where a download was cut off; and a cache file.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "clients/http/cache_file.hpp"
#include "clients/http/request.hpp"
#include "clients/http/response.hpp"
#include "clients/http/url.hpp"
#include "common/base/text_check.hpp"
#include "common/client/download.hpp"

namespace labnet::http_client {

struct OutputOptions {
  bool shows_heads = false;       // in front of the body
  bool drops_body = false;        // nothing goes to the descriptor
  bool drops_error_body = false;  // of a status of 400 or above
  bool refuses_binary = false;    // the descriptor is a terminal, and is given text alone
  int descriptor = 1;             // of the caller's, where it goes if there is no download: standard output
  bool resumes = false;           // goes on behind what is there of the file
  bool keeps_time = false;        // gives the file the time that the server tells
  bool takes_parts = false;       // somebody has asked for a range
  std::optional<std::filesystem::path> cache{};
};

class Output final : public Receiver {
 public:
  /// download  which has the file only once an answer with status 2xx is whole; nothing: the descriptor
  Output(net::Worker& worker, std::optional<client::Download> download, OutputOptions options);

  /// Adds to the request what is needed to go on, and to ask about what the cache has.
  Result<void> prepare(Request& request, const Url& url);

  Task<Result<Wish>> on_head(const Response& response) override;
  void on_passing(const Response& response) override;
  Task<Result<void>> on_body(Bytes piece) override;
  /// The response is whole: what it was written to gets its name.
  Task<Result<void>> finish(const Response& response);

  /// What came of it.
  std::uint64_t start_at() const { return start_at_; }   // where a download went on
  bool was_there() const { return was_there_; }          // all of it, already
  bool came_from_cache() const { return from_cache_; }   // the server has said that it is still right
  bool was_sent_anew() const { return was_sent_anew_; }  // the server sends no parts
  std::uint64_t there_bytes() const { return there_.bytes; }

 private:
  Task<Result<Wish>> show_head_alone(const Response& response);
  Task<Result<void>> begin(std::uint64_t offset);
  Task<Result<Wish>> on_part(const Response& response);
  Result<void> check_age(const Response& response, std::optional<std::uint64_t> length) const;
  Task<Result<void>> compare(Bytes& piece);
  Task<Result<void>> write_body(Bytes piece);
  Task<Result<void>> write(Bytes piece);
  Task<Result<void>> write_from_cache();

  net::Worker& worker_;
  std::optional<client::Download> download_;
  OutputOptions options_;
  std::optional<Url> url_;
  std::optional<CachedResponse> cached_;
  std::optional<CacheWriter> caching_;
  std::string passing_heads_;
  TextCheck text_check_;  // of what goes to a terminal
  client::Download::There there_;
  std::uint64_t compared_ = 0;  // bytes in front of start_at_ that come once more
  std::uint64_t start_at_ = 0;
  std::optional<std::uint64_t> part_bytes_;  // that the server has said of a part
  std::uint64_t received_ = 0;
  Buffer tail_;    // what is there of these, as far as it has not come
  int file_ = -1;  // that is written to; -1: none yet
  bool was_there_ = false, from_cache_ = false, was_sent_anew_ = false;
};

}  // namespace labnet::http_client
