// A service's configuration: its file, read as `-c` names it, and what the command line says over that.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "common/program/console.hpp"
#include "common/settings/document.hpp"

namespace labnet::service {

/// Where a service has its configuration from, at its start and at each reload.
template <class Config>
struct ConfigSource {
  std::optional<std::string> file;  // without one: Config{}
  Result<Config, settings::Fault> (*load)(settings::Document&);
  /// Puts what the command line says over what the file says. A fault is a sentence: wrong usage.
  std::function<Result<Config>(Config)> over;

  /// At the start: a mistake is told to the person; the exit code comes back.
  Result<Config, program::Exit> read(program::Console& console) const {
    auto in_file = read_file();
    if (!in_file) return console.wrong_file(settings::to_string(in_file.error()));
    auto config = over(*std::move(in_file));
    if (!config) return console.wrong_usage(config.error().message);
    return *std::move(config);
  }

  /// At a reload, when nobody looks at the console. A fault is a sentence.
  Result<Config> read_again() const {
    auto in_file = read_file();
    if (!in_file) return Error{settings::to_string(in_file.error())};
    return over(*std::move(in_file));
  }

  Result<Config, settings::Fault> read_file() const {
    if (!file) return Config{};
    auto document = settings::load(*file);
    if (!document) return document.error();
    return load(*document);
  }
};

}  // namespace labnet::service
