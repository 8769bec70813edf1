#include "clients/rtmp/visit.hpp"

#include <fmt/format.h>

#include "clients/rtmp/limits.hpp"
#include "clients/rtmp/tunnel.hpp"
#include "common/base/utf8.hpp"

namespace labnet::rtmp_client {

using namespace std::chrono_literals;

void declare_url(program::Options& options, CommonInput& input) {
  options.positional(
      "URL", input.url,
      "rtmp://host/app/stream; rtmps:// for the same over TLS, rtmpt:// within HTTP, rtmpts:// within HTTPS");
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
  if (!url->user.empty()) return Error{"a user and a password in the URL are not sent here; write the stream's key"};
  if (url->stream.empty()) return Error{"the URL names no stream; expected rtmp://host/app/stream"};
  return url;
}

Result<Target> target_of(const CommonInput& input, const rtmp::Url& url) {
  Target target;
  target.url = url;
  target.timeout = input.timeout;
  if (rtmp::is_secure(url.scheme)) {
    auto tls = client::make_tls(input.tls);
    if (!tls) return tls.error();
    target.tls = *std::move(tls);
  }
  auto servers = client::find_servers(url.host, url.port, std::string{rtmp::name_of(url.scheme)}, input.lookup);
  if (!servers) return servers.error();
  target.servers = *std::move(servers);
  return target;
}

namespace {

/// Of a server that has closed the connection in place of a TLS handshake.
std::string_view hint_without_tls(rtmp::Scheme scheme) {
  return rtmp::is_tunnelled(scheme) ? "; is there TLS at that port? Without, the URL begins with rtmpt://"
                                    : "; is there TLS at that port? Without, the URL begins with rtmp://";
}

/// TLS, if the URL wants it.
Task<Result<net::Stream>> secure(const Target& target, net::Stream stream, net::Endpoint server, Observer& observer) {
  observer.on_connected(server);
  if (!target.tls) co_return std::move(stream);
  const auto secured = co_await stream.connect_tls(target.tls, target.url.host, target.timeout);
  if (!secured) {
    const bool has_closed = secured.error() == net::StreamFault::closed || secured.error() == net::StreamFault::reset;
    co_return Error{fmt::format("{}: {}{}", net::to_string(server), stream.explain(secured.error()),
                                has_closed ? hint_without_tls(target.url.scheme) : "")};
  }
  if (const auto tls = stream.tls()) observer.on_secured(*tls);
  co_return std::move(stream);
}

Task<Result<net::Stream>> connect_again(net::Worker& worker, const Target& target, net::Endpoint server,
                                        Observer& observer) {
  auto stream = co_await net::Stream::connect(worker.executor(), server, target.timeout);
  if (!stream) co_return Error{net::describe(stream.error())};
  co_return co_await secure(target, std::move(*stream), server, observer);
}

/// As it stands in a request: with the port, if that is not the usual one of HTTP or HTTPS.
std::string host_field(const rtmp::Url& url) {
  const auto host = url.host.find(':') == url.host.npos ? url.host : fmt::format("[{}]", url.host);
  return url.port == rtmp::default_port(url.scheme) ? host : fmt::format("{}:{}", host, url.port);
}

Task<Result<std::shared_ptr<Transport>>> open_tunnel(net::Worker& worker, const Target& target, net::Stream stream,
                                                     net::Endpoint server, Observer& observer) {
  Poster::Options options;
  options.host = host_field(target.url);
  options.media_type = rtmp::tunnel_media_type;
  options.user_agent = "Shockwave Flash";  // as all say it who speak so
  options.timeout = target.timeout;
  options.answer_bytes_max = tunnel_answer_bytes_max;
  Poster poster{std::move(stream),
                [&worker, &target, server, &observer] { return connect_again(worker, target, server, observer); },
                std::move(options)};
  auto tunnel = co_await Tunnel::open(worker, std::move(poster));
  if (!tunnel) co_return tunnel.error();
  observer.on_tunnelled((*tunnel)->id());
  co_return std::shared_ptr<Transport>{*std::move(tunnel)};
}

}  // namespace

Task<Result<std::shared_ptr<Transport>>> connect_to(net::Worker& worker, const Target& target, Observer& observer) {
  std::string why;
  for (const auto& server : target.servers) {
    auto stream = co_await net::Stream::connect(worker.executor(), server, target.timeout);
    if (!stream) {
      why = fmt::format("{}: {}", net::to_string(server), net::describe(stream.error()));
      continue;
    }
    auto secured = co_await secure(target, std::move(*stream), server, observer);
    if (!secured) co_return secured.error();
    if (rtmp::is_tunnelled(target.url.scheme)) {
      co_return co_await open_tunnel(worker, target, std::move(*secured), server, observer);
    }
    co_return std::shared_ptr<Transport>{std::make_shared<StreamTransport>(std::move(*secured))};
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

void Transcript::on_tunnelled(std::string_view id) {
  show("--", fmt::format("within HTTP: session {}", id));
}

void Transcript::on_handshake(rtmp::HandshakeKind kind) {
  show("--", fmt::format("handshake: {}", rtmp::describe(kind)));
}

void Transcript::show(std::string_view arrow, std::string_view line) const {
  if (is_shown_) program::say(fmt::format("{} {}\n", arrow, printable(line)));
}

}  // namespace labnet::rtmp_client
