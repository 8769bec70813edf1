#include "servers/http/scratch.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string_view>

#include "common/files/tree_copy.hpp"

namespace labnet::http_server {
namespace {

namespace fs = std::filesystem;

bool takes_uploads(const SiteConfig& site) {
  return site.uploads || std::ranges::find(site.applications, ApplicationKind::upload, &ApplicationConfig::kind) !=
                             site.applications.end();
}

/// A database with what its last writer has not brought into the file itself, if he was killed.
Result<void> copy_database(const fs::path& from, const fs::path& to) {
  std::error_code error;
  if (fs::exists(to, error)) return {};
  for (const std::string_view end : {"-wal", ""}) {  // the file itself last: once it is there, all is
    const auto source = fs::path{from} += end;
    if (!fs::exists(source, error)) continue;
    fs::copy_file(source, fs::path{to} += end, fs::copy_options::overwrite_existing, error);
    if (error) return Error{fmt::format("cannot copy {} to {}: {}", source.string(), to.string(), error.message())};
  }
  return {};
}

/// By number and name, so that a service that starts anew finds its own. What two sites share they go on sharing.
class Copies {
 public:
  explicit Copies(fs::path folder) : folder_{std::move(folder)} {}

  Result<void> replace(fs::path& path, Result<void> (*copy)(const fs::path& from, const fs::path& to)) {
    std::error_code error;
    const auto real = fs::weakly_canonical(path, error);
    auto found = copies_.find(real);
    if (found == copies_.end()) {
      auto to = folder_ / fmt::format("{}-{}", copies_.size() + 1, real.filename().string());
      if (auto copied = copy(real, to); !copied) return copied;
      found = copies_.emplace(real, std::move(to)).first;
    }
    path = found->second;
    return {};
  }

 private:
  fs::path folder_;
  std::map<fs::path, fs::path> copies_;
};

}  // namespace

Result<void> work_on_copies(Config& config, const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) return Error{fmt::format("cannot make {}: {}", folder.string(), error.message())};
  Copies copies{folder};
  for (auto& site : config.sites) {
    if (takes_uploads(site)) {
      if (auto copied = copies.replace(site.root, files::copy_tree); !copied) return copied;
    }
    for (auto& application : site.applications) {
      if (!application.file) continue;
      if (auto copied = copies.replace(*application.file, copy_database); !copied) return copied;
    }
  }
  return {};
}

}  // namespace labnet::http_server
