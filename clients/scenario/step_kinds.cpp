#include "clients/scenario/step_kinds.hpp"

#include <algorithm>
#include <array>

#include "common/base/utf8.hpp"

namespace labnet::scenario {
namespace {

/// A host's name or address as it stands in a step. Not the beginning of an option.
const Kind<std::string> host_kind{
    "a host name or an address", [](std::string_view text) -> std::optional<std::string> {
      constexpr std::size_t name_characters_max = 253;  // RFC 1035, section 2.3.4, as text without the last dot
      if (text.empty() || text.size() > name_characters_max || text.front() == '-' || text.front() == '@') return {};
      const auto is_foreign = [](char c) { return static_cast<unsigned char>(c) <= ' ' || c == '"' || c == '\''; };
      if (std::ranges::any_of(text, is_foreign)) return {};
      return std::string{text};
    }};

void add(Step& step, std::initializer_list<std::string> words) {
  step.words.insert(step.words.end(), words);
}

void read_ping(settings::Section& section, Step& step) {
  std::string host;
  std::string like = "iputils";
  int count = 4;
  std::optional<std::chrono::milliseconds> interval;
  section.require("host", host, host_kind);
  section.get("like", like, one_of<std::string>({{"iputils", "iputils"}, {"windows", "windows"}}));
  section.get("count", count, between(1, 1000));
  section.get("interval", interval, duration_between(std::chrono::milliseconds{10}, std::chrono::milliseconds{60'000}));
  add(step, {"ping", host, "--like", like, "--count", std::to_string(count)});
  if (interval) add(step, {"--interval", std::to_string(interval->count()) + "ms"});
}

void read_dns(settings::Section& section, Step& step) {
  std::string name;
  std::string type = "A";
  std::optional<std::string> server;
  section.require("name", name, host_kind);
  section.get("type", type, host_kind);
  section.get("server", server, host_kind);
  add(step, {"dns", name, type});
  if (server) add(step, {"@" + *server});
}

void read_nslookup(settings::Section& section, Step& step) {
  std::string name;
  section.require("name", name, host_kind);
  step.is_labnet = false;
  step.words = {"nslookup", name};
  step.instead = {"dns", "--nslookup", name};
}

/// Kinds that ask the lab about the host: no keys of their own.
void read_cache_show(settings::Section&, Step& step) {
  step.place = Step::Place::outside;
  step.words = {"cache", "show", step.on};
}
void read_cache_flush(settings::Section& section, Step& step) {
  std::optional<std::string> name;
  section.get("name", name, host_kind);
  step.place = Step::Place::outside;
  step.words = {"cache", "flush", step.on};
  if (name) add(step, {*name});
}
void read_neighbours_flush(settings::Section&, Step& step) {
  step.place = Step::Place::outside;
  step.words = {"neighbours", "flush", step.on};
  step.needs_namespaces = true;
}

/// A name in the folder of the results.
const Kind<std::string> result_name_kind{
    "a file name without a folder", [](std::string_view text) -> std::optional<std::string> {
      constexpr std::size_t name_bytes_max = 200;
      if (text.empty() || text.size() > name_bytes_max || text.front() == '.' || text.front() == '-') return {};
      if (text.find('/') != text.npos || printable(text) != text) return {};
      return std::string{text};
    }};

/// scheme  "ftp", of which "ftps" is the secure twin
Kind<std::string> url_kind(const std::string& scheme) {
  return {fmt::format("a URL that begins with {0}:// or {0}s://", scheme),
          [scheme](std::string_view text) -> std::optional<std::string> {
            constexpr std::size_t url_bytes_max = 1993;  // behind the scheme
            if (!text.starts_with(scheme + "://") && !text.starts_with(scheme + "s://")) return {};
            const auto rest = text.size() - text.find("//") - 2;
            if (rest == 0 || rest > url_bytes_max || printable(text) != text) return {};
            return std::string{text};
          }};
}

/// What the file that was received must be identical with.
void read_same_as(settings::Section& section, Step& step) {
  section.get("same_as", step.same_as);
  std::string made;
  if (section.get("same_as_result", made, result_name_kind)) {
    step.same_as = made;
    step.same_as_is_in_results = true;
  }
}

/// What getting and putting have in common. The dialogue is printed: it is what is to be seen.
void read_ftp(settings::Section& section, Step& step, std::string_view verb) {
  std::string like = "labnet";
  bool tls = false;
  section.get("like", like, one_of<std::string>({{"labnet", "labnet"}, {"filezilla", "filezilla"}}));
  section.get("tls", tls);
  add(step, {"ftp", std::string{verb}, "--verbose"});
  if (like != "labnet") add(step, {"--like", like});
  if (tls) add(step, {"--tls"});
}

void read_ftp_get(settings::Section& section, Step& step) {
  std::string url;
  read_ftp(section, step, "get");
  section.require("url", url, url_kind("ftp"));
  section.require("to", step.received, result_name_kind);
  read_same_as(section, step);
  add(step, {"--output", step.received, url});
  step.words_in_results = {step.words.size() - 2};
}

void read_ftp_put(settings::Section& section, Step& step) {
  std::string url;
  std::string file;
  read_ftp(section, step, "put");
  section.require("file", file, result_name_kind);
  section.require("url", url, url_kind("ftp"));
  add(step, {file, url});
  step.words_in_results = {step.words.size() - 2};
}

/// The dialogue is printed. With a cache the server is asked whether what is there from last time is still right.
void read_http_get(settings::Section& section, Step& step) {
  std::string url;
  std::string cache;
  bool compressed = false;
  section.require("url", url, url_kind("http"));
  section.require("to", step.received, result_name_kind);
  section.get("compressed", compressed);
  section.get("cache", cache, result_name_kind);
  read_same_as(section, step);
  add(step, {"http", "get", "--verbose"});
  if (compressed) add(step, {"--compressed"});
  section.entries("fields", [&](const std::string& name, settings::Value value) {
    std::string text;
    if (printable(name) != name || name.find(':') != name.npos) return value.fail_key("expected the name of a field");
    if (!value.read(text)) return;
    if (printable(text) != text) return value.fail("expected a text without control characters");
    add(step, {"--header", fmt::format("{}: {}", name, text)});
  });
  if (!cache.empty()) {
    add(step, {"--cache", cache});
    step.words_in_results.push_back(step.words.size() - 1);
  }
  add(step, {"--output", step.received, url});
  step.words_in_results.push_back(step.words.size() - 2);
}

/// Bytes of no meaning, others each time, so that nothing on the way can have kept them.
void read_file_make(settings::Section& section, Step& step) {
  std::uint64_t bytes = 0;
  section.require("file", step.received, result_name_kind);
  section.require("bytes", bytes, byte_size<std::uint64_t>(0, std::uint64_t{1} << 30));
  step.is_labnet = false;
  step.words = {"sh", "-c", "head -c " + std::to_string(bytes) + " /dev/urandom >\"$0\"", step.received};
  step.words_in_results = {step.words.size() - 1};
}

constexpr std::array step_kinds{
    StepKind{"ping", read_ping},
    StepKind{"dns", read_dns},
    StepKind{"nslookup", read_nslookup},
    StepKind{"ftp.get", read_ftp_get},
    StepKind{"ftp.put", read_ftp_put},
    StepKind{"http.get", read_http_get},
    StepKind{"file.make", read_file_make},
    StepKind{"cache.show", read_cache_show},
    StepKind{"cache.flush", read_cache_flush},
    StepKind{"neighbours.flush", read_neighbours_flush},
};

}  // namespace

const StepKind* find_step_kind(std::string_view name) {
  const auto found = std::ranges::find(step_kinds, name, &StepKind::name);
  return found == step_kinds.end() ? nullptr : &*found;
}

std::vector<std::string> step_kind_names() {
  std::vector<std::string> names;
  for (const auto& kind : step_kinds) names.emplace_back(kind.name);
  return names;
}

void read_run(settings::Section& section, Step& step) {
  const Kind<std::string> command_kind{
      "a command line of 1 to " + std::to_string(command_bytes_max) + " bytes", [](std::string_view text) {
        return text.empty() || text.size() > command_bytes_max ? std::nullopt : std::optional{std::string{text}};
      }};
  std::string line;
  section.require("run", line, command_kind);
  step.is_labnet = false;
  step.words = {"sh", "-c", line};
}

}  // namespace labnet::scenario
