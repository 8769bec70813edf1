#include "servers/http/config.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "common/base/text.hpp"
#include "common/ca/ocsp.hpp"
#include "common/http/characters.hpp"
#include "common/http/target.hpp"
#include "common/login/password.hpp"
#include "common/store/database.hpp"
#include "servers/http/access_log.hpp"
#include "servers/http/limits.hpp"

namespace labnet::http_server {
namespace {

using settings::Section;
using settings::Value;

constexpr auto time_min = std::chrono::milliseconds{10};
constexpr auto time_max = std::chrono::milliseconds{24 * 3'600'000};
constexpr auto session_lifetime_max = 365 * time_max;

Kind<std::string> host_kind() {
  return {"a host name or an address, such as www.labredes71.com",
          [](std::string_view text) -> std::optional<std::string> {
            const auto authority = http::parse_authority(text);
            if (!authority || authority->host.empty() || authority->host.size() != text.size()) return std::nullopt;
            return to_lower(text);
          }};
}

Kind<std::string> file_name_kind() {
  return {"the name of a file, such as index.html", [](std::string_view text) -> std::optional<std::string> {
            const bool is_name = !text.empty() && text.find('/') == text.npos && text != "." && text != "..";
            return is_name ? std::optional{std::string{text}} : std::nullopt;
          }};
}

Kind<std::string> path_kind() {
  return {"an absolute path, such as /old, or /old/* for all below", [](std::string_view text) {
            return text.starts_with('/') ? std::optional{std::string{text}} : std::nullopt;
          }};
}

Kind<std::string> serial_kind() {
  return {"a serial number of a certificate in hexadecimal, such as 0A1B or 0a:1b",
          [](std::string_view text) { return ca::parse_serial(text); }};
}

/// Of fields that the service writes itself, or that say where a message ends.
bool is_taken(std::string_view name) {
  constexpr std::string_view taken[]{"Date",       "Server",       "Content-Length",   "Transfer-Encoding",
                                     "Connection", "Keep-Alive",   "Content-Encoding", "Content-Range",
                                     "ETag",       "Last-Modified"};
  return std::ranges::any_of(taken, [&](std::string_view one) { return equals_ignoring_case(one, name); });
}

bool is_folder(const std::filesystem::path& path) {
  std::error_code error;
  return std::filesystem::is_directory(path, error);
}

/// By what the paths lead to, links included.
bool is_within(const std::filesystem::path& file, const std::filesystem::path& folder) {
  std::error_code error;
  const auto real_folder = std::filesystem::weakly_canonical(folder, error);
  const auto real_file = std::filesystem::weakly_canonical(file, error);
  const auto [rest, end] = std::ranges::mismatch(real_folder, real_file);
  return !error && rest == real_folder.end();
}

class Loader {
 public:
  explicit Loader(settings::Document& document) : root_{document.root()} {}

  Config load() {
    root_.get("listen", config_.listen, listen_kind());
    if (root_.has("listen")) config_.listen_mark = root_.mark("listen");
    root_.get("like", config_.like, like_kind());
    service::read_common(root_, config_.common);
    root_.get("server", config_.server);
    root_.require_list("sites", [&](Value site) { read_site(site); });
    if (root_.has("sites") && config_.sites.empty()) root_.fail("sites", "expected a list of sites with at least one");
    root_.get("access_log", config_.access_log);
    if (config_.access_log) {
      if (const auto why = objection_to_access_log(*config_.access_log); !why.empty()) root_.fail("access_log", why);
    }
    if (auto limits = root_.section("limits")) read_limits(*limits);
    return std::move(config_);
  }

 private:
  void read_site(Value& value) {
    if (config_.sites.size() == sites_max) return value.fail(fmt::format("expected at most {} sites", sites_max));
    auto section = value.section();
    if (!section) return;
    SiteConfig site;
    section->get("names", site.names, host_kind());
    if (site.names.size() > names_per_site_max) {
      section->fail("names", fmt::format("expected at most {} names", names_per_site_max));
    }
    for (const auto& name : site.names) {
      if (!names_.insert(name).second) section->fail("names", fmt::format("two sites have the name {}", name));
    }
    section->require("root", site.root);
    if (!site.root.empty() && !is_folder(site.root)) {
      section->fail("root", fmt::format("{} is no folder", site.root.string()));
    }
    section->get("index", site.index, file_name_kind());
    if (site.index.size() > index_names_max) {
      section->fail("index", fmt::format("expected at most {} names", index_names_max));
    }
    section->get("listing", site.listing);
    section->get("compress", site.compress);
    section->get("https_only", site.https_only);
    if (section->has("https_only")) site.https_only_mark = section->mark("https_only");
    section->get("uploads", site.uploads);
    section->entries("fields", [&](const std::string& name, Value field) { read_field(site, name, field); });
    section->list("redirects", [&](Value redirect) { read_redirect(site, redirect); });
    section->list("protect", [&](Value area) { read_area(site, area); });
    section->list("applications", [&](Value application) { read_application(site, application); });
    if (auto tls = section->section("tls")) {
      service::read_tls(*tls, site.tls);
      service::check(*tls, site.tls);
    }
    config_.sites.push_back(std::move(site));
  }

