#include "clients/scenario/credentials_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "common/base/text.hpp"
#include "common/http/auth.hpp"
#include "common/http/digest.hpp"
#include "common/http/multipart.hpp"
#include "common/http/target.hpp"

namespace labnet::scenario {
namespace {

/// How names of fields and cookies tell what they are, in English and in Spanish: by what stands in them, or by one of
/// their words: "newPassword", "user_pin".
struct Hints {
  std::vector<std::string_view> parts, words{}, not_parts{};

  bool fit(std::string_view name) const {
    const auto lower = to_lower(name);
    const auto has = [&](std::string_view part) { return lower.find(part) != lower.npos; };
    if (std::ranges::any_of(not_parts, has)) return false;
    return std::ranges::any_of(parts, has) ||
           std::ranges::any_of(words, [&](auto word) { return has_word(lower, word); });
  }

 private:
  static bool has_word(std::string_view name, std::string_view word) {
    const auto is_letter_at = [&](std::size_t at) { return at < name.size() && name[at] >= 'a' && name[at] <= 'z'; };
    for (auto at = name.find(word); at != name.npos; at = name.find(word, at + 1)) {
      if (!is_letter_at(at - 1) && !is_letter_at(at + word.size())) return true;  // 0 - 1 is behind the end
    }
    return false;
  }
};
const Hints password_hints{{"passw", "passphrase", "pwd", "contrase"}, {"pass", "pw", "pin", "secret", "clave"}};
const Hints user_hints{{"user", "login", "mail", "usuario", "correo"}};
const Hints name_hints{{}, {"name", "nombre", "account", "cuenta", "id"}};  // where there is no better one
const Hints session_hints{{"sess", "sesion", "token", "auth"}, {"sid"}, {"csrf", "xsrf"}};

http::FormPairs read_multipart(const std::string& boundary, std::string_view body) {
  http::FormPairs pairs;
  http::MultipartReader reader{boundary};
  for (auto input = as_bytes(body); !input.empty() && !reader.finished();) {
    const auto step = reader.read(input);
    if (!step) break;
    input = input.subspan(step->used);
    if (step->head) pairs.emplace_back(step->head->name, std::string{});
    if (!pairs.empty()) pairs.back().second += as_text(step->data);
  }
  return pairs;
}

http::FormPairs form_of(const HttpExchange& exchange) {
  const auto type = http::parse_media_type(field_of(exchange.fields, "Content-Type"));
  if (!type || exchange.form.empty()) return {};
  if (const auto boundary = http::boundary_of(*type)) return read_multipart(*boundary, exchange.form);
  return http::parse_form(exchange.form).value_or(http::FormPairs{});
}

/// The value of the first field that fits, which is not among them any more: "user_pin" is no user.
std::optional<std::string> take_value(http::FormPairs& pairs, const Hints& hints) {
  const auto found = std::ranges::find_if(pairs, [&](const auto& pair) { return hints.fit(pair.first); });
  if (found == pairs.end()) return std::nullopt;
  auto value = std::move(found->second);
  pairs.erase(found);
  return value;
}

class Collector {
 public:
  void add(const HttpExchange& exchange) {
    add_form(exchange);
    for (const auto& [name, value] : exchange.fields) {
      if (equals_ignoring_case(name, "Authorization")) add_authorization(exchange, value);
      if (equals_ignoring_case(name, "Cookie")) add_cookies(exchange, value);
    }
  }
  void add(const SipMessage& message) {
    if (message.is_repeat) return;
    for (const auto& credentials : message.credentials) {
      SeenCredential one;
      one.way = CredentialWay::digest;
      one.is_by_sip = true;
      one.number = message.number;
      one.client = message.source;
      one.server = message.destination;
      one.method = message.method;
      one.target = message.request_uri;
      take_digest(credentials, one);
      keep(std::move(one));
    }
  }
  std::vector<SeenCredential> take() {
    std::ranges::stable_sort(seen_, {}, &SeenCredential::number);
    return std::move(seen_);
  }

 private:
  static SeenCredential made_of(const HttpExchange& exchange, CredentialWay way) {
    SeenCredential one;
    one.way = way;
    one.number = exchange.number;
    one.client = exchange.client;
    one.server = exchange.server;
    one.method = exchange.method;
    one.host = exchange.host;
    one.target = exchange.target;
    return one;
  }

  static void take_digest(const digest::Credentials& credentials, SeenCredential& into) {
    into.user = credentials.user;
    into.realm = credentials.realm;
    into.nonce = credentials.nonce;
    into.response = credentials.response;
  }

  void add_form(const HttpExchange& exchange) {
    auto pairs = form_of(exchange);
    auto password = take_value(pairs, password_hints);
    if (!password) return;
    auto one = made_of(exchange, CredentialWay::form);
    auto user = take_value(pairs, user_hints);
    if (!user) user = take_value(pairs, name_hints);
    one.user = user.value_or("");
    one.password = *std::move(password);
    keep(std::move(one));
  }

  void add_authorization(const HttpExchange& exchange, const std::string& value) {
    if (const auto basic = http::parse_basic(value)) {
      auto one = made_of(exchange, CredentialWay::basic);
      one.user = basic->user;
      one.password = basic->password;
      keep(std::move(one));
    } else if (const auto digest = http::parse_digest(value)) {
      auto one = made_of(exchange, CredentialWay::digest);
      take_digest(*digest, one);
      keep(std::move(one));
    }
  }

  void add_cookies(const HttpExchange& exchange, const std::string& value) {
    for (const auto piece : split(value, ';')) {
      const auto cookie = trim(piece);
      if (!session_hints.fit(cookie.substr(0, cookie.find('=')))) continue;
      auto one = made_of(exchange, CredentialWay::cookie);
      one.cookie = cookie;
      keep(std::move(one));
    }
  }

  void keep(SeenCredential one) {
    // A server that asks anew gives another nonce: it is the same user all the same.
    const auto is_same = [&](const SeenCredential& other) {
      return other.way == one.way && other.is_by_sip == one.is_by_sip && other.client == one.client &&
             other.server == one.server && equals_ignoring_case(other.host, one.host) && other.user == one.user &&
             other.password == one.password && other.realm == one.realm && other.cookie == one.cookie;
    };
    const auto known = std::ranges::find_if(seen_, is_same);
    if (known != seen_.end()) {
      ++known->times;
    } else if (seen_.size() < credentials_max) {
      one.times = 1;
      seen_.push_back(std::move(one));
    }
  }

  std::vector<SeenCredential> seen_;
};

}  // namespace

std::string_view name_of(CredentialWay way) {
  switch (way) {
    case CredentialWay::form:
      return "form";
    case CredentialWay::basic:
      return "basic";
    case CredentialWay::digest:
      return "digest";
    case CredentialWay::cookie:
      return "cookie";
  }
  return "unknown";
}

std::string SeenCredential::where() const {
  return is_by_sip ? fmt::format("{} {}", method, target) : fmt::format("http://{}{}", host, target);
}

std::vector<SeenCredential> credentials_of(const std::vector<HttpExchange>& exchanges,
                                           const std::vector<SipMessage>& messages) {
  Collector collector;
  for (const auto& exchange : exchanges) collector.add(exchange);
  for (const auto& message : messages) collector.add(message);
  return collector.take();
}

}  // namespace labnet::scenario
