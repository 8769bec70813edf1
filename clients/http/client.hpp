// A client: names looked up, connections kept, redirects followed, challenges met, cookies sent back.
//
//   Client client{worker, options, observer};
//   const auto answer = co_await client.fetch(url, request, receiver);
//   co_await client.close();
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "clients/http/authorizer.hpp"
#include "clients/http/connection.hpp"
#include "clients/http/cookie_jar.hpp"
#include "clients/http/names.hpp"
#include "clients/http/url.hpp"

namespace labnet::http_client {

/// Who the user is, and to whom alone that is told.
struct Login {
  Origin origin;
  http::BasicCredentials user;
  bool sends_at_once = false;  // with Basic; false: when a server asks for it
};

struct ClientOptions {
  Patience patience{};
  std::shared_ptr<const net::TlsClient> tls{};  // for https
  resolver::Options lookup{};
  std::vector<KnownAddress> known_addresses{};
  std::optional<int> redirects_max{};                       // nothing: none is followed, and its response is the answer
  std::string redirects_hint{"--max-redirs follows more"};  // what to do when there are more
  std::optional<Login> login{};
  bool keeps_cookies = true;
  CookieJar cookies{};                                 // to begin with
  std::optional<std::filesystem::path> cookie_file{};  // where `visit` keeps them at the end; nothing: nowhere
};

/// An exchange that has ended.
struct Step {
  std::string method;
  Url url;
  int status = 0;
  std::string type{};            // Content-Type as it came
  std::uint64_t wire_bytes = 0;  // of the response
  net::Clock::time_point began{};
  Timing timing{};
};

/// The response that counts.
struct Answer {
  Url url;  // that it is of, behind all redirects
  Response response;
  std::vector<Step> steps;  // one for each response; the last one is that of `response`
};

class Client {
 public:
  /// `worker` and `observer` outlive it.
  Client(net::Worker& worker, ClientOptions options, Observer& observer);
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  /// Several may be under way at once; each has a connection of its own.
  ///
  /// request   its target is the URL's; Host, Cookie and Authorization are added unless they are among its fields, and
  ///           those of them that are go to the URL's origin alone
  /// receiver  gets the body of the response that counts; the heads of others are told to it as passing
  Task<Result<Answer>> fetch(Url url, Request request, Receiver& receiver);

  /// From now on each connection that TLS secures needs this approval; an empty one: none.
  void approve_with(Approval approval) { approval_ = std::move(approval); }

  /// A connection to where the URL is, secured if it is https, for whoever speaks for himself.
  Task<Result<net::Stream>> connect_to(Url url, Timing& timing);

  const CookieJar& cookies() const { return cookies_; }

  /// Says goodbye on all connections that are kept.
  Task<void> close();

 private:
  enum class Next { answer, repeat, follow };
  /// What is to be done after a response, decided by its head.
  struct Decision {
    Next next = Next::answer;
    std::optional<Url> url{};  // to follow
  };
  struct Course;  // of one fetch
  class Gate;     // lets through what counts

  Task<Result<Response>> ask(const Url& url, const Request& request, Receiver& receiver);
  Task<Result<Route>> route_to(const Origin& origin, Timing& timing);
  Request dress(Course& course);
  Result<Decision> decide(Course& course, const Response& response);
  bool meets_challenge(Course& course, const Response& response);
  void tell_refusal(const Course& course, const Response& response);
  Result<Decision> follow(Course& course, const Response& response);

  net::Worker& worker_;
  ClientOptions options_;
  Observer& observer_;
  Names names_;
  CookieJar cookies_;
  Approval approval_;
  std::optional<Authorizer> authorizer_;
  std::set<std::string> told_refusals_;  // each once: a page may have many things behind one password
  std::map<Origin, std::vector<std::unique_ptr<Connection>>> kept_;
  std::map<Origin, net::TlsSession> sessions_;
};

}  // namespace labnet::http_client
