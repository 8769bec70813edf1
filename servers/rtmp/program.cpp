#include "servers/rtmp/program.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "common/log/log.hpp"
#include "common/service/config_source.hpp"
#include "common/service/options.hpp"
#include "common/service/run.hpp"
#include "common/service/tls.hpp"
#include "servers/rtmp/server.hpp"

namespace labnet::rtmp_server {
namespace {

/// The applications of keys and files that the command line gives: what people type in front of them.
constexpr std::string_view app_of_keys = "live", app_of_files = "vod";

struct Input {
  service::CommonInput common;
  service::TlsInput tls;
  std::vector<std::string> keys;
  std::optional<std::string> record, files;
};

service::UsualPlaces usual_places() {
  return {.plain = *listen_kind().parse("rtmp://127.0.0.1:1935"),
          .secure = *listen_kind().parse("rtmps://127.0.0.1:1936"),
          .besides = *listen_kind().parse("rtmpt://127.0.0.1:8935")};
}

AppConfig& app_of(Config& config, std::string_view name) {
  const auto found = std::ranges::find(config.apps, name, &AppConfig::name);
  if (found != config.apps.end()) return *found;
  return config.apps.emplace_back(AppConfig{.name = std::string{name}});
}

/// What the file says, and over it what the command line says. A fault is a sentence: wrong usage.
Result<Config> over(Config config, const Input& input) {
  for (const auto& key : input.keys) {
    auto& app = app_of(config, app_of_keys);
    if (app.find_key(key) == nullptr) app.keys.push_back({.key = key});
  }
  if (input.record) config.record = *input.record;
  if (input.files) app_of(config, app_of_files).files = *input.files;
  if (const auto applied = service::apply(input.tls, config.tls); !applied) return applied.error();
  auto places =
      service::places_to_listen(input.common, input.tls, config.tls, std::move(config.listen), usual_places());
  if (!places) return places.error();
  config.listen = *std::move(places);
  return config;
}

program::Exit serve(program::Console& console, const Input& input) {
  service::ConfigSource source{"rtmp", input, load_config, over};
  auto begun = source.begin(console);
  if (!begun) return begun.error();
  auto& [handed_in, config] = *begun;
  if (config.apps.empty() && !input.common.config) {
    return console.wrong_usage(
        "who may publish, or what is played? --key KEY, --files DIR, or applications in a configuration with -c");
  }
  for (const auto& doubt : config.doubts()) program::say(fmt::format("{} (warning)\n", doubt));
  const auto checked = Server::check(config);
  if (!checked) return console.wrong_file(checked.error().message);
  if (input.common.check) return service::say_that_all_is_right(console, input.common);

  const service::Start start{"rtmp", input.common, config.common, service::places_without_tls(input.tls, config.tls)};
  return service::run<Server>(
      console, start, {.config = std::move(config), .handed_in = std::move(handed_in), .read_again = source.reader()});
}

program::Run define_serve_rtmp(program::Options& options) {
  auto input = std::make_shared<Input>();
  service::declare(options, input->common,
                   "rtmp://127.0.0.1:1935 and rtmpt://127.0.0.1:8935, and with a certificate rtmps://127.0.0.1:1936",
                   listen_kind());
  options.repeatable("--key", "KEY", input->keys, "who knows it may publish rtmp://HOST/live/KEY", key_kind());
  options.option("--record", "DIR", input->record, "keeps each stream in this folder, as an FLV file");
  options.option("--files", "DIR", input->files, "plays the FLV files of this folder, as rtmp://HOST/vod/NAME");
  service::declare(options, input->tls, listen_kind(), "rtmps", "--cert-key");
  return [input](program::Console& console) { return serve(console, *input); };
}

}  // namespace

const program::Program serve_rtmp_program{"serve rtmp", program::Group::servers,
                                          "A server of live and recorded streams",
                                          "labnet serve rtmp --key 1234\n"
                                          "labnet serve rtmp --key 1234 --record /srv/recordings --tls\n"
                                          "labnet serve rtmp --key 1234 --listen rtmpt://127.0.0.1:8935",
                                          define_serve_rtmp};

}  // namespace labnet::rtmp_server
