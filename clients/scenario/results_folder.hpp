// The folder that the files of a run are written to.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>

#include "common/base/language.hpp"
#include "common/base/result.hpp"

namespace labnet::scenario {

class ResultsFolder {
 public:
  /// Makes lab-out/2026-11-24_13-40-12, or -2, -3... behind it if another run has that one; or takes what is wanted,
  /// which may be there already. A fault says that it cannot be made or that files cannot be written there.
  static Result<ResultsFolder> make(const std::optional<std::string>& wanted, std::chrono::system_clock::time_point now,
                                    Language language);

  const std::filesystem::path& path() const { return path_; }
  /// For a run that could not begin: it goes again if it was made here.
  void discard() const;

 private:
  ResultsFolder(std::filesystem::path path, bool is_new) : path_{std::move(path)}, is_new_{is_new} {}

  std::filesystem::path path_;
  bool is_new_;
};

}  // namespace labnet::scenario
