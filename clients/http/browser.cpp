#include "clients/http/browser.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "clients/http/cache_file.hpp"
#include "clients/http/public_suffix.hpp"
#include "common/base/text.hpp"
#include "common/base/utf8.hpp"
#include "common/crypto/hash.hpp"
#include "common/http/media_type.hpp"
#include "common/resolver/address.hpp"

namespace labnet::http_client {
namespace {

/// What a browser says of a request (Fetch, and Fetch Metadata Request Headers of the W3C).
struct Habits {
  std::string_view accept;
  std::string_view destination;  // Sec-Fetch-Dest
};

Habits habits_of(AssetKind kind) {
  switch (kind) {
    case AssetKind::document:
      return {"text/html,application/xhtml+xml,application/xml;q=0.9,image/webp,*/*;q=0.8", "document"};
    case AssetKind::style:
      return {"text/css,*/*;q=0.1", "style"};
    case AssetKind::script:
      return {"*/*", "script"};
    case AssetKind::image:
      return {"image/avif,image/webp,image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5", "image"};
    case AssetKind::media:
      return {"*/*", "video"};
    case AssetKind::font:
      return {"application/font-woff2;q=1.0,application/font-woff;q=0.9,*/*;q=0.8", "font"};
    case AssetKind::ocsp:  // goes its own way
      break;
  }
  return {};
}

/// Fetch metadata goes where nobody listens in: over TLS, and to this machine.
bool is_trustworthy(const Origin& origin) {
  return origin.is_https || origin.host == "localhost" || origin.host == "::1" ||
         (origin.host.starts_with("127.") && parse_ip(origin.host));
}

/// What one owner has registered, with all that is below.
std::string_view site_of(const std::string& host) {
  return parse_ip(host) ? std::string_view{host} : registrable_domain(host);
}

std::string_view relation(const Origin& page, const Origin& asset) {
  if (page == asset) return "same-origin";
  const auto is_same_site = page.is_https == asset.is_https && site_of(page.host) == site_of(asset.host);
  return is_same_site ? "same-site" : "cross-site";
}

/// strict-origin-when-cross-origin; nothing from https to http.
std::optional<std::string> referrer(const Url& page, const Origin& asset) {
  if (page.origin == asset) return to_text(page);
  if (page.origin.is_https && !asset.is_https) return std::nullopt;
  return to_text(page.origin) + '/';
}

std::string essence_of(std::string_view content_type) {
  const auto type = http::parse_media_type(content_type);
  return type ? type->essence() : std::string{};
}

std::string essence_of(const http::Fields& fields) {
  return essence_of(fields.find("Content-Type").value_or(""));
}

/// An answer that led on to what was wanted.
Load to_load(const Step& step, const Load& wanted) {
  Load load;
  load.kind = wanted.kind;
  load.url = step.url;
  load.status = step.status;
  load.type = essence_of(step.type);
  load.wire_bytes = step.wire_bytes;
  load.start = wanted.start;
  load.timing = step.timing;
  return load;
}

bool is_html(std::string_view type) {
  return type.empty() || type == "text/html" || type == "application/xhtml+xml";
}

}  // namespace

/// Keeps what is to be read, counts what is not, and has the cache do its part.
class Browser::Taker final : public Receiver {
 public:
  Taker(Browser& browser, std::optional<std::filesystem::path> cache, const Url& url, bool keeps_text)
      : browser_{browser}, worker_{browser.worker_}, cache_{std::move(cache)}, url_{url}, keeps_text_{keeps_text} {
    if (!cache_) return;
    auto cached = CachedResponse::read(*cache_, url_);
    if (cached) cached_ = *std::move(cached);
  }

  void prepare(Request& request) const {
    if (cached_) cached_->ask_whether_it_is_right(request);
  }

  Task<Result<Wish>> on_head(const Response& response) override {
    if (!cache_ || !CacheWriter::is_to_be_kept(response)) co_return Wish::take;
    auto writer = CacheWriter::create(*cache_, url_, response);
    if (!writer) co_return writer.error();
    writer_ = *std::move(writer);
    co_return Wish::take;
  }
  Task<Result<void>> on_body(Bytes piece) override {
    const auto counted = browser_.count(piece.size());
    if (!counted) co_return counted.error();
    if (keeps_text_ && text_.size() < scanned_bytes_max) text_ += as_text(piece);
    if (!writer_) co_return Result<void>{};
    co_return co_await writer_->write(worker_, piece);
  }

