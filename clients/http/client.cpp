#include "clients/http/client.hpp"

#include <fmt/format.h>

#include <chrono>

#include "common/base/utf8.hpp"
#include "common/log/clock.hpp"

namespace labnet::http_client {

/// What a fetch has come to.
struct Client::Course {
  Course(Url to, Request what) : first{to.origin}, url{std::move(to)}, request{std::move(what)} {}

  Origin first;  // for which the caller's own fields are
  Url url;
  Request request;
  void note(const Request& sent, const Response& response) {
    steps.push_back({sent.method, url, response.status(),
                     std::string{response.fields().find("Content-Type").value_or("")}, response.wire_bytes, began,
                     response.timing});
  }
  /// At its end.
  Answer answer(Response response) { return {std::move(url), std::move(response), std::move(steps)}; }

  int redirects = 0;
  int challenges = 0;
  net::Clock::time_point began{};  // of the exchange that is under way
  bool tells_user = false;         // in it
  std::vector<Step> steps{};
};

namespace {

constexpr std::string_view host_name = "Host", cookie_name = "Cookie", authorization_name = "Authorization";

bool is_redirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

/// What follows a redirect is a GET: after 303 always but for HEAD, after 301 and 302 if it was a POST, as everybody
/// does (RFC 9110, section 15.4).
bool becomes_get(int status, std::string_view method) {
  if (status == 303) return method != "GET" && method != "HEAD";
  return (status == 301 || status == 302) && method == "POST";
}

void become_get(Request& request) {
  request.method = "GET";
  request.body = nullptr;
  request.expects_continue = false;
  for (const auto* name : {"Content-Type", "Content-Length", "Transfer-Encoding", "Content-Encoding"})
    request.remove(name);
}

bool can_be_sent_again(const Request& request) {
  return !request.body || request.body->is_repeatable();
}

}  // namespace

/// Asks what is to be done with a response as soon as its head is there.
class Client::Gate final : public Receiver {
 public:
  Gate(Client& client, Course& course, Receiver& behind) : client_{client}, course_{course}, behind_{behind} {}

  Task<Result<Wish>> on_head(const Response& response) override {
    auto decision = client_.decide(course_, response);
    if (!decision) co_return decision.error();
    decision_ = *std::move(decision);
    if (decision_.next == Next::answer) co_return co_await behind_.on_head(response);
    behind_.on_passing(response);
    co_return Wish::discard;
  }
  Task<Result<void>> on_body(Bytes piece) override { return behind_.on_body(piece); }

  Decision& decision() { return decision_; }

