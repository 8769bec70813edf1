// Any octets as requests, one behind the other, and in pieces: the first octet says how long each is. What is read is
// well formed, the same in pieces as at once, and nothing that follows can be taken for a part of it.
#include "common/http/accept.hpp"
#include "common/http/conditional.hpp"
#include "common/http/framing.hpp"
#include "common/http/range.hpp"
#include "common/http/request_head.hpp"
#include "common/http/target.hpp"
#include "tests/fuzz/http_heads.hpp"

namespace {

using namespace labnet;
using namespace test;

void check_framing(const http::RequestHead& head) {
  const auto& fields = head.fields();
  const bool has_length = fields.has("Content-Length"), has_coding = fields.has("Transfer-Encoding");
  const auto framing = framing_of(head);
  if (!framing) {
    require(has_length || has_coding, "without a field of framing there is nothing to refuse");
    return;
  }
  require(!(has_length && has_coding), "what is said in two ways is refused");
  require((framing->kind == http::BodyKind::chunked) == has_coding, "a coding that is taken is chunked");
  require((framing->kind == http::BodyKind::length) == has_length, "a length counts where it is alone");
  require(framing->kind != http::BodyKind::until_close, "a request has an end");
  require(!has_coding || head.version() == http::Version::http_1_1, "HTTP/1.0 has no codings");
}

void check_meaning(const http::RequestHead& head) {
  const auto& fields = head.fields();
  if (const auto destination = destination_of(head)) {
    require(fields.count("Host") <= 1, "there is one Host");
    const auto form = destination->target.form;
    const bool has_path = form == http::TargetForm::origin || form == http::TargetForm::absolute;
    require(has_path == destination->target.path.starts_with('/'), "a path begins with a slash");
  }
  (void)evaluate_conditions(head.method(), fields, {.tag = http::EntityTag{"a", false}, .modified = http::Time{}}, {});
  (void)if_range_holds(fields, {}, {});
  constexpr std::array<std::string_view, 2> available{"br", "gzip"};
  (void)choose_coding(fields, available);
  (void)quality_of_media_type(fields, "text/html");
  (void)expectation_of(head);
  if (!fields.list_has("Connection", "close") && head.version() == http::Version::http_1_1) {
    require(keeps_alive(head.version(), fields), "HTTP/1.1 lives on");
  }
}

void check_head(const http::RequestHead& head) {
  require(http::is_token(head.method()) && head.method().size() <= http::method_bytes_max, "a method is a token");
  require(!head.target().empty() && std::ranges::all_of(head.target(), http::is_target_character),
          "a target is visible ASCII");
  check_fields(head.fields());
  check_framing(head);
  check_meaning(head);
}

/// The head again, of what was understood of it.
std::string written(const http::RequestHead& head) {
  std::string text;
  text.append(head.method()).append(" ").append(head.target());
  text += head.version() == http::Version::http_1_1 ? " HTTP/1.1\r\n" : " HTTP/1.0\r\n";
  for (std::size_t i = 0; i < head.fields().size(); ++i) {
    text.append(head.fields()[i].name).append(":").append(head.fields()[i].value).append("\r\n");
  }
  return text + "\r\n";
}

void check_read_back(const http::RequestHead& head) {
  const auto text = written(head);
  http::RequestHeadReader reader;
  const auto size = reader.read(as_bytes(text));
  require(size && *size == text.size(), "what is written is read back");
  require(reader.head().target() == head.target() && reader.head().fields().size() == head.fields().size(),
          "and the same");
}

void check(std::string_view input, std::size_t piece_bytes) {
  http::RequestHeadReader at_once, in_pieces;
  std::vector<char> buffer;
  for (;;) {
    at_once.clear(), in_pieces.clear();
    const auto size = at_once.read(as_bytes(input));
    check_same(read_in_pieces(in_pieces, input, piece_bytes, buffer), size);
    if (!size || !*size) return;
    require(**size <= input.size() && input.substr(0, **size).ends_with("\r\n\r\n"), "a head ends with an empty line");
    check_head(at_once.head());
    check_read_back(at_once.head());
    input.remove_prefix(**size);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  check(as_text(std::as_bytes(std::span{data, size})).substr(1), std::max<std::size_t>(1, data[0]));
  return 0;
}
