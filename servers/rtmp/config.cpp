#include "servers/rtmp/config.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "common/base/utf8.hpp"
#include "common/rtmp/limits.hpp"
#include "servers/rtmp/limits.hpp"

namespace labnet::rtmp_server {
namespace {

using settings::Section;
using settings::Value;

/// What stands between two slashes of a URL without further ado: no slash, no question mark, no blank.
bool is_name(std::string_view text) {
  const auto is_odd = [](char c) {
    return static_cast<unsigned char>(c) <= ' ' || c == 0x7f || c == '/' || c == '?' || c == '#';
  };
  return !text.empty() && text.size() <= key_bytes_max && std::ranges::none_of(text, is_odd);
}

Kind<std::string> name_kind() {
  return {"a name without blanks, slashes and question marks",
          [](std::string_view text) { return is_name(text) ? std::optional{std::string{text}} : std::nullopt; }};
}

class ConfigFile {
 public:
  explicit ConfigFile(settings::Document& document) : root_{document.root()} {}

  Config load() {
    root_.get("listen", config_.listen, listen_kind());
    service::read_common(root_, config_.common);
    root_.entries("apps", [&](const std::string& name, Value app) { read_app(name, app); });
    root_.get("record", config_.record);
    check_folder(root_, "record", config_.record);
    root_.get("chunk_bytes", config_.chunk_bytes, byte_size<std::uint32_t>(128, 65'536));
    root_.get("window_bytes", config_.window_bytes, byte_size<std::uint32_t>(1'000, 0x7fffffff));
    if (auto section = root_.section("limits")) read_limits(*section);
    if (auto section = root_.section("tls")) read_tls(*section);
    return std::move(config_);
  }

 private:
  static void check_folder(Section& section, const std::string& key,
                           const std::optional<std::filesystem::path>& folder) {
    std::error_code error;
    if (!folder || std::filesystem::is_directory(*folder, error)) return;
    section.fail(key, fmt::format("{} is no folder", folder->string()));
  }

  void read_app(const std::string& name, Value& value) {
    if (config_.apps.size() == apps_max) return value.fail(fmt::format("expected at most {} applications", apps_max));
    if (!is_name(name)) return value.fail_key("expected a name without blanks, slashes and question marks");
    auto section = value.section();
    if (!section) return;
    AppConfig app{.name = name};
    names_.clear();
    section->entries("keys", [&](const std::string& key, Value one) { read_key(app, key, one); });
    section->get("open", app.is_open);
    section->get("when_busy", app.when_busy,
                 one_of<WhenBusy>({{"newest_wins", WhenBusy::newest_wins}, {"refuse", WhenBusy::refuse}}));
    section->get("when_absent", app.when_absent,
                 one_of<WhenAbsent>({{"wait", WhenAbsent::wait}, {"not_found", WhenAbsent::not_found}}));
    section->get("record", app.is_recorded);
    section->get("files", app.files);
    check_folder(*section, "files", app.files);
    if (auto cache = section->section("gop_cache")) read_gop_cache(*cache, app.gop_cache);
    config_.apps.push_back(std::move(app));
  }

  void read_key(AppConfig& app, const std::string& key, Value& value) {
    if (app.keys.size() == keys_max) return value.fail(fmt::format("expected at most {} keys", keys_max));
    if (!is_name(key)) return value.fail_key("expected a key without blanks, slashes and question marks");
    StreamKey made{.key = key};
    auto section = value.section();
    std::optional<std::string> name;
    if (section) section->get("name", name, name_kind());
    made.name = name.value_or("");
    if (!names_.insert(made.stream_name()).second) value.fail_key("another key has this name");
    app.keys.push_back(std::move(made));
  }

  static void read_gop_cache(Section& section, GopCacheConfig& cache) {
    section.get("on", cache.is_on);
    section.get("bytes_max", cache.bytes_max, byte_size<std::size_t>(64 << 10, 1 << 30));
    section.get("frames_max", cache.frames_max, between<std::size_t>(1, 100'000));
  }

  void read_tls(Section& section) {
    service::read_tls(section, config_.tls);
    service::check(section, config_.tls);
  }

  void read_limits(Section& section) {
    auto& limits = config_.limits;
    const auto time = duration_between(std::chrono::milliseconds{100}, std::chrono::milliseconds{24 * 3'600'000});
    section.get("connections_max", limits.connections_max, between<std::size_t>(1, 1'000'000));
    section.get("connections_per_address_max", limits.connections_per_address_max, between<std::size_t>(1, 1'000'000));
    section.get("handshake_timeout", limits.handshake_timeout, time);
    section.get("command_timeout", limits.command_timeout, time);
    section.get("publisher_timeout", limits.publisher_timeout, time);
    section.get("ping_interval", limits.ping_interval, time);
    section.get("ping_timeout", limits.ping_timeout, time);
    section.get("message_bytes_max", limits.message_bytes_max,
                byte_size<std::size_t>(64 << 10, rtmp::message_bytes_max));
    section.get("player_bytes_max", limits.player_bytes_max, byte_size<std::size_t>(64 << 10, 1 << 30));
    section.get("player_time_max", limits.player_time_max, time);
    section.get("slow_player_timeout", limits.slow_player_timeout, time);
    section.get("file_players_max", limits.file_players_max, between<std::size_t>(1, 1'000'000));
    section.get("buffer_length_max", limits.buffer_length_max, time);
    section.get("tunnels_max", limits.tunnels_max, between<std::size_t>(1, 1'000'000));
    section.get("tunnels_per_address_max", limits.tunnels_per_address_max, between<std::size_t>(1, 1'000'000));
    section.get("tunnel_timeout", limits.tunnel_timeout, time);
    section.get("tunnel_request_bytes_max", limits.tunnel_request_bytes_max, byte_size<std::size_t>(4 << 10, 64 << 20));
    section.get("tunnel_response_bytes_max", limits.tunnel_response_bytes_max,
                byte_size<std::size_t>(4 << 10, 64 << 20));
  }

  Section root_;
  Config config_;
  std::set<std::string> names_;  // of the streams of one application
};

}  // namespace

const StreamKey* AppConfig::find_key(std::string_view key) const {
  const auto found = std::ranges::find(keys, key, &StreamKey::key);
  return found == keys.end() ? nullptr : &*found;
}

/// What is not there as a file is not waited for by who wants a recording, nor where nobody can publish it.
bool AppConfig::lets_wait(rtmp::Play::Source source) const {
  if (when_absent == WhenAbsent::not_found) return false;
  return !files || (source != rtmp::Play::Source::recorded && takes_publishers());
}

const AppConfig* Config::find_app(std::string_view name) const {
  const auto found = std::ranges::find(apps, name, &AppConfig::name);
  return found == apps.end() ? nullptr : &*found;
}

std::vector<std::string> Config::doubts() const {
  std::vector<std::string> found;
  if (apps.empty()) found.push_back("nobody can publish or play: there are no applications");
  for (const auto& app : apps) {
    if (app.takes_publishers() || app.files) continue;
    found.push_back(fmt::format("nobody can publish: {} has no keys", app.name));
  }
  // Wireshark 4.0 reads nothing behind it.
  constexpr std::uint32_t wireshark_chunk_bytes_max = 32'767;
  if (chunk_bytes > wireshark_chunk_bytes_max) {
    found.push_back(fmt::format("Wireshark does not read chunks of more than {} bytes", wireshark_chunk_bytes_max));
  }
  return found;
}

bool is_secure(std::string_view scheme) {
  return scheme == "rtmps" || scheme == "rtmpts";
}
bool is_tunnelled(std::string_view scheme) {
  return scheme == "rtmpt" || scheme == "rtmpts";
}

Kind<net::Endpoint> listen_kind() {
  return {"rtmp://ADDRESS:PORT, or rtmps, rtmpt or rtmpts, such as rtmp://127.0.0.1:1935",
          [](std::string_view text) -> std::optional<net::Endpoint> {
            auto endpoint = net::parse_endpoint(text);
            if (!endpoint) return std::nullopt;
            auto& scheme = endpoint->scheme;
            if (scheme.empty()) scheme = "rtmp";
            const bool is_known = scheme == "rtmp" || is_secure(scheme) || is_tunnelled(scheme);
            return is_known ? std::optional{*std::move(endpoint)} : std::nullopt;
          }};
}

Kind<std::string> key_kind() {
  return {"a key without blanks, slashes and question marks, such as 1234", name_kind().parse};
}

Result<Config, settings::Fault> load_config(settings::Document& document) {
  auto config = ConfigFile{document}.load();
  return document.finish(std::move(config));
}

}  // namespace labnet::rtmp_server
