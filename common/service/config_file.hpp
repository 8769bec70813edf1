// A service's configuration file, read as `-c` names it.
#pragma once

#include <optional>
#include <string>

#include "common/program/console.hpp"
#include "common/settings/document.hpp"

namespace labnet::service {

template <class Config>
Result<Config, settings::Fault> load_config_file(const std::string& file,
                                                 Result<Config, settings::Fault> (*load)(settings::Document&)) {
  auto document = settings::load(file);
  if (!document) return document.error();
  return load(*document);
}

/// Without a file: what stands in Config{}. A mistake is told to the person, with its place; the exit code comes back.
template <class Config>
Result<Config, program::Exit> read_config(program::Console& console, const std::optional<std::string>& file,
                                          Result<Config, settings::Fault> (*load)(settings::Document&)) {
  if (!file) return Config{};
  auto config = load_config_file(*file, load);
  if (!config) return console.wrong_file(settings::to_string(config.error()));
  return *std::move(config);
}

}  // namespace labnet::service
