// h2load: many requests by many connections, several of them on their way at once.
#include <gmock/gmock.h>

#include "tests/interop/http_clients.hpp"

namespace labnet::http_server {
namespace {

using testing::HasSubstr;

class InteropH2load : public HttpClients {
 protected:
  InteropH2load() : HttpClients{{"h2load", "--version"}, "nghttp2-client"} {}
};

TEST_F(InteropH2load, HasEachRequestAnswered) {
  server().write("small", std::string(1'024, 'x'));
  server().write("large", std::string(400'000, 'x'));
  for (const std::string scheme : {"http", "https"}) {
    for (const std::string in_flight : {"1", "16"}) {
      const auto said = output_of({"h2load", "--h1", "-n", "2000", "-c", "20", "-m", in_flight, "-T", "9",
                                   url("/small", scheme), url("/large", scheme), url("/small", scheme)});
      EXPECT_THAT(said,
                  HasSubstr("2000 total, 2000 started, 2000 done, 2000 succeeded, 0 failed, 0 errored, 0 timeout"))
          << scheme;
      EXPECT_THAT(said, HasSubstr("status codes: 2000 2xx, 0 3xx, 0 4xx, 0 5xx"));
    }
  }
}

}  // namespace
}  // namespace labnet::http_server
