#include "clients/rtmp/visit.hpp"

#include <fmt/format.h>

#include "common/base/utf8.hpp"

namespace labnet::rtmp_client {

using namespace std::chrono_literals;

void declare_url(program::Options& options, CommonInput& input) {
  options.positional("URL", input.url, "rtmp://host/app/stream, or rtmps:// for the same over TLS");
}

void declare(program::Options& options, CommonInput& input) {
  options.option("--like", "CLIENT", input.habits, "whose commands in whose order: labnet, obs, ffmpeg or librtmp",
                 one_of<const Habits*>({{"labnet", &labnet_habits},
                                        {"obs", &obs_habits},
                                        {"ffmpeg", &ffmpeg_habits},
                                        {"librtmp", &librtmp_habits}}));
  client::declare(options, input.tls);
  client::declare(options, input.lookup);
  options.option("--timeout", "TIME", input.timeout,
                 "how long to wait for a connection, an answer, or a server that takes nothing; default: 30 s",
                 duration_between(Timeout{1ms}, Timeout{24h}));
  options.flag("-v,--verbose", input.verbose, "show the dialogue on standard error, but for audio and video");
}

Result<rtmp::Url> url_of(const CommonInput& input) {
  auto url = rtmp::parse_url(input.url);
  if (!url) return url.error();
  if (url->scheme == rtmp::Scheme::rtmpt || url->scheme == rtmp::Scheme::rtmpts) {
    return Error{"RTMP within HTTP (rtmpt) is not spoken here; expected rtmp:// or rtmps://"};
  }
  if (!url->user.empty()) return Error{"a user and a password in the URL are not sent here; write the stream's key"};
  if (url->stream.empty()) return Error{"the URL names no stream; expected rtmp://host/app/stream"};
  return url;
}

Result<Target> target_of(const CommonInput& input, const rtmp::Url& url) {
  Target target;
  target.url = url;
  target.timeout = input.timeout;
  if (url.scheme == rtmp::Scheme::rtmps) {
    auto tls = client::make_tls(input.tls);
    if (!tls) return tls.error();
    target.tls = *std::move(tls);
  }
  auto servers = client::find_servers(url.host, url.port, std::string{rtmp::name_of(url.scheme)}, input.lookup);
  if (!servers) return servers.error();
  target.servers = *std::move(servers);
  return target;
}

Task<Result<net::Stream>> connect_to(net::Worker& worker, const Target& target, Observer& observer) {
  std::string why;
  for (const auto& server : target.servers) {
    auto stream = co_await net::Stream::connect(worker.executor(), server, target.timeout);
    if (!stream) {
      why = fmt::format("{}: {}", net::to_string(server), net::describe(stream.error()));
      continue;
    }
    observer.on_connected(server);
    if (!target.tls) co_return std::move(*stream);
    const auto secured = co_await stream->connect_tls(target.tls, target.url.host, target.timeout);
    if (!secured) co_return Error{fmt::format("{}: {}", net::to_string(server), stream->explain(secured.error()))};
    if (const auto tls = stream->tls()) observer.on_secured(*tls);
    co_return std::move(*stream);
  }
  co_return Error{why};
}

void Transcript::on_notice(std::string_view sentence) {
  if (is_shown_) return show("--", sentence);
  console_.complain(sentence);
}

void Transcript::on_connected(const net::Endpoint& server) {
  show("--", fmt::format("connected to {}", net::to_string(server)));
}

void Transcript::on_secured(const net::TlsDetails& tls) {
  show("--", fmt::format("the connection is secure: {}", client::describe(tls)));
}

void Transcript::on_handshake(rtmp::HandshakeKind kind) {
  show("--", fmt::format("handshake: {}", rtmp::describe(kind)));
}

void Transcript::show(std::string_view arrow, std::string_view line) const {
  if (is_shown_) program::say(fmt::format("{} {}\n", arrow, printable(line)));
}

}  // namespace labnet::rtmp_client