  static void read_field(SiteConfig& site, const std::string& name, Value& value) {
    if (site.fields.size() == extra_fields_max) {
      return value.fail(fmt::format("expected at most {} fields", extra_fields_max));
    }
    if (!http::is_token(name)) return value.fail_key("expected the name of a field, such as Cache-Control");
    if (is_taken(name)) return value.fail_key("the server writes this field itself");
    std::string text;
    if (!value.read(text)) return;
    if (!http::is_value(text)) return value.fail("expected a line without control characters");
    site.fields.emplace_back(name, std::move(text));
  }

  static void read_redirect(SiteConfig& site, Value& value) {
    if (site.redirects.size() == redirects_max) {
      return value.fail(fmt::format("expected at most {} redirects", redirects_max));
    }
    auto section = value.section();
    if (!section) return;
    Redirect redirect;
    section->require("from", redirect.from, path_kind());
    section->require("to", redirect.to);
    const auto star = redirect.to.find('*');
    if (star < redirect.to.size() - 1 && redirect.from.ends_with('*')) {
      section->fail("to", "expected \"*\" at the end, where it stands for what is below");
    }
    if (redirect.to == redirect.from) section->fail("to", "this is where it comes from");
    const auto is_from_there = [&](const Redirect& one) { return one.from == redirect.from; };
    if (std::ranges::any_of(site.redirects, is_from_there)) section->fail("from", "two redirects have this path");
    if (!http::is_value(redirect.to)) section->fail("to", "expected a path or a URL without control characters");
    section->get("status", redirect.status,
                 one_of<int>({{"301", 301}, {"302", 302}, {"303", 303}, {"307", 307}, {"308", 308}}));
    site.redirects.push_back(std::move(redirect));
  }

  void read_area(SiteConfig& site, Value& value) {
    if (site.protected_areas.size() == protected_areas_max) {
      return value.fail(fmt::format("expected at most {} of them", protected_areas_max));
    }
    auto section = value.section();
    if (!section) return;
    ProtectedArea area;
    section->require("path", area.path, path_kind());
    section->require("realm", area.realm);
    if (!http::is_value(area.realm)) section->fail("realm", "expected a text without control characters");
    section->get("scheme", area.scheme,
                 one_of<AuthenticationScheme>({{"basic", AuthenticationScheme::basic},
                                               {"digest", AuthenticationScheme::digest},
                                               {"form", AuthenticationScheme::form}}));
    if (area.scheme == AuthenticationScheme::form) read_login(site, *section, area);
    section->entries("users", [&](const std::string& name, Value password) {
      if (area.users.size() == users_max) return password.fail(fmt::format("expected at most {} users", users_max));
      if (name.empty() || name.find(':') != name.npos || !http::is_value(name)) {
        return password.fail_key("expected a name without \":\" and control characters");
      }
      area.users.emplace_back(name, std::string{});
      auto& stored = area.users.back().second;
      if (!password.read(stored)) return;
      if (const auto why = login::objection_to_stored_password(stored); !why.empty()) return password.fail(why);
      if (area.scheme == AuthenticationScheme::digest && login::is_hash(stored)) {
        password.fail("digest needs the password itself; a hash of it serves basic and form alone");
      }
      area.stand_ins.add(stored);
    });
    area.key = fmt::format("{} {}", config_.sites.size(), area.path);
    site.protected_areas.push_back(std::move(area));
  }

  static void read_login(const SiteConfig& site, Section& section, ProtectedArea& area) {
    section.require("login", area.login_path, path_kind());
    if (area.login_path.ends_with('*')) section.fail("login", "expected the path of one page, such as /login");
    const auto is_here = [&](const ProtectedArea& one) { return one.login_path == area.login_path; };
    if (!area.login_path.empty() && std::ranges::any_of(site.protected_areas, is_here)) {
      section.fail("login", "another part of the site has this path for its logins");
    }
  }

