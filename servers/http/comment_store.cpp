#include "servers/http/comment_store.hpp"

#include <chrono>
#include <memory>

#include "servers/http/limits.hpp"

namespace labnet::http_server {
namespace {

constexpr std::string_view steps[]{
    "CREATE TABLE topic (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);"
    "CREATE TABLE comment (id INTEGER PRIMARY KEY, topic INTEGER NOT NULL REFERENCES topic (id), time INTEGER NOT NULL,"
    "                      name TEXT NOT NULL, text TEXT NOT NULL);"
    "CREATE INDEX comment_by_topic ON comment (topic)",
};

}  // namespace

store::StoreResult<std::unique_ptr<CommentStore>> CommentStore::open(const std::optional<std::filesystem::path>& file) {
  auto database = file ? store::Database::open(*file, steps) : store::Database::in_memory(steps);
  if (!database) return database.error();
  return std::unique_ptr<CommentStore>{new CommentStore{*std::move(database)}};
}

store::StoreResult<std::vector<Comment>> CommentStore::list(const std::string& topic) {
  const std::lock_guard lock{mutex_};
  auto rows = database_.prepare(
      "SELECT comment.time, comment.name, comment.text FROM comment JOIN topic ON topic.id = comment.topic"
      " WHERE topic.name = ? ORDER BY comment.id LIMIT ?",
      {topic, comments_per_topic_max});
  if (!rows) return rows.error();
  std::vector<Comment> comments;
  for (;;) {
    const auto row = rows->next();
    if (!row) return row.error();
    if (!*row) return comments;
    comments.push_back({.time = http::Time{std::chrono::seconds{(*row)->integer(0)}},
                        .name = std::string{(*row)->text(1)},
                        .text = std::string{(*row)->text(2)}});
  }
}

store::StoreResult<CommentStore::Outcome> CommentStore::add(const std::string& topic, const Comment& comment) {
  const std::lock_guard lock{mutex_};
  auto transaction = database_.begin();
  if (!transaction) return transaction.error();
  const auto outcome = room_for(topic);
  if (!outcome || *outcome != Outcome::stored) return outcome;
  if (auto done = database_.run("INSERT OR IGNORE INTO topic (name) VALUES (?)", {topic}); !done) return done.error();
  const auto inserted = database_.run(
      "INSERT INTO comment (topic, time, name, text) VALUES ((SELECT id FROM topic WHERE name = ?), ?, ?, ?)",
      {topic, comment.time.time_since_epoch().count(), comment.name, comment.text});
  if (!inserted) return inserted.error();
  if (auto done = transaction->commit(); !done) return done.error();
  return Outcome::stored;
}

/// Outcome::stored if there is some.
store::StoreResult<CommentStore::Outcome> CommentStore::room_for(const std::string& topic) {
  const auto of_topic =
      database_.number("SELECT COUNT(*) FROM comment WHERE topic = (SELECT id FROM topic WHERE name = ?)", {topic});
  if (!of_topic) return of_topic.error();
  const auto other_topics = database_.number("SELECT COUNT(*) FROM topic WHERE name <> ?", {topic});
  if (!other_topics) return other_topics.error();
  const auto in_all = database_.number("SELECT COUNT(*) FROM comment");
  if (!in_all) return in_all.error();
  if (static_cast<std::size_t>(*of_topic) >= comments_per_topic_max) return Outcome::topic_is_full;
  if (static_cast<std::size_t>(*other_topics) >= topics_max) return Outcome::too_many_topics;
  if (static_cast<std::size_t>(*in_all) >= comments_max) return Outcome::is_full;
  return Outcome::stored;
}

}  // namespace labnet::http_server
