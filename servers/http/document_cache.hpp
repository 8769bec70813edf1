// What a worker keeps of the documents that were asked for.
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "common/net/deadline.hpp"
#include "servers/http/document.hpp"
#include "servers/http/site.hpp"

namespace labnet::http_server {

/// Of one worker. What was not asked for the longest goes first.
class DocumentCache {
 public:
  /// files_max  of its documents, all of which stay open
  explicit DocumentCache(std::size_t files_max = SIZE_MAX) : files_max_{files_max} {}

  /// The document that a path led to, if the open file is still what it was. Once in `path_lifetime` nothing, so that
  /// the caller looks where the path leads now; until it has, others get what is there.
  /// target  the path as the client wrote it
  std::shared_ptr<const Document> find(const Site& site, std::string_view target, net::Clock::time_point now);
  void keep(const Site& site, std::string_view target, std::shared_ptr<const Document> document,
            net::Clock::time_point now);
  void forget(const Site& site, std::string_view target);
  void clear();

  std::size_t kept_bytes() const { return kept_bytes_; }
  std::size_t files() const { return files_; }
  std::size_t size() const { return entries_.size(); }

 private:
  struct Key {
    const Site* site;
    std::string_view target;
    bool operator==(const Key&) const = default;
  };
  struct Hash {
    std::size_t operator()(const Key& key) const {
      return std::hash<std::string_view>{}(key.target) ^ std::hash<const Site*>{}(key.site);
    }
  };
  struct Entry {
    const Site* site;
    std::string target;
    std::shared_ptr<const Document> document;
    net::Clock::time_point looked_up;
    Key key() const { return {site, target}; }
  };
  using Entries = std::list<Entry>;

  void remove(Entries::iterator entry);

  Entries entries_;  // that was asked for last first
  std::unordered_map<Key, Entries::iterator, Hash> by_key_;
  std::size_t files_max_;
  std::size_t kept_bytes_ = 0;
  std::size_t files_ = 0;
};

}  // namespace labnet::http_server
