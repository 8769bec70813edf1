// nginx as a second opinion: the same files served by both, the same bytes sent to both. Where their answers differ,
// the table of differences says so, and why.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <map>

#include "common/base/text.hpp"
#include "tests/interop/clients.hpp"
#include "tests/interop/nginx.hpp"
#include "tests/servers/http/running_http.hpp"

namespace labnet::http_server {
namespace {

constexpr std::size_t shown_bytes_max = 80;  // of a value that differs

using Answer = std::map<std::string, std::string>;  // "status", "body", "answers" and names of fields

struct Question {
  std::string name;
  std::string bytes;
};

struct Difference {
  std::string_view name;  // of the question
  std::string_view what;  // "of it: ours | nginx's", one after the other
  std::string_view why;   // and who is right
};

constexpr std::string_view page_in_utf8 = "our page is in UTF-8 and says so";
constexpr std::string_view listing_as_it_is = "nginx would compress it; ours is as it is for everybody";
constexpr std::string_view options_are_told =
    "OPTIONS is asked for what may be done (RFC 9110, section 9.3.7), which we tell; nginx knows no OPTIONS";
constexpr std::string_view allow_is_told = "405 without Allow breaks RFC 9110, section 15.5.6; nginx does";
constexpr std::string_view vary_of_304 =
    "304 has to have the Vary that 200 would have (RFC 9110, section 15.4.5); nginx leaves it out";
constexpr std::string_view ranges_of_206 = "we say it in each 206; nginx in 200 only; either may be";

constexpr std::array differences{
    Difference{"folder without slash", "Content-Type: text/html; charset=utf-8 | text/html", page_in_utf8},
    Difference{"folder without slash, query", "Content-Type: text/html; charset=utf-8 | text/html", page_in_utf8},
    Difference{"listing", "Vary: Accept | Accept-Encoding", listing_as_it_is},
    Difference{"options", "Allow: GET, HEAD, OPTIONS | -; status: 204 | 405", options_are_told},
    Difference{"options of all", "Allow: GET, HEAD, OPTIONS | -; status: 204 | 400", options_are_told},
    Difference{"delete", "Allow: GET, HEAD, OPTIONS | -", allow_is_told},
    Difference{"put", "Allow: GET, HEAD, OPTIONS | -", allow_is_told},
    Difference{"post", "Allow: GET, HEAD, OPTIONS | -", allow_is_told},
    Difference{"trace", "Allow: GET, HEAD, OPTIONS | -", allow_is_told},
    Difference{"connect", "Allow: GET, HEAD, OPTIONS | -; status: 405 | 400",
               "a server that is no proxy knows CONNECT and does not do it: 405; nginx takes its target for a fault"},
    Difference{"unknown method", "status: 501 | 405",
               "501 for a method that is not known, 405 for one that is (RFC 9110, section 9.1): ours"},
    Difference{"method in small letters", "status: 501 | 400",
               "methods have case (RFC 9110, section 9.1), so this is one that is not known: ours"},
    Difference{"if none match", "Vary: Accept-Encoding | -", vary_of_304},
    Difference{"if none match, weak", "Vary: Accept-Encoding | -", vary_of_304},
    Difference{"if none match, list", "Vary: Accept-Encoding | -", vary_of_304},
    Difference{"if none match, any", "Vary: Accept-Encoding | -", vary_of_304},
    Difference{"if modified since its time", "Vary: Accept-Encoding | -", vary_of_304},
    Difference{"if modified since a later time",
               "Accept-Ranges: - | bytes; Content-Length: - | 1327; Content-Type: - | text/html; charset=utf-8; body: "
               "- | 1327 bytes; status: 304 | 200",
               "what has not changed since a later time has not changed (RFC 9110, section 13.1.3): ours; nginx takes "
               "the same time only, which \"if_modified_since before\" changes"},
    Difference{"if modified since, form of RFC 850", "Vary: Accept-Encoding | -", vary_of_304},
    Difference{"range", "Accept-Ranges: bytes | -", ranges_of_206},
    Difference{"range to the end", "Accept-Ranges: bytes | -", ranges_of_206},
    Difference{"range of the last", "Accept-Ranges: bytes | -", ranges_of_206},
    Difference{"range of more than there is", "Accept-Ranges: bytes | -", ranges_of_206},
    Difference{"range of the last, more than there is", "Accept-Ranges: bytes | -", ranges_of_206},
    Difference{"range of all", "Accept-Ranges: bytes | -", ranges_of_206},
    Difference{
        "range of an empty file",
        "Accept-Ranges: - | bytes; Content-Length: - | 0; Content-Range: bytes */0 | -; Content-Type: - | text/plain; "
        "charset=utf-8; ETag: - | \"698ef9a4-0\"; Last-Modified: - | Fri, 13 Feb 2026 10:15:00 GMT; status: 416 | 200",
        "an empty file has no first byte (RFC 9110, section 14.1.2): ours; to ignore the range, as nginx does, is "
        "allowed"},
    Difference{"ranges", "Accept-Ranges: bytes | -", ranges_of_206},
    Difference{"ranges in disorder", "Accept-Ranges: bytes | -", ranges_of_206},
    Difference{"ranges, one behind the end", "Accept-Ranges: bytes | -", ranges_of_206},
    Difference{"ranges that overlap", "Accept-Ranges: bytes | -", ranges_of_206},
    Difference{"range that runs backwards",
               "Accept-Ranges: bytes | -; Content-Length: 400000 | -; Content-Range: - | bytes */400000; Content-Type: "
               "application/octet-stream | -; ETag: \"698ef9a4-61a80\" | -; Last-Modified: Fri, 13 Feb 2026 10:15:00 "
               "GMT | -; body: 400000 bytes | -; status: 200 | 416",
               "an invalid range may be ignored or refused (RFC 9110, section 14.2): we ignore, nginx refuses"},
    Difference{"range that is none",
               "Accept-Ranges: bytes | -; Content-Length: 400000 | -; Content-Range: - | bytes */400000; Content-Type: "
               "application/octet-stream | -; ETag: \"698ef9a4-61a80\" | -; Last-Modified: Fri, 13 Feb 2026 10:15:00 "
               "GMT | -; body: 400000 bytes | -; status: 200 | 416",
               "the same"},
    Difference{"range of a head",
               "Accept-Ranges: bytes | -; Content-Length: 400000 | 10; Content-Range: - | bytes 10-19/400000; status: "
               "200 | 206",
               "ranges are for GET alone (RFC 9110, section 14.2): ours"},
    Difference{"range if its tag holds", "Accept-Ranges: bytes | -", ranges_of_206},
    Difference{"range if its time holds", "Accept-Ranges: bytes | -", ranges_of_206},
    Difference{"range and not modified", "Vary: Accept-Encoding | -", vary_of_304},
    Difference{
        "gzip", "Accept-Ranges: bytes | -; Content-Length: some | -",
        "we compress once and know the length, so that parts can be asked for; nginx compresses on the way, in chunks"},
    Difference{"gzip, if nothing else", "Accept-Ranges: bytes | -; Content-Length: some | -", "the same"},
    Difference{"any coding",
               "Content-Encoding: gzip | -; Content-Length: some | 1327; ETag: W/\"698ef9a4-52f\" | \"698ef9a4-52f\"; "
               "body: - | 1327 bytes",
               "\"*\" takes gzip, too (RFC 9110, section 12.5.3): ours; not to compress is allowed"},
    Difference{"gzip made before", "Accept-Ranges: bytes | -", "the same: a file beside it has parts, too"},
    Difference{"gzip of a head", "Accept-Ranges: bytes | -; Content-Length: some | -", "the same"},
    Difference{"gzip and a range",
               "Accept-Ranges: bytes | -; Content-Length: some | -; Content-Range: bytes 0-9 | -; status: 206 | 200",
               "a part of the compressed form, which is what would have been sent (RFC 9110, section 14.2); to ignore "
               "the range, as nginx does, is allowed"},
    Difference{"no version", "answers: 1 | 0; status: 400 | -",
               "HTTP/0.9 is answered by nginx, with the bare file; RFC 9112 has it no more"},
    Difference{"lines that end with LF",
               "Accept-Ranges: - | bytes; Content-Length: - | 1327; Content-Type: - | text/html; charset=utf-8; ETag: "
               "- | \"698ef9a4-52f\"; Last-Modified: - | Fri, 13 Feb 2026 10:15:00 GMT; Vary: - | Accept-Encoding; "
               "body: - | 1327 bytes; status: 400 | 200",
               "may be understood (RFC 9112, section 2.2); we are strict, as who disagrees about lines lets requests "
               "be smuggled"},
    Difference{"long field", "status: 431 | 400", "431 is for this (RFC 6585, section 5): ours"},
    Difference{"transfer coding that is unknown", "status: 400 | 501",
               "its end cannot be known where chunked is not the last (RFC 9112, section 6.3): 400, ours"},
};

const std::string old_time = "Sun, 06 Nov 1994 08:49:37 GMT";
const std::string time_of_file = "Fri, 13 Feb 2026 10:15:00 GMT";

std::string ask(std::string_view method, std::string_view target, std::string_view fields = "") {
  return fmt::format("{} {} HTTP/1.1\r\nHost: www.lab\r\nConnection: close\r\n{}\r\n", method, target, fields);
}

std::string get(std::string_view target, std::string_view fields = "") {
  return ask("GET", target, fields);
}

/// tag  of /page.html, with quotation marks
std::vector<Question> questions(const std::string& tag) {
  std::vector<Question> all;
  const auto add = [&](std::string name, std::string bytes) { all.push_back({std::move(name), std::move(bytes)}); };
  const auto add_get = [&](std::string name, std::string_view target, std::string_view fields = "") {
    add(std::move(name), get(target, fields));
  };
  add_get("page", "/page.html");
  add_get("text", "/text.txt");
  add_get("picture", "/picture.png");
  add_get("style", "/style.css");
  add_get("script", "/script.js");
  add_get("of no known type", "/data.unknown");
  add_get("empty", "/empty.txt");
  add_get("large", "/large.bin");
  add_get("index", "/folder/");
  add_get("folder without slash", "/folder");
  add_get("folder without slash, query", "/folder?a=b");
  add_get("listing", "/listed/");
  add_get("missing", "/missing");
  add_get("missing folder", "/missing/");
  add_get("file as a folder", "/page.html/");
  add_get("below a file", "/page.html/below");
  add_get("query", "/page.html?a=b&c");
  add_get("escaped", "/p%61ge.html");
  add_get("escaped letters of another alphabet", "/pa%C3%ADs.txt");
  add_get("escaped slash", "/folder%2Findex.html");
  add_get("escaped NUL", "/page.html%00");
  add_get("escape that is none", "/page%zz.html");
  add_get("dots", "/folder/../page.html");
  add_get("dots out of the root", "/../page.html");
  add_get("escaped dots out of the root", "/%2e%2e/page.html");
  add_get("two slashes", "//page.html");
  add_get("absolute form", "http://www.lab/page.html");
  add_get("link out of the root", "/link");
  add_get("not to be read", "/secret.txt");
  add("head", ask("HEAD", "/page.html"));
  add("head of a missing one", ask("HEAD", "/missing"));
  add("options", ask("OPTIONS", "/page.html"));
  add("options of all", ask("OPTIONS", "*"));
  add("delete", ask("DELETE", "/page.html"));
  add("put", ask("PUT", "/page.html", "Content-Length: 1\r\n") + "x");
  add("post", ask("POST", "/page.html", "Content-Length: 1\r\n") + "x");
  add("trace", ask("TRACE", "/page.html"));
  add("connect", ask("CONNECT", "www.lab:80"));
  add("unknown method", ask("BREW", "/page.html"));
  add("method in small letters", ask("get", "/page.html"));

  add_get("if none match", "/page.html", fmt::format("If-None-Match: {}\r\n", tag));
  add_get("if none match, weak", "/page.html", fmt::format("If-None-Match: W/{}\r\n", tag));
  add_get("if none match, list", "/page.html", fmt::format("If-None-Match: \"a\", {}, \"b\"\r\n", tag));
  add_get("if none match, any", "/page.html", "If-None-Match: *\r\n");
  add_get("if none match, other", "/page.html", "If-None-Match: \"other\"\r\n");
  add_get("if none match of a missing one", "/missing", "If-None-Match: *\r\n");
  add_get("if match", "/page.html", fmt::format("If-Match: {}\r\n", tag));
  add_get("if match, other", "/page.html", "If-Match: \"other\"\r\n");
  add_get("if match, any", "/page.html", "If-Match: *\r\n");
  add_get("if match, weak", "/page.html", fmt::format("If-Match: W/{}\r\n", tag));
  add_get("if modified since its time", "/page.html", fmt::format("If-Modified-Since: {}\r\n", time_of_file));
  add_get("if modified since an old time", "/page.html", fmt::format("If-Modified-Since: {}\r\n", old_time));
  add_get("if modified since a later time", "/page.html", "If-Modified-Since: Sat, 14 Feb 2026 10:15:00 GMT\r\n");
  add_get("if modified since no time", "/page.html", "If-Modified-Since: yesterday\r\n");
  add_get("if modified since, form of RFC 850", "/page.html", "If-Modified-Since: Friday, 13-Feb-26 10:15:00 GMT\r\n");
  add_get("if modified since, but another tag", "/page.html",
          fmt::format("If-None-Match: \"other\"\r\nIf-Modified-Since: {}\r\n", time_of_file));
  add_get("if unmodified since its time", "/page.html", fmt::format("If-Unmodified-Since: {}\r\n", time_of_file));
  add_get("if unmodified since an old time", "/page.html", fmt::format("If-Unmodified-Since: {}\r\n", old_time));

  add_get("range", "/large.bin", "Range: bytes=10-19\r\n");
  add_get("range to the end", "/large.bin", "Range: bytes=399990-\r\n");
  add_get("range of the last", "/large.bin", "Range: bytes=-10\r\n");
  add_get("range of more than there is", "/large.bin", "Range: bytes=399990-500000\r\n");
  add_get("range of the last, more than there is", "/large.bin", "Range: bytes=-500000\r\n");
  add_get("range of all", "/large.bin", "Range: bytes=0-\r\n");
  add_get("range behind the end", "/large.bin", "Range: bytes=400000-\r\n");
  add_get("range of no last", "/large.bin", "Range: bytes=-0\r\n");
  add_get("range of an empty file", "/empty.txt", "Range: bytes=0-\r\n");
  add_get("ranges", "/large.bin", "Range: bytes=0-9,100-109\r\n");
  add_get("ranges in disorder", "/large.bin", "Range: bytes=100-109,0-9\r\n");
  add_get("ranges, one behind the end", "/large.bin", "Range: bytes=0-9,500000-\r\n");
  add_get("ranges that overlap", "/large.bin", "Range: bytes=0-9,5-14\r\n");
  add_get("range that runs backwards", "/large.bin", "Range: bytes=19-10\r\n");
  add_get("range of another unit", "/large.bin", "Range: lines=1-2\r\n");
  add_get("range that is none", "/large.bin", "Range: bytes=a-b\r\n");
  add("range of a head", ask("HEAD", "/large.bin", "Range: bytes=10-19\r\n"));
  add_get("range if its tag holds", "/page.html", fmt::format("Range: bytes=1-2\r\nIf-Range: {}\r\n", tag));
  add_get("range if another tag holds", "/page.html", "Range: bytes=1-2\r\nIf-Range: \"other\"\r\n");
  add_get("range if its time holds", "/page.html", fmt::format("Range: bytes=1-2\r\nIf-Range: {}\r\n", time_of_file));
  add_get("range if another time holds", "/page.html", fmt::format("Range: bytes=1-2\r\nIf-Range: {}\r\n", old_time));
  add_get("range and not modified", "/page.html", fmt::format("Range: bytes=1-2\r\nIf-None-Match: {}\r\n", tag));

  add_get("gzip", "/page.html", "Accept-Encoding: gzip\r\n");
  add_get("gzip, if nothing else", "/page.html", "Accept-Encoding: gzip;q=0.5, deflate\r\n");
  add_get("no gzip", "/page.html", "Accept-Encoding: gzip;q=0\r\n");
  add_get("any coding", "/page.html", "Accept-Encoding: *\r\n");
  add_get("gzip of a picture", "/picture.png", "Accept-Encoding: gzip\r\n");
  add_get("gzip made before", "/ready.html", "Accept-Encoding: gzip\r\n");
  add("gzip of a head", ask("HEAD", "/page.html", "Accept-Encoding: gzip\r\n"));
  add_get("gzip and a range", "/page.html", "Accept-Encoding: gzip\r\nRange: bytes=0-9\r\n");

  add("HTTP/1.0", "GET /page.html HTTP/1.0\r\n\r\n");
  add("HTTP/1.0 with a host", "GET /page.html HTTP/1.0\r\nHost: www.lab\r\n\r\n");
  add("HTTP/1.0 that stays", "GET /page.html HTTP/1.0\r\nConnection: keep-alive\r\n\r\n" + get("/text.txt"));
  add("HTTP/1.1 without a host", "GET /page.html HTTP/1.1\r\nConnection: close\r\n\r\n");
  add("two hosts", "GET /page.html HTTP/1.1\r\nHost: www.lab\r\nHost: www.lab\r\nConnection: close\r\n\r\n");
  add("a host that is none", "GET /page.html HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n");
  add("HTTP/2.0", "GET /page.html HTTP/2.0\r\nHost: www.lab\r\n\r\n");
  add("no version", "GET /page.html\r\n");
  add("no HTTP", "hello\r\n\r\n");
  add("empty line before it", "\r\n" + get("/page.html"));
  add("lines that end with LF", "GET /page.html HTTP/1.1\nHost: www.lab\nConnection: close\n\n");
  add("blank before the colon", get("/page.html", "Range : bytes=1-2\r\n"));
  add("folded field", get("/page.html", "X-A: b\r\n c\r\n"));
  add("NUL in a field", get("/page.html", std::string{"X-A: b\0c\r\n", 10}));
  add("no name", get("/page.html", ": b\r\n"));
  add("long field", get("/page.html", "X-A: " + std::string(40'000, 'x') + "\r\n"));
  add("long target", get("/" + std::string(40'000, 'x')));
  add("two requests", "GET /page.html HTTP/1.1\r\nHost: www.lab\r\n\r\n" + get("/text.txt"));
  add("body of a get", get("/page.html", "Content-Length: 5\r\n") + "12345");
  add("chunked body of a get", get("/page.html", "Transfer-Encoding: chunked\r\n") + "5\r\n12345\r\n0\r\n\r\n");
  add("length and chunked", get("/page.html", "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n") + "0\r\n\r\n");
  add("two lengths", get("/page.html", "Content-Length: 5\r\nContent-Length: 6\r\n") + "12345");
  add("length that is none", get("/page.html", "Content-Length: 5x\r\n") + "12345");
  add("length below zero", get("/page.html", "Content-Length: -1\r\n"));
  add("transfer coding that is unknown, chunked",
      get("/page.html", "Transfer-Encoding: rot13, chunked\r\n") + "0\r\n\r\n");
  add("transfer coding that is unknown", get("/page.html", "Transfer-Encoding: rot13\r\n"));
  return all;
}

/// Of the last response; how many there were is "answers".
Answer answer_of(std::string_view bytes) {
  Answer answer;
  std::size_t count = 0, last = 0;
  for (auto at = bytes.find("HTTP/1.1 "); at != bytes.npos; at = bytes.find("HTTP/1.1 ", at + 1)) {
    ++count;
    last = at;
  }
  answer["answers"] = std::to_string(count);
  bytes.remove_prefix(last);
  const auto end = bytes.find("\r\n\r\n");
  if (count == 0 || end == bytes.npos) return answer;
  const HttpResponse response{.head = std::string{bytes.substr(0, end + 4)},
                              .body = std::string{bytes.substr(end + 4)}};
  answer["status"] = response.head.substr(9, 3);
  const bool is_fault = answer["status"] >= "400";
  std::vector<std::string> names{"Content-Range", "Allow"};
  if (!is_fault) {
    names.insert(names.end(), {"Content-Type", "Content-Encoding", "Vary", "Location", "ETag", "Last-Modified",
                               "Accept-Ranges", "Content-Length"});
  }
  for (const auto& name : names) {
    if (const auto value = response.field(name); !value.empty()) answer[name] = value;
  }
  if (answer["Content-Encoding"] == "gzip") {  // how short it gets is zlib's
    if (auto& length = answer["Content-Length"]; !length.empty()) length = "some";
    auto& range = answer["Content-Range"];
    range = range.substr(0, range.find('/'));
  }
  std::erase_if(answer, [](const auto& one) { return one.second.empty(); });
  auto body = response.body;
  auto& type = answer["Content-Type"];
  if (const auto place = type.find("boundary="); place != type.npos) {
    const auto boundary = type.substr(place + 9);
    type.resize(place);
    for (auto at = body.find(boundary); at != body.npos; at = body.find(boundary, at))
      body.replace(at, boundary.size(), "B");
    answer.erase("Content-Length");
  }
  if (type.empty()) answer.erase("Content-Type");
  const bool is_page = is_fault || body.find("<html") != body.npos || answer["status"] == "301";
  const bool is_whole = !is_page || body.find("of the lab") != body.npos;  // not one that a server has written itself
  if (!is_whole) answer.erase("Content-Length");
  if (is_whole && response.field("Transfer-Encoding").empty() && response.field("Content-Encoding").empty()) {
    answer["body"] = body;
  }
  return answer;
}

std::string to_text(const Answer& ours, const Answer& others) {
  std::vector<std::string> all;
  auto both = ours;
  both.insert(others.begin(), others.end());
  const auto value_of = [](const Answer& answer, const std::string& key) {
    const auto found = answer.find(key);
    return found == answer.end() || found->second.empty() ? std::string{"-"} : found->second;
  };
  const auto shown = [](const std::string& value) {
    return value.size() <= shown_bytes_max ? value : fmt::format("{} bytes", value.size());
  };
  for (const auto& [key, _] : both) {
    const auto our_value = value_of(ours, key), other_value = value_of(others, key);
    if (our_value != other_value) all.push_back(fmt::format("{}: {} | {}", key, shown(our_value), shown(other_value)));
  }
  return join(all, "; ");
}

class InteropNginx : public test::Clients {
 protected:
  InteropNginx() : Clients{{test::find_nginx(), "-v"}, "nginx"} {}

  void SetUp() override {
    Clients::SetUp();
    if (IsSkipped()) return;
    server_ = RunningHttp::with_config(
        "sites: [{ root: ROOT, listing: true }]\nlike: nginx\nlimits: { keep_alive_timeout: 1s }\n");
    write_files();
    start_nginx();
  }

  std::string answer_of_ours(const std::string& bytes) const { return exchange(server_->port(), bytes); }
  std::string answer_of_nginx(const std::string& bytes) const { return exchange(port_, bytes); }

 private:
  static std::string exchange(std::uint16_t port, const std::string& bytes) {
    const TcpClient client{port};
    (void)client.try_send(bytes);  // who refuses a long head may have closed before its end
    return client.receive_all();
  }

  void write_files() {
    std::string page = "<!DOCTYPE html><html><body>";
    for (int i = 0; i < 50; ++i) page += "<p>A page of the lab.</p>\n";
    const auto large = [] {
      std::string bytes(400'000, '\0');
      for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>('a' + i * i % 23);
      return bytes;
    }();
    for (const auto& [name, content] : std::map<std::string, std::string>{{"page.html", page},
                                                                          {"ready.html", page},
                                                                          {"ready.html.gz", "not looked into"},
                                                                          {"text.txt", "text"},
                                                                          {"país.txt", "país"},
                                                                          {"picture.png", "\x89PNG"},
                                                                          {"style.css", "a {}"},
                                                                          {"script.js", "a()"},
                                                                          {"data.unknown", "data"},
                                                                          {"empty.txt", ""},
                                                                          {"secret.txt", "secret"},
                                                                          {"large.bin", large},
                                                                          {"folder/index.html", page + "index"},
                                                                          {"listed/one", "1"}}) {
      std::filesystem::last_write_time(server_->write(name, content), as_file_time());
    }
    std::filesystem::create_symlink(folder().write("outside", "outside"), server_->root() + "/link");
    std::filesystem::remove(server_->root() + "/secret.txt");
    std::filesystem::create_symlink("secret.txt", server_->root() + "/secret.txt");  // of itself
  }

  /// That of time_of_file.
  static std::filesystem::file_time_type as_file_time() {
    using namespace std::chrono;
    const sys_seconds time = sys_days{2026y / February / 13} + 10h + 15min;
    return file_clock::from_sys(time);
  }

  void start_nginx() {
    const auto config = folder().write("nginx.conf", nginx_config());
    nginx_ = std::make_unique<test::Child>(
        std::vector<std::string>{test::find_nginx(), "-c", config, "-e", folder().path() + "/error.log"});
    ASSERT_TRUE(test::eventually([&] {
      try {
        return !answer_of_nginx(get("/text.txt")).empty();
      } catch (const std::exception&) {
        return false;  // not yet there
      }
    })) << test::read_file(folder().path() + "/error.log");
  }

  std::string nginx_config() {
    port_ = test::TcpListener{}.port();
    std::string places;
    for (const std::string one : {"client_body", "proxy", "fastcgi", "uwsgi", "scgi"}) {
      places += fmt::format("  {}_temp_path {}/{};\n", one, folder().path(), one);
    }
    return fmt::format(R"(daemon off;
master_process off;
pid {0}/nginx.pid;
events {{ worker_connections 64; }}
http {{
  types {{
    text/html html; text/plain txt; text/css css; text/javascript js; image/png png; application/octet-stream bin;
  }}
  default_type application/octet-stream;
  charset utf-8;
  charset_types text/html text/plain text/css text/javascript;
  access_log off;
  server_tokens off;
  absolute_redirect off;
  keepalive_timeout 1s;
  gzip on;
  gzip_vary on;
  gzip_static on;
  gzip_min_length 256;
{1}  server {{ listen 127.0.0.1:{2}; root {3}; autoindex on; disable_symlinks on; }}
}}
)",
                       folder().path(), places, port_, server_->root());
  }

  std::unique_ptr<RunningHttp> server_;
  std::unique_ptr<test::Child> nginx_;
  std::uint16_t port_ = 0;
};

TEST_F(InteropNginx, AnswersAsWeDoButForWhatTheTableSays) {
  const auto tag = answer_of(answer_of_nginx(get("/page.html")))["ETag"];
  const auto all = questions(tag);
  EXPECT_GE(all.size(), 50u);
  for (const auto& [name, bytes] : all) {
    const auto what = to_text(answer_of(answer_of_ours(bytes)), answer_of(answer_of_nginx(bytes)));
    const auto known = std::ranges::find(differences, name, &Difference::name);
    EXPECT_EQ(what, known == differences.end() ? "" : known->what) << name;
  }
  for (const auto& known : differences) {
    EXPECT_TRUE(std::ranges::any_of(all, [&](const auto& one) { return one.name == known.name; })) << known.name;
  }
}

}  // namespace
}  // namespace labnet::http_server
