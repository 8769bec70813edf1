// The sites of a service by the names that clients ask for.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "servers/http/config.hpp"
#include "servers/http/site.hpp"

namespace labnet::http_server {

/// Never changed: a reload makes another one.
class SiteSet {
 public:
  /// before  those of the same configuration that they take the place of; null: there are none
  /// A fault is a sentence.
  static Result<std::shared_ptr<const SiteSet>> make(const Config& config, const SiteSet* before = nullptr);

  /// The site of a host, without a port and in any case; the first one for hosts that none has.
  const std::shared_ptr<const Site>& find(std::string_view host) const;
  bool has(std::string_view host) const;
  /// Of all sites, see Site::doubts. Blocks.
  std::vector<std::string> doubts() const;
  const std::vector<std::shared_ptr<const Site>>& all() const { return sites_; }

 private:
  /// The one with the same names; null: none.
  const Site* same_as(const SiteConfig& config) const;

  std::vector<std::shared_ptr<const Site>> sites_;
  std::map<std::string, std::size_t, std::less<>> by_name_;
};

}  // namespace labnet::http_server
