// A player who reads nothing costs a bounded amount of memory and nobody else's time.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>

#include "tests/servers/rtmp/socket_client.hpp"
#include "tests/support/child.hpp"
#include "tests/support/running_service.hpp"

using namespace std::chrono_literals;

namespace labnet::rtmp_server {
namespace {

TEST(RtmpSlowPlayer, IsGivenUpWhileOthersGetEverything) {
  const test::TemporaryFolder folder;
  const auto file = folder.write("rtmp.yaml",
                                 "apps: { live: { keys: { 1234: {} } } }\n"
                                 "limits: { player_bytes_max: 1 MiB, slow_player_timeout: 500ms }\n");
  test::RunningService server{"rtmp", {"-c", file}};
  const auto port = server.port("rtmp");
  SocketClient slow{port}, fast{port}, publisher{port};
  slow.play("1234");
  ASSERT_TRUE(slow.wait_for("NetStream.Play.Start"));  // and reads no more
  fast.play("1234");
  publisher.publish("1234");
  ASSERT_TRUE(publisher.wait_for("NetStream.Publish.Start"));
  [[maybe_unused]] const auto memory = server.resident_bytes();
  auto farewell = std::async(std::launch::async, [&] { return server.wait_for_log("a connection is closed"); });
  std::uint32_t time = 0;
  // The system's own buffers take some megabytes before anything waits in the server.
  while (farewell.wait_for(10ms) != std::future_status::ready) {
    for (int i = 0; i < 10; ++i, time += 40) publisher.send(video_message(time, i == 0, 100'000));
    ASSERT_TRUE(fast.wait_for("Video Data " + std::to_string(time - 40)));
  }
  ASSERT_FALSE(farewell.get().empty());
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)  // the memory is the program's own
  EXPECT_LT(server.resident_bytes(), memory + (32U << 20U));
#endif
  publisher.send(video_message(time, true));
  EXPECT_TRUE(fast.wait_for("Video Data " + std::to_string(time)));
}

}  // namespace
}  // namespace labnet::rtmp_server
