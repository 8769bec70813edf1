#include "clients/http/output.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "clients/http/limits.hpp"
#include "common/base/read_at.hpp"
#include "common/base/utf8.hpp"
#include "common/base/write_all.hpp"
#include "common/http/date.hpp"
#include "common/http/range.hpp"
#include "common/log/clock.hpp"

namespace labnet::http_client {
namespace {

constexpr std::string_view another_file = "it is another file; without --resume it is fetched anew";

std::optional<http::Time> modified_of(const Response& response) {
  const auto now = seconds_now();
  const auto field = response.fields().find("Last-Modified");
  return field ? http::parse_date(*field, now) : std::nullopt;
}

std::optional<http::ContentRange> content_range_of(const Response& response) {
  const auto field = response.fields().find("Content-Range");
  return field ? http::parse_content_range(*field) : std::nullopt;
}

}  // namespace

Output::Output(net::Worker& worker, std::optional<client::Download> download, OutputOptions options)
    : worker_{worker}, download_{std::move(download)}, options_{std::move(options)} {}

Result<void> Output::prepare(Request& request, const Url& url) {
  url_ = url;
  if (options_.cache) {
    auto cached = CachedResponse::read(*options_.cache, url);
    if (!cached) return cached.error();
    cached_ = *std::move(cached);
    if (cached_) cached_->ask_whether_it_is_right(request);
  }
  if (!options_.resumes) return {};
  const auto there = download_->there();
  if (!there) return there.error();
  there_ = *there;
  if (there_.bytes == 0) return {};
  compared_ = std::min(there_.bytes, compared_bytes_max);
  request.set("Range", http::range_from(there_.bytes - compared_));
  return {};
}

void Output::on_passing(const Response& response) {
  if (options_.shows_heads) passing_heads_ += response.head_text();
}

Task<Result<Receiver::Wish>> Output::on_head(const Response& response) {
  const auto goes_on = there_.bytes > 0;
  if (goes_on && response.status() == 206) co_return co_await on_part(response);
  if (download_ && response.status() == 206 && !options_.takes_parts) {
    co_return Error{"the server sends a part of the file, and nobody has asked for that"};
  }
  if (goes_on && response.status() == 416) {
    const auto range = content_range_of(response);
    const auto length = range && range->length ? fmt::format("{}", *range->length) : "fewer";
    co_return Error{fmt::format("of {} there are {} bytes here, but {} at the server: {}",
                                printable(download_->path().string()), there_.bytes, length, another_file)};
  }
  // What is there is not given up for a page that says why there is nothing.
  if (goes_on && response.status() != 200) co_return Wish::discard;
  from_cache_ = response.status() == 304 && cached_.has_value();
  // Nor does a page of an error or a redirection become the file that was asked for.
  const bool is_wanted = from_cache_ || (response.status() >= 200 && response.status() < 300);
  if (download_ && !is_wanted) co_return Wish::discard;
  if (options_.drops_error_body && response.status() >= 400) co_return co_await show_head_alone(response);
  was_sent_anew_ = goes_on;
  compared_ = 0;
  const auto begun = co_await begin(0);
  if (!begun) co_return begun.error();
  if (options_.cache && CacheWriter::is_to_be_kept(response)) {
    auto writer = CacheWriter::create(*options_.cache, *url_, response);
    if (!writer) co_return writer.error();
    caching_ = *std::move(writer);
  }
  if (!options_.shows_heads) co_return Wish::take;
  const auto written = co_await write(as_bytes(passing_heads_ + std::string{response.head_text()}));
  if (!written) co_return written.error();
  co_return Wish::take;
}

Task<Result<Receiver::Wish>> Output::show_head_alone(const Response& response) {
  if (!options_.shows_heads) co_return Wish::discard;
  const auto begun = co_await begin(0);
  if (!begun) co_return begun.error();
  const auto written = co_await write(as_bytes(passing_heads_ + std::string{response.head_text()}));
  if (!written) co_return written.error();
  co_return Wish::discard;
}

Task<Result<void>> Output::begin(std::uint64_t offset) {
  start_at_ = offset;
  if (!download_) {
    if (!options_.drops_body) file_ = options_.descriptor;
    co_return Result<void>{};
  }
  const auto file = co_await download_->begin(worker_, offset);
  if (!file) co_return file.error();
  file_ = *file;
  co_return Result<void>{};
}

/// What goes on behind what is there.
Task<Result<Receiver::Wish>> Output::on_part(const Response& response) {
  const auto range = content_range_of(response);
  if (!range || !range->range || range->range->first != there_.bytes - compared_) {
    co_return Error{"the server sends another part than was asked for; without --resume the file is fetched anew"};
  }
  if (range->length && *range->length < there_.bytes) {
    co_return Error{fmt::format("of {} there are {} bytes here, but {} at the server: {}",
                                printable(download_->path().string()), there_.bytes, *range->length, another_file)};
  }
  if (range->length && range->range->first + range->range->size != *range->length) {
    co_return Error{"the server sends a part that ends before the file does; without --resume it is fetched anew"};
  }
  part_bytes_ = range->range->size;
  if (const auto checked = check_age(response, range->length); !checked) co_return checked.error();
  if (!there_.is_partial && range->length == there_.bytes) {
    was_there_ = true;
    start_at_ = there_.bytes;
    co_return Wish::discard;
  }
  const auto begun = co_await begin(there_.bytes);
  if (!begun) co_return begun.error();
  tail_.resize(static_cast<std::size_t>(compared_));
  const auto error_number =
      co_await worker_.run_blocking([&] { return read_at(file_, there_.bytes - compared_, tail_); });
  if (error_number != 0) co_return system_error("cannot read what is there of the file", error_number);
  co_return Wish::take;
}

/// A whole file may be the beginning of one that has grown; of a partial one nobody knows what it is the beginning of.
Result<void> Output::check_age(const Response& response, std::optional<std::uint64_t> length) const {
  const auto modified = modified_of(response);
  const auto may_have_grown = !there_.is_partial && length != there_.bytes;
  if (!modified || !there_.modified || *modified <= *there_.modified || may_have_grown) return {};
  return Error{fmt::format("the file at the server was modified on {}, after what is there was written ({}): {}",
                           http::Date{*modified}.text(), http::Date{*there_.modified}.text(), another_file)};
}

Task<Result<void>> Output::on_body(Bytes piece) {
  received_ += piece.size();
  if (part_bytes_ && received_ > *part_bytes_) co_return Error{"more comes than the part that the server has told of"};
  if (!tail_.empty()) {
    const auto compared = co_await compare(piece);
    if (!compared) co_return compared.error();
  }
  if (caching_) {
    const auto kept = co_await caching_->write(worker_, piece);
    if (!kept) co_return kept.error();
  }
  co_return co_await write_body(piece);
}

Task<Result<void>> Output::write_body(Bytes piece) {
  if (options_.refuses_binary && file_ >= 0 && !text_check_.take(as_text(piece))) {
    co_return Error{
        "what comes is no text in UTF-8 and might disturb the terminal; -o FILE writes it there, -o - here all the "
        "same"};
  }
  co_return co_await write(piece);
}

/// Takes away what is there already.
Task<Result<void>> Output::compare(Bytes& piece) {
  const auto size = std::min(piece.size(), tail_.size());
  if (!std::ranges::equal(piece.first(size), Bytes{tail_}.first(size))) {
    co_return Error{"what is there of the file is not what the server has: ", another_file};
  }
  tail_.erase(tail_.begin(), tail_.begin() + static_cast<std::ptrdiff_t>(size));
  piece = piece.subspan(size);
  co_return Result<void>{};
}

Task<Result<void>> Output::write(Bytes piece) {
  if (file_ < 0 || piece.empty()) co_return Result<void>{};
  const auto error_number = co_await worker_.run_blocking([&] { return write_all(file_, piece); });
  if (error_number != 0) co_return system_error("cannot write what comes", error_number);
  co_return Result<void>{};
}

Task<Result<void>> Output::write_from_cache() {
  for (;;) {
    const auto piece = co_await cached_->next(worker_);
    if (!piece) co_return piece.error();
    if (piece->empty()) co_return Result<void>{};
    const auto written = co_await write_body(*piece);
    if (!written) co_return written.error();
  }
}

Task<Result<void>> Output::finish(const Response& response) {
  if (from_cache_) {
    const auto written = co_await write_from_cache();
    if (!written) co_return written.error();
  }
  if (caching_) {
    if (const auto published = caching_->publish(); !published) co_return published.error();
  }
  if (!download_ || file_ < 0) co_return Result<void>{};
  if (part_bytes_ && (received_ != *part_bytes_ || !tail_.empty())) {
    co_return Error{
        fmt::format("of a part of {} bytes only {} have come; with --resume it goes on", *part_bytes_, received_)};
  }
  std::optional<http::Time> modified;
  if (options_.keeps_time) modified = modified_of(response);
  co_return download_->publish(modified);
}

}  // namespace labnet::http_client
