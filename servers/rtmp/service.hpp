// What all connections of a service share.
#pragma once

#include <memory>
#include <optional>

#include "common/files/jail.hpp"
#include "servers/rtmp/config.hpp"
#include "servers/rtmp/streams.hpp"

namespace labnet::rtmp_server {

/// Never changed: a reload makes another one, which connections that begin later use. The streams stay.
struct Service {
  Config config;
  std::shared_ptr<Streams> streams;
  std::optional<files::Jail> recordings;  // nothing: none are kept

  /// Opens the folder of recordings. A fault is a sentence.
  static Result<std::shared_ptr<const Service>> make(Config config, std::shared_ptr<Streams> streams);
};

}  // namespace labnet::rtmp_server