  static void read_application(SiteConfig& site, Value& value) {
    if (site.applications.size() == applications_max) {
      return value.fail(fmt::format("expected at most {} applications", applications_max));
    }
    auto section = value.section();
    if (!section) return;
    ApplicationConfig application;
    section->require("path", application.path, path_kind());
    section->require("do", application.kind,
                     one_of<ApplicationKind>({{"echo", ApplicationKind::echo},
                                              {"upload", ApplicationKind::upload},
                                              {"comments", ApplicationKind::comments},
                                              {"ocsp", ApplicationKind::ocsp}}));
    if (application.kind == ApplicationKind::comments) {
      section->get("file", application.file);
      application.file_mark = section->mark("file");
    }
    if (application.kind == ApplicationKind::upload) {
      section->require("to", application.folder, path_kind());
      if (!application.folder.ends_with('/')) application.folder += '/';
      const auto folder = site.root / application.folder.substr(1);
      if (!is_folder(folder)) section->fail("to", fmt::format("{} is no folder", folder.string()));
    }
    if (application.kind == ApplicationKind::ocsp) section->get("revoked", application.revoked, serial_kind());
    if (application.revoked.size() > revoked_max) {
      section->fail("revoked", fmt::format("expected at most {} serial numbers", revoked_max));
    }
    const auto is_there = [&](const ApplicationConfig& one) { return one.path == application.path; };
    if (std::ranges::any_of(site.applications, is_there)) section->fail("path", "two applications have this path");
    site.applications.push_back(std::move(application));
  }

  void read_limits(Section& section) {
    auto& limits = config_.limits;
    const auto time = duration_between(time_min, time_max);
    section.get("connections_max", limits.connections_max, between<std::size_t>(1, 1'000'000));
    section.get("connections_per_address_max", limits.connections_per_address_max, between<std::size_t>(1, 1'000'000));
    section.get("requests_per_connection_max", limits.requests_per_connection_max,
                between<std::uint64_t>(1, UINT64_MAX));
    section.get("body_bytes_max", limits.body_bytes_max, byte_size<std::uint64_t>(0, UINT64_MAX));
    section.get("keep_alive_timeout", limits.keep_alive_timeout, time);
    section.get("head_timeout", limits.head_timeout, time);
    section.get("body_timeout", limits.body_timeout, time);
    section.get("body_bytes_per_second_min", limits.body_bytes_per_second_min, byte_size<std::uint64_t>(1, UINT64_MAX));
    section.get("stall_timeout", limits.stall_timeout, time);
    section.get("response_timeout", limits.response_timeout, time);
    section.get("response_bytes_per_second_min", limits.response_bytes_per_second_min,
                byte_size<std::uint64_t>(1, UINT64_MAX));
    section.get("sessions_max", limits.sessions.sessions_max, between<std::size_t>(1, 1'000'000));
    section.get("session_timeout", limits.sessions.timeout, time);
    section.get("session_lifetime", limits.sessions.lifetime, duration_between(time_min, session_lifetime_max));
    section.get("failed_login_delay", limits.failed_login_delay,
                duration_between(std::chrono::milliseconds{0}, std::chrono::milliseconds{60'000}));
  }

  Section root_;
  Config config_;
  std::set<std::string> names_;
};

/// What is stored beside the sites is nobody's to fetch, nor to put something else in its place; and it must be what it
/// is taken for.
std::optional<settings::Fault> fault_of_files(const Config& config) {
  const auto is_served = [&](const std::filesystem::path& file) {
    return std::ranges::any_of(config.sites, [&](const SiteConfig& site) { return is_within(file, site.root); });
  };
  for (const auto& site : config.sites) {
    for (const auto& one : site.applications) {
      if (!one.file) continue;
      if (is_served(*one.file)) {
        return settings::Fault{one.file_mark, fmt::format("{} of {} lies in a folder that is served: put it beside it",
                                                          one.file->string(), one.path)};
      }
      const auto checked = store::Database::check(*one.file);
      if (!checked)
        return settings::Fault{one.file_mark, fmt::format("comments of {}: {}", one.path, checked.error().message)};
    }
  }
  return std::nullopt;
}

}  // namespace

const std::string* ProtectedArea::password_of(std::string_view user) const {
  const auto found = std::ranges::find(users, user, [](const auto& one) { return std::string_view{one.first}; });
  return found == users.end() ? nullptr : &found->second;
}

Kind<net::Endpoint> listen_kind() {
  return {"http://ADDRESS:PORT or https://ADDRESS:PORT, such as http://127.0.0.1:8080",
          [](std::string_view text) -> std::optional<net::Endpoint> {
            auto endpoint = net::parse_endpoint(text);
            if (!endpoint) return std::nullopt;
            if (endpoint->scheme.empty() || endpoint->scheme == "tcp") endpoint->scheme = "http";
            if (endpoint->scheme == "tls") endpoint->scheme = "https";
            if (endpoint->scheme != "http" && endpoint->scheme != "https") return std::nullopt;
            return *endpoint;
          }};
}

Kind<Like> like_kind() {
  return one_of<Like>({{"labnet", Like::labnet}, {"apache", Like::apache}, {"nginx", Like::nginx}});
}

Result<Config, settings::Fault> load_config(settings::Document& document) {
  auto config = document.finish(Loader{document}.load());
  if (!config) return config;
  if (auto fault = fault_of_files(*config)) return *std::move(fault);
  return config;
}

}  // namespace labnet::http_server
