// Any octets as a page, as CSS, as a URL and as a reference.
#include <algorithm>

#include "clients/http/limits.hpp"
#include "clients/http/page.hpp"
#include "clients/http/url.hpp"
#include "common/http/characters.hpp"
#include "tests/support/require.hpp"

namespace {

using namespace labnet;
using test::require;

void check_url(const Result<http_client::Url>& url) {
  if (!url) {
    require(!url.error().message.empty(), "a URL is refused with a reason");
    return;
  }
  require(url->target.starts_with('/') && std::ranges::all_of(url->target, http::is_target_character),
          "a target can be sent");
  require(!url->origin.host.empty() && url->origin.port != 0, "a URL leads somewhere");
  const auto text = http_client::to_text(*url);
  if (text.size() > http_client::url_bytes_max) return;  // by what was encoded
  const auto again = http_client::parse_url(text);
  require(again && again->origin == url->origin && again->target == url->target, "a URL stays what it is");
}

void check_assets(const std::vector<http_client::Asset>& assets, std::string_view from) {
  require(assets.size() <= from.size(), "nothing comes out of nothing");
  const auto base = http_client::parse_url("http://web.lab/a/b?c");
  for (const auto& asset : assets) {
    require(!asset.reference.empty(), "a reference is not empty");
    check_url(http_client::resolve(*base, asset.reference));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  check_assets(http_client::find_assets(text).assets, text);
  check_assets(http_client::find_css_assets(text), text);
  check_url(http_client::parse_url(text));
  return 0;
}
