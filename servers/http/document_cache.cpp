#include "servers/http/document_cache.hpp"

#include "servers/http/limits.hpp"

namespace labnet::http_server {

std::shared_ptr<const Document> DocumentCache::find(const Site& site, std::string_view target,
                                                    net::Clock::time_point now) {
  const auto found = by_key_.find(Key{&site, target});
  if (found == by_key_.end()) return nullptr;
  const auto entry = found->second;
  if (!entry->document->is_current()) {
    remove(entry);
    return nullptr;
  }
  if (now - entry->looked_up >= path_lifetime) {
    entry->looked_up = now;
    return nullptr;
  }
  entries_.splice(entries_.begin(), entries_, entry);
  return entry->document;
}

void DocumentCache::keep(const Site& site, std::string_view target, std::shared_ptr<const Document> document,
                         net::Clock::time_point now) {
  forget(site, target);
  if (!document->is_settled || target.size() > document_path_bytes_max) return;
  kept_bytes_ += document->kept_bytes();
  files_ += document->open_files();
  entries_.push_front({&site, std::string{target}, std::move(document), now});
  by_key_.emplace(entries_.front().key(), entries_.begin());
  while (entries_.size() > documents_max || kept_bytes_ > kept_bytes_max || files_ > files_max_) {
    remove(std::prev(entries_.end()));
  }
}

void DocumentCache::forget(const Site& site, std::string_view target) {
  if (const auto found = by_key_.find(Key{&site, target}); found != by_key_.end()) remove(found->second);
}

void DocumentCache::clear() {
  by_key_.clear();
  entries_.clear();
  kept_bytes_ = files_ = 0;
}

void DocumentCache::remove(Entries::iterator entry) {
  kept_bytes_ -= entry->document->kept_bytes();
  files_ -= entry->document->open_files();
  by_key_.erase(entry->key());
  entries_.erase(entry);
}

}  // namespace labnet::http_server
