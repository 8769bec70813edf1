// Any text as a URI, and its lines as two of them: what is read is written and read back the same, a URI is the same as
// itself, and two are the same either way round.
#include "common/base/bytes.hpp"
#include "common/base/text.hpp"
#include "common/sip/escape.hpp"
#include "common/sip/limits.hpp"
#include "common/sip/uri.hpp"
#include "tests/support/require.hpp"

namespace {

using namespace labnet;
using namespace labnet::sip;
using labnet::test::require;

void check_parts(const Uri& uri) {
  require(uri.is_sip() == uri.opaque.empty(), "a URI has parts or is opaque");
  require(uri.is_sip() == !uri.host.empty(), "a SIP URI has a host");
  require(uri.user_name().size() <= uri.user.value_or("").size(), "unescaped it is not longer");
  require(!uri.user || uri.user->find_first_of("@:<> \r\n") == uri.user->npos, "a user ends where it ends");
  require(!uri.port || *uri.port != 0, "a port is one");
  require(uri.port_or_default() != 0, "there is always a port");
  (void)headers_of(uri);
}

void check_uri(std::string_view text) {
  const auto uri = parse_uri(text);
  if (!uri) return;
  check_parts(*uri);
  require(*uri == *uri, "a URI is the same as itself");
  const auto written = to_text(*uri);
  const auto again = parse_uri(written);
  require(again && *again == *uri, "a URI is read back the same");
  require(to_text(*again) == written, "and written the same");
}

void check_two(std::string_view a, std::string_view b) {
  const auto left = parse_uri(a), right = parse_uri(b);
  if (left && right) require((*left == *right) == (*right == *left), "two URIs are the same either way round");
}

void check_user(std::string_view name) {
  const auto user = escaped_user(name);
  require(unescaped(user) == name, "what is escaped comes back");
  const auto text = "sip:" + user + "@a";
  const auto uri = parse_uri(text);
  const bool is_too_long = text.size() > uri_bytes_max;
  require(uri.has_value() || name.empty() || is_too_long, "any name can be a user");
  if (uri) require(uri->user_name() == name, "a user comes back");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = as_text(std::as_bytes(std::span{data, size}));
  check_uri(text);
  check_user(text);
  const auto line_end = text.find('\n');
  if (line_end == text.npos) return 0;
  check_uri(text.substr(0, line_end));
  check_uri(text.substr(line_end + 1));
  check_two(text.substr(0, line_end), text.substr(line_end + 1));
  return 0;
}
