// Logging in by a form: who comes without a session is sent to the login's page, and from there back to where he wanted
// to go.
#include <fmt/format.h>

#include <algorithm>

#include "common/http/characters.hpp"
#include "common/http/cookie.hpp"
#include "common/http/target.hpp"
#include "common/log/log.hpp"
#include "common/net/pause.hpp"
#include "servers/http/form.hpp"
#include "servers/http/html.hpp"
#include "servers/http/limits.hpp"
#include "servers/http/responder.hpp"

namespace labnet::http_server {
namespace {

constexpr std::string_view login_methods = "GET, HEAD, POST, OPTIONS";
constexpr std::string_view wanted_name = "to";  // in the query of the login's path

constexpr std::string_view login_style =
    "<meta name=\"viewport\" content=\"width=device-width\">"
    "<style>body{font-family:sans-serif;margin:2em}input{display:block}</style>";

FieldList login_fields() {
  FieldList fields;
  fields.emplace_back("Cache-Control", "no-store");
  fields.emplace_back("Content-Security-Policy",
                      "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; "
                      "base-uri 'none'");
  return fields;
}

/// A path of this site, with or without a query, that no browser takes for something else: behind "//" or "/\" it sees
/// a host.
bool is_of_this_site(std::string_view target) {
  const bool begins_well = target.starts_with('/') && !target.starts_with("//");
  const bool is_plain = std::ranges::all_of(target, [](char c) { return http::is_target_character(c) && c != '\\'; });
  return begins_well && is_plain && target.size() <= wanted_bytes_max;
}

/// Where somebody wanted to go who was sent to the login's page; else where the part begins that he has logged in for.
std::string wanted_of(const ProtectedArea& area, const Request& request) {
  const auto query = http::parse_form(request.target.query);
  const auto wanted = query ? field_of(*query, wanted_name) : std::nullopt;
  if (wanted && is_of_this_site(*wanted)) return std::string{*wanted};
  return http::encode_path(area.path.ends_with('*') ? area.path.substr(0, area.path.size() - 1) : area.path);
}

std::string cookie_text(const Request& request, std::string id, std::optional<std::chrono::seconds> max_age) {
  return http::to_text({.name = std::string{session_cookie},
                        .value = std::move(id),
                        .path = "/",
                        .max_age = max_age,
                        .secure = request.is_secure,
                        .http_only = true,
                        .same_site = http::SameSite::lax})
      .value();
}

/// sentence  above the form; may be empty
/// Posted to the page's own address, the form keeps the query, in which is where to go.
Response form_page(const ProtectedArea& area, const Request& request, int status, std::string_view sentence) {
  const auto realm = html_text(area.realm);
  const auto above = sentence.empty() ? std::string{} : fmt::format("<p role=\"alert\">{}</p>\n", html_text(sentence));
  auto fields = login_fields();
  if (status == 429) fields.emplace_back("Retry-After", "10");
  return Responder::page(
      request.site, status,
      html_page(realm,
                fmt::format("<h1>{}</h1>\n{}<form method=\"post\">\n"
                            "<p><label>Name <input name=\"user\" autocomplete=\"username\" autocapitalize=\"none\" "
                            "required autofocus></label></p>\n"
                            "<p><label>Password <input type=\"password\" name=\"password\" "
                            "autocomplete=\"current-password\" required></label></p>\n"
                            "<p><button>Log in</button></p>\n</form>\n",
                            realm, above),
                login_style),
      std::move(fields));
}

Response logged_in_page(const ProtectedArea& area, const Request& request, const std::string& user) {
  const auto realm = html_text(area.realm);
  return Responder::page(request.site, 200,
                         html_page(realm,
                                   fmt::format("<h1>{}</h1>\n<p>You are logged in as {}.</p>\n<form method=\"post\">"
                                               "<button name=\"logout\" value=\"1\">Log out</button></form>\n",
                                               realm, html_text(user)),
                                   login_style),
                         login_fields());
}

}  // namespace

/// To whoever has not shown who he is.
Response Responder::turn_away(const ProtectedArea& area, const Request& request,
                              std::vector<std::string> challenges) const {
  FieldList fields;
  if (area.scheme != AuthenticationScheme::form) {
    for (auto& challenge : challenges) fields.emplace_back("WWW-Authenticate", std::move(challenge));
    return fault(request.site, 401, std::move(fields), "This is for those who say who they are.");
  }
  fields.emplace_back("Cache-Control", "no-store");
  auto wanted = std::string{request.target.path};
  if (request.target.has_query) wanted += fmt::format("?{}", request.target.query);
  auto location = http::encode_path(area.login_path);
  if (is_of_this_site(wanted)) location += fmt::format("?{}={}", wanted_name, http::percent_encode(wanted));
  return redirect(request, 303, std::move(location), std::move(fields));
}

net::Task<Response> Responder::answer_login(const ProtectedArea& area, const Request& request, const std::string& path,
                                            BodyReader& body) {
  if (request.is_get_or_head()) {
    // The site may have a page of its own there.
    auto response = co_await answer_admitted(request, path, true, body);
    if (response.status != 404 && response.status != 301) co_return response;
    auto admission = co_await admit(worker_, area, request.head, *gate_);
    if (!admission.user) co_return form_page(area, request, 200, "");
    response = logged_in_page(area, request, *admission.user);
    response.user = *std::move(admission.user);
    co_return response;
  }
  if (request.head.method() != "POST") {
    co_return allow(request, request.head.method() == "OPTIONS" ? 204 : 405, login_methods);
  }
  NoFiles files;
  const auto form = co_await read_form(request.head, body, files);
  if (!form) co_return fault(request.site, form.error());
  if (field_of(*form, "logout")) co_return log_out(area, request);
  co_return co_await log_in(area, request, *form);
}

net::Task<Response> Responder::log_in(const ProtectedArea& area, const Request& request, const http::FormPairs& form) {
  const std::string user{field_of(form, "user").value_or("")};
  const std::string password{field_of(form, "password").value_or("")};
  const auto address = net::asio::ip::make_address(std::string{request.client});
  const auto now = net::Clock::now();
  const auto turn = gate_->turns.take(address, now);
  if (!turn) {
    log::warning("login refused: too many wait", {{"client", request.client}, {"user", user}});
    co_return form_page(area, request, 429, "There were too many wrong passwords; please wait a little.");
  }
  if (*turn > now) co_await net::pause(worker_.executor(), net::time_left(*turn));
  const bool is_right = co_await login::is_right(worker_, user, password, area.password_of(user), area.stand_ins);
  if (!is_right) {
    if (*turn == now) gate_->turns.note_wrong(address, net::Clock::now());
    log::warning("login refused", {{"client", request.client}, {"user", user}});
    co_await net::pause(worker_.executor(), gate_->failed_login_delay);
    co_return form_page(area, request, 403, "Name or password is wrong.");
  }
  log::info("logged in", {{"client", request.client}, {"user", user}, {"secure", request.is_secure}});
  // Never the session that he came with: somebody else may know it.
  if (const auto before = http::cookie(request.head.fields(), session_cookie)) gate_->sessions.end(*before);
  auto id = gate_->sessions.begin(area.key, user, net::Clock::now());
  auto fields = login_fields();
  fields.emplace_back("Set-Cookie", cookie_text(request, std::move(id), std::nullopt));
  auto response = redirect(request, 303, wanted_of(area, request), std::move(fields));
  response.user = user;
  co_return response;
}

Response Responder::log_out(const ProtectedArea& area, const Request& request) {
  std::string user;
  if (const auto id = http::cookie(request.head.fields(), session_cookie)) {
    user = gate_->sessions.user_of(*id, area.key, net::Clock::now()).value_or("");
    gate_->sessions.end(*id);
  }
  auto fields = login_fields();
  fields.emplace_back("Set-Cookie", cookie_text(request, "", std::chrono::seconds{0}));
  auto response = redirect(request, 303, http::encode_path(area.login_path), std::move(fields));
  response.user = std::move(user);
  return response;
}

}  // namespace labnet::http_server
