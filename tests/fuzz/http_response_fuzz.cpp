// Any octets as the head of a response, in pieces, too: the first octet says how long each is. What is read is well
// formed, and its body has one end.
#include "common/http/framing.hpp"
#include "common/http/response_head.hpp"
#include "tests/fuzz/http_heads.hpp"

namespace {

using namespace labnet;
using namespace test;

void check_head(const http::ResponseHead& head) {
  require(head.status() >= 100 && head.status() <= 599, "a status has three digits");
  require(http::is_value(head.reason()), "a reason has no control characters");
  check_fields(head.fields());
  require(framing_of(head, "HEAD")->kind == http::BodyKind::none, "HEAD has no body");
  if (const auto framing = framing_of(head, "GET")) {
    const bool has_length = head.fields().has("Content-Length"), has_coding = head.fields().has("Transfer-Encoding");
    if (framing->kind == http::BodyKind::until_close)
      require(!has_length && !has_coding, "no field says where it ends");
    if (framing->kind != http::BodyKind::none)
      require(!has_length || !has_coding, "what is said in two ways is refused");
  }
}

void check(std::string_view input, std::size_t piece_bytes) {
  http::ResponseHeadReader at_once, in_pieces;
  std::vector<char> buffer;
  const auto size = at_once.read(as_bytes(input));
  check_same(read_in_pieces(in_pieces, input, piece_bytes, buffer), size);
  if (!size || !*size) return;
  require(input.substr(0, **size).ends_with("\r\n\r\n"), "a head ends with an empty line");
  check_head(at_once.head());
  require(in_pieces.head().reason() == at_once.head().reason(), "in pieces the reason is the same");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  check(as_text(std::as_bytes(std::span{data, size})).substr(1), std::max<std::size_t>(1, data[0]));
  return 0;
}
