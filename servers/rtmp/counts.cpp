#include "servers/rtmp/counts.hpp"

namespace labnet::rtmp_server {

void Counts::measure(control::Metrics& out) const {
  const auto number = [](std::uint64_t count) { return static_cast<double>(count); };
  out.gauge("labnet_rtmp_publishers", "Clients that publish a stream.", number(publishers));
  out.gauge("labnet_rtmp_players", "Clients that play a live stream.", number(players));
  constexpr std::string_view publications_help = "Requests to publish, by what came of them.";
  out.counter("labnet_rtmp_publications_total", publications_help, number(publications), {{"result", "begun"}});
  out.counter("labnet_rtmp_publications_total", publications_help, number(publications_refused),
              {{"result", "refused"}});
  constexpr std::string_view plays_help = "Requests to play, by what came of them.";
  out.counter("labnet_rtmp_plays_total", plays_help, number(plays), {{"result", "begun"}});
  out.counter("labnet_rtmp_plays_total", plays_help, number(plays_refused), {{"result", "refused"}});
  out.counter("labnet_rtmp_published_messages_total", "Messages of audio, video and data from publishers.",
              number(published_messages));
  out.counter("labnet_rtmp_published_bytes_total", "Their octets, without what frames them.", number(published_bytes));
  out.counter("labnet_rtmp_played_bytes_total", "Octets of streams and files for players.", number(played_bytes));
  out.counter("labnet_rtmp_frames_dropped_total", "Frames that players were spared who are too slow.",
              number(frames_left_out));
}

}  // namespace labnet::rtmp_server
