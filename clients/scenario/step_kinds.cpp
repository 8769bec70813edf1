#include "clients/scenario/step_kinds.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>

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

/// An option whose value is a file or a folder of the results.
void add_in_results(Step& step, const std::string& option, const std::string& name) {
  add(step, {option, name});
  step.words_in_results.push_back(step.words.size() - 1);
}

/// The same of what an earlier step leaves for a later one; another run's is none of theirs.
void add_kept(Step& step, const std::string& option, const std::string& name) {
  add_in_results(step, option, name);
  step.kept.push_back(name);
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

/// RTMP travels within HTTP and HTTPS, too.
Kind<std::string> rtmp_url_kind() {
  return {"a URL that begins with rtmp://, rtmps://, rtmpt:// or rtmpts://",
          [](std::string_view text) -> std::optional<std::string> {
            const auto in_clear = url_kind("rtmp").parse(text);
            return in_clear ? in_clear : url_kind("rtmpt").parse(text);
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

void read_received(settings::Section& section, Step& step) {
  section.require("to", step.received, result_name_kind);
  read_same_as(section, step);
  add_in_results(step, "--output", step.received);
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
  read_received(section, step);
  add(step, {url});
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

/// As `labnet http --user` takes it; nobody is there to be asked for a password.
const Kind<std::string> user_kind{
    "NAME:PASSWORD without control characters", [](std::string_view text) -> std::optional<std::string> {
      constexpr std::size_t user_bytes_max = 255;  // with the password
      const auto colon = text.find(':');
      if (colon == 0 || colon == text.npos || text.size() > user_bytes_max || text.front() == '-') return {};
      if (printable(text) != text) return {};
      return std::string{text};
    }};

/// Of a form. What would have to be encoded in it is not taken.
bool is_form_name(std::string_view name) {
  constexpr std::size_t name_bytes_max = 100;
  const auto is_plain = [](char c) {
    return is_digit(c) || (to_lower(c) >= 'a' && to_lower(c) <= 'z') ||
           std::string_view{"_.-"}.find(c) != std::string_view::npos;
  };
  return !name.empty() && name.size() <= name_bytes_max && name.front() != '-' && std::ranges::all_of(name, is_plain);
}

/// The pairs of a section whose keys are free names.
void read_pairs(settings::Section& section, std::string_view key, bool (*is_name)(std::string_view),
                const std::string& expected, const std::function<void(const std::string&, const std::string&)>& take) {
  section.entries(key, [&](const std::string& name, settings::Value value) {
    std::string text;
    if (!is_name(name)) return value.fail_key(expected);
    if (!value.read(text)) return;
    if (printable(text) != text) return value.fail("expected a text without control characters");
    take(name, text);
  });
}

/// What all steps of `labnet http` have in common. The URL, which comes last on the command line, is for the caller to
/// add.
std::string read_http(settings::Section& section, Step& step, std::initializer_list<std::string> command) {
  std::string url;
  std::optional<std::string> user, tls_max, cookies;
  std::optional<Ipv4Address> resolver;
  add(step, {"http"});
  add(step, command);
  section.require("url", url, url_kind("http"));
  section.get("user", user, user_kind);
  section.get("tls_max", tls_max, one_of<std::string>({{"1.2", "1.2"}, {"1.3", "1.3"}}));
  section.get("resolver", resolver);
  section.get("cookies", cookies, result_name_kind);
  const auto is_field_name = [](std::string_view name) {
    return printable(name) == name && name.find(':') == name.npos;
  };
  if (user) add(step, {"--user", *user});
  if (tls_max) add(step, {"--tls-max", *tls_max});
  if (resolver) add(step, {"--dns-servers", to_string(*resolver)});
  step.needs_namespaces = resolver.has_value();  // what a name server of the lab tells are addresses of the lab
  if (cookies) add_kept(step, "--cookie-jar", *cookies);
  read_pairs(section, "fields", is_field_name, "expected the name of a field",
             [&](const std::string& name, const std::string& value) {
               add(step, {"--header", fmt::format("{}: {}", name, value)});
             });
  return url;
}

/// The dialogue is printed. With a cache the server is asked whether what is there from last time is still right.
void read_http_get(settings::Section& section, Step& step) {
  std::string cache;
  bool compressed = false;
  const auto url = read_http(section, step, {"get", "--verbose"});
  section.get("compressed", compressed);
  section.get("cache", cache, result_name_kind);
  if (compressed) add(step, {"--compressed"});
  if (!cache.empty()) add_kept(step, "--cache", cache);
  read_received(section, step);
  add(step, {url});
}

void read_http_head(settings::Section& section, Step& step) {
  add(step, {read_http(section, step, {"head"})});
}

/// A form, as a page sends it; where the answer sends the browser on to, it goes.
void read_http_post(settings::Section& section, Step& step) {
  const auto url = read_http(section, step, {"post", "--verbose", "--location"});
  read_pairs(section, "form", is_form_name,
             "expected the name of a form's field: letters, digits, \"_\", \".\" and \"-\"",
             [&](const std::string& name, const std::string& value) {
               add(step, {"--data-urlencode", fmt::format("{}={}", name, value)});
             });
  read_received(section, step);
  add(step, {url});
}

/// A page with all it needs; the table of what came is printed.
void read_http_browse(settings::Section& section, Step& step) {
  std::string cache;
  const auto url = read_http(section, step, {"browse"});
  section.get("cache", cache, result_name_kind);
  if (!cache.empty()) add_kept(step, "--cache", cache);
  add(step, {url});
}

/// A key whose step may run while others are played.
void read_background(settings::Section& section, Step& step) {
  section.get("background", step.is_in_background);
  section.get("ready", step.ready);
  if (section.has("ready") && !step.is_in_background) section.fail("ready", "only a step in the background has it");
}

/// Whose phone it is, and at which server.
void read_phone(settings::Section& section, Step& step, std::string_view verb,
                std::initializer_list<std::string> more) {
  std::string user, server;
  std::optional<Ipv4Address> server_address;
  std::string like = "labnet";
  section.require("user", user, user_kind);
  section.require("server", server, host_kind);
  section.get("server_address", server_address);
  section.get("like", like, one_of<std::string>({{"labnet", "labnet"}, {"zoiper", "zoiper"}}));
  add(step, {"sip", std::string{verb}});
  add(step, more);
  add(step, {"--dialogue", "--user", user, "--server", server});
  if (server_address) add(step, {"--server-address", to_string(*server_address)});
  if (like != "labnet") add(step, {"--like", like});
}

/// How long the phone stays registered: as long as it runs, or beyond.
void read_stay(settings::Section& section, Step& step) {
  bool stays = false;
  section.get("stay", stays);
  if (stays) add(step, {"--stay"});
}

void add_duration(settings::Section& section, Step& step, std::string_view key, const std::string& option) {
  std::optional<std::chrono::milliseconds> time;
  section.get(key, time, duration_between(std::chrono::milliseconds{0}, std::chrono::milliseconds{3'600'000}));
  if (time) add(step, {option, fmt::format("{}ms", time->count())});
}

/// A sound as `labnet sip` names it, but for files, which are not the scenario's.
const Kind<std::string> sound_kind{
    "speech, speech:NUMBER, silence or tone:HZ", [](std::string_view text) -> std::optional<std::string> {
      const auto is_with_number = [&](std::string_view prefix, unsigned least, unsigned most) {
        const auto number =
            text.starts_with(prefix) ? parse_integer<std::uint32_t>(text.substr(prefix.size())) : std::nullopt;
        return number && *number >= least && *number <= most && text == fmt::format("{}{}", prefix, *number);
      };
      const bool is_one = text == "speech" || text == "silence" || is_with_number("speech:", 0, 999'999'999) ||
                          is_with_number("tone:", 50, 3800);
      return is_one ? std::optional{std::string{text}} : std::nullopt;
    }};
const Kind<std::string> spoken_sound_kind{"speech:NUMBER, as the other side plays it",
                                          [](std::string_view text) -> std::optional<std::string> {
                                            return text.starts_with("speech:") ? sound_kind.parse(text) : std::nullopt;
                                          }};

/// What is said and heard in a call.
void read_talk(settings::Section& section, Step& step) {
  std::optional<std::string> play, hears;
  std::string record;
  bool suppresses_silence = false;
  read_stay(section, step);
  section.get("play", play, sound_kind);
  section.get("hears", hears, spoken_sound_kind);
  section.get("record", record, result_name_kind);
  section.get("report", step.report, result_name_kind);
  section.get("suppress_silence", suppresses_silence);
  if (play) add(step, {"--play", *play});
  if (hears) add(step, {"--expect-sound", *hears});
  if (suppresses_silence) add(step, {"--suppress-silence"});
  add_duration(section, step, "duration", "--duration");
  if (!record.empty()) add_kept(step, "--record", record);
  if (!step.report.empty()) add_kept(step, "--report", step.report);
  read_background(section, step);
}

/// What is dialled: a number or a whole address. Not the beginning of an option.
const Kind<std::string> number_kind = host_kind;

void read_sip_register(settings::Section& section, Step& step) {
  read_phone(section, step, "register", {});
  read_stay(section, step);
  add_duration(section, step, "duration", "--duration");
  step.ready = "registered ";
  read_background(section, step);
}

void read_sip_unregister(settings::Section& section, Step& step) {
  read_phone(section, step, "unregister", {});
}

void read_sip_call(settings::Section& section, Step& step) {
  std::string number;
  section.require("number", number, number_kind);
  read_phone(section, step, "call", {number});
  std::optional<std::chrono::seconds> ring_timeout;
  section.get("ring_timeout", ring_timeout, duration_between(std::chrono::seconds{1}, std::chrono::seconds{3'600}));
  if (ring_timeout) add(step, {"--ring-timeout", fmt::format("{}s", ring_timeout->count())});
  read_talk(section, step);
}

void read_sip_answer(settings::Section& section, Step& step) {
  std::optional<int> reject;
  read_phone(section, step, "answer", {});
  add_duration(section, step, "answer_after", "--answer-after");
  section.get("reject", reject, between(300, 699));
  if (reject) add(step, {"--reject", std::to_string(*reject)});
  step.ready = "ready at ";
  read_talk(section, step);
}

/// As `labnet sip message` takes it.
const Kind<std::string> message_text_kind{
    "a text of 1 to 1000 bytes without control characters", [](std::string_view text) -> std::optional<std::string> {
      constexpr std::size_t text_bytes_max = 1000;
      if (text.empty() || text.size() > text_bytes_max || text.front() == '-' || printable(text) != text) return {};
      return std::string{text};
    }};

void read_sip_message(settings::Section& section, Step& step) {
  std::string number, text;
  section.require("number", number, number_kind);
  section.require("text", text, message_text_kind);
  read_phone(section, step, "message", {number, text});
}

/// What publishing and playing have in common.
std::string read_rtmp(settings::Section& section, Step& step, std::string_view verb) {
  std::string url;
  std::string like = "labnet";
  section.require("url", url, rtmp_url_kind());
  section.get(
      "like", like,
      one_of<std::string>({{"labnet", "labnet"}, {"obs", "obs"}, {"ffmpeg", "ffmpeg"}, {"librtmp", "librtmp"}}));
  add(step, {"rtmp", std::string{verb}, "--verbose"});
  if (like != "labnet") add(step, {"--like", like});
  add_duration(section, step, "duration", "--duration");
  read_background(section, step);
  return url;
}

/// A film that comes with the lab, as a camera would send it.
void read_rtmp_publish(settings::Section& section, Step& step) {
  std::filesystem::path file;
  bool loops = false, tells_time = false;
  const auto url = read_rtmp(section, step, "publish");
  section.require("file", file);
  section.get("loop", loops);
  section.get("clock", tells_time);
  if (loops) add(step, {"--loop"});
  if (tells_time) add(step, {"--clock"});
  if (step.ready.empty()) step.ready = "NetStream.Publish.Start";
  add(step, {file.lexically_normal().string(), url});
}

void read_rtmp_play(settings::Section& section, Step& step) {
  const auto url = read_rtmp(section, step, "play");
  section.get("to", step.received, result_name_kind);
  if (!step.received.empty()) add_in_results(step, "--output", step.received);
  add(step, {url});
}

/// The end of a step in the background.
void read_awaited(settings::Section& section, Step& step) {
  std::string awaited;
  section.require("step", awaited);
  step.awaited = awaited;
  step.is_labnet = false;
}
void read_wait(settings::Section& section, Step& step) {
  read_awaited(section, step);
  step.deed = Step::Deed::wait;
  step.words = {"wait", step.awaited};
}
void read_end(settings::Section& section, Step& step) {
  read_awaited(section, step);
  step.deed = Step::Deed::end;
  step.words = {"kill", step.awaited};
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
    StepKind{"http.head", read_http_head},
    StepKind{"http.post", read_http_post},
    StepKind{"http.browse", read_http_browse},
    StepKind{"sip.register", read_sip_register},
    StepKind{"sip.unregister", read_sip_unregister},
    StepKind{"sip.call", read_sip_call},
    StepKind{"sip.answer", read_sip_answer},
    StepKind{"sip.message", read_sip_message},
    StepKind{"rtmp.publish", read_rtmp_publish},
    StepKind{"rtmp.play", read_rtmp_play},
    StepKind{"wait", read_wait},
    StepKind{"end", read_end},
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
  read_background(section, step);
}

}  // namespace labnet::scenario
