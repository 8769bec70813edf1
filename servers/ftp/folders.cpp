// Commands about folders and files that move no data (RFC 959, section 4.1.3; RFC 3659).
#include <charconv>

#include "common/base/text.hpp"
#include "common/files/upload.hpp"
#include "common/ftp/path.hpp"
#include "servers/ftp/session.hpp"

namespace labnet::ftp_server {

using ftp::Reply;

Task<Session::Outcome> Session::on_pwd(std::string) {
  co_return reply(257, texts::is_current_folder, ftp::quoted(folder_));
}

Task<Session::Outcome> Session::on_cwd(std::string argument) {
  const auto path = path_of(argument);
  if (!path) co_return path.error();
  if (const auto entered = jail().try_to_enter(*path); !entered) co_return file_fault(entered.error(), *path);
  folder_ = *path;
  co_return reply(250, texts::done, "CWD");
}

Task<Session::Outcome> Session::on_cdup(std::string) {
  folder_ = ftp::folder_of(folder_);
  co_return reply(250, texts::done, "CDUP");
}

Task<Session::Outcome> Session::on_mkd(std::string argument) {
  const auto path = path_of(argument);
  if (!path) co_return path.error();
  if (const auto made = jail().make_folder(*path); !made) co_return file_fault(made.error(), *path);
  co_return reply(257, texts::folder_created, ftp::quoted(*path));
}

Task<Session::Outcome> Session::on_rmd(std::string argument) {
  const auto path = path_of(argument);
  if (!path) co_return path.error();
  if (const auto removed = jail().remove_folder(*path); !removed) co_return file_fault(removed.error(), *path);
  co_return reply(250, texts::done, "RMD");
}

Task<Session::Outcome> Session::on_dele(std::string argument) {
  const auto path = path_of(argument);
  if (!path) co_return path.error();
  if (const auto removed = jail().remove_file(*path); !removed) co_return file_fault(removed.error(), *path);
  co_return reply(250, texts::done, "DELE");
}

Task<Session::Outcome> Session::on_rnfr(std::string argument) {
  const auto path = path_of(argument);
  if (!path) co_return path.error();
  if (const auto status = jail().link_status(*path); !status) co_return file_fault(status.error(), *path);
  rename_from_ = *path;
  co_return reply(350, texts::ready_for_rnto);
}

Task<Session::Outcome> Session::on_rnto(std::string argument) {
  const auto from = std::exchange(rename_from_, {});
  if (from.empty()) co_return reply(503, texts::rnfr_first);
  const auto path = path_of(argument);
  if (!path) co_return path.error();
  // Else a file that may be neither stored over nor deleted could be taken away by a new name.
  const auto may_replace = service_->config.upload.may_replace && may(Permission::remove);
  const auto renamed = jail().rename(from, *path, may_replace ? files::Replacing::all : files::Replacing::nothing);
  if (!renamed) co_return file_fault(renamed.error(), *path);
  co_return reply(250, texts::done, "RNTO");
}

/// In TYPE A it would have to be counted with the line ends as they travel (RFC 3659, section 4.2): not known.
Task<Session::Outcome> Session::on_size(std::string argument) {
  if (representation_ == ftp::Representation::ascii) co_return reply(550, texts::not_in_ascii, "SIZE");
  const auto path = path_of(argument);
  if (!path) co_return path.error();
  const auto status = jail().status(*path);
  if (status && status->kind == files::FileKind::file) co_return Reply{213, std::to_string(status->bytes)};
  if (status) co_return reply(550, texts::not_a_plain_file, *path);
  // Of an upload that was cut off, so that a client knows from where to go on.
  const auto partial = files::partial_bytes(jail(), *path);
  if (partial && *partial && may(Permission::write)) co_return Reply{213, std::to_string(**partial)};
  co_return file_fault(status.error(), *path);
}

Task<Session::Outcome> Session::on_mdtm(std::string argument) {
  const auto path = path_of(argument);
  if (!path) co_return path.error();
  const auto status = jail().status(*path);
  if (!status) co_return file_fault(status.error(), *path);
  co_return Reply{213, ftp::time_value(status->modified)};
}

/// draft-somers-ftp-mfxx, section 3.1
Task<Session::Outcome> Session::on_mfmt(std::string argument) {
  const auto space = argument.find(' ');
  const auto time = ftp::parse_time_value(argument.substr(0, space));
  if (space == argument.npos || !time) co_return reply(501, texts::bad_time);
  const auto written = argument.substr(space + 1);
  const auto path = path_of(written);
  if (!path) co_return path.error();
  const auto set = jail().set_modification_time(*path, *time);
  if (!set) co_return file_fault(set.error(), *path);
  const auto status = jail().status(*path);  // some file systems count in steps, or know no time so late
  if (!status) co_return file_fault(status.error(), *path);
  co_return Reply{213, fmt::format("Modify={}; {}", ftp::time_value(status->modified), written)};
}

Task<Session::Outcome> Session::on_mlst(std::string argument) {
  const auto path = path_of(argument);
  if (!path) co_return path.error();
  const auto status = jail().status(*path);
  if (!status) co_return file_fault(status.error(), *path);
  co_return Reply{250,
                  {texts::listing_of.in(language(), *path), ftp::fact_line(entry_of(*path, *status), facts_),
                   std::string{texts::end.in(language())}}};
}

Task<Session::Outcome> Session::on_site(std::string argument) {
  const auto space = argument.find(' ');
  const auto verb = to_upper(argument.substr(0, space));
  const auto rest = space == argument.npos ? std::string{} : argument.substr(space + 1);
  if (verb == "HELP")
    co_return Reply{214, {texts::site_commands.in(language()), "CHMOD HELP", texts::end.in(language())}};
  if (verb == "CHMOD") co_return change_mode(rest);
  co_return reply(500, texts::not_understood, "SITE " + verb.substr(0, 20));
}

/// SITE CHMOD 644 path
Session::Outcome Session::change_mode(std::string_view argument) {
  if (!user_) return reply(530, texts::log_in_first);
  if (!may(Permission::set_mode)) return reply(550, texts::permission_denied);
  const auto space = argument.find(' ');
  const auto digits = argument.substr(0, space);
  unsigned mode = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), mode, 8);
  const auto is_mode = error == std::errc{} && end == digits.data() + digits.size() && mode <= 0777;
  if (space == argument.npos || !is_mode) return reply(501, texts::bad_mode);
  const auto path = path_of(argument.substr(space + 1));
  if (!path) return path.error();
  if (const auto set = jail().set_mode(*path, mode); !set) return file_fault(set.error(), *path);
  return reply(200, texts::done, "SITE CHMOD");
}

}  // namespace labnet::ftp_server
