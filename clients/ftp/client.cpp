#include "clients/ftp/client.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "clients/ftp/url.hpp"
#include "common/base/utf8.hpp"
#include "common/ftp/path.hpp"
#include "common/log/clock.hpp"

namespace labnet::ftp_client {
namespace {

std::string_view verb_of(ListingKind kind) {
  switch (kind) {
    case ListingKind::facts:
      return "MLSD";
    case ListingKind::ls:
      return "LIST";
    case ListingKind::name_only:
      break;
  }
  return "NLST";
}

/// Servers take what begins with "-" for options of ls, but for MLSD.
std::string listing_argument(ListingKind kind, std::string path) {
  if (kind == ListingKind::facts || !path.starts_with('-')) return path;
  return fmt::format("./{}", path);
}

Error refusal(std::string_view verb, std::string_view path, const ftp::Reply& reply) {
  return Error{fmt::format("the server refuses {}{}{}: {}", verb, path.empty() ? "" : " ", printable(path, 300),
                           to_text(reply))};
}

}  // namespace

Client::Client(Session& session, Access access, Observer& observer)
    : session_{session}, access_{std::move(access)}, observer_{observer} {}

std::span<const Client::Row> Client::rows() {
  static constexpr auto table = std::to_array<Row>({
      {Action::secure, &Client::on_secure},
      {Action::log_in, &Client::on_log_in},
      {Action::ask, &Client::on_ask},
      {Action::learn, &Client::on_learn},
      {Action::protect, &Client::on_protect},
      {Action::choose_facts, &Client::on_choose_facts},
      {Action::find_folder, &Client::on_find_folder},
      {Action::enter_folder, &Client::on_enter_folder},
      {Action::set_type, &Client::on_set_type},
      {Action::ask_size, &Client::on_ask_size},
      {Action::list, &Client::on_list},
      {Action::list_again, &Client::on_list_again},
      {Action::work, &Client::on_work},
      {Action::quit, &Client::on_quit},
  });
  return table;
}

std::string Client::path() const {
  if (!has_entered_) return job_.path;
  return job_.is_folder ? std::string{} : name_of(job_.path);
}

std::string Client::beside(const std::string& name) const {
  if (has_entered_ || name.find('/') != name.npos) return name;
  return path_in(folder_of(job_.path), name);
}

Task<Result<void>> Client::play(std::span<const Step> steps, Job job) {
  job_ = std::move(job);
  const auto greeting = co_await session_.begin(access_.servers, access_.security == Security::implicit);
  if (!greeting) co_return greeting.error();
  const auto outcome = co_await play_all(steps);
  if (!outcome) co_await session_.quit();
  co_return outcome;
}

Task<Result<void>> Client::play_all(std::span<const Step> steps) {
  for (const auto& step : steps) {
    if (!step.if_feature.empty() && !features_.has(step.if_feature)) continue;
    const auto row = std::ranges::find(rows(), step.action, &Row::action);
    const auto outcome = co_await (this->*row->play)(step);
    if (!outcome) co_return outcome.error();
  }
  co_return Result<void>{};
}

Task<Result<void>> Client::on_secure(const Step&) {
  if (access_.security == Security::plain || access_.security == Security::implicit) co_return Result<void>{};
  const auto secured = co_await session_.secure();
  if (!secured) co_return secured.error();
  if (*secured) co_return Result<void>{};
  if (access_.security == Security::required) {
    co_return Error{"the server has no TLS, and --tls asks for it; nothing was sent"};
  }
  observer_.on_notice("the server has no TLS: all travels in plain text, the password too");
  co_return Result<void>{};
}

Task<Result<void>> Client::on_log_in(const Step&) {
  return session_.log_in(access_.user, access_.password);
}

Task<Result<void>> Client::on_ask(const Step& step) {
  const auto space = step.command.find(' ');
  std::string argument;
  if (space != step.command.npos) argument = step.command.substr(space + 1);
  const auto reply = co_await session_.ask(std::string{step.command.substr(0, space)}, std::move(argument));
  if (!reply) co_return reply.error();
  co_return Result<void>{};
}

Task<Result<void>> Client::on_learn(const Step&) {
  auto features = co_await session_.features();
  if (!features) co_return features.error();
  features_ = *std::move(features);
  co_return Result<void>{};
}

Task<Result<void>> Client::on_protect(const Step&) {
  if (!session_.is_secure()) co_return Result<void>{};
  const auto is_protected = co_await session_.protect_data();
  if (is_protected) co_return Result<void>{};
  if (access_.security != Security::if_offered || !session_.is_open()) co_return is_protected.error();
  observer_.on_notice(fmt::format("{}; data travels in plain text", is_protected.error().message));
  co_return Result<void>{};
}

Task<Result<void>> Client::on_choose_facts(const Step&) {
  const auto facts = features_.facts_to_ask_for();
  if (!facts) co_return Result<void>{};
  const auto reply = co_await session_.ask("OPTS", fmt::format("MLST {}", *facts));
  if (!reply) co_return reply.error();
  co_return Result<void>{};
}

Task<Result<void>> Client::on_find_folder(const Step&) {
  const auto folder = co_await session_.folder();
  if (!folder) co_return folder.error();
  login_folder_ = folder->value_or("");
  co_return Result<void>{};
}

Task<Result<void>> Client::on_enter_folder(const Step&) {
  auto folder = job_.is_folder ? job_.path : folder_of(job_.path);
  if (!login_folder_.empty()) {
    const auto whole = ftp::resolve_path(login_folder_, folder);
    if (!whole) co_return Error{"the path in the URL is too long"};
    folder = *whole;
  }
  if (!folder.empty()) {
    const auto reply = co_await session_.insist("CWD", folder);
    if (!reply) co_return reply.error();
  }
  has_entered_ = true;
  co_return Result<void>{};
}

Task<Result<void>> Client::on_set_type(const Step&) {
  return session_.set_representation(job_.representation);
}

Task<Result<void>> Client::on_ask_size(const Step&) {
  if (job_.representation == ftp::Representation::ascii) co_return Result<void>{};
  const auto bytes = co_await session_.size(path());
  if (!bytes) co_return bytes.error();
  bytes_ = *bytes;
  co_return Result<void>{};
}

/// Without a listing it goes on: the folder may be one that nobody may look into.
Task<Result<void>> Client::on_list(const Step&) {
  const auto entries = co_await list({});
  if (!entries && !session_.is_open()) co_return entries.error();
  if (!entries) {
    observer_.on_notice(entries.error().message);
    co_return Result<void>{};
  }
  const auto entry = std::ranges::find(*entries, path(), &ftp::Entry::name);
  const auto is_file = entry != entries->end() && entry->kind == ftp::EntryKind::file;
  if (is_file && job_.representation == ftp::Representation::image) bytes_ = entry->bytes;
  if (is_file && features_.has("MLST")) modified_ = entry->modified;  // LIST may leave out the time of day
  co_return Result<void>{};
}

Task<Result<std::optional<ftp::FileTime>>> Client::modified() {
  if (modified_) co_return modified_;
  co_return co_await session_.modified(path());
}

Task<Result<void>> Client::on_list_again(const Step&) {
  const auto entries = co_await list({});
  if (!entries) observer_.on_notice(entries.error().message);
  co_return Result<void>{};
}

Task<Result<void>> Client::on_work(const Step&) {
  return job_.work(*this);
}

Task<Result<void>> Client::on_quit(const Step&) {
  co_await session_.quit();
  co_return Result<void>{};
}

Task<Result<Client::Listed>> Client::list_by(ListingKind kind, std::string path) {
  Listing listing{kind, seconds_now()};
  LinesDownload lines{[&](std::string_view line) { return listing.add_line(line); }};
  Transfer transfer;
  transfer.verb = verb_of(kind);
  transfer.argument = listing_argument(kind, std::move(path));
  auto done = co_await session_.transfer(std::move(transfer), lines);
  if (!done) co_return done.error();
  if (listing.lines_not_understood() > 0) {
    observer_.on_notice(fmt::format("lines of the listing that could not be read: {}", listing.lines_not_understood()));
  }
  co_return Listed{std::move(done->reply), listing.take_entries()};
}

Task<Result<std::vector<ftp::Entry>>> Client::list(std::string path) {
  if (features_.has("MLST")) {
    auto listed = co_await list_by(ListingKind::facts, path);
    if (!listed) co_return listed.error();
    if (listed->reply.is_positive()) co_return std::move(listed->entries);
    // 501: no folder (RFC 3659, section 7.2.1), but perhaps a file, which LIST can tell of.
    if (listed->reply.code < 500 || listed->reply.code > 504) co_return refusal("MLSD", path, listed->reply);
  }
  auto listed = co_await list_by(ListingKind::ls, path);
  if (!listed) co_return listed.error();
  if (!listed->reply.is_positive()) co_return refusal("LIST", path, listed->reply);
  co_return std::move(listed->entries);
}

Task<Result<std::vector<ftp::Entry>>> Client::list_names(std::string path) {
  auto listed = co_await list_by(ListingKind::name_only, path);
  if (!listed) co_return listed.error();
  if (!listed->reply.is_positive()) co_return refusal("NLST", path, listed->reply);
  co_return std::move(listed->entries);
}

}  // namespace labnet::ftp_client
