// Writes descriptions.
#include <fmt/format.h>

#include <iterator>

#include "common/sdp/description.hpp"

namespace labnet::sdp {
namespace {

/// Appends lines to a text.
class LineWriter {
 public:
  void line(char type, std::string_view value) { fmt::format_to(std::back_inserter(text_), "{}={}\r\n", type, value); }
  /// None if it is empty.
  void line_if(char type, std::string_view value) {
    if (!value.empty()) line(type, value);
  }
  void lines(char type, const std::vector<std::string>& values) {
    for (const auto& value : values) line(type, value);
  }
  std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

void write_bandwidths(const Section& section, LineWriter& out) {
  for (const auto& bandwidth : section.bandwidths) out.line('b', fmt::format("{}:{}", bandwidth.type, bandwidth.value));
}

void write_connection(const Section& section, LineWriter& out) {
  if (!section.connection) return;
  const auto& connection = *section.connection;
  out.line('c', fmt::format("IN {} {}{}", name_of(connection.family), connection.address, connection.suffix));
}

/// What stands at a section's end.
void write_rest(const Section& section, LineWriter& out) {
  out.line_if('k', section.key);
  for (const auto& attribute : section.attributes) {
    out.line('a', attribute.value ? fmt::format("{}:{}", attribute.name, *attribute.value) : attribute.name);
  }
  for (const auto& unknown : section.unknown) out.line(unknown.type, unknown.value);
}

void write_timings(const std::vector<Timing>& timings, LineWriter& out) {
  for (const auto& timing : timings) {
    out.line('t', fmt::format("{} {}", timing.start, timing.stop));
    out.lines('r', timing.repeats);
  }
  if (timings.empty()) out.line('t', "0 0");
}

void write_media(const Media& media, LineWriter& out) {
  const auto count = media.port_count == 1 ? std::string{} : fmt::format("/{}", media.port_count);
  out.line('m',
           fmt::format("{} {}{} {} {}", media.kind, media.port, count, media.profile, fmt::join(media.formats, " ")));
  out.line_if('i', media.information);
  write_connection(media, out);
  write_bandwidths(media, out);
  write_rest(media, out);
}

}  // namespace

std::string to_text(const Description& description) {
  const auto& origin = description.origin;
  LineWriter out;
  out.line('v', "0");
  out.line('o', fmt::format("{} {} {} IN {} {}", origin.username, origin.session_id, origin.version,
                            name_of(origin.family), origin.address));
  out.line('s', description.name.empty() ? "-" : std::string_view{description.name});
  out.line_if('i', description.information);
  out.line_if('u', description.uri);
  out.lines('e', description.emails);
  out.lines('p', description.phones);
  write_connection(description, out);
  write_bandwidths(description, out);
  write_timings(description.timings, out);
  out.line_if('z', description.zones);
  write_rest(description, out);
  for (const auto& media : description.media) write_media(media, out);
  return out.take();
}

}  // namespace labnet::sdp
