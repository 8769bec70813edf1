// Media types and the table of files' ends.
#include "common/http/media_type.hpp"

#include <algorithm>

#include "common/base/text.hpp"
#include "common/http/characters.hpp"
#include "common/http/limits.hpp"
#include "common/http/list.hpp"

namespace labnet::http {
namespace {

struct Row {
  std::string_view extension;  // in small letters
  std::string_view media_type;
};

/// In the order of the extensions.
constexpr std::array rows{
    Row{"7z", "application/x-7z-compressed"},
    Row{"aac", "audio/aac"},
    Row{"avif", "image/avif"},
    Row{"bin", "application/octet-stream"},
    Row{"bmp", "image/bmp"},
    Row{"bz2", "application/x-bzip2"},
    Row{"c", "text/plain; charset=utf-8"},
    Row{"conf", "text/plain; charset=utf-8"},
    Row{"cpp", "text/plain; charset=utf-8"},
    Row{"css", "text/css; charset=utf-8"},
    Row{"csv", "text/csv; charset=utf-8"},
    Row{"doc", "application/msword"},
    Row{"docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
    Row{"flac", "audio/flac"},
    Row{"flv", "video/x-flv"},
    Row{"gif", "image/gif"},
    Row{"gz", "application/gzip"},
    Row{"h", "text/plain; charset=utf-8"},
    Row{"hpp", "text/plain; charset=utf-8"},
    Row{"htm", "text/html; charset=utf-8"},
    Row{"html", "text/html; charset=utf-8"},
    Row{"ico", "image/vnd.microsoft.icon"},
    Row{"ics", "text/calendar; charset=utf-8"},
    Row{"ini", "text/plain; charset=utf-8"},
    Row{"iso", "application/octet-stream"},
    Row{"jpeg", "image/jpeg"},
    Row{"jpg", "image/jpeg"},
    Row{"js", "text/javascript; charset=utf-8"},
    Row{"json", "application/json"},
    Row{"log", "text/plain; charset=utf-8"},
    Row{"m3u8", "application/vnd.apple.mpegurl"},
    Row{"m4a", "audio/mp4"},
    Row{"map", "application/json"},
    Row{"md", "text/markdown; charset=utf-8"},
    Row{"mjs", "text/javascript; charset=utf-8"},
    Row{"mkv", "video/x-matroska"},
    Row{"mov", "video/quicktime"},
    Row{"mp3", "audio/mpeg"},
    Row{"mp4", "video/mp4"},
    Row{"mpeg", "video/mpeg"},
    Row{"odp", "application/vnd.oasis.opendocument.presentation"},
    Row{"ods", "application/vnd.oasis.opendocument.spreadsheet"},
    Row{"odt", "application/vnd.oasis.opendocument.text"},
    Row{"ogg", "audio/ogg"},
    Row{"ogv", "video/ogg"},
    Row{"opus", "audio/ogg"},
    Row{"otf", "font/otf"},
    Row{"pcap", "application/vnd.tcpdump.pcap"},
    Row{"pdf", "application/pdf"},
    Row{"png", "image/png"},
    Row{"ppt", "application/vnd.ms-powerpoint"},
    Row{"pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation"},
    Row{"py", "text/plain; charset=utf-8"},
    Row{"rtf", "application/rtf"},
    Row{"sh", "text/plain; charset=utf-8"},
    Row{"svg", "image/svg+xml"},
    Row{"tar", "application/x-tar"},
    Row{"tif", "image/tiff"},
    Row{"tiff", "image/tiff"},
    Row{"ts", "video/mp2t"},
    Row{"ttf", "font/ttf"},
    Row{"txt", "text/plain; charset=utf-8"},
    Row{"vtt", "text/vtt; charset=utf-8"},
    Row{"wasm", "application/wasm"},
    Row{"wav", "audio/wav"},
    Row{"webm", "video/webm"},
    Row{"webmanifest", "application/manifest+json"},
    Row{"webp", "image/webp"},
    Row{"woff", "font/woff"},
    Row{"woff2", "font/woff2"},
    Row{"xhtml", "application/xhtml+xml"},
    Row{"xls", "application/vnd.ms-excel"},
    Row{"xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
    Row{"xml", "application/xml"},
    Row{"xz", "application/x-xz"},
    Row{"yaml", "application/yaml"},
    Row{"yml", "application/yaml"},
    Row{"zip", "application/zip"},
    Row{"zone", "text/plain; charset=utf-8"},
    Row{"zst", "application/zstd"},
};
static_assert(std::ranges::is_sorted(rows, {}, &Row::extension));

constexpr std::string_view unknown = "application/octet-stream";

/// "charset=utf-8"; false if it is malformed.
bool add_parameter(std::string_view text, MediaType& media_type) {
  const auto parameter = parse_parameter(text);
  const auto value = parse_word(parameter.value);
  if (!is_token(parameter.name) || !value || media_type.parameters.size() == parameters_max) return false;
  media_type.parameters.emplace_back(to_lower(parameter.name), *value);
  return true;
}

}  // namespace

std::optional<std::string_view> MediaType::parameter(std::string_view name) const {
  const auto place =
      std::ranges::find(parameters, name, [](const auto& pair) -> std::string_view { return pair.first; });
  if (place == parameters.end()) return std::nullopt;
  return place->second;
}

std::optional<MediaType> parse_media_type(std::string_view text) {
  ListReader pieces{text, ';'};
  const auto essence = pieces.next_or_empty().value_or("");
  const auto slash = essence.find('/');
  if (slash == essence.npos) return std::nullopt;
  const auto type = essence.substr(0, slash), subtype = essence.substr(slash + 1);
  if (!is_token(type) || !is_token(subtype)) return std::nullopt;
  MediaType media_type{to_lower(type), to_lower(subtype), {}};
  while (const auto piece = pieces.next()) {
    if (!add_parameter(*piece, media_type)) return std::nullopt;
  }
  return media_type;
}

std::string to_text(const MediaType& media_type) {
  auto text = media_type.essence();
  for (const auto& [name, value] : media_type.parameters) {
    text += "; ";
    text += name;
    text += '=';
    text += to_word(value);
  }
  return text;
}

std::optional<std::string> parse_word(std::string_view text) {
  if (is_token(text)) return std::string{text};
  if (text.empty() || quoted_end(text, 0) != text.size()) return std::nullopt;
  std::string word;
  for (std::size_t i = 1; i + 1 < text.size(); ++i) {
    if (text[i] == escape) ++i;
    word += text[i];
  }
  return word;
}

std::string to_word(std::string_view value) {
  return is_token(value) ? std::string{value} : quoted(value);
}

bool is_form(const MediaType& media_type) {
  const auto essence = media_type.essence();
  return essence == url_encoded_form || essence == multipart_form;
}

std::string_view media_type_of(std::string_view file_name) {
  const auto name = file_name.substr(file_name.rfind('/') + 1);
  const auto dot = name.rfind('.');
  if (dot == name.npos) return unknown;
  const auto extension = to_lower(name.substr(dot + 1));
  const auto row = std::ranges::lower_bound(rows, std::string_view{extension}, {}, &Row::extension);
  return row != rows.end() && row->extension == extension ? row->media_type : unknown;
}

}  // namespace labnet::http
