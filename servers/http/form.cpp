#include "servers/http/form.hpp"

#include <algorithm>
#include <utility>

#include "common/http/media_type.hpp"
#include "servers/http/limits.hpp"

namespace labnet::http_server {
namespace {

constexpr BodyFault form_too_large{413, "The form has more in its fields than this server takes."};
constexpr BodyFault malformed{400, "That is not how a form is written."};

std::optional<http::MediaType> type_of(const http::RequestHead& head) {
  const auto value = head.fields().find("Content-Type");
  return value ? http::parse_media_type(*value) : std::nullopt;
}

net::Task<Result<http::FormPairs, BodyFault>> read_url_encoded(BodyReader& body) {
  std::string text;
  for (;;) {
    const auto piece = co_await body.next();
    if (!piece) co_return piece.error();
    if (piece->empty()) break;
    if (text.size() + piece->size() > form_bytes_max) co_return form_too_large;
    text += as_text(*piece);
  }
  auto pairs = http::parse_form(text);
  if (!pairs) co_return malformed;
  co_return *std::move(pairs);
}

/// The parts of a multipart form, to fields and files.
class PartSorter {
 public:
  explicit PartSorter(FileReceiver& files) : files_{files} {}

  net::Task<std::optional<BodyFault>> take(const http::MultipartReader::Step& step) {
    if (step.head) {
      is_file_ = step.head->file_name.has_value();
      if (is_file_) {
        if (const auto fault = co_await files_.begin(*step.head)) co_return fault;
      } else {
        fields_.emplace_back(step.head->name, std::string{});
        field_bytes_ += step.head->name.size();
      }
    }
    if (!step.data.empty() && is_file_) {
      if (const auto fault = co_await files_.write(step.data)) co_return fault;
    } else if (!step.data.empty()) {
      field_bytes_ += step.data.size();
      fields_.back().second += as_text(step.data);
    }
    if (field_bytes_ > form_bytes_max) co_return form_too_large;
    if (step.part_ends && is_file_) co_return co_await files_.end();
    co_return std::nullopt;
  }

  http::FormPairs fields() { return std::move(fields_); }

 private:
  FileReceiver& files_;
  http::FormPairs fields_;
  std::size_t field_bytes_ = 0;
  bool is_file_ = false;
};

net::Task<Result<http::FormPairs, BodyFault>> read_multipart(const std::string& boundary, BodyReader& body,
                                                             FileReceiver& files) {
  http::MultipartReader reader{boundary};
  PartSorter parts{files};
  for (;;) {
    const auto piece = co_await body.next_block();
    if (!piece) co_return piece.error();
    if (piece->empty()) break;
    for (auto input = *piece; !input.empty();) {
      const auto step = reader.read(input);
      if (!step) co_return BodyFault{http::status_of(step.error()), malformed.explanation};
      input = input.subspan(step->used);
      if (const auto fault = co_await parts.take(*step)) co_return *fault;
    }
  }
  if (!reader.finished()) co_return malformed;
  co_return parts.fields();
}

}  // namespace

net::Task<std::optional<BodyFault>> NoFiles::begin(const http::PartHead&) {
  co_return BodyFault{400, "This form takes no files."};
}

net::Task<std::optional<BodyFault>> NoFiles::write(Bytes) {
  co_return std::nullopt;
}

net::Task<std::optional<BodyFault>> NoFiles::end() {
  co_return std::nullopt;
}

std::optional<std::string_view> field_of(const http::FormPairs& form, std::string_view name) {
  const auto found = std::ranges::find(form, name, [](const auto& pair) { return std::string_view{pair.first}; });
  return found == form.end() ? std::nullopt : std::optional<std::string_view>{found->second};
}

bool is_form(const http::RequestHead& head) {
  const auto type = type_of(head);
  return type && http::is_form(*type);
}

net::Task<Result<http::FormPairs, BodyFault>> read_form(const http::RequestHead& head, BodyReader& body,
                                                        FileReceiver& files) {
  const auto type = type_of(head);
  if (type && type->essence() == http::url_encoded_form) co_return co_await read_url_encoded(body);
  const auto boundary = type ? http::boundary_of(*type) : std::nullopt;
  if (boundary) co_return co_await read_multipart(*boundary, body, files);
  if (type && type->essence() == http::multipart_form) co_return malformed;
  co_return BodyFault{415, "That is no form."};
}

}  // namespace labnet::http_server
