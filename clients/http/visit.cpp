#include "clients/http/visit.hpp"

#include <fmt/format.h>

#include "clients/http/cookie_file.hpp"
#include "common/base/text.hpp"
#include "common/base/utf8.hpp"
#include "common/http/characters.hpp"
#include "common/log/clock.hpp"

namespace labnet::http_client {
namespace {

using program::Console;
using program::Exit;
using namespace std::chrono_literals;

std::optional<HeaderInput> parse_header(std::string_view text) {
  const auto mark = text.find_first_of(":;");
  if (mark == text.npos || !http::is_token(text.substr(0, mark))) return std::nullopt;
  const auto value = trim(text.substr(mark + 1));
  if (!http::is_value(value) || (text[mark] == ';' && !value.empty())) return std::nullopt;
  HeaderInput header{std::string{text.substr(0, mark)}, std::nullopt};
  if (text[mark] == ';' || !value.empty()) header.value = std::string{value};
  return header;
}

Kind<HeaderInput> header_kind() {
  return {"\"Name: value\", \"Name:\" to leave one out or \"Name;\" to send one without a value", parse_header};
}

Kind<KnownAddress> known_address_kind() {
  return {"HOST:PORT:ADDRESS such as web.lab:443:127.0.0.1", parse_known_address};
}

Kind<std::string> value_kind() {
  return {"a text without control characters", [](std::string_view text) -> std::optional<std::string> {
            return http::is_value(text) ? std::optional<std::string>{text} : std::nullopt;
          }};
}

/// curl takes a text without "=" for a file's name; here it would be sent, and no server would make anything of it.
Kind<std::string> cookie_kind() {
  return {"NAME=VALUE; a file of cookies goes with --cookie-jar",
          [](std::string_view text) -> std::optional<std::string> {
            const bool is_pair = http::is_value(text) && text.find('=') != text.npos;
            return is_pair ? std::optional<std::string>{text} : std::nullopt;
          }};
}

/// "ann:secret", or a name alone.
Result<std::optional<Login>> find_login(Console& console, const CommonInput& input, const Url& url,
                                        bool has_standard_input) {
  Login login;
  login.origin = url.origin;
  login.sends_at_once = input.basic_at_once;
  auto& user = login.user;
  std::optional<std::string> password;
  if (input.user) {
    const auto colon = input.user->find(':');
    user.user = input.user->substr(0, colon);
    if (colon != std::string::npos) password = input.user->substr(colon + 1);
  } else {
    user.user = url.user;
    password = url.password;
  }
  if (user.user.empty()) return std::optional<Login>{};
  if (!password && !has_standard_input) {
    return Error{"standard input is what is sent, so that no password can be asked for there; write it in --user"};
  }
  if (!password) {
    auto answer = console.ask_secretly(
        fmt::format("Password of {} at {}: ", printable(user.user, 60), printable(url.origin.host, 60)));
    if (!answer) return Error{"a password is needed: ", answer.error().message, "; write it there or in --user"};
    password = *std::move(answer);
  }
  user.password = *std::move(password);
  if (!http::to_text(user)) return Error{"there is a control character in the user's name or in the password"};
  return std::optional{std::move(login)};
}

/// That the lab's CA cannot be read, which nobody has asked for, is no reason against a URL in clear. Where that one
/// redirects to https, the system's CAs are trusted alone.
Result<std::shared_ptr<const net::TlsClient>> make_tls(const CommonInput& input, const Url& url) {
  const auto* const protocol = input.http_1_0 ? "http/1.0" : "http/1.1";
  auto tls = client::make_tls(input.tls, {protocol});
  if (tls || input.tls.ca || url.origin.is_https) return tls;
  auto of_system = input.tls;
  of_system.ca = "";
  return client::make_tls(of_system, {protocol});
}

Task<Exit> play(net::Worker& worker, Console& console, ClientOptions options, Observer& observer,
                const std::function<Task<Exit>(net::Worker&, Client&)>& work) {
  const auto cookie_file = options.cookie_file;
  Client client{worker, std::move(options), observer};
  const auto code = co_await work(worker, client);
  co_await client.close();
  if (!cookie_file) co_return code;
  const auto kept = write_cookies(*cookie_file, client.cookies());
  if (!kept) co_return console.fail(kept.error());
  co_return code;
}

}  // namespace

void declare(program::Options& options, CommonInput& input) {
  options.repeatable("-H,--header", "FIELD", input.headers, "\"Name: value\" to send, \"Name:\" to leave one out",
                     header_kind());
  options.option("-u,--user", "USER:PASSWORD", input.user,
                 "who you are, if the server asks (Basic, Digest); without a password it is asked for");
  options.flag("--basic", input.basic_at_once, "tell it at once, by Basic, without being asked");
  options.option("-b,--cookie", "NAME=VALUE", input.cookie, "cookies to send; others are kept within the run",
                 cookie_kind());
  options.option("-c,--cookie-jar", "FILE", input.cookie_jar,
                 "keep them there, and send those that it has from earlier runs");
  options.option("-A,--user-agent", "TEXT", input.user_agent, "what the client calls itself", value_kind());
  options.flag("--http1.0", input.http_1_0, "speak HTTP/1.0");
  options.flag("--path-as-is", input.keeps_dots, "leave \".\" and \"..\" in the path");
  client::declare(options, input.tls);
  options.repeatable("--resolve", "HOST:PORT:ADDRESS", input.known_addresses,
                     "an address to take in place of what name servers say", known_address_kind());
  client::declare(options, input.lookup);
  const auto duration = duration_between(Timeout{1ms}, Patience::timeout_max);
  options.option("--timeout", "TIME", input.timeout,
                 "how long to wait for a connection, a response, or a body that stalls; default: 30 s", duration);
  options.option("-m,--max-time", "TIME", input.max_time, "for all together; default: 0, no end",
                 duration_between(Timeout{0}, Patience::timeout_max));
  options.flag("-s,--silent", input.is_silent, "neither progress, nor what was transferred, nor what fails");
  options.flag("-S,--show-error", input.tells_faults, "with --silent what fails, nevertheless");
  options.flag("-v,--verbose", input.verbose, "show the dialogue on standard error");
}

void quieten(Console& console, const CommonInput& input) {
  if (input.is_silent && !input.tells_faults) console.be_silent();
}

Result<Url> url_of(const CommonInput& input) {
  return parse_url(input.url, input.keeps_dots);
}

Request make_request(const CommonInput& input, std::string_view user_agent, std::string_view accept) {
  Request request;
  if (input.http_1_0) request.version = http::Version::http_1_0;
  request.set("User-Agent", input.user_agent.value_or(std::string{user_agent}));
  request.set("Accept", std::string{accept});
  return request;
}

void add_headers(const CommonInput& input, Request& request) {
  if (input.cookie) request.set("Cookie", *input.cookie);
  for (const auto& header : input.headers) request.remove(header.name);
  for (const auto& header : input.headers) {
    if (header.value) request.fields.push_back({header.name, *header.value});
  }
}

Result<ClientOptions> make_client_options(Console& console, const CommonInput& input, const Url& url,
                                          bool has_standard_input) {
  ClientOptions options;
  auto tls = make_tls(input, url);
  if (!tls) return tls.error();
  options.tls = *std::move(tls);
  auto login = find_login(console, input, url, has_standard_input);
  if (!login) return login.error();
  options.login = *std::move(login);
  options.known_addresses = input.known_addresses;
  if (input.cookie_jar) {
    const auto now = seconds_now();
    auto cookies = read_cookies(*input.cookie_jar, now);
    if (!cookies) return cookies.error();
    options.cookies = *std::move(cookies);
    options.cookie_file = *input.cookie_jar;
  }
  options.lookup = client::lookup_options(input.lookup);
  auto& patience = options.patience;
  if (input.timeout) patience.connect_timeout = patience.response_timeout = patience.stall_timeout = *input.timeout;
  if (input.max_time && *input.max_time > Timeout{0}) patience.until = net::deadline_after(*input.max_time);
  return options;
}

Exit visit(Console& console, const ClientOptions& options, Observer& observer,
           const std::function<Task<Exit>(net::Worker&, Client&)>& work, std::string_view when_interrupted) {
  const auto code =
      net::run_to_end<Exit>([&](net::Worker& worker) { return play(worker, console, options, observer, work); });
  return code ? *code : console.fail(when_interrupted);
}

}  // namespace labnet::http_client
