#include "clients/ftp/works.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "clients/ftp/listing.hpp"
#include "common/base/calendar.hpp"
#include "common/base/utf8.hpp"

namespace labnet::ftp_client {
namespace {

Error refusal(const Transfer& transfer, const ftp::Reply& reply) {
  return Error{"the server refuses ", transfer.verb, " ", printable(transfer.argument, 300), ": ", to_text(reply)};
}

using Time = std::optional<ftp::FileTime>;

/// written  when what is there was
Age age_of(const Time& source, const Time& written) {
  if (!source || !written) return Age::unknown;
  return *source > *written ? Age::changed : Age::unchanged;
}

/// It cannot just have grown since.
Error changed_since(std::string_view which, const Time& source, const Time& written, std::string_view anew) {
  return Error{
      fmt::format("{} was modified at {}, after what is there was written ({}): it is another file; without --resume "
                  "it is {} anew",
                  which, time_text(*source), time_text(*written), anew)};
}

/// Where a download goes on; `was_there` if it need not.
Result<FileMoved> find_start(const Client& client, const Download& download, const Download::There& there,
                             const Time& modified) {
  const auto bytes = client.bytes();
  if (bytes && there.bytes > *bytes) {
    return Error{
        fmt::format("of {} there are {} bytes here, but {} at the server: it is another file; without "
                    "--resume it is fetched anew",
                    printable(download.path().string()), there.bytes, *bytes)};
  }
  FileMoved start;
  start.start_at = there.bytes;
  start.age = age_of(modified, there.modified);
  const auto is_as_long = bytes == there.bytes;
  // A whole file may be the beginning of one that has grown; of a partial one nobody knows what it is the beginning of.
  if ((is_as_long || there.is_partial) && start.age == Age::changed) {
    return changed_since("the file at the server", modified, there.modified, "fetched");
  }
  start.was_there = is_as_long && !there.is_partial;
  if (start.was_there) {
    start.bytes = there.bytes;
  } else {
    start.compared = std::min(there.bytes, compared_bytes_max);
  }
  return start;
}

/// The same of an upload.
Task<Result<FileMoved>> find_start(Client& client, const Source& source) {
  FileMoved start;
  const auto there = co_await client.session().size(client.path());
  if (!there) co_return there.error();
  start.start_at = there->value_or(0);
  if (start.start_at == 0) co_return start;
  if (start.start_at > *source.bytes) {
    co_return Error{
        fmt::format("the server has {} bytes of it, and the file only {}: it is another file; without "
                    "--resume it is brought anew",
                    start.start_at, *source.bytes)};
  }
  const auto written = co_await client.modified();
  if (!written) co_return written.error();
  start.age = age_of(source.modified, *written);
  const auto is_as_long = start.start_at == *source.bytes;
  if (is_as_long && start.age == Age::changed) {
    co_return changed_since("the file here", source.modified, *written, "brought");
  }
  // A server that tells no time may have a partial file, which gets its name only by an upload, of no bytes though.
  start.was_there = is_as_long && start.age == Age::unchanged;
  if (start.was_there) start.bytes = start.start_at;
  co_return start;
}

}  // namespace

Task<Result<FileMoved>> get(Client& client, Download& download, GetOptions options) {
  auto& session = client.session();
  FileMoved moved;
  Download::There there;
  if (options.resumes) {
    const auto found = download.there();
    if (!found) co_return found.error();
    there = *found;
  }
  Time modified;
  if (options.keeps_time || there.bytes > 0) {
    const auto told = co_await client.modified();
    if (!told) co_return told.error();
    modified = *told;
  }
  if (options.resumes) {
    const auto start = find_start(client, download, there, modified);
    if (!start || start->was_there) co_return start;
    moved = *start;
  }
  if (options.keeps_time && !modified) client.notice("the server does not say when the file was modified");
  const auto file = co_await download.begin(session.worker(), moved.start_at);
  if (!file) co_return file.error();
  Transfer transfer;
  transfer.verb = "RETR";
  transfer.argument = client.path();
  transfer.start_at = moved.start_at - moved.compared;
  if (client.bytes()) transfer.bytes = *client.bytes() - transfer.start_at;
  std::unique_ptr<Move> move;
  if (client.representation() == ftp::Representation::ascii) {
    move = std::make_unique<CopyDownload>(*file, client.representation(), options.bytes_max);
  } else if (moved.compared > 0) {
    move = std::make_unique<ResumedDownload>(*file, moved.start_at, moved.compared, options.bytes_max);
  } else {
    move = std::make_unique<FileDownload>(*file, options.bytes_max);
  }
  const auto done = co_await session.transfer(transfer, *move);
  if (!done) co_return done.error();
  if (!done->reply.is_positive()) co_return refusal(transfer, done->reply);
  if (done->bytes < moved.compared) co_return Error{differs};
  if (!options.keeps_time) modified.reset();
  if (const auto published = download.publish(modified); !published) co_return published.error();
  moved.bytes = transfer.start_at + done->bytes;
  co_return moved;
}

Task<Result<FileMoved>> get_to(Client& client, int output, std::uint64_t bytes_max) {
  Transfer transfer;
  transfer.verb = "RETR";
  transfer.argument = client.path();
  transfer.bytes = client.bytes();
  FileMoved moved;
  CopyDownload move{output, client.representation(), bytes_max};
  const auto done = co_await client.session().transfer(transfer, move);
  if (!done) co_return done.error();
  if (!done->reply.is_positive()) co_return refusal(transfer, done->reply);
  moved.bytes = done->bytes;
  co_return moved;
}

Task<Result<FileMoved>> put(Client& client, Source source, PutOptions options) {
  auto& session = client.session();
  FileMoved moved;
  if (options.start == PutOptions::Start::resume) {
    const auto start = co_await find_start(client, source);
    if (!start || start->was_there) co_return start;
    moved = *start;
  }
  Transfer transfer;
  transfer.verb = "STOR";
  if (options.start == PutOptions::Start::append) transfer.verb = "APPE";
  transfer.argument = client.path();
  transfer.start_at = moved.start_at;
  std::unique_ptr<Move> move;
  if (source.bytes && client.representation() == ftp::Representation::image) {
    transfer.bytes = *source.bytes - moved.start_at;
    move = std::make_unique<FileUpload>(source.descriptor, moved.start_at, *transfer.bytes);
  } else {
    move = std::make_unique<CopyUpload>(source.descriptor, client.representation());
  }
  const auto done = co_await session.transfer(transfer, *move);
  if (!done) co_return done.error();
  if (!done->reply.is_positive()) co_return refusal(transfer, done->reply);
  if (options.keeps_time && source.modified) {
    const auto set = co_await session.set_modified(client.path(), *source.modified);
    if (!set) co_return set.error();
    if (!*set) client.notice("the server does not take the time of the file");
  }
  moved.bytes = moved.start_at + done->bytes;
  co_return moved;
}

}  // namespace labnet::ftp_client
