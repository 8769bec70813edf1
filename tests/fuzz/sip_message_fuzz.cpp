// Any octets as a datagram and as a stream: what is read stands where it says, what is written of it is read back the
// same, nothing that was received begins a header of its own in an answer, and pieces give the same messages as all at
// once.
#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "common/sip/header_values.hpp"
#include "common/sip/limits.hpp"
#include "common/sip/message.hpp"
#include "common/sip/request_check.hpp"
#include "common/sip/stream_splitter.hpp"
#include "common/sip/writer.hpp"
#include "tests/support/require.hpp"

namespace {

using namespace labnet;
using namespace labnet::sip;
using labnet::test::require;

bool is_within(std::string_view part, Bytes whole) {
  const auto text = as_text(whole);
  return part.empty() || (part.data() >= text.data() && part.data() + part.size() <= text.data() + text.size());
}

void check_headers(const Message& message, Bytes input) {
  const auto& headers = message.headers();
  require(headers.size() <= headers_max, "there are no more headers than may be");
  for (std::size_t i = 0; i < headers.size(); ++i) {
    const auto header = headers[i];
    require(is_within(header.text, input) && is_within(header.value, input), "a header is a view of the datagram");
    require(header_name_of(header.text) == header.name, "a header is what it is called");
    require(headers.has(header.name) && headers.count(header.name) > 0, "a header is found");
    require(headers.find(header.text).has_value(), "a header is found under its name");
  }
}

/// The message again, of what was understood of it.
Buffer written_again(const Message& message) {
  const auto line = as_bytes(message.first_line());
  Buffer bytes{line.begin(), line.end()};
  for (const char c : {'\r', '\n'}) bytes.push_back(static_cast<std::byte>(c));
  MessageWriter headers{bytes, SIZE_MAX};
  for (std::size_t i = 0; i < message.headers().size(); ++i) {
    if (message.headers()[i].name != HeaderName::content_length) headers.copy(message.headers()[i]);
  }
  require(headers.finish({}, message.body()).has_value(), "without a limit everything can be written");
  return bytes;
}

void check_read_back(const Message& message) {
  const auto bytes = written_again(message);
  Message again;
  const bool may_be_longer = bytes.size() > head_bytes_max || message.headers().size() == headers_max;
  if (!again.read(bytes)) return require(may_be_longer, "what is written is read back");
  require(again.call_id() == message.call_id() && again.from_tag() == message.from_tag() &&
              again.to_tag() == message.to_tag() && again.via().branch == message.via().branch,
          "and has the same names");
  require(again.cseq().number == message.cseq().number && again.max_forwards() == message.max_forwards() &&
              again.status() == message.status() && again.method_text() == message.method_text(),
          "and the same numbers");
  require(std::ranges::equal(again.body(), message.body()), "and the same body");
}

void check_in_order(const Message& message) {
  require(!message.via().host.empty() && !message.call_id().empty() && !message.cseq().method_text.empty(),
          "what each message needs is there");
  require(message.cseq().number <= cseq_max, "CSeq is within its limit");
  require(message.is_request() || (message.status() >= 100 && message.status() <= 699), "a status is one");
  require(message.is_response() || message.cseq().method_text == message.method_text(), "both name one method");
  if (check_values(message.headers())) {
    const auto vias = parse_vias(message.headers());
    require(vias || vias.error() == FaultKind::too_many_elements, "all Vias can be read");
    (void)parse_contacts(message.headers());
  }
  check_read_back(message);
  const StoredMessage stored{message};
  require(std::ranges::equal(stored->bytes(), message.bytes()), "a stored message is the same");
}

/// Faults that only lines have: an answer must have none of them, whatever it answers.
bool is_fault_of_lines(const Message& response, Bytes bytes) {
  Message again;
  const auto result = again.read(bytes);
  if (result) return false;
  const auto kind = result.error().kind;
  return kind == FaultKind::line_end || kind == FaultKind::malformed_name || kind == FaultKind::malformed_status_line ||
         kind == FaultKind::head_not_ended || response.headers().size() == 0;
}

void check_answer(const Message& request) {
  constexpr std::array methods{Method::invite, Method::options};
  if (request.is_answerable()) (void)refusal_of(request, {.methods = methods, .extensions = {}, .media_types = {}});
  for (const auto status : {100, 180, 400}) {
    Buffer bytes;
    MessageWriter writer{bytes};
    writer.begin_response(request, {.status = status, .to_tag = "t", .source = Source{"127.0.0.1", 5060}});
    if (!writer.finish()) continue;  // it would be too long for a datagram
    Message response;
    (void)response.read(bytes);
    require(!is_fault_of_lines(response, bytes), "an answer has lines of its own alone");
    require(response.headers().count(HeaderName::via) == request.headers().count(HeaderName::via), "all Vias go back");
    require(response.headers().size() <= request.headers().size() + 1, "an answer has no headers but those of both");
  }
}

void check_datagram(Bytes input) {
  Message message;
  const auto result = message.read(input);
  require(is_within(as_text(message.bytes()), input) && is_within(as_text(message.body()), input), "a body is a view");
  check_headers(message, input);
  if (result) check_in_order(message);
  if (!result) (void)describe(result.error());
  if (message.is_request()) check_answer(message);
}

struct Split {
  std::vector<std::string> messages;
  bool has_fault = false;
};

Split split_in_pieces(std::string_view stream, std::size_t piece_bytes) {
  Split split;
  StreamSplitter splitter;
  std::string buffer;
  for (std::size_t at = 0; at < stream.size() && !split.has_fault; at += piece_bytes) {
    buffer += stream.substr(at, piece_bytes);
    for (;;) {
      const auto piece = splitter.next(as_bytes(buffer));
      split.has_fault = piece.has_error();
      if (!piece || piece->kind == Piece::Kind::none) break;
      require(piece->bytes > 0 && piece->bytes <= buffer.size(), "a piece is of what has come");
      if (piece->kind == Piece::Kind::message) split.messages.push_back(buffer.substr(0, piece->bytes));
      buffer.erase(0, piece->bytes);
    }
  }
  return split;
}

void check_stream(std::string_view stream) {
  constexpr std::size_t different_sizes = 61;
  const auto at_once = split_in_pieces(stream, stream.size());
  const auto in_pieces = split_in_pieces(stream, 1 + stream.size() % different_sizes);
  require(at_once.messages == in_pieces.messages && at_once.has_fault == in_pieces.has_fault,
          "pieces give the same messages");
  for (const auto& text : at_once.messages) {
    Message message;
    const auto result = message.read(as_bytes(text));
    require(message.bytes().size() == text.size(), "a message of a stream is all of it");
    require(result || result.error().kind != FaultKind::body_too_short, "and has its body");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto input = std::as_bytes(std::span{data, size});
  check_datagram(input);
  if (size > 0) check_stream(as_text(input));
  return 0;
}
