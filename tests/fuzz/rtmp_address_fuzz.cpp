// Any octets as the name of a stream, as an address and as a path of a tunnel: what is read is written as one that
// reads the same.
#include <span>

#include "common/base/bytes.hpp"
#include "common/rtmp/limits.hpp"
#include "common/rtmp/stream_name.hpp"
#include "common/rtmp/tunnel.hpp"
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

void check_tunnel_path(std::string_view text) {
  const auto id = rtmp::tunnel_id_of(text);
  require(id.size() <= rtmp::tunnel_id_bytes_max, "an id is no longer than it may be");
  const auto path = rtmp::parse_tunnel_path(text);
  if (!path) return;
  const auto written = rtmp::to_text(*path);
  require(rtmp::parse_tunnel_path(written) == path, "a path is written as it was read");
  require(path->id == rtmp::tunnel_id_of(path->id), "an id in a path is one that an answer may have");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = as_text(std::as_bytes(std::span{data, size}));
  check_name(text);
  check_url(text);
  check_tunnel_path(text);
  return 0;
}
