// Comments and where they are kept.
#pragma once

#include <filesystem>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "common/http/date.hpp"
#include "common/store/database.hpp"

namespace labnet::http_server {

struct Comment {
  http::Time time{};
  std::string name, text;
};

/// For all workers: any thread may use it, but not a worker's, as it waits for the disk and for whoever else writes to
/// the file.
class CommentStore {
 public:
  /// file  made if it is not there; none: in memory
  static store::StoreResult<std::unique_ptr<CommentStore>> open(const std::optional<std::filesystem::path>& file);

  enum class Outcome {
    stored,
    topic_is_full,    // comments_per_topic_max
    too_many_topics,  // topics_max
    is_full,          // comments_max
  };
  /// The newest last; empty for a topic that nobody has heard of.
  store::StoreResult<std::vector<Comment>> list(const std::string& topic);
  store::StoreResult<Outcome> add(const std::string& topic, const Comment& comment);

 private:
  explicit CommentStore(store::Database database) : database_{std::move(database)} {}
  store::StoreResult<Outcome> room_for(const std::string& topic);

  std::mutex mutex_;
  store::Database database_;
};

}  // namespace labnet::http_server
