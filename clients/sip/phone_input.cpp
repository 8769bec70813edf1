#include "clients/sip/phone_input.hpp"

#include <fmt/format.h>

#include "common/base/text.hpp"
#include "common/base/utf8.hpp"
#include "common/resolver/resolver.hpp"
#include "common/rtp/telephone_event.hpp"

namespace labnet::sip_client {
namespace {

using namespace std::chrono_literals;
using net::Task;
using program::Console;
using program::Exit;

constexpr std::size_t user_bytes_max = 64;
constexpr std::chrono::seconds zoiper_expires{60};
constexpr std::uint16_t zoiper_port = 8000;  // of RTP

/// What a Result-giving parser of this folder is to an option.
template <class T>
Kind<T> kind_by(std::string expected, Result<T> (*parse)(std::string_view)) {
  return {std::move(expected), [parse](std::string_view text) -> std::optional<T> {
            auto value = parse(text);
            return value ? std::optional<T>{*std::move(value)} : std::nullopt;
          }};
}

Kind<UserName> user_kind() {
  return {"NUMBER or NUMBER:PASSWORD, such as 101:1234", [](std::string_view text) -> std::optional<UserName> {
            const auto colon = text.find(':');
            const auto user = text.substr(0, colon);
            if (user.empty() || user.size() > user_bytes_max) return std::nullopt;
            const auto password = colon == text.npos ? std::string_view{} : text.substr(colon + 1);
            return UserName{std::string{user}, std::string{password}};
          }};
}

Kind<RealmLogin> login_kind() {
  return {"REALM=NUMBER:PASSWORD, such as proxy.lab=anna:1234", [](std::string_view text) -> std::optional<RealmLogin> {
            const auto equals = text.find('=');
            if (equals == 0 || equals == text.npos) return std::nullopt;
            const auto user = user_kind().parse(text.substr(equals + 1));
            if (!user || user->password.empty()) return std::nullopt;
            return RealmLogin{std::string{text.substr(0, equals)}, user->user, user->password};
          }};
}

Kind<net::Endpoint> listen_kind() {
  return {"ADDRESS:PORT, such as 127.0.0.1:5070", [](std::string_view text) -> std::optional<net::Endpoint> {
            auto endpoint = net::parse_endpoint(text);
            if (!endpoint || !(endpoint->scheme.empty() || endpoint->scheme == "udp")) return std::nullopt;
            endpoint->scheme = "udp";
            return *std::move(endpoint);
          }};
}

Kind<std::string> keys_kind() {
  return {"keys of a telephone: 0 to 9, *, #, A to D", [](std::string_view text) -> std::optional<std::string> {
            for (const auto key : text) {
              if (!rtp::event_of_key(key)) return std::nullopt;
            }
            return text.size() > keys_waiting_max ? std::nullopt : std::optional{std::string{text}};
          }};
}

/// What can be told from anything else: neither a tone, of which any period is as good as another, nor anybody's
/// speech.
Kind<SourceName> spoken_kind() {
  return {"speech:NUMBER or a WAV file", [](std::string_view text) -> std::optional<SourceName> {
            const auto name = parse_source_name(text);
            const bool is_told = name && (name->speaker || name->kind == SourceName::Kind::file);
            return is_told ? std::optional{*name} : std::nullopt;
          }};
}

Result<sip::Hop> find_server(const PhoneInput& input) {
  const auto& server = *input.server;
  const auto hop = [&](const IpAddress& address) {
    return sip::Hop{.transport = server.transport, .address = address, .port = server.port_or_default()};
  };
  if (input.server_address) return hop(*input.server_address);
  if (const auto address = parse_ip(server.host)) return hop(*address);
  const auto found = resolver::resolve(server.host, resolver::patience, client::lookup_options(input.lookup));
  if (!found) return found.error();
  return hop(found->front());
}

Result<PhoneTransport::Target> target_of(const PhoneInput& input) {
  PhoneTransport::Target target;
  target.listen = input.listen;
  if (input.server) {
    auto server = find_server(input);
    if (!server) return server.error();
    target.server = *server;
    target.host_name = input.server->host;
  } else {
    // Nobody to ask: whoever calls is answered where the call came from.
    target.server = hop_of(*input.listen, sip::Transport::udp);
  }
  if (target.server.transport == sip::Transport::tls) {
    auto tls = client::make_tls(input.tls);
    if (!tls) return tls.error();
    target.tls = *std::move(tls);
  }
  return target;
}

std::string_view arrow(bool is_sent) {
  return is_sent ? "->" : "<-";
}

void show_first_line(Bytes message, bool is_sent) {
  const auto text = as_text(message);
  program::say(fmt::format("{} {}\n", arrow(is_sent), printable(text.substr(0, text.find("\r\n")), 200)));
}

/// The whole of it, line by line.
void show_message(Bytes message, bool is_sent) {
  auto text = as_text(message);
  while (text.ends_with('\n') || text.ends_with('\r')) text.remove_suffix(1);
  std::string shown;
  for (auto line : split(text, '\n')) {
    if (line.ends_with('\r')) line.remove_suffix(1);
    shown += fmt::format("{}{}{}\n", arrow(is_sent), line.empty() ? "" : " ", printable(line));
  }
  program::say(shown);
}

Task<void> run_work(net::Runtime& runtime, net::Worker& worker, Telephone& telephone, PhoneTransport::Target target,
                    const PhoneWork& work, Console& console, std::optional<Exit>& exit) {
  const auto opened = co_await telephone.open(std::move(target));
  if (opened) {
    exit = co_await work(telephone, worker);
  } else {
    exit = console.fail(opened.error());
  }
  runtime.stop();
}

}  // namespace

void declare(program::Options& options, PhoneInput& input) {
  options.option("-u,--user", "NUMBER[:PASSWORD]", input.user,
                 "who the phone is; with a password it registers at the server; default: phone", user_kind());
  options.repeatable("--login", "REALM=NUMBER:PASSWORD", input.logins,
                     "who the phone is for whom asks in that realm, such as a proxy on the way; else as --user says",
                     login_kind());
  options.option(
      "-s,--server", "SERVER", input.server, "[udp:|tcp:|tls:]HOST[:PORT]",
      Kind<std::optional<ServerName>>{"[udp:|tcp:|tls:]HOST[:PORT], such as voip.lab or tls:192.168.1.7:5061",
                                      [](std::string_view text) -> std::optional<std::optional<ServerName>> {
                                        auto server = parse_server_name(text);
                                        if (!server) return std::nullopt;
                                        return std::optional{*std::move(server)};
                                      }});
  options.option("--server-address", "ADDRESS", input.server_address,
                 "where the server is; default: what its name stands for",
                 Kind<IpAddress>{"an IP address", [](std::string_view text) { return parse_ip(text); }});
  options.option("--domain", "NAME", input.domain, "what stands behind the @ of addresses; default: the server's name");
  options.option("--listen", "ADDRESS:PORT", input.listen, "the own UDP port; default: any one that is free",
                 listen_kind());
  options.option("--expires", "TIME", input.expires,
                 "of the registration, as it is asked for; default: 1 h, and like zoiper 60 s",
                 duration_between<std::chrono::seconds>(1s, 24h));
  options.option("--like", "PHONE", input.like, "whose habits: labnet or zoiper",
                 one_of<Like>({{"labnet", Like::labnet}, {"zoiper", Like::zoiper}}));
  client::declare(options, input.tls);
  client::declare(options, input.lookup);
  options.flag("-v,--verbose", input.verbose, "show all messages on standard error");
  options.flag("--dialogue", input.shows_dialogue, "the same, of each message its first line alone");
}

void declare_stay(program::Options& options, PhoneInput& input) {
  options.flag("--stay", input.stays, "end without unregistering");
}

void declare(program::Options& options, CallInput& input) {
  const auto sound_kind = kind_by<SourceName>(
      "speech, speech:NUMBER, silence, tone:HZ with 50 to 3800 Hz, or a WAV file", parse_source_name);
  options.option("--play", "SOUND", input.source,
                 "what is said: speech, speech:NUMBER of a speaker who says the same each time, silence, tone:HZ or a "
                 "WAV file",
                 sound_kind);
  options.option("--record", "FILE", input.record, "what is heard, as a WAV file");
  options.option("--report", "FILE", input.report, "what was measured, as JSON");
  options.option("--expect-tone", "HZ", input.expect_tone, "fail if this tone is not heard", between(50.0, 3800.0));
  options.option("--expect-sound", "SOUND", input.expect_sound,
                 "fail if this is not heard: speech:NUMBER or a WAV file that the other side plays", spoken_kind());
  options.option("--dtmf", "KEYS", input.keys, "keys to press once the call is answered", keys_kind());
  options.option("--hold-after", "TIME", input.hold_after, "put the other side on hold so long after the answer",
                 duration_between<sip::Duration>(0ms, 24h));
  options.option("--hold-time", "TIME", input.hold_time, "how long it is on hold; default: 2 s",
                 duration_between<sip::Duration>(100ms, 24h));
  options.option("--duration", "TIME", input.duration, "how long after the answer to hang up",
                 duration_between<sip::Duration>(0ms, 24h));
  options.flag("--suppress-silence", input.suppresses_silence, "send nothing in pauses of the speech");
}

void print_line(Console& console, const std::string& line) {
  console.write(line + "\n");
  console.flush();
}

Exit run_phone(Console& console, const PhoneInput& input, TelephoneOptions options, const PhoneWork& work) {
  if (!input.server && !input.listen) return console.wrong_usage("expected --server, whom to ask");
  auto target = target_of(input);
  if (!target) return console.fail(target.error());
  auto& config = options.config;
  config.user = input.user.user.empty() ? "phone" : input.user.user;
  config.password = input.user.password;
  config.logins = input.logins;
  const auto server_domain =
      input.server ? input.server->domain() : host_port_text(target->server.address, target->server.port);
  config.domain = input.domain.value_or(server_domain);
  config.server = target->server;
  config.like = input.like;
  config.expires = input.expires.value_or(config.expires);
  options.stays_registered = input.stays;
  if (input.like == Like::zoiper) {
    config.software = "Z 5.6.4 v2.10.20.4";
    config.expires = input.expires.value_or(zoiper_expires);
    options.media.port = zoiper_port;
  }

  std::optional<Exit> exit;
  net::Runtime runtime{{.workers = 1, .drain = std::chrono::milliseconds{300}}};
  auto& worker = runtime.workers().front();
  Telephone telephone{worker, std::move(options), [&](const std::string& line) { print_line(console, line); },
                      [&](Bytes message, bool is_sent) {
                        if (sip::is_keep_alive(message)) return;
                        if (input.verbose) {
                          show_message(message, is_sent);
                        } else if (input.shows_dialogue) {
                          show_first_line(message, is_sent);
                        }
                      }};
  worker.spawn(run_work(runtime, worker, telephone, *std::move(target), work, console, exit));
  runtime.run();
  return exit ? *exit : console.fail("interrupted");
}

}  // namespace labnet::sip_client
