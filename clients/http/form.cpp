#include "clients/http/form.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>

#include "clients/http/limits.hpp"
#include "common/base/text.hpp"
#include "common/base/utf8.hpp"
#include "common/http/characters.hpp"
#include "common/http/media_type.hpp"
#include "common/http/target.hpp"

namespace labnet::http_client {
namespace {

/// All of a file, or of standard input for "-".
Result<std::string> read_whole(const std::string& path) {
  FileDescriptor file;
  if (path != "-") file = FileDescriptor{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY)};
  const auto shown = printable(path);
  if (path != "-" && !file) return system_error(fmt::format("cannot read {}", shown));
  const auto descriptor = file ? file.get() : STDIN_FILENO;
  std::string all;
  std::string piece(Body::piece_bytes, '\0');
  for (;;) {
    const auto count = ::read(descriptor, piece.data(), piece.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return system_error(fmt::format("cannot read {}", shown));
    if (count == 0) return all;
    all.append(piece, 0, static_cast<std::size_t>(count));
    if (all.size() > given_bytes_max) {
      return Error{
          fmt::format("{} has more than {} bytes; --upload-file sends files of any size", shown, given_bytes_max)};
    }
  }
}

/// As curl does with --data @FILE: so that a file with a line end behind its text can be sent.
std::string without_line_ends(std::string text) {
  std::erase_if(text, [](char c) { return c == '\r' || c == '\n'; });
  return text;
}

Result<std::string> given_text(const std::string& given, bool keeps_line_ends) {
  if (!given.starts_with('@')) return given;
  auto text = read_whole(given.substr(1));
  if (text && !keeps_line_ends) text = without_line_ends(*std::move(text));
  return text;
}

std::string encode_given(const std::string& given) {
  const auto equals = given.find('=');
  if (equals == given.npos) return http::percent_encode(given);
  const auto name = given.substr(0, equals);
  return fmt::format("{}{}{}", name, name.empty() ? "" : "=", http::percent_encode(given.substr(equals + 1)));
}

Result<MadeBody> make_data(const BodyInput& input) {
  std::vector<std::string> pieces;
  for (const auto& given : input.data) {
    auto text = given_text(given, false);
    if (!text) return text.error();
    pieces.push_back(*std::move(text));
  }
  for (const auto& given : input.binary_data) {
    auto text = given_text(given, true);
    if (!text) return text.error();
    pieces.push_back(*std::move(text));
  }
  for (const auto& given : input.encoded) pieces.push_back(encode_given(given));
  MadeBody made{std::make_shared<Body>(), "application/x-www-form-urlencoded"};
  made.body->add(join(pieces, "&"));
  return made;
}

/// A name in Content-Disposition, as browsers write it (WHATWG HTML, multipart/form-data encoding).
std::string disposition_name(std::string_view name) {
  std::string escaped;
  for (const char c : name) {
    if (c == '"') {
      escaped += "%22";
    } else if (c == '\r' || c == '\n') {
      escaped += c == '\r' ? "%0D" : "%0A";
    } else {
      escaped += c;
    }
  }
  return escaped;
}

/// "file=@1.png;type=image/png"
struct FormPart {
  std::string name, value;
  char kind = 0;  // '@': a file; '<': the text of one
  std::string type{};
};

Result<FormPart> parse_part(const std::string& given) {
  const auto equals = given.find('=');
  if (equals == given.npos || equals == 0) {
    return Error{"--form: expected NAME=VALUE, NAME=@FILE or NAME=<FILE, found \"", printable(given, 60), "\""};
  }
  FormPart part{given.substr(0, equals), given.substr(equals + 1)};
  if (!part.value.starts_with('@') && !part.value.starts_with('<')) return part;
  part.kind = part.value.front();
  part.value.erase(0, 1);
  constexpr std::string_view mark = ";type=";
  if (const auto type = part.value.find(mark); type != part.value.npos) {
    part.type = part.value.substr(type + mark.size());
    part.value.erase(type);
    if (!http::parse_media_type(part.type)) {
      return Error{"--form: behind \";type=\" expected a media type such as text/plain, found \"",
                   printable(part.type, 60), "\""};
    }
  }
  return part;
}

Result<void> add_part(const FormPart& part, const std::string& boundary, Body& body) {
  auto head = fmt::format("--{}\r\nContent-Disposition: form-data; name=\"{}\"", boundary, disposition_name(part.name));
  if (part.kind == '@') {
    const auto file_name = std::filesystem::path{part.value}.filename().string();
    const auto type = part.type.empty() ? std::string{http::media_type_of(file_name)} : part.type;
    body.add(fmt::format("{}; filename=\"{}\"\r\nContent-Type: {}\r\n\r\n", head, disposition_name(file_name), type));
    if (auto added = body.add_file(part.value); !added) return added;
    body.add("\r\n");
    return {};
  }
  if (!part.type.empty()) head += fmt::format("\r\nContent-Type: {}", part.type);
  auto text = part.value;
  if (part.kind == '<') {
    auto read = read_whole(part.value);
    if (!read) return read.error();
    text = *std::move(read);
  }
  body.add(fmt::format("{}\r\n\r\n{}\r\n", head, text));
  return {};
}

Result<MadeBody> make_form(const BodyInput& input, const std::string& boundary) {
  MadeBody made{std::make_shared<Body>(), fmt::format("multipart/form-data; boundary={}", boundary)};
  for (const auto& given : input.form) {
    const auto part = parse_part(given);
    if (!part) return part.error();
    if (const auto added = add_part(*part, boundary, *made.body); !added) return added.error();
  }
  made.body->add(fmt::format("--{}--\r\n", boundary));
  return made;
}

Result<MadeBody> make_upload(const std::string& path) {
  MadeBody made{std::make_shared<Body>(), {}};
  if (path == "-") {
    made.body->add_pipe(STDIN_FILENO);
    return made;
  }
  made.content_type = http::media_type_of(path);
  if (const auto added = made.body->add_file(path); !added) return added.error();
  return made;
}

}  // namespace

Result<MadeBody> make_body(const BodyInput& input, const std::string& boundary) {
  const auto has_data = !input.data.empty() || !input.binary_data.empty() || !input.encoded.empty();
  const auto kinds = (has_data ? 1 : 0) + (input.form.empty() ? 0 : 1) + (input.file ? 1 : 0);
  if (kinds > 1) return Error{"--data, --form and --upload-file exclude each other"};
  if (has_data) return make_data(input);
  if (input.file) return make_upload(*input.file);
  if (!input.form.empty()) return make_form(input, boundary);
  return MadeBody{std::make_shared<Body>(), {}};
}

}  // namespace labnet::http_client
