// Comments that anybody posts and reads, each on a topic.
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include <boost/json.hpp>

#include "common/base/utf8.hpp"
#include "common/http/target.hpp"
#include "common/log/clock.hpp"
#include "common/log/log.hpp"
#include "common/net/pause.hpp"
#include "common/net/quota.hpp"
#include "servers/http/application.hpp"
#include "servers/http/comment_store.hpp"
#include "servers/http/form.hpp"
#include "servers/http/html.hpp"
#include "servers/http/limits.hpp"
#include "servers/http/responder.hpp"

namespace labnet::http_server {
namespace {

namespace json = boost::json;

constexpr net::Timeout look_again_after{5};

constexpr std::string_view comments_style =
    "<meta name=\"viewport\" content=\"width=device-width\"><style>"
    "body{font-family:sans-serif;margin:1em}ol{list-style:none;padding:0}li{border-top:1px solid #ccc;padding:.5em 0}"
    "p{margin:.3em 0;overflow-wrap:anywhere;white-space:pre-line}time{color:#555;font-size:small}"
    "input,textarea{display:block;width:100%;max-width:40em;box-sizing:border-box}</style>";

/// Beside escapes a second wall: whatever is in a page, no script of it runs.
FieldList comments_fields() {
  FieldList fields;
  fields.emplace_back("Cache-Control", "no-store");
  fields.emplace_back("Vary", "Accept");
  fields.emplace_back("X-Content-Type-Options", "nosniff");
  fields.emplace_back("Content-Security-Policy",
                      "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'");
  return fields;
}

Response fault(const Request& request, int status, std::string_view explanation) {
  auto fields = comments_fields();
  if (status == 503) fields.emplace_back("Retry-After", "1");
  return Responder::fault(request.site, status, std::move(fields), explanation);
}

/// The disk's or another process's: said in full in the log.
Response fault(const Request& request, const store::Fault& why) {
  log::error("comments cannot be read or stored", {{"fault", why.message}});
  switch (why.kind) {
    case store::FaultKind::full:
      return fault(request, 507, "There is no room on the disk.");
    case store::FaultKind::busy:
      return fault(request, 503, "Somebody else writes at the moment; please try again.");
    case store::FaultKind::other:
      break;
  }
  return fault(request, 500, "The comments cannot be read or stored.");
}

bool is_control(char c) {
  return static_cast<unsigned char>(c) < ' ' || c == '\x7f';
}

/// Line ends as LF, whatever a client sends; browsers send CR LF.
std::string with_plain_line_ends(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\r') {
      out += text[i];
    } else if (i + 1 == text.size() || text[i + 1] != '\n') {
      out += '\n';
    }
  }
  return out;
}

/// Without what is empty at both ends.
std::string_view without_margin(std::string_view text) {
  constexpr std::string_view blank = " \t\r\n";
  const auto begin = std::min(text.find_first_not_of(blank), text.size());
  const auto end = text.find_last_not_of(blank);
  return text.substr(begin, end == text.npos ? 0 : end + 1 - begin);
}

/// What somebody has sent, or what is wrong with it.
struct Posted {
  std::string topic;
  Comment comment;
  std::string objection;  // empty: nothing is
};

std::string objection_to(std::string_view what, std::string_view text, std::size_t bytes_max, bool may_have_lines) {
  if (text.empty()) return fmt::format("The {} is missing.", what);
  if (text.size() > bytes_max) return fmt::format("The {} has more than {} bytes.", what, bytes_max);
  if (as_utf8(text) != text) return fmt::format("The {} is not UTF-8.", what);
  const auto is_wrong = [&](char c) { return is_control(c) && !(may_have_lines && (c == '\n' || c == '\t')); };
  if (std::ranges::any_of(text, is_wrong)) return fmt::format("The {} has control characters in it.", what);
  return {};
}

std::string objection_to_topic(std::string_view topic) {
  return objection_to("topic", topic, topic_bytes_max, false);
}

Posted read_posted(const http::FormPairs& form) {
  Posted posted;
  posted.topic = field_of(form, "on").value_or("");
  posted.comment.time = seconds_now();
  posted.comment.name = without_margin(field_of(form, "name").value_or(""));
  posted.comment.text = without_margin(with_plain_line_ends(field_of(form, "text").value_or("")));
  posted.objection = objection_to_topic(posted.topic);
  if (posted.objection.empty()) {
    posted.objection = objection_to("name", posted.comment.name, comment_name_bytes_max, false);
  }
  if (posted.objection.empty()) {
    posted.objection = objection_to("text", posted.comment.text, comment_text_bytes_max, true);
  }
  return posted;
}

std::string item_of(const Comment& comment) {
  // What turns the direction of writing turns that of its own element alone.
  return fmt::format(
      "<li><b><bdi>{}</bdi></b> <time datetime=\"{:%Y-%m-%dT%H:%M:%SZ}\">{:%Y-%m-%d %H:%M} UTC</time>"
      "<p dir=\"auto\">{}</p></li>\n",
      html_text(comment.name), fmt::gmtime(comment.time), fmt::gmtime(comment.time), html_text(comment.text));
}