 private:
  Client& client_;
  Course& course_;
  Receiver& behind_;
  Decision decision_;
};

Client::Client(net::Worker& worker, ClientOptions options, Observer& observer)
    : worker_{worker},
      options_{std::move(options)},
      observer_{observer},
      names_{worker, options_.lookup, options_.known_addresses},
      cookies_{std::move(options_.cookies)} {
  if (options_.login) authorizer_.emplace(options_.login->user, options_.login->sends_at_once);
}

Task<Result<Answer>> Client::fetch(Url url, Request request, Receiver& receiver) {
  Course course{std::move(url), std::move(request)};
  for (;;) {
    Gate gate{*this, course, receiver};
    const auto dressed = dress(course);
    course.began = net::Clock::now();
    auto response = co_await ask(course.url, dressed, gate);
    if (!response) co_return response.error();
    if (options_.keeps_cookies) cookies_.take(course.url, response->fields(), seconds_now());
    course.note(dressed, *response);
    auto& decision = gate.decision();
    if (decision.next == Next::answer) co_return course.answer(*std::move(response));
    if (decision.url) course.url = *std::move(decision.url);
    receiver.on_passed(course.steps.back(), course.url);
  }
}

/// As it goes out to the URL's host.
Request Client::dress(Course& course) {
  auto request = course.request;
  const auto& url = course.url;
  request.target = url.target;
  if (url.origin != course.first) {
    for (const auto name : {host_name, cookie_name, authorization_name}) request.remove(name);
  }
  if (request.find(host_name) == nullptr) {
    request.fields.insert(request.fields.begin(), {std::string{host_name}, authority_of(url.origin)});
  }
  if (request.find(cookie_name) == nullptr) {
    if (auto value = cookies_.value_for(url, seconds_now())) request.set(cookie_name, *std::move(value));
  }
  course.tells_user = false;
  const auto is_for_user = authorizer_ && options_.login->origin == url.origin;
  if (is_for_user && request.find(authorization_name) == nullptr) {
    if (auto value = authorizer_->value_for(request.method, request.target)) {
      request.set(authorization_name, *std::move(value));
      course.tells_user = true;
    }
  }
  return request;
}

Result<Client::Decision> Client::decide(Course& course, const Response& response) {
  const auto status = response.status();
  const auto location = response.fields().find("Location");
  if (is_redirect(status) && location && options_.redirects_max) return follow(course, response);
  if (status == 401 && meets_challenge(course, response)) return Decision{Next::repeat};
  if (status == 401 && course.tells_user) tell_refusal(course, response);
  if (status == 417 && course.request.expects_continue && can_be_sent_again(course.request)) {
    course.request.expects_continue = false;
    return Decision{Next::repeat};
  }
  return Decision{};
}

bool Client::meets_challenge(Course& course, const Response& response) {
  const auto is_for_user = authorizer_ && options_.login->origin == course.url.origin;
  if (!is_for_user || course.request.find(authorization_name) != nullptr) return false;
  if (++course.challenges > answers_to_challenges_max) return false;
  if (!authorizer_->take_challenge(response.fields())) return false;
  if (can_be_sent_again(course.request)) return true;
  observer_.on_notice("the server wants to know who sends this, and what comes from a pipe cannot be sent again");
  return false;
}

void Client::tell_refusal(const Course& course, const Response& response) {
  const auto realm = realm_of(response.fields());
  const auto where = realm ? fmt::format(" for \"{}\"", printable(*realm, 60)) : std::string{};
  const auto sentence = fmt::format("{} refuses the user \"{}\" or the password{}", authority_of(course.url.origin),
                                    printable(options_.login->user.user, 60), where);
  if (told_refusals_.insert(sentence).second) observer_.on_notice(sentence);
}

Result<Client::Decision> Client::follow(Course& course, const Response& response) {
  const auto location = *response.fields().find("Location");
  const auto where = printable(location, 200);
  if (course.redirects == *options_.redirects_max) {
    return Error{fmt::format("{} redirects, the last one to {}; {}", course.redirects, where, options_.redirects_hint)};
  }
  ++course.redirects;
  auto url = resolve(course.url, location);
  if (!url) return Error{fmt::format("{} is redirected to {}: {}", to_text(course.url), where, url.error().message)};
  if (becomes_get(response.status(), course.request.method)) become_get(course.request);
  if (!can_be_sent_again(course.request)) {
    return Error{"the server redirects to ", where, ", and what comes from a pipe cannot be sent again"};
  }
  observer_.on_detail(fmt::format("redirected to {}", to_text(*url)));
  return Decision{Next::follow, *std::move(url)};
}

Task<Result<Route>> Client::route_to(const Origin& origin, Timing& timing) {
  auto servers = co_await names_.find(origin, options_.patience, timing);
  if (!servers) co_return servers.error();
  Route route;
  route.servers = *std::move(servers);
  route.host_name = origin.host;
  if (origin.is_https) {
    if (!options_.tls) co_return Error{"TLS is needed and was not set up"};
    route.tls = options_.tls;
    route.session = sessions_[origin];
    route.approve = approval_;
  }
  co_return route;
}

Task<Result<Response>> Client::ask(const Url& url, const Request& request, Receiver& receiver) {
  const auto& origin = url.origin;
  Timing timing;
  std::unique_ptr<Connection> connection;
  auto& kept = kept_[origin];
  if (!kept.empty()) {
    connection = std::move(kept.back());
    kept.pop_back();
    observer_.on_detail(fmt::format("the connection to {} serves once more", authority_of(origin)));
  } else {
    auto route = co_await route_to(origin, timing);
    if (!route) co_return route.error();
    connection = std::make_unique<Connection>(worker_, *std::move(route), options_.patience, observer_);
  }
  auto response = co_await connection->ask(request, receiver);
  if (const auto session = connection->session()) sessions_[origin] = session;
  if (!response) co_return response.error();
  response->timing.lookup = timing.lookup;
  if (connection->is_kept()) kept_[origin].push_back(std::move(connection));
  co_return response;
}

Task<Result<net::Stream>> Client::connect_to(Url url, Timing& timing) {
  auto route = co_await route_to(url.origin, timing);
  if (!route) co_return route.error();
  co_return co_await connect(worker_, *std::move(route), options_.patience, observer_, timing);
}

Task<void> Client::close() {
  const auto until = net::deadline_after(options_.patience.close_timeout);
  for (auto& [origin, connections] : kept_) {
    for (auto& connection : connections) co_await connection->finish(until);
  }
  kept_.clear();
}

}  // namespace labnet::http_client
