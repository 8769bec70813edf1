// What all connections of a service share.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "common/files/jail.hpp"
#include "common/log/line_limit.hpp"
#include "common/net/per_worker.hpp"
#include "common/net/quota.hpp"
#include "servers/rtmp/config.hpp"
#include "servers/rtmp/counts.hpp"
#include "servers/rtmp/streams.hpp"

namespace labnet::rtmp_server {

/// What a reload leaves as it is.
struct Lasting {
  std::shared_ptr<Streams> streams;
  std::shared_ptr<net::Quota> file_players;       // who play files at a time
  std::shared_ptr<log::LineLimit> refusal_lines;  // of the log, about strangers
  std::shared_ptr<net::PerWorker<Counts>> counts{};
};

/// Never changed: a reload makes another one, which connections that begin later use.
struct Service : Lasting {
  Config config;
  std::optional<files::Jail> recordings;     // nothing: none are kept
  std::map<std::string, files::Jail> files;  // that are played, by application

  /// Opens the folders. A fault is a sentence.
  static Result<std::shared_ptr<const Service>> make(Config config, Lasting lasting);
};

}  // namespace labnet::rtmp_server
