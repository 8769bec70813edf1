// What the server and the session are (RFC 959, section 4.1.3; RFC 2389).
#include <algorithm>

#include "common/base/text.hpp"
#include "common/ftp/list_argument.hpp"
#include "common/ftp/listing.hpp"
#include "common/ftp/path.hpp"
#include "common/log/clock.hpp"
#include "servers/ftp/limits.hpp"
#include "servers/ftp/session.hpp"

namespace labnet::ftp_server {

using ftp::Reply;

Task<Session::Outcome> Session::on_syst(std::string) {
  co_return Reply{215, "UNIX Type: L8"};  // RFC 1700's names; what clients look for
}

Task<Session::Outcome> Session::on_feat(std::string) {
  std::vector<std::string> lines{texts::features.in(language())};
  if (service_->config.tls.is_offered()) lines.insert(lines.end(), {"AUTH TLS", "AUTH SSL"});
  lines.insert(lines.end(), {"CLNT", "EPRT", "EPSV", "MDTM", "MFMT", "MLST " + ftp::feature_text(facts_)});
  if (service_->config.tls.is_offered()) lines.insert(lines.end(), {"PBSZ", "PROT"});
  lines.insert(lines.end(), {"REST STREAM", "SIZE", "TVFS", "UTF8", texts::end.in(language())});
  co_return Reply{211, std::move(lines)};
}

Task<Session::Outcome> Session::on_opts(std::string argument) {
  const auto space = argument.find(' ');
  const auto verb = to_upper(argument.substr(0, space));
  const auto options = space == argument.npos ? std::string{} : argument.substr(space + 1);
  // Names are UTF-8 whatever is asked for (RFC 2640); old clients must be told that it is on.
  if (verb == "UTF8" && (options.empty() || to_upper(options) == "ON"))
    co_return reply(200, texts::options_are, "UTF8");
  if (verb == "UTF8" && to_upper(options) == "OFF") co_return reply(504, texts::not_supported, "UTF8 OFF");
  if (verb != "MLST") co_return reply(501, texts::not_supported, "OPTS " + verb.substr(0, 20));
  facts_ = ftp::parse_facts_wanted(options);
  co_return Reply{200, "MLST OPTS " + ftp::names_of(facts_)};
}

Task<Session::Outcome> Session::on_help(std::string argument) {
  constexpr std::size_t per_line = 8;
  if (!argument.empty()) {
    const auto verb = std::ranges::find(verbs(), to_upper(argument), &Verb::name);
    if (verb == verbs().end()) co_return reply(501, texts::not_understood, argument.substr(0, 20));
    co_return reply(214, texts::syntax, verb->syntax);
  }
  std::vector<std::string> lines{texts::commands.in(language())};
  std::size_t count = 0;
  for (const auto& verb : verbs()) {
    if (count++ % per_line == 0) lines.emplace_back();
    lines.back() += fmt::format("{:<6}", fmt::format("{}{}", verb.name, verb.handle ? "" : "*"));
  }
  lines.push_back(texts::end.in(language()));
  co_return Reply{214, std::move(lines)};
}

Task<Session::Outcome> Session::on_noop(std::string) {
  co_return reply(200, texts::noop);
}

Task<Session::Outcome> Session::on_clnt(std::string) {
  co_return reply(200, texts::noop);
}

/// RFC 7151, section 3.1: there are no virtual hosts.
Task<Session::Outcome> Session::on_host(std::string) {
  co_return reply(504, texts::no_such_host);
}

Task<Session::Outcome> Session::on_stat(std::string argument) {
  if (argument.empty()) co_return transfer_ ? status_of_transfer() : status();
  if (!user_) co_return reply(530, texts::log_in_first);
  if (!may(Permission::list)) co_return reply(550, texts::permission_denied);
  const auto path = path_of(ftp::parse_list_argument(argument).path);
  if (!path) co_return path.error();
  const auto found = jail().status(*path);
  if (!found) co_return file_fault(found.error(), *path);
  // A disk may take its time.
  co_return co_await worker_.run_blocking([&] { return status_of(*path, *found); });
}

Reply Session::status_of(const std::string& path, const files::FileStatus& found) const {
  std::vector<std::string> lines{texts::status_of.in(language(), path)};
  auto end = texts::end.in(language());
  const auto now = seconds_now();
  if (found.kind != files::FileKind::folder) {
    lines.push_back(ftp::list_line(entry_of(std::string{ftp::name_of(path)}, found), now));
  } else {
    auto folder = jail().read_folder(path);
    if (!folder) return file_fault(folder.error(), path);
    auto next = folder->next();
    for (; next && *next && lines.size() <= stat_entries_max; next = folder->next()) {
      lines.push_back(ftp::list_line(entry_of((*next)->name, (*next)->status), now));
    }
    if (!next) return file_fault(next.error(), path);
    if (*next) end = texts::end_of_the_first.in(language(), stat_entries_max);
  }
  lines.push_back(std::move(end));
  return {213, std::move(lines)};
}

Reply Session::status() const {
  const auto representation = representation_ == ftp::Representation::ascii ? "ASCII" : "BINARY";
  std::vector<std::string> lines{texts::status_of.in(language(), "labnet")};
  lines.push_back(fmt::format("{} -> {}", client(), transport_->local().address.to_string()));
  if (user_) lines.push_back(fmt::format("USER {}, {}", user_->name, folder_));
  lines.push_back(fmt::format("TYPE {}, MODE S, STRU F", representation));
  lines.push_back(fmt::format("TLS {}, PROT {}", transport_->is_secure() ? "on" : "off", protects_data_ ? "P" : "C"));
  if (passive_) lines.push_back(fmt::format("PASV {}", passive_address_));
  lines.push_back(texts::end.in(language()));
  return {211, std::move(lines)};
}

Reply Session::status_of_transfer() const {
  return {213, fmt::format("{} {}: {} bytes", transfer_->verb, transfer_->path, transfer_->moved.load())};
}

}  // namespace labnet::ftp_server
