// Commands that move data (RFC 959, section 4.1.3).
#include <fcntl.h>
#include <unistd.h>

#include "common/base/write_all.hpp"
#include "common/files/upload.hpp"
#include "common/ftp/ascii.hpp"
#include "common/ftp/line.hpp"
#include "common/ftp/list_argument.hpp"
#include "common/ftp/listing.hpp"
#include "common/ftp/path.hpp"
#include "common/log/clock.hpp"
#include "common/log/log.hpp"
#include "common/net/pause.hpp"
#include "servers/ftp/folder_listing.hpp"
#include "servers/ftp/limits.hpp"
#include "servers/ftp/session.hpp"
#include "servers/ftp/transfer_log.hpp"

namespace labnet::ftp_server {

using ftp::Reply;

namespace {

constexpr std::size_t ascii_piece_bytes = 64 * 1024;
constexpr int busy_tries_max = 10;
constexpr Timeout busy_pause{50};

std::string_view mode_of(ftp::Representation representation) {
  return representation == ftp::Representation::ascii ? "ASCII" : "BINARY";
}

/// As reading and writing do it, on a thread for what blocks: the bytes, or errno.
files::FileResult<Buffer> read_piece(int file, std::uint64_t offset) {
  Buffer piece(ascii_piece_bytes);
  ssize_t count = 0;
  do {
    count = ::pread(file, piece.data(), piece.size(), static_cast<off_t>(offset));
  } while (count < 0 && errno == EINTR);
  if (count < 0) return files::last_error();
  piece.resize(static_cast<std::size_t>(count));
  return piece;
}

}  // namespace

Task<Session::Outcome> Session::on_retr(std::string argument) {
  co_return begin_transfer_of("RETR", argument, &Session::send_file);
}

Task<Session::Outcome> Session::on_stor(std::string argument) {
  co_return begin_transfer_of("STOR", argument, &Session::receive_file);
}

Task<Session::Outcome> Session::on_appe(std::string argument) {
  co_return begin_transfer_of("APPE", argument, &Session::receive_file);
}

Task<Session::Outcome> Session::on_stou(std::string argument) {
  restart_at_ = 0;  // there is nothing to go on from
  co_return begin_transfer_of("STOU", argument.empty() ? "file" : argument, &Session::receive_file);
}

Task<Session::Outcome> Session::on_list(std::string argument) {
  const auto list = ftp::parse_list_argument(argument);
  co_return begin_transfer_of(list.shows_hidden ? "LIST -a" : "LIST", list.path, &Session::send_listing);
}

Task<Session::Outcome> Session::on_nlst(std::string argument) {
  const auto list = ftp::parse_list_argument(argument);
  co_return begin_transfer_of(list.shows_hidden ? "NLST -a" : "NLST", list.path, &Session::send_listing);
}

Task<Session::Outcome> Session::on_mlsd(std::string argument) {
  const auto path = path_of(argument);
  if (!path) co_return path.error();
  const auto status = jail().status(*path);
  if (!status) co_return file_fault(status.error(), *path);
  if (status->kind != files::FileKind::folder) {  // RFC 3659, section 7.2.1
    co_return reply(501, texts::not_a_folder, *path);
  }
  co_return begin_transfer("MLSD", *path, &Session::send_listing);
}

Task<Session::Outcome> Session::on_abor(std::string) {
  if (!transfer_) {
    close_data();
    co_return reply(225, texts::nothing_to_abort);
  }
  transfer_->is_aborted = true;
  close_data();
  ++transfer_->aborts;
  co_return std::nullopt;
}

/// Of the path that the client wrote.
Session::Outcome Session::begin_transfer_of(std::string_view verb, std::string_view argument, Job job) {
  const auto path = path_of(argument);
  if (!path) return path.error();
  return begin_transfer(verb, *path, job);
}

/// The reply comes from the transfer's task, unless something is wrong already.
Session::Outcome Session::begin_transfer(std::string_view verb, std::string path, Job job) {
  if (service_->config.tls.required && !protects_data_) return reply(521, texts::data_must_be_secure);
  if (!passive_ && !active_) return reply(425, texts::use_pasv);
  auto transfer = std::make_shared<Transfer>();
  transfer->verb = verb;
  transfer->path = std::move(path);
  transfer->offset = std::exchange(restart_at_, 0);
  transfer->representation = representation_;
  transfer->passive = std::move(passive_);
  transfer->passive_address = passive_address_;
  transfer->active = std::move(active_);
  transfer_ = transfer;
  worker_.spawn(run_transfer(shared_from_this(), std::move(transfer), job));
  return std::nullopt;
}

Task<void> Session::run_transfer(std::shared_ptr<Session> self, std::shared_ptr<Transfer> transfer, Job job) {
  auto last = self->reply(451, texts::local_error);
  try {
    last = co_await (self.get()->*job)(*transfer);
  } catch (const std::exception& error) {  // for lack of memory: this transfer ends, the session goes on
    log::error("a transfer ended by an exception", {{"client", self->client()}, {"exception", error.what()}});
  }
  if (transfer->is_aborted && !last.is_positive()) last = self->reply(426, texts::transfer_aborted);
  self->count(*transfer, last);
  const auto logged = self->note_end(*transfer, last);
  transfer->channel.reset();
  transfer->passive.reset();
  // Under way until its replies are out, so that none of another command comes in between.
  co_await self->send(std::move(last));
  for (; transfer->aborts > 0; --transfer->aborts) co_await self->send(self->reply(226, texts::abort_done));
  self->transfer_.reset();
  if (transfer->at_stop) transfer->at_stop->cancel();
  self->last_heard_ = net::Clock::now();
  self->transport_->interrupt_read();  // commands may have waited for this
  self->transfer_end_.cancel();
  if (logged) co_await self->worker_.run_blocking([&] { return self->service_->transfer_log->add(*logged); });
}

void Session::count(const Transfer& transfer, const Reply& last) {
  auto& counted = transfer.kind == Transfer::Kind::download ? counts_.downloads
                  : transfer.kind == Transfer::Kind::upload ? counts_.uploads
                                                            : counts_.listings;
  ++(last.is_positive() ? counted.complete : counted.incomplete);
  counted.bytes += transfer.moved.load();
}

/// What the transfer log is to have of it, if anything.
std::optional<LoggedTransfer> Session::note_end(const Transfer& transfer, const Reply& last) const {
  if (transfer.kind == Transfer::Kind::listing) return std::nullopt;
  const auto time = net::Clock::now() - transfer.began;
  log::info("transfer", {{"client", client()},
                         {"user", user_ ? user_->name : std::string{}},
                         {"command", transfer.verb},
                         {"path", transfer.path},
                         {"bytes", transfer.moved.load()},
                         {"ms", std::chrono::duration_cast<std::chrono::milliseconds>(time).count()},
                         {"complete", last.is_positive()},
                         {"reply", fmt::format("{} {}", last.code, last.lines.front())}});
  if (!service_->transfer_log) return std::nullopt;
  return LoggedTransfer{.time = seconds_now(),
                        .duration = std::chrono::ceil<std::chrono::seconds>(time),
                        .client = client(),
                        .bytes = transfer.moved.load(),
                        .path = transfer.path,
                        .is_ascii = transfer.representation == ftp::Representation::ascii,
                        .is_upload = transfer.kind == Transfer::Kind::upload,
                        .is_anonymous = user_ && service_->is_anonymous(user_->name),
                        .user = user_ ? user_->name : "-",
                        .is_complete = last.is_positive()};
}

/// Nothing if the channel is open and the client has been told so; else the last reply.
Task<std::optional<Reply>> Session::open_channel(Transfer& transfer, Reply opening) {
  auto channel = Result<std::unique_ptr<DataChannel>, std::string>{std::string{}};
  if (transfer.passive) {
    channel = co_await accept_channel(transfer);
  } else {
    channel = co_await connect_channel(transfer);
  }
  if (!channel && transfer.is_aborted) co_return reply(426, texts::transfer_aborted);
  if (!channel) {
    log::warning("no data connection", {{"client", client()}, {"command", transfer.verb}, {"reason", channel.error()}});
    co_return reply(425, texts::no_data_connection, channel.error());
  }
  transfer.channel = *std::move(channel);
  if (transfer.is_aborted) co_return reply(426, texts::transfer_aborted);
  co_await send(std::move(opening));
  if (!protects_data_) co_return std::nullopt;
  co_return co_await secure_channel(transfer);
}

Task<std::optional<Reply>> Session::secure_channel(Transfer& transfer) {
  const auto secured =
      co_await transfer.channel->secure(std::min(limits().stall_timeout, net::Stream::handshake_timeout_default));
  if (!secured) {
    const auto why = transfer.channel->explain(secured.error());
    log::warning("TLS of a data connection failed", {{"client", client()}, {"reason", why}});
    co_return reply(425, texts::no_data_connection, why);
  }
  const auto policy = service_->config.tls.session_reuse;
  if (policy == SessionReuse::off || transfer.channel->resumes_control_session()) co_return std::nullopt;
  log::warning("a data connection did not resume the TLS session of its control connection", {{"client", client()}});
  if (policy == SessionReuse::warn) co_return std::nullopt;
  transfer.channel->abort();
  co_return reply(522, texts::session_not_reused);
}

/// REST was for TYPE I: what becomes of it if TYPE comes in between is left to the server (RFC 3659, section 5.3).
std::optional<Reply> Session::objection_to_offset(const Transfer& transfer) const {
  if (transfer.offset == 0 || transfer.representation == ftp::Representation::image) return std::nullopt;
  return reply(554, texts::no_rest_in_ascii);
}

Task<Reply> Session::send_file(Transfer& transfer) {
  transfer.kind = Transfer::Kind::download;
  if (auto fault = objection_to_offset(transfer)) co_return *std::move(fault);
  const auto shown = std::string{ftp::name_of(transfer.path)};
  const auto status = jail().status(transfer.path);
  if (!status) co_return file_fault(status.error(), transfer.path);
  if (status->kind != files::FileKind::file) co_return reply(550, texts::not_a_plain_file, transfer.path);
  const auto file = jail().open(transfer.path, O_RDONLY);
  if (!file) co_return file_fault(file.error(), transfer.path);
  if (transfer.offset > status->bytes) co_return reply(554, texts::no_such_offset);
  const auto bytes = status->bytes - transfer.offset;
  auto opening = reply(150, texts::opening_for_bytes, mode_of(transfer.representation), shown, bytes);
  if (auto fault = co_await open_channel(transfer, std::move(opening))) co_return *std::move(fault);
  auto sent = Result<void, FileTransferFault>{};
  if (transfer.representation == ftp::Representation::ascii) {
    sent = co_await send_as_ascii(transfer, file->get(), transfer.offset);
  } else {
    sent = co_await transfer.channel->send_file(file->get(), transfer.offset, bytes, limits().stall_timeout,
                                                transfer.moved);
  }
  if (!sent) co_return transfer_fault(transfer, sent.error());
  co_await transfer.channel->finish();
  co_return reply(226, texts::transfer_complete);
}

Task<Result<void, FileTransferFault>> Session::send_as_ascii(Transfer& transfer, int file, std::uint64_t offset) {
  ftp::AsciiEncoder encoder;
  Buffer text;
  for (;;) {
    const auto piece = co_await worker_.run_blocking([&] { return read_piece(file, offset); });
    if (!piece) co_return FileTransferFault{{}, piece.error().value()};
    if (piece->empty()) co_return Result<void, FileTransferFault>{};
    offset += piece->size();
    text.clear();
    encoder.encode(*piece, text);
    const auto written = co_await transfer.channel->write(text, limits().stall_timeout);
    if (!written) co_return FileTransferFault{written.error(), 0};
    transfer.moved += text.size();
  }
}

/// A client that was cut off and comes back at once finds its own first try still being given up.
Task<files::FileResult<files::Upload>> Session::begin_upload(Transfer& transfer,
                                                             const files::Upload::Options& options) {
  if (transfer.verb == "STOU") co_return co_await begin_unique_upload(transfer, options);
  for (int tries = 1;; ++tries) {
    auto upload = co_await worker_.run_blocking([&] { return files::Upload::begin(jail(), transfer.path, options); });
    if (upload || upload.error().value() != ETXTBSY || tries == busy_tries_max) co_return upload;
    co_await net::pause(worker_.executor(), busy_pause);
  }
}

/// A name that nobody has or is about to take: that of the argument if it is free, else with a number behind it.
Task<files::FileResult<files::Upload>> Session::begin_unique_upload(Transfer& transfer,
                                                                    const files::Upload::Options& options) {
  const auto wanted = transfer.path;
  for (std::size_t number = 1;; ++number) {
    auto upload = co_await worker_.run_blocking([&] { return files::Upload::begin(jail(), transfer.path, options); });
    const auto error = upload ? 0 : upload.error().value();
    const auto is_taken = error == EEXIST || error == EISDIR || error == ETXTBSY;
    if (!is_taken || number == unique_name_tries_max) co_return upload;
    transfer.path = fmt::format("{}.{}", wanted, number);
  }
}

/// Step by step: the client may leave, or abort, and the server may end.
Task<files::FileResult<void>> Session::prepare_upload(const Transfer& transfer, files::Upload& upload) {
  while (!upload.is_ready() && !transfer.is_aborted) {
    const auto copied = co_await worker_.run_blocking([&] { return upload.copy_next(); });
    if (!copied) co_return copied;
  }
  co_return files::FileResult<void>{};
}

Task<files::FileResult<void>> Session::publish(files::Upload& upload) {
  if (!service_->config.upload.fsyncs) co_return upload.publish();
  co_return co_await worker_.run_blocking([&] { return upload.publish(files::Durability::of_the_disk); });
}

Task<Reply> Session::receive_file(Transfer& transfer) {
  transfer.kind = Transfer::Kind::upload;
  if (auto fault = objection_to_offset(transfer)) co_return *std::move(fault);
  const auto& settings = service_->config.upload;
  files::Upload::Options options;
  options.may_replace = settings.may_replace && transfer.verb != "STOU";
  options.keeps_partial = settings.keeps_partial;
  options.offset = transfer.offset;
  if (transfer.offset > 0) options.start = files::UploadStart::at;
  if (transfer.verb == "APPE") options.start = files::UploadStart::append;
  auto upload = co_await begin_upload(transfer, options);
  if (!upload) {
    if (upload.error().value() == EINVAL && options.start == files::UploadStart::at) {
      co_return reply(554, texts::no_such_offset);
    }
    const auto there = jail().link_status(transfer.path);
    if (there && there->kind == files::FileKind::other) co_return reply(550, texts::not_a_plain_file, transfer.path);
    co_return file_fault(upload.error(), transfer.path);
  }
  const auto prepared = co_await prepare_upload(transfer, *upload);
  if (!prepared) co_return file_fault(prepared.error(), transfer.path);
  if (transfer.is_aborted) co_return reply(426, texts::transfer_aborted);
  const auto shown = std::string{ftp::name_of(transfer.path)};
  auto opening = reply(150, texts::opening_for, mode_of(transfer.representation), shown);
  if (transfer.verb == "STOU") opening = Reply{150, "FILE: " + shown};  // RFC 1123, section 4.1.2.9
  if (auto fault = co_await open_channel(transfer, std::move(opening))) co_return *std::move(fault);
  const auto room = settings.bytes_max - std::min(settings.bytes_max, upload->first_byte());
  auto received = Result<void, FileTransferFault>{};
  if (transfer.representation == ftp::Representation::ascii) {
    received = co_await receive_as_ascii(transfer, upload->descriptor(), room);
  } else {
    received =
        co_await transfer.channel->receive_file(upload->descriptor(), room, limits().stall_timeout, transfer.moved);
  }
  if (!received) co_return transfer_fault(transfer, received.error());
  if (transfer.is_aborted) co_return reply(426, texts::transfer_aborted);
  const auto published = co_await publish(*upload);
  if (!published) co_return fault_behind_150(published.error(), transfer.path);
  co_await transfer.channel->finish();
  co_return reply(226, texts::transfer_complete);
}

Task<Result<void, FileTransferFault>> Session::receive_as_ascii(Transfer& transfer, int file, std::uint64_t bytes_max) {
  ftp::AsciiDecoder decoder;
  Buffer piece(ascii_piece_bytes);
  Buffer text;
  for (bool is_last = false; !is_last;) {
    const auto count = co_await transfer.channel->read_some(piece, limits().stall_timeout);
    is_last = !count && count.error() == StreamFault::closed;
    if (!count && !is_last) co_return FileTransferFault{count.error(), 0};
    text.clear();
    if (is_last) {
      decoder.finish(text);
    } else {
      transfer.moved += *count;
      decoder.decode(Bytes{piece}.first(*count), text);
    }
    if (text.size() > bytes_max) co_return FileTransferFault{{}, EFBIG};
    bytes_max -= text.size();
    const auto error_number = co_await worker_.run_blocking([&] { return write_all(file, text); });
    if (error_number != 0) co_return FileTransferFault{{}, error_number};
  }
  co_return Result<void, FileTransferFault>{};
}

/// Of a folder, or of the one file that the path names; NLST and LIST take a pattern for the last component as well.
Task<Reply> Session::send_listing(Transfer& transfer) {
  transfer.kind = Transfer::Kind::listing;
  const auto is_mlsd = transfer.verb == "MLSD";
  const auto is_nlst = transfer.verb.starts_with("NLST");
  FolderListing::Options options;
  options.shows_hidden = transfer.verb.ends_with("-a");
  options.shows_dot_files = is_mlsd;
  options.names_alone = is_nlst;
  auto folder_path = transfer.path;
  const auto status = jail().status(transfer.path);
  if (!status && ftp::is_pattern(ftp::name_of(transfer.path))) {
    folder_path = ftp::folder_of(transfer.path);
    options.pattern = ftp::name_of(transfer.path);
  } else if (!status) {
    co_return file_fault(status.error(), transfer.path);
  } else if (status->kind != files::FileKind::folder) {
    folder_path = ftp::folder_of(transfer.path);
    options.only = ftp::name_of(transfer.path);
  }
  auto folder = jail().read_folder(folder_path);
  if (!folder) co_return file_fault(folder.error(), folder_path);
  // Whoever may read it and not enter it learns names and no more: that is for NLST.
  if (!is_nlst) {
    const auto entered = jail().try_to_enter(folder_path);
    if (!entered) co_return file_fault(entered.error(), folder_path);
  }
  const auto now = seconds_now();
  FolderListing listing{*std::move(folder), std::move(options), [&](std::string& text, files::FolderReader::Entry one) {
                          if (is_nlst) return ftp::append_one_line(text, one.name);
                          auto entry = entry_of(std::move(one.name), one.status);
                          entry.target = std::move(one.target);
                          if (is_mlsd) return ftp::append_fact_line(text, entry, facts_);
                          text += ftp::list_line(entry, now);
                        }};
  auto opening = reply(150, texts::opening_for, "ASCII", transfer.verb.substr(0, 4));
  if (auto fault = co_await open_channel(transfer, std::move(opening))) co_return *std::move(fault);
  for (bool is_last = false; !is_last;) {
    const auto piece = co_await worker_.run_blocking([&] { return listing.next(); });
    const auto written = co_await transfer.channel->write(as_bytes(piece.text), limits().stall_timeout);
    if (!written) co_return transfer_fault(transfer, {written.error(), 0});
    if (piece.error) co_return fault_behind_150(piece.error, folder_path);
    transfer.moved += piece.text.size();
    is_last = piece.is_last;
  }
  co_await transfer.channel->finish();
  co_return reply(226, texts::transfer_complete);
}

/// It was possible to begin, so that it may be so again: 550 has no place there (RFC 959, section 5.4).
Reply Session::fault_behind_150(const boost::system::error_code& error, std::string_view path) const {
  auto fault = file_fault(error, path);
  if (fault.code == 550) fault.code = 451;
  return fault;
}

Reply Session::transfer_fault(const Transfer& transfer, const FileTransferFault& fault) const {
  if (transfer.channel) transfer.channel->abort();
  if (fault.is_of_file()) return fault_behind_150(files::error_of(fault.file_error), transfer.path);
  const auto why = transfer.channel->explain(fault.stream);
  log::warning("data connection broken", {{"client", client()},
                                          {"command", transfer.verb},
                                          {"path", transfer.path},
                                          {"bytes", transfer.moved.load()},
                                          {"reason", why}});
  return reply(426, texts::transfer_failed, why);
}

}  // namespace labnet::ftp_server
