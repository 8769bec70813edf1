// The settings of an RTMP service: the shipped file, every key, and one clear fault for each mistake.
#include "servers/rtmp/config.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "servers/rtmp/limits.hpp"
#include "tests/support/child.hpp"

namespace labnet::rtmp_server {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

/// What is said of a configuration with these lines.
std::string fault_of(const std::string& yaml) {
  auto document = settings::parse(yaml, "rtmp.yaml");
  if (!document) return to_string(document.error());
  const auto config = load_config(*document);
  return config ? "" : to_string(config.error());
}

TEST(RtmpConfig, TheShippedFileHasTheDefaults) {
  auto document = settings::load(std::filesystem::path{LABNET_CONFIG_DIR} / "rtmp.yaml");
  ASSERT_TRUE(document) << to_string(document.error());
  const auto config = load_config(*document);
  ASSERT_TRUE(config) << to_string(config.error());
  for (const auto& key : document->known_keys()) {
    EXPECT_TRUE(key.given) << key.path;
    EXPECT_FALSE(key.changed) << key.path;
  }
  ASSERT_EQ(config->apps.size(), 1u);
  EXPECT_THAT(config->apps[0].keys, ElementsAre(StreamKey{.key = "1234"}));
}

TEST(RtmpConfig, EveryKeyIsRead) {
  auto document = settings::parse(
      "listen: [\"127.0.0.1:1940\", \"rtmps://127.0.0.1:1941\", \"rtmpt://127.0.0.1:1942\", "
      "\"rtmpts://127.0.0.1:1943\"]\nadmin: 127.0.0.1:9180\n"
      "apps:\n"
      "  live: { keys: { 0123: { name: camera } }, open: true, when_busy: refuse, when_absent: not_found,\n"
      "          record: false, files: /tmp, gop_cache: { on: false, bytes_max: 1 MiB, frames_max: 7 } }\n"
      "  other: {}\n"
      "record: /tmp\nchunk_bytes: 128\nwindow_bytes: 2500000\n"
      "limits: { connections_max: 1, connections_per_address_max: 2, handshake_timeout: 1s, command_timeout: 2s,\n"
      "          publisher_timeout: 3s, ping_interval: 4s, ping_timeout: 5s, message_bytes_max: 64 KiB,\n"
      "          player_bytes_max: 1 MiB, player_time_max: 6s, slow_player_timeout: 7s, tunnels_max: 8,\n"
      "          tunnels_per_address_max: 9, tunnel_timeout: 10s, tunnel_request_bytes_max: 4 KiB,\n"
      "          tunnel_response_bytes_max: 5 KiB,\n"
      "          file_players_max: 3, buffer_length_max: 8s }\n",
      "rtmp.yaml");
  ASSERT_TRUE(document);
  const auto config = load_config(*document);
  ASSERT_TRUE(config) << to_string(config.error());
  for (const auto& key : document->known_keys()) {
    if (key.path.starts_with("tls") || key.path.starts_with("apps.other")) continue;
    const bool is_section =
        key.path == "apps" || key.path == "limits" || key.path.ends_with(".keys") || key.path.ends_with(".gop_cache");
    if (is_section) continue;
    EXPECT_TRUE(key.changed) << key.path;
  }
  EXPECT_EQ(config->listen[0].scheme, "rtmp");
  EXPECT_EQ(config->listen[1].scheme, "rtmps");
  EXPECT_EQ(config->listen[2].scheme, "rtmpt");
  EXPECT_EQ(config->listen[3].scheme, "rtmpts");
  EXPECT_EQ(net::to_string(config->common.admin.value()), "http://127.0.0.1:9180");
  const auto* const app = config->find_app("live");
  ASSERT_NE(app, nullptr);
  const auto* const key = app->find_key("0123");
  ASSERT_NE(key, nullptr);
  EXPECT_EQ(key->stream_name(), "camera");
  EXPECT_EQ(app->find_key("camera"), nullptr) << "a name is no key";
  EXPECT_EQ(app->gop_cache, (GopCacheConfig{false, 1 << 20, 7}));
  EXPECT_EQ(config->limits.slow_player_timeout, 7s);
  EXPECT_EQ(config->limits.buffer_length_max, 8s);
  EXPECT_EQ(app->files, "/tmp");
  EXPECT_EQ(config->limits.tunnels_max, 8u);
  EXPECT_EQ(config->limits.tunnels_per_address_max, 9u);
  EXPECT_EQ(config->limits.tunnel_timeout, 10s);
  EXPECT_EQ(config->limits.tunnel_request_bytes_max, 4u << 10u);
  EXPECT_EQ(config->limits.tunnel_response_bytes_max, 5u << 10u);
  EXPECT_EQ(config->find_app("live/"), nullptr);
}

TEST(RtmpConfig, MistakesAreToldWithTheirPlace) {
  EXPECT_THAT(fault_of("aps: {}\n"), StartsWith("rtmp.yaml:1:1: unknown key \"aps\""));
  EXPECT_THAT(fault_of("apps: { a/b: {} }\n"), StartsWith("rtmp.yaml:1:9: "));
  EXPECT_THAT(fault_of("apps: { live: { keys: { \"a b\": {} } } }\n"), HasSubstr("expected a key without blanks"));
  EXPECT_THAT(fault_of("apps: { live: { keys: { a: { name: x }, x: {} } } }\n"), StartsWith("rtmp.yaml:1:41: "));
  EXPECT_THAT(fault_of("apps: { live: { when_busy: maybe } }\n"), HasSubstr("newest_wins, refuse"));
  EXPECT_THAT(fault_of("record: /nowhere\n"), HasSubstr("/nowhere is no folder"));
  EXPECT_THAT(fault_of("apps: { vod: { files: /nowhere } }\n"),
              AllOf(StartsWith("rtmp.yaml:1:"), HasSubstr("/nowhere is no folder")));
  EXPECT_THAT(fault_of("chunk_bytes: 127\n"), HasSubstr("from 128 to 65536"));
  EXPECT_THAT(fault_of("limits: { message_bytes_max: 16 MiB }\n"), HasSubstr("from 65536 to 16777215"));
  EXPECT_THAT(fault_of("limits: { tunnel_request_bytes_max: 4095 }\n"), HasSubstr("from 4096 to 67108864"));
  EXPECT_THAT(fault_of("listen: [\"http://127.0.0.1:80\"]\n"), HasSubstr("rtmp://ADDRESS:PORT"));
}

TEST(RtmpConfig, OneKeyOrOneApplicationTooManyIsAFault) {
  const auto entries = [](std::size_t count) {
    std::string all;
    for (std::size_t i = 0; i < count; ++i) all += fmt::format("{}n{}: {{}}", i == 0 ? "" : ", ", i);
    return all;
  };
  EXPECT_EQ(fault_of("apps: { " + entries(apps_max) + " }\n"), "");
  EXPECT_THAT(fault_of("apps: { " + entries(apps_max + 1) + " }\n"), HasSubstr("at most 100 applications"));
  EXPECT_EQ(fault_of("apps: { live: { keys: { " + entries(keys_max) + " } } }\n"), "");
  EXPECT_THAT(fault_of("apps: { live: { keys: { " + entries(keys_max + 1) + " } } }\n"),
              HasSubstr("at most 10000 keys"));
  EXPECT_EQ(fault_of("apps: { live: { keys: { " + std::string(key_bytes_max, 'k') + ": {} } } }\n"), "");
  EXPECT_THAT(fault_of("apps: { live: { keys: { " + std::string(key_bytes_max + 1, 'k') + ": {} } } }\n"),
              HasSubstr("expected a key"));
}

TEST(RtmpConfig, TellsWhatIsHardlyMeant) {
  Config config;
  EXPECT_THAT(config.doubts(), ElementsAre(HasSubstr("there are no applications")));
  config.apps.push_back({.name = "live"});
  config.chunk_bytes = 32'768;
  EXPECT_THAT(config.doubts(), ElementsAre("nobody can publish: live has no keys", HasSubstr("Wireshark")));
  config.apps[0].files = "/tmp";
  EXPECT_THAT(config.doubts(), ElementsAre(HasSubstr("Wireshark"))) << "files are enough";
  config.apps[0].files.reset();
  config.apps[0].is_open = true;
  config.chunk_bytes = 32'767;
  EXPECT_TRUE(config.doubts().empty());
}

TEST(RtmpProgram, ChecksWhatItIsTold) {
  const auto serve = [](std::vector<std::string> options) {
    options.insert(options.begin(), {test::labnet(), "serve", "rtmp", "--check"});
    const auto done = test::run(options);
    return fmt::format("{} {}{}", done.exit_code, done.output, done.errors);
  };
  EXPECT_THAT(serve({}), AllOf(StartsWith("2 "), HasSubstr("--key KEY, --files DIR")));
  EXPECT_EQ(serve({"--files", "/tmp"}), "0 ok\n");
  EXPECT_THAT(serve({"--files", "/nowhere"}), AllOf(StartsWith("2 "), HasSubstr("/nowhere")));
  EXPECT_EQ(serve({"--key", "1234"}), "0 ok\n");
  EXPECT_THAT(serve({"--key", "a/b"}), AllOf(StartsWith("2 "), HasSubstr("expected a key")));
  EXPECT_THAT(serve({"--key", "1234", "--record", "/nowhere"}), AllOf(StartsWith("2 "), HasSubstr("/nowhere")));
  EXPECT_THAT(serve({"--key", "1234", "--cert", "a.crt"}), HasSubstr("--cert and --cert-key belong together"));
  EXPECT_THAT(serve({"--key", "1234", "--listen", "rtmps://127.0.0.1:0"}), HasSubstr("needs a certificate"));
  EXPECT_THAT(serve({"--key", "1234", "--listen", "rtmpts://127.0.0.1:0"}), HasSubstr("needs a certificate"));
  EXPECT_EQ(serve({"--key", "1234", "--listen", "rtmpt://127.0.0.1:0"}), "0 ok\n");
  EXPECT_THAT(serve({"-c", std::string{LABNET_CONFIG_DIR} + "/labredes71/rtmp.yaml"}), HasSubstr("rtmp.yaml: ok"));
}

}  // namespace
}  // namespace labnet::rtmp_server
