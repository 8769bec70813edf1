// Any text as credentials, challenges and cookies, and as what these are made of: what is read is written and read back
// the same, and nothing that is written has a line end in it.
#include <algorithm>

#include "common/base/bytes.hpp"
#include "common/http/characters.hpp"
#include "common/http/cookie.hpp"
#include "common/http/digest.hpp"
#include "common/http/limits.hpp"
#include "tests/support/require.hpp"

namespace {

using namespace labnet;
using test::require;

void check_digest_challenge(const http::Authentication& from) {
  const auto challenge = digest_challenge_of(from);
  if (!challenge) return;
  const auto again = http::parse_challenges(to_text(*challenge));
  require(again && again->size() == 1, "a challenge is one");
  require(digest_challenge_of(again->front()) == challenge, "a challenge is read back the same");
}

void check_challenges(std::string_view text) {
  const auto all = http::parse_challenges(text);
  if (!all) return;
  for (const auto& each : *all) {
    require(http::is_token(each.scheme), "a scheme is a token");
    require(each.token.empty() || each.parameters.empty(), "there is a token or there are parameters");
    require(each.parameters.size() <= http::parameters_max, "there are no more parameters than may be");
    check_digest_challenge(each);
  }
}

void check_credentials(std::string_view text) {
  if (const auto basic = http::parse_basic(text)) {
    const auto again = to_text(*basic);
    require(again && http::parse_basic(*again) == basic, "Basic is read back the same");
  }
  if (const auto digest = http::parse_digest(text)) {
    require(http::parse_digest(to_text(*digest)) == digest, "Digest is read back the same");
    require(!digest::is_right(*digest, "GET", "") || digest->response.size() >= 32, "a short response is never right");
  }
}

/// What a user types in.
void check_written(std::string_view text) {
  const std::string any{text};
  if (const auto basic = to_text(http::BasicCredentials{any, any})) {
    require(http::parse_basic(*basic) == http::BasicCredentials{any, any}, "name and password come back");
  }
  digest::Credentials digest{.user = any, .realm = any, .nonce = any, .uri = any, .cnonce = any, .opaque = any};
  require(http::is_value(to_text(digest)), "Digest has no line ends");
  require(http::parse_digest(to_text(digest)).has_value(), "Digest that is written can be read");
  require(http::is_value(http::basic_challenge(text)), "a challenge has no line ends");
  const http::SetCookie cookie{.name = "a", .value = any, .path = any};
  if (const auto set = to_text(cookie)) require(http::is_value(*set), "a cookie has no line ends");
}

void check_set_cookie(std::string_view text) {
  const auto cookie = http::parse_set_cookie(text);
  if (!cookie) return;
  if (const auto again = to_text(*cookie)) require(http::parse_set_cookie(*again) == cookie, "a cookie is read back");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = as_text(std::as_bytes(std::span{data, size}));
  check_challenges(text);
  check_credentials(text);
  check_written(text);
  check_set_cookie(text);
  return 0;
}
