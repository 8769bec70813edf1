// Any text as a target, a host, a path and a form: nothing leads above the root, and what is written is read back.
#include "common/base/bytes.hpp"
#include "common/base/text.hpp"
#include "common/http/target.hpp"
#include "tests/support/require.hpp"

namespace {

using namespace labnet;
using test::require;

void check_path(std::string_view path) {
  const auto decoded = http::decode_path(path);
  if (!decoded) return;
  require(decoded->starts_with('/'), "a path is absolute");
  require(decoded->size() <= path.size() + 1, "a path gets no longer");
  require(decoded->find('\0') == decoded->npos, "a path has no NUL");
  require(decoded->find("//") == decoded->npos, "a path has no double slashes");
  for (const auto segment : split(*decoded, '/')) {
    require(segment != "." && segment != "..", "a path has no dot segments");
  }
  require(http::decode_path(http::encode_path(*decoded)) == decoded, "a path is read back the same");
}

void check_target(std::string_view method, std::string_view text) {
  const auto target = http::parse_target(method, text);
  if (!target) return;
  require(text.find('#') == text.npos, "a target has no fragment");
  if (!target->authority.empty()) {
    const auto authority = http::parse_authority(target->authority);
    require(authority && !authority->host.empty(), "an authority has a host");
  }
  if (target->form == http::TargetForm::authority || target->form == http::TargetForm::asterisk) return;
  require(target->path.starts_with('/'), "a path begins with a slash");
  require(target->path.find('?') == target->path.npos, "a path ends in front of the query");
  check_path(target->path);
  (void)http::parse_form(target->query);
}

void check_authority(std::string_view text) {
  const auto authority = http::parse_authority(text);
  if (!authority) return;
  require(text.starts_with(authority->host), "a host is the beginning");
  require(text.find_first_of("@/?# ") == text.npos, "there is no userinfo and no path");
}

void check_form(std::string_view text) {
  require(http::percent_decode(http::percent_encode(text)) == text, "what is encoded comes back");
  if (const auto pairs = http::parse_form(text)) {
    require(http::parse_form(http::to_form(*pairs)) == pairs, "a form is read back the same");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = as_text(std::as_bytes(std::span{data, size}));
  for (const auto* method : {"GET", "OPTIONS", "CONNECT"}) check_target(method, text);
  check_path(text);
  check_path(http::encode_path(text));
  check_authority(text);
  check_form(text);
  return 0;
}
