// Heads of requests and responses: whole, cut anywhere, at their limits, and what is refused with which status.
#include <gtest/gtest.h>

#include "common/http/head_text.hpp"
#include "common/http/request_head.hpp"
#include "common/http/response_head.hpp"

namespace labnet::http {
namespace {

using namespace std::literals;

constexpr std::string_view browser_request =
    "GET /music/list.html?sort=name HTTP/1.1\r\n"
    "Host: web.redes71.lab\r\n"
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0\r\n"
    "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8\r\n"
    "Accept-Language: es-ES,es;q=0.8,en-US;q=0.5,en;q=0.3\r\n"
    "Accept-Encoding: gzip, deflate, br\r\n"
    "Connection: keep-alive\r\n"
    "Cookie: session=0123456789abcdef\r\n"
    "If-None-Match: \"1770-617618cb1e800\"\r\n"
    "\r\n";

/// The status that a request is refused with; 0 if it is read, 1 if it is not whole.
int refusal_of(std::string_view head) {
  RequestHeadReader reader;
  const auto result = reader.read(as_bytes(head));
  if (!result) return status_of(result.error());
  return *result ? 0 : 1;
}

int refusal_of_response(std::string_view head) {
  ResponseHeadReader reader;
  const auto result = reader.read(as_bytes(head));
  if (!result) return status_of(result.error());
  return *result ? 0 : 1;
}

/// As read(), byte by byte, each time in a buffer of its own.
template <class Reader>
HeadResult read_byte_by_byte(Reader& reader, std::string_view head, std::string& buffer) {
  for (std::size_t size = 0; size <= head.size(); ++size) {
    buffer = std::string{head.substr(0, size)};
    auto result = reader.read(as_bytes(buffer));
    if (!result || *result) return result;
  }
  return std::nullopt;
}

std::string with_field(std::string_view line) {
  return "GET / HTTP/1.1\r\nHost: a\r\n" + std::string{line} + "\r\n\r\n";
}

TEST(HttpRequestHead, IsReadInPlace) {
  RequestHeadReader reader;
  const auto size = reader.read(as_bytes(browser_request));
  ASSERT_TRUE(size && *size);
  EXPECT_EQ(**size, browser_request.size());
  EXPECT_EQ(reader.head().method(), "GET");
  EXPECT_EQ(reader.head().target(), "/music/list.html?sort=name");
  EXPECT_EQ(reader.head().version(), Version::http_1_1);
  EXPECT_EQ(reader.head().fields().size(), 8u);
  EXPECT_EQ(reader.head().fields()[0], (Field{"Host", "web.redes71.lab"}));
  EXPECT_EQ(reader.head().fields().find("if-none-match"), "\"1770-617618cb1e800\"");
  EXPECT_EQ(reader.head().target().data(), browser_request.data() + 4) << "a view of what was given";
}

TEST(HttpRequestHead, CutAnywhereIsTheSameAsAtOnce) {
  for (std::size_t cut = 0; cut < browser_request.size(); ++cut) {
    RequestHeadReader reader;
    ASSERT_EQ(*reader.read(as_bytes(browser_request.substr(0, cut))), std::nullopt) << cut;
    const auto size = reader.read(as_bytes(browser_request));
    ASSERT_TRUE(size && *size) << cut;
    EXPECT_EQ(**size, browser_request.size());
    EXPECT_EQ(reader.head().fields().size(), 8u);
    EXPECT_EQ(reader.head().fields()[7].value, "\"1770-617618cb1e800\"");
  }
}

TEST(HttpRequestHead, ByteByByteInABufferThatMovesIsTheSame) {
  RequestHeadReader reader;
  std::string buffer;
  const auto size = read_byte_by_byte(reader, browser_request, buffer);
  ASSERT_TRUE(size && *size);
  EXPECT_EQ(reader.head().method(), "GET");
  EXPECT_EQ(reader.head().fields().find("Cookie"), "session=0123456789abcdef");
  const std::string moved = buffer;
  reader.head().set_base(moved.data());
  EXPECT_EQ(reader.head().fields().find("Cookie")->data(), moved.data() + moved.find("session"));
}

TEST(HttpRequestHead, LeavesWhatFollowsForTheNextOne) {
  const auto two = "GET /a HTTP/1.1\r\nHost: x\r\n\r\nPOST /b HTTP/1.0\r\n\r\n"s;
  RequestHeadReader reader;
  const auto first = reader.read(as_bytes(two));
  ASSERT_TRUE(first && *first);
  EXPECT_EQ(reader.head().target(), "/a");
  reader.clear();
  const auto second = reader.read(as_bytes(std::string_view{two}.substr(**first)));
  ASSERT_TRUE(second && *second);
  EXPECT_EQ(**first + **second, two.size());
  EXPECT_EQ(reader.head().method(), "POST");
  EXPECT_EQ(reader.head().version(), Version::http_1_0);
  EXPECT_EQ(reader.head().fields().size(), 0u);
  EXPECT_FALSE(reader.head().fields().has("Host"));
}

TEST(HttpRequestHead, MayHaveOneEmptyLineInFront) {
  EXPECT_EQ(refusal_of("\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"), 0);
  EXPECT_EQ(refusal_of("\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"), 400);
  EXPECT_EQ(refusal_of("\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"), 400);
}

TEST(HttpRequestHead, IsRefusedForItsFirstLine) {
  const std::vector<std::pair<std::string, int>> lines{
      {"GET / HTTP/1.1", 0},
      {"get / HTTP/1.1", 0},
      {"M-SEARCH * HTTP/1.1", 0},
      {"GET / HTTP/1.9", 0},
      {"GET /{a|b}^`\"<>\\ HTTP/1.1", 0},
      {"GET  / HTTP/1.1", 400},
      {" GET / HTTP/1.1", 400},
      {"GET /  HTTP/1.1", 400},
      {"GET\t/ HTTP/1.1", 400},
      {"GET /\tHTTP/1.1", 400},
      {"GET / HTTP/1.1 ", 400},
      {"GET / HTTP/1.1\t", 400},
      {"GET /", 400},
      {"GET", 400},
      {"GET ", 400},
      {"GET / ", 400},
      {"GET / a HTTP/1.1", 400},
      {"GET /a\x01 HTTP/1.1", 400},
      {"GET /a\x7f HTTP/1.1", 400},
      {"GET /pa\xc3\xads HTTP/1.1", 400},
      {"GET /a\0b HTTP/1.1"s, 400},
      {"GET /a\rb HTTP/1.1", 400},
      {"G(T / HTTP/1.1", 400},
      {"GET: / HTTP/1.1", 400},
      {"G\xc3\xa9T / HTTP/1.1", 400},
      {"GET / http/1.1", 400},
      {"GET / HTTP/1", 400},
      {"GET / HTTP/11", 400},
      {"GET / HTTP/1.10", 400},
      {"GET / HTTP/01.1", 400},
      {"GET / HTTP/1,1", 400},
      {"GET / HTTP/+1.1", 400},
      {"GET / HTTP /1.1", 400},
      {"GET / HTP/1.1", 400},
      {"GET / HTTPS/1.1", 400},
      {"GET / HTTP/1.a", 400},
      {"GET / HTTP/2.0", 505},
      {"PRI * HTTP/2.0", 505},
      {"GET / HTTP/0.9", 505},
      {"GET / HTTP/9.1", 505},
      {std::string(method_bytes_max, 'A') + " / HTTP/1.1", 0},
      {std::string(method_bytes_max + 1, 'A') + " / HTTP/1.1", 501},
  };
  for (const auto& [line, status] : lines) EXPECT_EQ(refusal_of(line + "\r\nHost: a\r\n\r\n"), status) << line;
}

TEST(HttpRequestHead, IsRefusedForAField) {
  const std::vector<std::pair<std::string, int>> lines{
      {"A: b", 0},
      {"A:b", 0},
      {"A: \t b\tc \t ", 0},
      {"A:", 0},
      {"A: ", 0},
      {"!#$%&'*+-.^_`|~09: x", 0},
      {"A: pa\xc3\xads\xff", 0},
      {"A: b: c", 0},
      {"A : b", 400},
      {"A\t: b", 400},
      {": b", 400},
      {" A: b", 400},
      {"\tA: b", 400},
      {"A", 400},
      {"A b", 400},
      {"A(b): c", 400},
      {"A\xc3\xa9: c", 400},
      {"\"A\": c", 400},
      {"A: b\r\n c", 400},
      {"A: b\r\n\tc", 400},
      {"A: b\rc", 400},
      {"A: b\nC: d", 400},
      {"A: b\r\r\nC: d", 400},
      {"A\r: b", 400},
      {"A: b\0c"s, 400},
      {"A\0: b"s, 400},
      {"A: b\x01", 400},
      {"A: b\x7f", 400},
      {"A: b\x1b[31m", 400},
      {"A: b\x0b", 400},
      {"A: b\x08", 400},
  };
  for (const auto& [line, status] : lines) EXPECT_EQ(refusal_of(with_field(line)), status) << line;
}

TEST(HttpRequestHead, IsRefusedForLineEndsOtherThanCrLf) {
  EXPECT_EQ(refusal_of("GET / HTTP/1.1\nHost: a\r\n\r\n"), 400);
  EXPECT_EQ(refusal_of("GET / HTTP/1.1\rHost: a\r\n\r\n"), 400);
  EXPECT_EQ(refusal_of("GET / HTTP/1.1\r\nHost: a\n\r\n"), 400);
  EXPECT_EQ(refusal_of("GET / HTTP/1.1\r\nHost: a\r\n\n"), 400);
  EXPECT_EQ(refusal_of("GET / HTTP/1.1\r\nHost: a\r\n\rX"), 400);
}

TEST(HttpRequestHead, IsRefusedForASpaceBehindTheFirstLine) {
  EXPECT_EQ(refusal_of("GET / HTTP/1.1\r\n Host: a\r\n\r\n"), 400);
  EXPECT_EQ(refusal_of("GET / HTTP/1.1\r\n\r\n Host: a\r\n\r\n"), 0) << "that is the body's, or the next request's";
}

TEST(HttpRequestHead, IsRefusedTheSameByteByByte) {
  for (const auto head : {"GET / HTP/1.1\r\n\r\n"sv, "GET /\r\n\r\n"sv, "GET / X\r\n"sv, "GET / HTTP/3.0\r\n\r\n"sv,
                          "GET / HTTP/1.1\r\nA : b\r\n\r\n"sv, "GET / HTTP/1.1\r\nA: b\r\n c\r\n\r\n"sv,
                          "GET / HTTP/1.1\r\nA: b\rc\r\n\r\n"sv, "G\nT / HTTP/1.1\r\n\r\n"sv}) {
    RequestHeadReader whole, in_pieces;
    std::string buffer;
    const auto expected = whole.read(as_bytes(head));
    const auto result = read_byte_by_byte(in_pieces, head, buffer);
    ASSERT_TRUE(expected.has_error()) << head;
    ASSERT_TRUE(result.has_error()) << head;
    EXPECT_EQ(result.error(), expected.error()) << head;
  }
}

TEST(HttpRequestHead, FirstLineMayBeAsLongAsItsLimit) {
  const auto line_of = [](std::size_t bytes) {
    const auto frame = "GET  HTTP/1.1\r\n"sv.size();
    return "GET /" + std::string(bytes - frame - 1, 'a') + " HTTP/1.1\r\n";
  };
  EXPECT_EQ(line_of(first_line_bytes_max).size(), first_line_bytes_max);
  EXPECT_EQ(refusal_of(line_of(first_line_bytes_max) + "\r\n"), 0);
  EXPECT_EQ(refusal_of(line_of(first_line_bytes_max + 1) + "\r\n"), 414);
  EXPECT_EQ(refusal_of("GET /" + std::string(first_line_bytes_max, 'a')), 414) << "without waiting for its end";
  EXPECT_EQ(refusal_of("GET /" + std::string(first_line_bytes_max - 6, 'a')), 1);
}

TEST(HttpRequestHead, FieldMayBeAsLongAsItsLimit) {
  const auto line_of = [](std::size_t bytes) { return "A:" + std::string(bytes - 4, 'a'); };
  EXPECT_EQ(refusal_of(with_field(line_of(field_line_bytes_max))), 0);
  EXPECT_EQ(refusal_of(with_field(line_of(field_line_bytes_max + 1))), 431);
  EXPECT_EQ(refusal_of("GET / HTTP/1.1\r\n" + std::string(field_line_bytes_max, 'a')), 431);
}

TEST(HttpRequestHead, LongestLinesByteByByteAreTheSame) {
  const auto head = with_field("A:" + std::string(field_line_bytes_max - 4, 'a'));
  RequestHeadReader reader;
  HeadResult result = std::nullopt;
  for (std::size_t size = 0; size <= head.size(); ++size) {
    ASSERT_EQ(*result, std::nullopt) << size;
    result = reader.read(as_bytes(std::string_view{head}.substr(0, size)));
  }
  EXPECT_EQ(*result, head.size());
  EXPECT_EQ(reader.head().fields().find("A")->size(), field_line_bytes_max - 4);
}

TEST(HttpRequestHead, HasAsManyFieldsAsItsLimit) {
  const auto head_of = [](std::size_t fields) {
    std::string head = "GET / HTTP/1.1\r\n";
    for (std::size_t i = 0; i < fields; ++i) head += "a:\r\n";
    return head + "\r\n";
  };
  EXPECT_EQ(refusal_of(head_of(fields_max)), 0);
  EXPECT_EQ(refusal_of(head_of(fields_max + 1)), 431);
}

TEST(HttpRequestHead, IsAsLongAsItsLimit) {
  const auto head_of = [](std::size_t bytes) {
    std::string head = "GET / HTTP/1.1\r\n";
    const std::string line = "a:" + std::string(1020, 'a') + "\r\n";
    while (head.size() + line.size() + 6 <= bytes) head += line;
    head += "b:" + std::string(bytes - head.size() - 6, 'b') + "\r\n";
    return head + "\r\n";
  };
  EXPECT_EQ(head_of(head_bytes_max).size(), head_bytes_max);
  EXPECT_EQ(refusal_of(head_of(head_bytes_max)), 0);
  EXPECT_EQ(refusal_of(head_of(head_bytes_max + 1)), 431);
}

TEST(HttpFields, AreFoundInAnyCase) {
  RequestHeadReader reader;
  ASSERT_TRUE(*reader.read(as_bytes("GET / HTTP/1.1\r\nhOsT: a\r\nAccept: b\r\naccept: c, \"d,e\"\r\nX:\r\n\r\n")));
  const auto& fields = reader.head().fields();
  EXPECT_EQ(fields.find("HOST"), "a");
  EXPECT_EQ(fields.find("ACCEPT"), "b");
  EXPECT_EQ(fields.count("Accept"), 2u);
  EXPECT_EQ(fields.count("Range"), 0u);
  EXPECT_EQ(fields.combined("Accept"), "b, c, \"d,e\"");
  EXPECT_EQ(fields.combined("Range"), std::nullopt);
  EXPECT_EQ(fields.find("x"), "");
  EXPECT_EQ(fields.find("Hos"), std::nullopt);
  EXPECT_EQ(fields.find(""), std::nullopt);
  std::vector<std::string_view> elements;
  fields.for_each_element("accept", [&](std::string_view element) { elements.push_back(element); });
  EXPECT_EQ(elements, (std::vector<std::string_view>{"b", "c", "\"d,e\""}));
}

TEST(HttpFields, HaveTokensInLists) {
  RequestHeadReader reader;
  ASSERT_TRUE(*reader.read(as_bytes("GET / HTTP/1.1\r\nConnection: Keep-Alive,, Upgrade ,\r\n\r\n")));
  const auto& fields = reader.head().fields();
  EXPECT_TRUE(fields.list_has("connection", "keep-alive"));
  EXPECT_TRUE(fields.list_has("connection", "upgrade"));
  EXPECT_FALSE(fields.list_has("connection", "keep"));
  EXPECT_FALSE(fields.list_has("connection", ""));
}

TEST(HttpRequestHead, IsWrittenAsItIsRead) {
  const std::vector<FieldText> fields{{"Host", "web.lab"}, {"X-Empty", ""}, {"X-Name", "pa\xc3\xads, \"a\""}};
  const auto text = request_head_text("PUT", "/1.png?a|b", Version::http_1_0, fields);
  EXPECT_EQ(text, "PUT /1.png?a|b HTTP/1.0\r\nHost: web.lab\r\nX-Empty: \r\nX-Name: pa\xc3\xads, \"a\"\r\n\r\n");
  RequestHeadReader reader;
  const auto size = reader.read(as_bytes(*text));
  ASSERT_TRUE(size && *size);
  EXPECT_EQ(**size, text->size());
  EXPECT_EQ(reader.head().fields()[2], (Field{"X-Name", "pa\xc3\xads, \"a\""}));
  EXPECT_TRUE(request_head_text("GET", "/", Version::http_1_1, {})->starts_with("GET / HTTP/1.1\r\n\r\n"));
}

TEST(HttpRequestHead, IsNotWrittenWhereItWouldBeAnotherOne) {
  const auto is_written = [](std::string_view method, std::string_view target, const FieldText& field) {
    return request_head_text(method, target, Version::http_1_1, std::vector{field}).has_value();
  };
  const FieldText field{"Host", "web.lab"};
  EXPECT_TRUE(is_written("GET", "/", field));
  for (const auto method : {"", "GE T", "GET\r\n", "G\xc3\x89T"})
    EXPECT_FALSE(is_written(method, "/", field)) << method;
  for (const auto target : {"", "/a b", "/\r\nA: b", "/\xc3\xad"})
    EXPECT_FALSE(is_written("GET", target, field)) << target;
  for (const auto name : {"", "A b", "A:", "A\r\nB"}) EXPECT_FALSE(is_written("GET", "/", {name, "b"})) << name;
  for (const auto value : {"a\r\nB: c", "a\nB: c", "a\rb", "a\x01"}) {
    EXPECT_FALSE(is_written("GET", "/", {"A", value})) << value;
  }
  EXPECT_FALSE(is_written("GET", "/", {"A", "a\0b"s}));
}

TEST(HttpResponseHead, IsReadInPlace) {
  const auto text = "HTTP/1.1 206 Partial Content\r\nContent-Length: 5\r\n\r\nhello"sv;
  ResponseHeadReader reader;
  const auto size = reader.read(as_bytes(text));
  ASSERT_TRUE(size && *size);
  EXPECT_EQ(**size, text.size() - 5);
  EXPECT_EQ(reader.head().status(), 206);
  EXPECT_EQ(reader.head().reason(), "Partial Content");
  EXPECT_EQ(reader.head().fields().find("content-length"), "5");
  ResponseHeadReader in_pieces;
  std::string buffer;
  EXPECT_EQ(*read_byte_by_byte(in_pieces, text, buffer), *size);
  EXPECT_EQ(in_pieces.head().reason(), "Partial Content");
}

TEST(HttpResponseHead, IsRefusedForItsFirstLine) {
  const std::vector<std::pair<std::string, int>> lines{
      {"HTTP/1.1 200 OK", 0},
      {"HTTP/1.0 404 Not Found", 0},
      {"HTTP/1.1 200 ", 0},
      {"HTTP/1.1 200", 0},
      {"HTTP/1.1 599 pa\xc3\xads", 0},
      {"HTTP/1.1 099 X", 400},
      {"HTTP/1.1 600 X", 400},
      {"HTTP/1.1 20 OK", 400},
      {"HTTP/1.1 2000 OK", 400},
      {"HTTP/1.1  200 OK", 400},
      {"HTTP/1.1 +20 OK", 400},
      {"HTTP/1.1\t200 OK", 400},
      {"HTTP/2.0 200 OK", 505},
      {"HTTP/2 200 OK", 400},
      {"ICY 200 OK", 400},
      {"HTTP/1.1 200 O\x01K", 400},
      {"HTTP/1.1", 400},
      {"", 400},
      {"HTTP/1.1 200\tOK", 400},
  };
  for (const auto& [line, status] : lines) {
    const auto head = line + "\r\nA: b\r\n\r\n";
    EXPECT_EQ(refusal_of_response(head), status) << line;
    ResponseHeadReader whole, in_pieces;
    std::string buffer;
    const auto expected = whole.read(as_bytes(head));
    const auto result = read_byte_by_byte(in_pieces, head, buffer);
    EXPECT_EQ(result.has_value(), expected.has_value()) << line;
    if (!result && !expected) {
      EXPECT_EQ(result.error(), expected.error()) << line;
    }
  }
}

}  // namespace
}  // namespace labnet::http
