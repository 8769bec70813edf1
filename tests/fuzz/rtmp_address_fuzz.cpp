// Any octets as the name of a stream and as an address: what is read is written as an address that reads the same.
#include <span>

#include "common/base/bytes.hpp"
#include "common/rtmp/limits.hpp"
#include "common/rtmp/stream_name.hpp"
#include "common/rtmp/url.hpp"
#include "tests/support/require.hpp"

namespace {

using namespace labnet;
using test::require;

void check_name(std::string_view text) {
  const auto stream = rtmp::parse_stream_name(text);
  if (!stream) {
    require(!describe(stream.error()).empty(), "a fault has words");
    return;
  }
  require(!stream->name.starts_with('/') && !stream->name.ends_with('/'), "a name has no slashes at its ends");
  require(stream->arguments.size() <= rtmp::stream_arguments_max, "there are no more arguments than may be");
  for (const auto& [name, value] : stream->arguments) require(stream->argument(name).has_value(), "each is found");
}

void check_url(std::string_view text) {
  auto url = rtmp::parse_url(text);
  if (!url) {
    require(!url.error().message.empty(), "a fault has words");
    return;
  }
  require(!url->host.empty() && url->port != 0, "an address leads somewhere");
  const auto again = rtmp::parse_url(to_text(*url));
  url->user.clear();
  url->password.reset();
  require(again && to_text(*again) == to_text(*url), "an address is written as it was read");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = as_text(std::as_bytes(std::span{data, size}));
  check_name(text);
  check_url(text);
  return 0;
}
