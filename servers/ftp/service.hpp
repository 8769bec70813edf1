// What all sessions of a service share. Never changed: a reload makes another one, which sessions that begin later use.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/files/jail.hpp"
#include "common/login/check.hpp"
#include "common/login/turns.hpp"
#include "common/net/per_worker.hpp"
#include "servers/ftp/config.hpp"
#include "servers/ftp/counts.hpp"
#include "servers/ftp/transfer_log.hpp"

namespace labnet::ftp_server {

struct Service {
  Config config;
  files::Jail jail;
  login::StandIns stand_ins;                        // of `config.users`
  std::shared_ptr<const TransferLog> transfer_log;  // null: none is kept
  std::shared_ptr<login::Turns> login_turns;
  std::shared_ptr<net::PerWorker<Counts>> counts;  // which a reload leaves as they are

  /// Opens the root and the transfer log, and reads the file of users. A fault is a sentence.
  /// counts  null: of one worker, from now on
  static Result<std::shared_ptr<const Service>> make(Config config,
                                                     std::shared_ptr<net::PerWorker<Counts>> counts = nullptr);
  /// Whether that would go well; makes nothing.
  static Result<void> check(Config config);

  /// What is permitted and hardly meant, as sentences: nobody who could log in, homes that are not there.
  std::vector<std::string> doubts() const;

  /// Nothing for a name that nobody has.
  std::optional<User> find_user(std::string_view name) const;
  bool is_anonymous(std::string_view name) const;
};

}  // namespace labnet::ftp_server