  void on_passed(const Step& step, const Url& next) override {
    passed_.push_back(step);
    next_ = next;
  }

  /// The answers before the last one, if that has come, and what was asked for behind them.
  const std::vector<Step>& passed() const { return passed_; }
  const std::optional<Url>& next() const { return next_; }

  /// The text, from wherever it came.
  Task<Result<std::string>> finish(const Response& response) {
    if (writer_) {
      if (const auto published = writer_->publish(); !published) co_return published.error();
    }
    if (response.status() != 304 || !cached_) co_return std::move(text_);
    type_ = essence_of(cached_->response().fields());
    was_in_cache_ = true;
    while (keeps_text_ && text_.size() < scanned_bytes_max) {
      const auto piece = co_await cached_->next(worker_);
      if (!piece) co_return piece.error();
      if (piece->empty()) break;
      text_ += as_text(*piece);
    }
    co_return std::move(text_);
  }
  bool was_in_cache() const { return was_in_cache_; }
  const std::string& type_in_cache() const { return type_; }

 private:
  Browser& browser_;
  net::Worker& worker_;
  std::optional<std::filesystem::path> cache_;
  Url url_;
  bool keeps_text_;
  bool was_in_cache_ = false;
  std::string text_, type_;
  std::vector<Step> passed_;
  std::optional<Url> next_;
  std::optional<CachedResponse> cached_;
  std::optional<CacheWriter> writer_;
};

Browser::Browser(net::Worker& worker, Client& client, Observer& observer, BrowserOptions options)
    : worker_{worker},
      client_{client},
      observer_{observer},
      options_{std::move(options)},
      all_loaded_{worker.executor(), net::Clock::time_point::max()} {
  if (!options_.status_client) return;
  revocation_.emplace(worker, *options_.status_client, observer, options_.user_agent,
                      [this](std::size_t number, const StatusQuery& query) { note(number, query); });
  client_.approve_with([this](net::TlsDetails tls) { return revocation_->check(std::move(tls)); });
}

Browser::~Browser() {
  client_.approve_with({});
}

Task<std::vector<Load>> Browser::visit(Url url) {
  began_ = net::Clock::now();
  page_ = url;
  auto& page = loads_.emplace_back();
  page.url = std::move(url);
  seen_.insert(to_text(page.url));
  const auto html = co_await fetch(page);
  page_ = page.url;
  if (page.status >= 200 && page.status < 400 && is_html(page.type)) add_page(page, html);
  while (under_way_in_all_ > 0) co_await all_loaded_.async_wait(net::as_result);
  if (revocation_) co_await revocation_->close();
  std::vector<Load> all{loads_.begin(), loads_.end()};
  co_return all;
}

void Browser::add_page(const Load& page, std::string_view html) {
  const auto found = find_assets(html);
  auto base = page.url;
  if (found.base) {
    if (const auto url = resolve(page.url, *found.base)) base = *url;
  }
  for (const auto& asset : found.assets) add(asset.kind, base, asset.reference);
  if (!found.names_icon) add(AssetKind::image, page.url, "/favicon.ico");
}

void Browser::add(AssetKind kind, const Url& base, std::string_view reference) {
  if (is_full_) return;
  auto url = resolve(base, reference);
  if (!url) return;  // data:, blob: and what is none
  auto text = to_text(*url);
  reference_bytes_ += text.size();
  is_full_ = loads_.size() > assets_max || reference_bytes_ > reference_bytes_max;
  if (is_full_) {
    observer_.on_notice(
        fmt::format("the page needs more than {} things, or names too many: {} and what follows is left out",
                    assets_max, printable(text, shown_url_columns)));
    return;
  }
  if (!seen_.insert(std::move(text)).second) return;
  const auto origin = url->origin;
  auto& load = loads_.emplace_back();
  load.kind = kind;
  load.url = *std::move(url);
  waiting_[origin].push_back(loads_.size() - 1);
  start_next(origin);
}

Result<void> Browser::count(std::size_t bytes) {
  body_bytes_ += bytes;
  if (body_bytes_ <= options_.bytes_max) return {};
  is_full_ = true;
  const auto why =
      fmt::format("more than {} bytes come in all: the rest is left out; --max-size lets more in", options_.bytes_max);
  for (auto& [origin, waiting] : waiting_) {
    for (const auto index : waiting) loads_[index].error = why;
    waiting.clear();
  }
  return Error{why};
}

void Browser::start_next(const Origin& origin) {
  auto& waiting = waiting_[origin];
  while (!waiting.empty() && under_way_[origin] < options_.connections_per_host) {
    const auto index = waiting.front();
    waiting.pop_front();
    ++under_way_[origin];
    ++under_way_in_all_;
    worker_.spawn(load(index));
  }
}

/// A line for each question to a CA, from when it goes out.
void Browser::note(std::size_t number, const StatusQuery& query) {
  if (number == status_loads_.size()) {
    status_loads_.push_back(loads_.size());
    auto& load = loads_.emplace_back();
    load.kind = AssetKind::ocsp;
    load.url = query.url;
    load.start = net::Clock::now() - began_;
    return;
  }
  auto& load = loads_[status_loads_[number]];
  load.status = query.status;
  load.error = query.error;
  load.type = query.type;
  load.wire_bytes = query.wire_bytes;
  load.body_bytes = query.body_bytes;
  load.timing = query.timing;
}

Task<void> Browser::load(std::size_t index) {
  auto& load = loads_[index];
  const auto origin = load.url.origin;
  const auto text = co_await fetch(load);
  // One level: what an imported style imports is not looked at.
  const auto is_of_page = load.kind == AssetKind::style && load.status < 400;
  if (is_of_page && !text.empty()) {
    for (const auto& asset : find_css_assets(text)) add(asset.kind, load.url, asset.reference);
  }
  --under_way_[origin];
  start_next(origin);
  if (--under_way_in_all_ == 0) all_loaded_.cancel();
}

Task<std::string> Browser::fetch(Load& load) {
  load.start = net::Clock::now() - began_;
  std::optional<std::filesystem::path> cache;
  if (options_.cache) {
    const auto name = crypto::to_hex(crypto::hash(crypto::HashMethod::sha256, as_bytes(to_text(load.url))));
    cache = *options_.cache / name;
  }
  const auto keeps_text = load.kind == AssetKind::document || load.kind == AssetKind::style;
  Taker taker{*this, std::move(cache), load.url, keeps_text};
  auto request = request_for(load);
  taker.prepare(request);
  const auto answer = co_await client_.fetch(load.url, std::move(request), taker);
  for (const auto& step : taker.passed()) {
    load.start = step.began - began_;
    load.led_here.push_back(to_load(step, load));
    load.start += step.timing.total();
  }
  if (!answer) {
    load.error = answer.error().message;
    if (taker.next()) load.url = *taker.next();
    co_return std::string{};
  }
  const auto& response = answer->response;
  load.start = answer->steps.back().began - began_;
  const auto text = co_await taker.finish(response);
  if (!text) {
    load.error = text.error().message;
    co_return std::string{};
  }
  load.url = answer->url;
  load.status = response.status();
  load.type = essence_of(response.fields());
  if (taker.was_in_cache() && load.type.empty()) load.type = taker.type_in_cache();
  load.was_in_cache = taker.was_in_cache();
  load.wire_bytes = response.wire_bytes;
  load.body_bytes = response.body_bytes;
  load.timing = response.timing;
  co_return *text;
}

Request Browser::request_for(const Load& load) const {
  const auto habits = habits_of(load.kind);
  const auto is_page = load.kind == AssetKind::document;
  Request request;
  request.version = options_.version;
  request.takes_off_gzip = true;
  request.body_bytes_max = asset_bytes_max;
  request.set("User-Agent", options_.user_agent);
  request.set("Accept", std::string{habits.accept});
  request.set("Accept-Language", "es-ES,es;q=0.8,en-US;q=0.5,en;q=0.3");
  request.set("Accept-Encoding", load.kind == AssetKind::media ? "identity" : "gzip");
  if (load.kind == AssetKind::media) request.set("Range", "bytes=0-");
  if (!is_page) {
    if (auto told = referrer(page_, load.url.origin)) request.set("Referer", *std::move(told));
  }
  request.set("Connection", "keep-alive");
  if (is_page) request.set("Upgrade-Insecure-Requests", "1");
  if (is_trustworthy(load.url.origin)) {
    request.set("Sec-Fetch-Dest", std::string{habits.destination});
    request.set("Sec-Fetch-Mode", is_page ? "navigate" : load.kind == AssetKind::font ? "cors" : "no-cors");
    request.set("Sec-Fetch-Site", is_page ? "none" : std::string{relation(page_.origin, load.url.origin)});
    if (is_page) request.set("Sec-Fetch-User", "?1");
  }
  for (const auto& field : options_.fields) request.set(field.name, field.value);
  return request;
}

}  // namespace labnet::http_client
