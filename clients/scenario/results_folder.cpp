#include "clients/scenario/results_folder.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "clients/scenario/messages.hpp"
#include "common/files/part_file.hpp"

namespace labnet::scenario {
namespace {

namespace fs = std::filesystem;

Error cannot_make(const fs::path& folder, const std::error_code& error, Language language) {
  return Error{messages::no_folder.in(language, folder.string(), error.message())};
}

/// The name, or the first one with a number behind it, that nobody has.
Result<fs::path> make_new(const fs::path& name, Language language) {
  std::error_code error;
  fs::create_directories(name.parent_path(), error);
  for (int number = 1; !error; ++number) {
    const auto folder = number == 1 ? name : fs::path{fmt::format("{}-{}", name.string(), number)};
    if (fs::create_directory(folder, error)) return folder;
  }
  return cannot_make(name, error, language);
}

}  // namespace

Result<ResultsFolder> ResultsFolder::make(const std::optional<std::string>& wanted,
                                          std::chrono::system_clock::time_point now, Language language) {
  ResultsFolder folder{{}, true};
  if (wanted) {
    std::error_code error;
    folder.path_ = *wanted;
    folder.is_new_ = !fs::exists(folder.path_, error);
    fs::create_directories(folder.path_, error);
    if (error) return cannot_make(folder.path_, error, language);
  } else {
    const auto second = std::chrono::system_clock::to_time_t(now);
    auto made = make_new(fs::path{"lab-out"} / fmt::format("{:%Y-%m-%d_%H-%M-%S}", fmt::localtime(second)), language);
    if (!made) return made.error();
    folder.path_ = *std::move(made);
  }
  // It is taken away again at once: that it can be made is what matters.
  if (const auto trial = files::PartFile::create(folder.path_ / "results.json"); !trial) return trial.error();
  return folder;
}

void ResultsFolder::discard() const {
  std::error_code ignored;
  if (is_new_) fs::remove(path_, ignored);
}

}  // namespace labnet::scenario
