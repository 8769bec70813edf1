#include "clients/ftp/works.hpp"

#include <fmt/format.h>

#include <memory>

#include "common/base/utf8.hpp"

namespace labnet::ftp_client {
namespace {

Error refusal(const Transfer& transfer, const ftp::Reply& reply) {
  return Error{"the server refuses ", transfer.verb, " ", printable(transfer.argument, 300), ": ", to_text(reply)};
}

/// Where a download goes on; `was_there` if it need not.
Result<FileMoved> find_start(const Client& client, const Download& download) {
  const auto there = download.there();
  if (!there) return there.error();
  const auto bytes = client.bytes();
  if (bytes && there->bytes > *bytes) {
    return Error{
        fmt::format("of {} there are {} bytes here, but {} at the server: it is another file; without "
                    "--resume it is fetched anew",
                    printable(download.path().string()), there->bytes, *bytes)};
  }
  FileMoved start;
  start.start_at = there->bytes;
  start.was_there = bytes == there->bytes && !there->is_partial;
  if (start.was_there) start.bytes = there->bytes;
  return start;
}

}  // namespace

Task<Result<FileMoved>> get(Client& client, Download& download, GetOptions options) {
  auto& session = client.session();
  FileMoved moved;
  if (options.resumes) {
    const auto start = find_start(client, download);
    if (!start || start->was_there) co_return start;
    moved = *start;
  }
  std::optional<ftp::FileTime> modified;
  if (options.keeps_time) {
    const auto told = co_await session.modified(client.path());
    if (!told) co_return told.error();
    if (!*told) client.notice("the server does not say when the file was modified");
    modified = *told;
  }
  const auto file = co_await download.begin(session.worker(), moved.start_at);
  if (!file) co_return file.error();
  Transfer transfer;
  transfer.verb = "RETR";
  transfer.argument = client.path();
  transfer.start_at = moved.start_at;
  if (client.bytes()) transfer.bytes = *client.bytes() - moved.start_at;
  std::unique_ptr<Move> move;
  if (client.representation() == ftp::Representation::ascii) {
    move = std::make_unique<CopyDownload>(*file, client.representation(), options.bytes_max);
  } else {
    move = std::make_unique<FileDownload>(*file, options.bytes_max);
  }
  const auto done = co_await session.transfer(transfer, *move);
  if (!done) co_return done.error();
  if (!done->reply.is_positive()) co_return refusal(transfer, done->reply);
  if (const auto published = download.publish(modified); !published) co_return published.error();
  moved.bytes = moved.start_at + done->bytes;
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
    const auto there = co_await session.size(client.path());
    if (!there) co_return there.error();
    moved.start_at = there->value_or(0);
    if (moved.start_at > *source.bytes) {
      co_return Error{
          fmt::format("the server has {} bytes of it, and the file only {}: it is another file; without "
                      "--resume it is brought anew",
                      moved.start_at, *source.bytes)};
    }
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
