#include "servers/ftp/service.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "common/login/password.hpp"
#include "servers/ftp/limits.hpp"

namespace labnet::ftp_server {
namespace {

/// "!", "*", "!!", or such in front of a hash, as passwd(1) puts it there.
bool is_meant_to_be_locked(std::string_view password) {
  const auto rest = password.substr(std::min(password.find_first_not_of("!*"), password.size()));
  return rest.empty() || login::is_hash(rest);
}

}  // namespace

Result<std::shared_ptr<const Service>> Service::make(Config config, std::shared_ptr<net::PerWorker<Counts>> counts) {
  if (!counts) counts = std::make_shared<net::PerWorker<Counts>>(1);
  auto jail = files::Jail::open(config.root);
  if (!jail) return jail.error();
  if (config.users_file) {
    auto users = load_users(*config.users_file);
    if (!users) return users.error();
    for (auto& user : *users) {
      if (std::ranges::find(config.users, user.name, &User::name) != config.users.end()) {
        return Error{config.users_file->string(), ": ", user.name, " is a user of the configuration, too"};
      }
      config.users.push_back(std::move(user));
    }
  }
  std::ranges::sort(config.users, {}, &User::name);
  login::StandIns stand_ins;
  for (const auto& user : config.users) stand_ins.add(user.password);
  std::shared_ptr<const TransferLog> transfer_log;
  if (config.transfer_log) {
    auto opened = TransferLog::open(*config.transfer_log);
    if (!opened) return opened.error();
    transfer_log = std::make_shared<const TransferLog>(*std::move(opened));
  }
  auto login_turns = std::make_shared<login::Turns>(config.limits.failed_login_delay);
  return std::make_shared<const Service>(Service{.config = std::move(config),
                                                 .jail = *std::move(jail),
                                                 .stand_ins = std::move(stand_ins),
                                                 .transfer_log = std::move(transfer_log),
                                                 .login_turns = std::move(login_turns),
                                                 .counts = std::move(counts)});
}

Result<void> Service::check(Config config) {
  const auto transfer_log = std::exchange(config.transfer_log, std::nullopt);
  const auto service = make(std::move(config));
  if (!service) return service.error();
  return transfer_log ? TransferLog::check(*transfer_log) : Result<void>{};
}

std::vector<std::string> Service::doubts() const {
  if (config.users.empty() && !config.anonymous.allowed) {
    return {"nobody can log in: there are no users, and anonymous is not allowed"};
  }
  std::vector<std::string> sentences;
  const auto look_at_home = [&](std::string_view user, std::string_view home) {
    const auto status = jail.status(home);
    if (status && status->kind == files::FileKind::folder) return;
    sentences.push_back(fmt::format("the home of {} is no folder within the root: {}", user, home));
  };
  for (const auto& user : config.users) {
    look_at_home(user.name, user.home);
    if (login::is_locked(user.password) && !is_meant_to_be_locked(user.password)) {
      sentences.push_back(
          fmt::format("{} cannot log in: a password that begins with ! or * is none that could be typed", user.name));
    }
    if (sentences.size() >= doubts_max) break;
  }
  if (config.anonymous.allowed) look_at_home("anonymous", config.anonymous.home);
  return sentences;
}

bool Service::is_anonymous(std::string_view name) const {
  if (!config.anonymous.allowed || (name != "anonymous" && name != "ftp")) return false;
  return !std::ranges::binary_search(config.users, name, {}, &User::name);  // who is a user has a password
}

std::optional<User> Service::find_user(std::string_view name) const {
  const auto found = std::ranges::lower_bound(config.users, name, {}, &User::name);
  if (found != config.users.end() && found->name == name) return *found;
  if (is_anonymous(name)) return User{"anonymous", {}, config.anonymous.home, config.anonymous.permissions};
  return std::nullopt;
}

}  // namespace labnet::ftp_server