std::string to_html(const std::string& action, const std::string& topic, const std::vector<Comment>& comments) {
  std::string items;
  for (const auto& comment : comments) items += item_of(comment);
  const auto list =
      comments.empty() ? std::string{"<p>Nobody has said anything yet.</p>\n"} : fmt::format("<ol>\n{}</ol>\n", items);
  const auto form = fmt::format(
      "<form method=\"post\" action=\"{}\">\n<input type=\"hidden\" name=\"on\" value=\"{}\">\n"
      "<p><label>Name <input name=\"name\" required maxlength=\"{}\" autocomplete=\"nickname\"></label></p>\n"
      "<p><label>Comment <textarea name=\"text\" required rows=\"3\" maxlength=\"{}\"></textarea></label></p>\n"
      "<p><button>Post</button></p>\n</form>\n",
      html_text(action), html_text(topic), comment_name_bytes_max, comment_text_bytes_max);
  return html_page("Comments", fmt::format("{}{}", list, form), comments_style);
}

std::string to_json(const std::string& topic, const std::vector<Comment>& comments) {
  json::array array;
  for (const auto& comment : comments) {
    array.push_back({{"name", comment.name},
                     {"time", fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(comment.time))},
                     {"text", comment.text}});
  }
  return json::serialize(json::object{{"on", topic}, {"comments", std::move(array)}}) + '\n';
}

class Comments final : public Application {
 public:
  explicit Comments(std::unique_ptr<CommentStore> store) : store_{std::move(store)} {}

  std::string_view methods() const override { return "GET, HEAD, POST, OPTIONS"; }

  net::Task<Response> answer(net::Worker& worker, const Request& request, BodyReader& body) const override {
    if (request.head.method() == "POST") co_return co_await post(worker, request, body);
    co_return co_await show(worker, request);
  }

 private:
  net::Task<Response> show(net::Worker& worker, const Request& request) const {
    const auto query = http::parse_form(request.target.query);
    if (!query) co_return fault(request, 400, "That is not how a query is written.");
    const std::string topic{field_of(*query, "on").value_or("")};
    if (const auto why = objection_to_topic(topic); !why.empty()) co_return fault(request, 400, why);
    const auto place = co_await enter(worker);
    if (!place) co_return fault(request, 503, too_many);
    const auto comments = co_await worker.run_blocking([&] { return store_->list(topic); });
    if (!comments) co_return fault(request, comments.error());
    auto fields = comments_fields();
    if (request.prefers_json()) {
      co_return Responder::text(request.site, 200, "application/json", to_json(topic, *comments), std::move(fields));
    }
    co_return Responder::page(request.site, 200, to_html(own_path(request), topic, *comments), std::move(fields));
  }

  net::Task<Response> post(net::Worker& worker, const Request& request, BodyReader& body) const {
    NoFiles files;
    const auto form = co_await read_form(request.head, body, files);
    if (!form) co_return Responder::fault(request.site, form.error());
    const auto posted = read_posted(*form);
    if (!posted.objection.empty()) co_return fault(request, 400, posted.objection);
    const auto place = co_await enter(worker);
    if (!place) co_return fault(request, 503, too_many);
    const auto outcome = co_await worker.run_blocking([&] { return store_->add(posted.topic, posted.comment); });
    if (!outcome) co_return fault(request, outcome.error());
    switch (*outcome) {
      case CommentStore::Outcome::topic_is_full:
        co_return fault(request, 507, "This topic has as many comments as it may have.");
      case CommentStore::Outcome::too_many_topics:
        co_return fault(request, 507, "There are as many topics as there may be.");
      case CommentStore::Outcome::is_full:
        co_return fault(request, 507, "There are as many comments as there may be.");
      case CommentStore::Outcome::stored:
        break;
    }
    auto location = fmt::format("{}?on={}", own_path(request), http::percent_encode(posted.topic));
    co_return Responder::redirect(request, 303, std::move(location), comments_fields());
  }

  /// The right to use a thread for what blocks. Nothing if there is none in time.
  net::Task<std::optional<net::Quota::Place>> enter(net::Worker& worker) const {
    const auto until = net::deadline_after(comment_patience);
    for (;;) {
      auto place = places_->enter(net::Quota::Key{});
      if (place) co_return std::optional<net::Quota::Place>{*std::move(place)};
      if (net::Clock::now() >= until) co_return std::nullopt;
      co_await net::pause(worker.executor(), look_again_after);
    }
  }

  static std::string own_path(const Request& request) {
    const auto path = http::decode_path(request.target.path);  // right, or nobody would have come here
    return http::encode_path(*path);
  }

  static constexpr std::string_view too_many = "Too many read or post comments at the moment; please try again.";

  std::unique_ptr<CommentStore> store_;
  std::shared_ptr<net::Quota> places_ = net::Quota::make({comment_calls_at_once_max, comment_calls_at_once_max});
};

}  // namespace

Result<std::shared_ptr<const Application>> make_comments(const std::optional<std::filesystem::path>& file) {
  auto store = CommentStore::open(file);
  if (!store) return Error{store.error().message};
  return std::shared_ptr<const Application>{std::make_shared<const Comments>(*std::move(store))};
}

}  // namespace labnet::http_server
