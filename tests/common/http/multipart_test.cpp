// Forms with files, in pieces of every size.
#include "common/http/multipart.hpp"

#include <gtest/gtest.h>

#include "common/http/limits.hpp"

namespace labnet::http {
namespace {

using namespace std::literals;

struct Part {
  PartHead head;
  std::string data;
  bool ended = false;
};

struct Form {
  std::vector<Part> parts;
  bool finished = false;
  std::optional<MultipartFault> fault;
};

Form read(std::string_view body, std::size_t piece_bytes = SIZE_MAX, std::string_view boundary = "b") {
  MultipartReader reader{boundary};
  Form form;
  while (!body.empty()) {
    const auto step = reader.read(as_bytes(body.substr(0, piece_bytes)));
    if (!step) {
      form.fault = step.error();
      return form;
    }
    if (step->head) form.parts.push_back({*step->head, "", false});
    if (!step->data.empty()) form.parts.back().data += as_text(step->data);
    if (step->part_ends) form.parts.back().ended = true;
    body.remove_prefix(step->used);
  }
  form.finished = reader.finished();
  return form;
}

std::string part(std::string_view head, std::string_view data = "x") {
  return "--b\r\n" + std::string{head} + "\r\n\r\n" + std::string{data} + "\r\n";
}

constexpr auto disposition = "Content-Disposition: form-data; name=\"a\""sv;

TEST(HttpMultipart, GivesPartsInPiecesOfEverySize) {
  const auto body =
      "preamble\r\n--b\r\nContent-Disposition: form-data; name=\"user\"\r\n\r\nsamurt123\r\n"
      "--b  \r\ncontent-disposition: FORM-DATA; filename=\"pa\xc3\xads.png\"; name=file\r\n"
      "Content-Type: image/png\r\n\r\n\r\n--\r\r\n-\r\n--\r\n--c\r\n"
      "--b\r\nContent-Disposition: form-data; name=\"empty\"\r\n\r\n\r\n--b--\r\nepilogue\r\n--b\r\n"s;
  for (std::size_t piece = 1; piece <= body.size(); ++piece) {
    const auto form = read(body, piece);
    ASSERT_EQ(form.parts.size(), 3u) << piece;
    EXPECT_TRUE(form.finished);
    EXPECT_EQ(form.parts[0].head, (PartHead{"user", std::nullopt, "text/plain"}));
    EXPECT_EQ(form.parts[0].data, "samurt123");
    EXPECT_EQ(form.parts[1].head, (PartHead{"file", "pa\xc3\xads.png", "image/png"}));
    EXPECT_EQ(form.parts[1].data, "\r\n--\r\r\n-\r\n--\r\n--c") << piece;
    EXPECT_EQ(form.parts[2].data, "");
    for (const auto& each : form.parts) EXPECT_TRUE(each.ended) << piece;
  }
}

TEST(HttpMultipart, KnowsThatItWasCutOff) {
  const auto form = read(part(disposition) + "--b");
  EXPECT_FALSE(form.finished);
  EXPECT_TRUE(read("--b--").finished) << "a form without fields";
}

TEST(HttpMultipart, TakesFileNamesAsBrowsersWriteThem) {
  const auto name_of = [](std::string_view parameter) {
    const auto form = read(part("Content-Disposition: form-data; name=a; filename=" + std::string{parameter}));
    return form.parts.empty() ? std::nullopt : form.parts[0].head.file_name;
  };
  EXPECT_EQ(name_of("\"a;b=c.txt\""), "a;b=c.txt");
  EXPECT_EQ(name_of("\"C:\\1.png\""), "C:\\1.png");
  EXPECT_EQ(name_of("\"a\\\"b\\\\c\""), "a\"b\\c");
  EXPECT_EQ(name_of("\"\""), "");
  EXPECT_EQ(name_of("a b"), std::nullopt);
}

TEST(HttpMultipart, Refuses) {
  EXPECT_EQ(read("--bx\r\n").fault, MultipartFault::malformed_boundary);
  EXPECT_EQ(read("--b-x\r\n").fault, MultipartFault::malformed_boundary);
  EXPECT_EQ(read("--b\rx").fault, MultipartFault::malformed_boundary);
  EXPECT_EQ(read("--b\n").fault, MultipartFault::malformed_boundary);
  for (const auto head :
       {"A: b"sv, "A"sv, ": b"sv, "A : b"sv, "Content-Disposition: form-data"sv,
        "Content-Disposition: attachment; name=a"sv, "Content-Disposition: form-data; name=a; name=b"sv,
        "Content-Disposition: form-data; name=\"a"sv, "Content-Disposition: form-data; name=a\r\n x"sv}) {
    EXPECT_EQ(read(part(head)).fault, MultipartFault::malformed_head) << head;
  }
}

TEST(HttpMultipart, HeadIsAsLongAsItsLimit) {
  const auto head_of = [](std::size_t bytes) {
    auto head = std::string{disposition} + "\r\nA:";
    return head + std::string(bytes - head.size() - 4, 'a');
  };
  EXPECT_EQ(read(part(head_of(part_head_bytes_max))).fault, std::nullopt);
  EXPECT_EQ(read(part(head_of(part_head_bytes_max + 1))).fault, MultipartFault::head_too_long);
}

TEST(HttpMultipart, HasAsManyPartsAsItsLimit) {
  std::string body;
  for (std::size_t i = 0; i < parts_max; ++i) body += part(disposition);
  EXPECT_EQ(read(body + "--b--").parts.size(), parts_max);
  EXPECT_EQ(read(body + part(disposition)).fault, MultipartFault::too_many_parts);
  EXPECT_EQ(status_of(MultipartFault::too_many_parts), 413);
}

TEST(HttpMultipart, BoundaryStandsInTheMediaType) {
  const auto boundary = [](const std::string& text) { return boundary_of(*parse_media_type(text)); };
  EXPECT_EQ(boundary("multipart/form-data; boundary=----WebKitFormBoundaryx"), "----WebKitFormBoundaryx");
  EXPECT_EQ(boundary("Multipart/Form-Data; boundary=\"a b\""), "a b");
  EXPECT_EQ(boundary("multipart/form-data"), std::nullopt);
  EXPECT_EQ(boundary("multipart/mixed; boundary=b"), std::nullopt);
  EXPECT_EQ(boundary("multipart/form-data; boundary=\"a \""), std::nullopt);
  EXPECT_EQ(boundary("multipart/form-data; boundary=\"a@b\""), std::nullopt);
  EXPECT_EQ(boundary("multipart/form-data; boundary=\"\""), std::nullopt);
  EXPECT_TRUE(boundary("multipart/form-data; boundary=" + std::string(boundary_bytes_max, 'b')));
  EXPECT_FALSE(boundary("multipart/form-data; boundary=" + std::string(boundary_bytes_max + 1, 'b')));
}

}  // namespace
}  // namespace labnet::http
