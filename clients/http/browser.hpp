// Fetches a page as a browser does: the page, then what it needs, over several connections at once.
#pragma once

#include <deque>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "clients/http/client.hpp"
#include "clients/http/page.hpp"
#include "clients/http/revocation.hpp"

namespace labnet::http_client {

struct BrowserOptions {
  std::size_t connections_per_host = connections_per_host_max;
  std::optional<std::filesystem::path> cache{};  // a folder, one file for each URL; nothing: none
  http::Version version = http::Version::http_1_1;
  std::string user_agent;
  std::vector<http::FieldText> fields{};      // of each request, in place of those with the same name
  std::uint64_t bytes_max = visit_bytes_max;  // of all bodies together; then nothing more is fetched
  /// Of the client that asks whether certificates still count; nothing: nobody is asked.
  std::optional<ClientOptions> status_client{};
};

/// One of the things that a page is made of, and what has come of it.
struct Load {
  std::vector<Load> led_here{};  // answers before it, in their order: redirects, and questions who the user is
  AssetKind kind = AssetKind::document;
  Url url{};
  int status = 0;             // 0: it failed
  std::string error{};        // why
  std::string type{};         // "text/html"
  bool was_in_cache = false;  // and is still right (304)
  std::uint64_t wire_bytes = 0, body_bytes = 0;
  Timing::Duration start{};  // since the visit began
  Timing timing{};
};

class Browser {
 public:
  /// What is referred to outlives it.
  Browser(net::Worker& worker, Client& client, Observer& observer, BrowserOptions options);
  ~Browser();
  Browser(Browser&&) = delete;

  /// The page first, the others in the order in which they began to be needed. That one of them fails is told in it.
  Task<std::vector<Load>> visit(Url url);

 private:
  class Taker;

  Task<void> load(std::size_t index);
  Task<std::string> fetch(Load& load);
  Request request_for(const Load& load) const;
  void add_page(const Load& page, std::string_view html);
  void add(AssetKind kind, const Url& base, std::string_view reference);
  Result<void> count(std::size_t bytes);
  void start_next(const Origin& origin);
  void note(std::size_t number, const StatusQuery& query);

  net::Worker& worker_;
  Client& client_;
  Observer& observer_;
  BrowserOptions options_;
  net::Clock::time_point began_{};
  std::deque<Load> loads_;  // whose places stay
  std::optional<RevocationCheck> revocation_;
  std::vector<std::size_t> status_loads_;  // by the number of the question
  Url page_;                               // behind its redirects
  std::set<std::string> seen_;
  std::map<Origin, std::deque<std::size_t>> waiting_;
  std::map<Origin, std::size_t> under_way_;
  std::size_t under_way_in_all_ = 0;
  bool is_full_ = false;  // nothing more is fetched
  std::size_t reference_bytes_ = 0;
  std::uint64_t body_bytes_ = 0;  // of all that has come
  net::asio::basic_waitable_timer<net::Clock, net::asio::wait_traits<net::Clock>, net::Executor> all_loaded_;
};

/// For people: two lines for each, of 80 columns at most, then a line for all.
std::string to_text(const std::vector<Load>& loads);
std::string to_json(const std::vector<Load>& loads);

}  // namespace labnet::http_client
