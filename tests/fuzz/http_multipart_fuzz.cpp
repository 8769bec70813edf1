// Any octets as a body of a form, in pieces, too: the first octet says how long each is, and the first line is the
// boundary; and as the data of a part that is written.
#include <algorithm>

#include "common/http/limits.hpp"
#include "common/http/multipart.hpp"
#include "tests/support/require.hpp"

namespace {

using namespace labnet;
using test::require;

/// All that was read, as one text.
struct Read {
  std::string told;
  std::size_t parts = 0;
  bool finished = false;
  std::optional<http::MultipartFault> fault;

  bool operator==(const Read&) const = default;
};

void add(const http::MultipartReader::Step& step, Read& read) {
  if (step.head) {
    ++read.parts;
    read.told.append("[").append(step.head->name).append("|").append(step.head->content_type).append("]");
  }
  require(step.data.empty() || read.parts > 0, "data stand in a part");
  read.told += as_text(step.data);
  if (step.part_ends) read.told += "[end]";
}

Read read_all(std::string_view body, std::string_view boundary, std::size_t piece_bytes) {
  http::MultipartReader reader{boundary};
  Read read;
  while (!body.empty()) {
    const auto piece = body.substr(0, piece_bytes);
    const auto step = reader.read(as_bytes(piece));
    if (!step) {
      read.fault = step.error();
      return read;
    }
    require(step->used > 0 && step->used <= piece.size(), "a piece is used at least in part");
    add(*step, read);
    body.remove_prefix(step->used);
  }
  read.finished = reader.finished();
  require(read.parts <= http::parts_max, "there are no more parts than may be");
  return read;
}

void check_written(std::string_view data, std::size_t piece_bytes) {
  constexpr std::string_view boundary = "fuzzed-boundary";
  if (data.find(boundary) != data.npos) return;
  std::string body = "--fuzzed-boundary\r\nContent-Disposition: form-data; name=a\r\n\r\n";
  body.append(data).append("\r\n--fuzzed-boundary--");
  const auto read = read_all(body, boundary, piece_bytes);
  require(read.finished && read.told == "[a|text/plain]" + std::string{data} + "[end]", "data come back as they were");
}

void check(std::string_view octets, std::size_t piece_bytes) {
  const auto end = std::min(octets.find('\n'), octets.size());
  const auto type = "multipart/form-data; boundary=" + http::to_word(octets.substr(0, end));
  const auto media_type = http::parse_media_type(type);
  const auto boundary = media_type ? http::boundary_of(*media_type) : std::nullopt;
  const auto body = octets.substr(std::min(end + 1, octets.size()));
  check_written(octets, piece_bytes);
  if (!boundary) return;
  require(read_all(body, *boundary, piece_bytes) == read_all(body, *boundary, SIZE_MAX), "in pieces it is the same");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  check(as_text(std::as_bytes(std::span{data, size})).substr(1), std::max<std::size_t>(1, data[0]));
  return 0;
}
