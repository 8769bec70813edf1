#include "servers/http/site.hpp"

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

std::shared_ptr<const Application> make_application(const ApplicationConfig& config) {
  switch (config.kind) {
    case ApplicationKind::echo:
      return make_echo();
    case ApplicationKind::upload:
      return make_upload(config.folder);
    case ApplicationKind::ocsp:
      return make_ocsp(config.path, config.revoked);
  }
  return nullptr;
}

/// pattern  ends with "/*"
bool is_below(std::string_view path, std::string_view pattern) {
  return path.starts_with(pattern.substr(0, pattern.size() - 1));
}

}  // namespace

Result<std::shared_ptr<const Site>> Site::make(SiteConfig config, Like like, std::string server) {
  auto jail = files::Jail::open(config.root);
  if (!jail) return jail.error();
  HeadStyle style{like, std::move(server), {}};
  auto made = std::shared_ptr<Site>{new Site{std::move(config), std::move(style), *std::move(jail)}};
  for (const auto& [name, value] : made->config_.fields) made->style_.fields.emplace_back(name, value);
  for (const auto& one : made->config_.applications) made->applications_.emplace(one.path, make_application(one));
  return std::shared_ptr<const Site>{std::move(made)};
}

Site::Site(SiteConfig config, HeadStyle style, files::Jail jail)
    : config_{std::move(config)}, style_{std::move(style)}, jail_{std::move(jail)} {}

Found Site::find(const std::string& path, Compression compression) const {
  if (path.ends_with('/')) return find_in_folder(path, compression);
  auto document = load_document(jail_, path, style_, compression);
  if (document) return *std::move(document);
  if (document.error().value() == EISDIR) return FolderWithoutSlash{};
  return Missing{document.error()};
}

Found Site::find_in_folder(const std::string& path, Compression compression) const {
  for (const auto& name : config_.index) {
    auto document = load_document(jail_, path + name, style_, compression);
    if (document) return *std::move(document);
    if (document.error().value() != ENOENT && document.error().value() != EISDIR) return Missing{document.error()};
  }
  const auto status = jail_.status(path);
  if (!status) return Missing{status.error()};
  if (status->kind != files::FileKind::folder) return Missing{files::error_of(ENOENT)};
  if (!config_.listing) return Missing{files::error_of(EACCES)};
  auto html = list_folder(jail_, path);
  if (!html) return Missing{html.error()};
  return Listing{*std::move(html)};
}

const Redirect* Site::redirect_of(std::string_view path) const {
  const auto found = std::ranges::find_if(config_.redirects, [&](const Redirect& one) {
    return one.from.ends_with(all_below) ? is_below(path, one.from) : path == one.from;
  });
  return found == config_.redirects.end() ? nullptr : &*found;
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

const ProtectedArea* Site::area_of(std::string_view path) const {
  const ProtectedArea* found = nullptr;
  for (const auto& area : config_.protected_areas) {
    const auto top = std::string_view{area.path}.substr(0, area.path.size() - all_below.size());
    const bool is_here = area.path.ends_with(all_below) ? is_below(path, area.path) || path == top : path == area.path;
    if (is_here && (found == nullptr || found->path.size() < area.path.size())) found = &area;
  }
  return found;
}

}  // namespace labnet::http_server
