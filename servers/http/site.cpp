#include "servers/http/site.hpp"

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>

#include "servers/http/application.hpp"
#include "servers/http/limits.hpp"

namespace labnet::http_server {
namespace {

constexpr std::string_view all_below = "/*";

/// The path itself, or one below.
bool is_at_or_below(std::string_view path, std::string_view top) {
  if (!path.starts_with(top)) return false;
  return path.size() == top.size() || top.ends_with('/') || path[top.size()] == '/';
}

/// The folder or the document that a part of the site is named by: "/private" of "/private/*", of "/private/" and of
/// itself. Empty: the whole site.
std::string_view top_of(const ProtectedArea& area) {
  std::string_view path = area.path;
  if (path.ends_with(all_below)) path.remove_suffix(1);
  if (path.ends_with('/')) path.remove_suffix(1);
  return path;
}

/// Whether of two that a path stands in the first one is it.
bool is_nearer(const ProtectedArea& area, const ProtectedArea& other) {
  const auto size = top_of(area).size(), other_size = top_of(other).size();
  return size > other_size || (size == other_size && area.path.size() > other.path.size());
}

/// pattern  ends with "/*"
bool is_below(std::string_view path, std::string_view pattern) {
  return path.starts_with(pattern.substr(0, pattern.size() - 1));
}

}  // namespace

Result<std::shared_ptr<const Site>> Site::make(SiteConfig config, Like like, std::string server, const Site* before) {
  auto jail = files::Jail::open(config.root);
  if (!jail) return jail.error();
  HeadStyle style{like, std::move(server), {}};
  auto made = std::shared_ptr<Site>{new Site{std::move(config), std::move(style), *std::move(jail)}};
  for (const auto& [name, value] : made->config_.fields) made->style_.fields.emplace_back(name, value);
  for (const auto& one : made->config_.applications) {
    auto application = made->make_application(one, before);
    if (!application) return application.error();
    made->applications_.emplace(one.path, *std::move(application));
  }
  return std::shared_ptr<const Site>{std::move(made)};
}

Site::Site(SiteConfig config, HeadStyle style, files::Jail jail)
    : config_{std::move(config)}, style_{std::move(style)}, jail_{std::move(jail)} {}

Result<std::shared_ptr<const Application>> Site::make_application(const ApplicationConfig& config,
                                                                  const Site* before) const {
  switch (config.kind) {
    case ApplicationKind::upload:
      return make_upload(config.folder);
    case ApplicationKind::comments:
      // Those in memory stay where they are. A file is opened anew: somebody may have put another one there.
      if (!config.file && before != nullptr && before->keeps_comments_in_memory(config.path)) {
        return before->applications_.at(config.path);
      }
      return make_comments(config.file);
    case ApplicationKind::ocsp:
      return make_ocsp(config.path, config.revoked);
    case ApplicationKind::echo:
      break;
  }
  return make_echo();
}

std::vector<std::string> Site::doubts() const {
  std::vector<std::string> sentences;
  for (const auto& area : config_.protected_areas) {
    if (area.users.empty()) sentences.push_back(fmt::format("protect: nobody may see {}: it has no users", area.path));
    const std::string top{top_of(area)};
    const auto is_below_it = [&](const ApplicationConfig& one) { return is_at_or_below(one.path, top); };
    if (top.empty() || jail_.status(top) || application_of(top) != nullptr) continue;
    if (std::ranges::any_of(config_.applications, is_below_it)) continue;
    sentences.push_back(
        fmt::format("protect: {} protects nothing: there is no {} in {}", area.path, top, config_.root.string()));
  }
  return sentences;
}

bool Site::keeps_comments_in_memory(std::string_view path) const {
  return std::ranges::any_of(config_.applications, [&](const ApplicationConfig& one) {
    return one.path == path && one.kind == ApplicationKind::comments && !one.file;
  });
}

Found Site::find(const std::string& path, ListingForm listing_form) const {
  if (path.ends_with('/')) return find_in_folder(path, listing_form);
  auto document = load(path);
  if (document) return unless_way_round(path, *std::move(document));
  if (document.error().value() == EISDIR) return FolderWithoutSlash{};
  return Missing{document.error()};
}

Found Site::find_in_folder(const std::string& path, ListingForm listing_form) const {
  for (const auto& name : config_.index) {
    auto document = load(path + name);
    if (document) return unless_way_round(path + name, *std::move(document));
    if (document.error().value() != ENOENT && document.error().value() != EISDIR) return Missing{document.error()};
  }
  const auto folder = jail_.open(path, O_PATH | O_DIRECTORY);
  if (!folder) return Missing{folder.error().value() == ENOTDIR ? files::error_of(ENOENT) : folder.error()};
  if (is_way_round(path, *folder)) return Missing{files::error_of(EACCES)};
  if (!config_.listing) return Missing{.why = files::error_of(EACCES), .is_without_listing = true};
  auto listing = list_folder(jail_, path, listing_form);
  if (!listing) return Missing{listing.error()};
  return Listing{*std::move(listing)};
}

bool Site::shows_folder(const std::string& path) const {
  return config_.listing || !std::holds_alternative<Missing>(find_in_folder(path, ListingForm::html));
}

files::FileResult<std::shared_ptr<const Document>> Site::load(const std::string& path) const {
  const auto may_serve = [this](std::string_view beside, const FileDescriptor& opened) {
    return !is_way_round(beside, opened);
  };
  return load_document(jail_, path, style_, config_.compress, may_serve);
}

Found Site::unless_way_round(std::string_view path, std::shared_ptr<const Document> document) const {
  if (is_way_round(path, *document->itself().file)) return Missing{files::error_of(EACCES)};
  return document;
}

bool Site::is_way_round(std::string_view path, const FileDescriptor& opened) const {
  if (config_.protected_areas.empty()) return false;
  const auto real_path = jail_.path_of(opened);
  const auto* area = real_path ? area_of(*real_path) : nullptr;
  return area != nullptr && area != area_of(path);
}

bool Site::is_way_round(const std::string& path) const {
  if (config_.protected_areas.empty()) return false;
  const auto place = jail_.place_of(path);
  const auto folder = place ? jail_.path_of(place->folder) : std::nullopt;
  if (!folder) return false;
  const auto* area = area_of(fmt::format("{}/{}", *folder == "/" ? "" : *folder, place->name));
  return area != nullptr && area != area_of(path);
}

const Redirect* Site::redirect_of(std::string_view path) const {
  const auto found = std::ranges::find_if(config_.redirects, [&](const Redirect& one) {
    return one.from.ends_with(all_below) ? is_below(path, one.from) : path == one.from;
  });
  return found == config_.redirects.end() ? nullptr : &*found;
}

const ProtectedArea* Site::area_with_login_at(std::string_view path) const {
  const auto found = std::ranges::find_if(config_.protected_areas, [&](const ProtectedArea& area) {
    return area.scheme == AuthenticationScheme::form && area.login_path == path;
  });
  return found == config_.protected_areas.end() ? nullptr : &*found;
}

const Application* Site::application_of(std::string_view path) const {
  if (const auto found = applications_.find(path); found != applications_.end()) return found->second.get();
  // Of two that are above, the one with the longer path comes later.
  const Application* above = nullptr;
  for (const auto& [top, application] : applications_) {
    if (application->answers_below() && is_at_or_below(path, top)) above = application.get();
  }
  return above;
}

/// A document is reached by its folder, too, if it is the index, and beside it stand its compressed forms.
const ProtectedArea* Site::area_of(std::string_view path) const {
  if (const auto* area = area_with(path)) return area;
  if (path.ends_with(".gz") || path.ends_with(".br")) return area_with(path.substr(0, path.size() - 3));
  if (!path.ends_with('/')) return nullptr;
  for (const auto& name : config_.index) {
    if (const auto* area = area_with(fmt::format("{}{}", path, name))) return area;
  }
  return nullptr;
}

const ProtectedArea* Site::area_with(std::string_view path) const {
  const ProtectedArea* found = nullptr;
  for (const auto& area : config_.protected_areas) {
    if (is_at_or_below(path, top_of(area)) && (found == nullptr || is_nearer(area, *found))) found = &area;
  }
  return found;
}

}  // namespace labnet::http_server
