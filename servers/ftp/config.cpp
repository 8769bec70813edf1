#include "servers/ftp/config.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/base/utf8.hpp"
#include "common/ftp/path.hpp"
#include "common/login/password.hpp"
#include "servers/ftp/limits.hpp"

namespace labnet::ftp_server {
namespace {

using settings::Section;
using settings::Value;

constexpr auto time_min = std::chrono::milliseconds{10};
constexpr auto time_max = std::chrono::milliseconds{24 * 3'600'000};

Kind<std::string> home_kind() {
  return {"an absolute path within the root, such as /home/samurt123",
          [](std::string_view text) -> std::optional<std::string> {
            const auto path = ftp::resolve_path("/", text);
            return text.starts_with('/') && path ? std::optional{*path} : std::nullopt;
          }};
}

class Loader {
 public:
  explicit Loader(settings::Document& document) : root_{document.root()} {}

  Config load() {
    root_.get("listen", config_.listen, listen_kind());
    root_.require("root", config_.root);
    service::read_common(root_, config_.common);
    check_folder("root", config_.root);
    root_.entries("users", [&](const std::string& name, Value value) { read_user(name, value); });
    root_.get("users_file", config_.users_file);
    if (auto anonymous = root_.section("anonymous")) read_anonymous(*anonymous);
    root_.get("language", config_.language, one_of<Language>({{"en", Language::english}, {"es", Language::spanish}}));
    root_.get("greeting", config_.greeting, greeting_kind());
    root_.get("active", config_.active);
    if (auto passive = root_.section("passive")) read_passive(*passive);
    if (auto tls = root_.section("tls")) read_tls(*tls);
    if (auto upload = root_.section("upload")) read_upload(*upload);
    if (auto limits = root_.section("limits")) read_limits(*limits);
    root_.get("transfer_log", config_.transfer_log);
    return std::move(config_);
  }

 private:
  void check_folder(std::string_view key, const std::filesystem::path& path) {
    std::error_code error;
    if (path.empty() || std::filesystem::is_directory(path, error)) return;
    root_.fail(key, fmt::format("{} is no folder", path.string()));
  }

  void read_user(const std::string& name, Value& value) {
    if (config_.users.size() == users_max) return value.fail(fmt::format("expected at most {} users", users_max));
    if (const auto why = objection_to_name(name); !why.empty()) return value.fail_key(why);
    auto section = value.section();
    if (!section) return;
    User user;
    user.name = name;
    section->require("password", user.password);
    const auto objection = login::objection_to_stored_password(user.password);
    if (section->has("password") && !objection.empty()) section->fail("password", objection);
    section->get("home", user.home, home_kind());
    section->get("permissions", user.permissions, permissions_kind());
    config_.users.push_back(std::move(user));
  }

  static Kind<std::string> greeting_kind() {
    return {fmt::format("a line of at most {} bytes", greeting_bytes_max),
            [](std::string_view text) -> std::optional<std::string> {
              const auto is_line = text.size() <= greeting_bytes_max && text.find_first_of("\r\n") == text.npos;
              return is_line ? std::optional{std::string{text}} : std::nullopt;
            }};
  }

  void read_anonymous(Section& section) {
    auto& anonymous = config_.anonymous;
    section.get("allowed", anonymous.allowed);
    section.get("home", anonymous.home, home_kind());
    section.get("permissions", anonymous.permissions, permissions_kind());
  }

  void read_passive(Section& section) {
    section.get("ports", config_.passive.ports, port_range_kind());
    section.get("masquerade_address", config_.passive.masquerade_address);
    const auto& address = config_.passive.masquerade_address;
    if (address && address->value == 0) section.fail("masquerade_address", "nobody can connect to 0.0.0.0");
  }

  void read_tls(Section& section) {
    auto& tls = config_.tls;
    service::read_tls(section, tls.identity);
    section.get("required", tls.required);
    section.get("session_reuse", tls.session_reuse,
                one_of<SessionReuse>(
                    {{"off", SessionReuse::off}, {"warn", SessionReuse::warn}, {"require", SessionReuse::require}}));
  }

  void read_upload(Section& section) {
    section.get("keep_partial", config_.upload.keeps_partial);
    section.get("may_replace", config_.upload.may_replace);
    section.get("fsync", config_.upload.fsyncs);
    section.get("bytes_max", config_.upload.bytes_max, byte_size<std::uint64_t>(0, UINT64_MAX));
  }

  void read_limits(Section& section) {
    auto& limits = config_.limits;
    const auto time = duration_between(time_min, time_max);
    section.get("sessions_max", limits.sessions_max, between<std::size_t>(1, 100'000));
    section.get("sessions_per_address_max", limits.sessions_per_address_max, between<std::size_t>(1, 100'000));
    section.get("login_tries_max", limits.login_tries_max, between(1, 1000));
    section.get("failed_login_delay", limits.failed_login_delay,
                duration_between(std::chrono::milliseconds{0}, std::chrono::milliseconds{60'000}));
    section.get("login_timeout", limits.login_timeout, time);
    section.get("idle_timeout", limits.idle_timeout, time);
    section.get("stall_timeout", limits.stall_timeout, time);
    section.get("connect_timeout", limits.connect_timeout, time);
  }

  Section root_;
  Config config_;
};

}  // namespace

Kind<net::Endpoint> listen_kind() {
  return {"ftp://ADDRESS:PORT or ftps://ADDRESS:PORT, such as ftp://127.0.0.1:2121",
          [](std::string_view text) -> std::optional<net::Endpoint> {
            auto endpoint = net::parse_endpoint(text);
            if (!endpoint) return std::nullopt;
            if (endpoint->scheme.empty() || endpoint->scheme == "tcp") endpoint->scheme = "ftp";
            if (endpoint->scheme == "tls") endpoint->scheme = "ftps";
            if (endpoint->scheme != "ftp" && endpoint->scheme != "ftps") return std::nullopt;
            return *endpoint;
          }};
}

Kind<User> user_kind() {
  return {"NAME:PASSWORD", [](std::string_view text) -> std::optional<User> {
            const std::string whole{text};
            const auto colon = whole.find(':');
            if (colon == whole.npos) return std::nullopt;
            User user;
            user.name = whole.substr(0, colon);
            user.password = whole.substr(colon + 1);
            user.permissions = Permissions::all();
            const auto objects = [](const std::string& objection) { return !objection.empty(); };
            if (objects(objection_to_name(user.name)) || objects(login::objection_to_stored_password(user.password))) {
              return std::nullopt;
            }
            return user;
          }};
}

Kind<PortRange> port_range_kind() {
  return {"two ports with - between them, such as 50000-50999", [](std::string_view text) -> std::optional<PortRange> {
            const auto dash = text.find('-');
            if (dash == text.npos) return std::nullopt;
            const auto first = parse_integer<std::uint16_t>(text.substr(0, dash));
            const auto last = parse_integer<std::uint16_t>(text.substr(dash + 1));
            if (!first || !last || *first == 0 || *last < *first) return std::nullopt;
            return PortRange{*first, *last};
          }};
}

Result<Config, settings::Fault> load_config(settings::Document& document) {
  auto config = Loader{document}.load();
  return document.finish(std::move(config));
}

}  // namespace labnet::ftp_server
