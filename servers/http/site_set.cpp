#include "servers/http/site_set.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/base/text.hpp"

namespace labnet::http_server {
namespace {

/// In small letters, and without the dot of the root that a fully qualified name may end with.
std::string to_name(std::string_view host) {
  if (host.ends_with('.')) host.remove_suffix(1);
  return to_lower(host);
}

}  // namespace

Result<std::shared_ptr<const SiteSet>> SiteSet::make(const Config& config, const SiteSet* before) {
  auto made = std::make_shared<SiteSet>();
  for (const auto& one : config.sites) {
    auto site = Site::make(one, config.like, config.server_field(), before != nullptr ? before->same_as(one) : nullptr);
    if (!site) return site.error();
    for (const auto& name : one.names) made->by_name_.emplace(name, made->sites_.size());
    made->sites_.push_back(*std::move(site));
  }
  return std::shared_ptr<const SiteSet>{std::move(made)};
}

std::vector<std::string> SiteSet::doubts() const {
  std::vector<std::string> sentences;
  for (const auto& site : sites_) {
    for (auto& sentence : site->doubts()) sentences.push_back(std::move(sentence));
  }
  return sentences;
}

const Site* SiteSet::same_as(const SiteConfig& config) const {
  const auto is_same = [&](const std::shared_ptr<const Site>& one) { return one->config().names == config.names; };
  const auto found = std::ranges::find_if(sites_, is_same);
  return found == sites_.end() ? nullptr : found->get();
}

const std::shared_ptr<const Site>& SiteSet::find(std::string_view host) const {
  if (by_name_.empty()) return sites_.front();
  auto found = by_name_.find(host);
  if (found == by_name_.end()) found = by_name_.find(to_name(host));
  return found == by_name_.end() ? sites_.front() : sites_[found->second];
}

bool SiteSet::has(std::string_view host) const {
  return by_name_.contains(to_name(host));
}

}  // namespace labnet::http_server
