// A folder as a page, or as JSON for programs.
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include <boost/json.hpp>

#include "common/base/utf8.hpp"
#include "common/http/target.hpp"
#include "servers/http/html.hpp"
#include "servers/http/limits.hpp"
#include "servers/http/site.hpp"

namespace labnet::http_server {
namespace {

namespace json = boost::json;

using Entry = files::FolderReader::Entry;

struct Names {
  std::vector<Entry> entries;
  bool is_whole = true;
};

/// Without those that begin with a dot.
files::FileResult<Names> read_names(const files::Jail& jail, const std::string& path) {
  auto folder = jail.read_folder(path);
  if (!folder) return folder.error();
  Names names;
  for (;;) {
    auto entry = folder->next();
    if (!entry) return entry.error();
    if (!*entry) break;
    if ((*entry)->name.starts_with('.')) continue;
    names.is_whole = names.entries.size() < listing_entries_max;
    if (!names.is_whole) break;
    if ((*entry)->status.kind == files::FileKind::link) {
      if (const auto target = jail.status(path + (*entry)->name)) (*entry)->status = *target;
    }
    names.entries.push_back(**std::move(entry));
  }
  std::ranges::sort(names.entries, [](const auto& a, const auto& b) {
    const auto is_folder = [](const auto& one) { return one.status.kind == files::FileKind::folder; };
    return std::pair{!is_folder(a), std::string_view{a.name}} < std::pair{!is_folder(b), std::string_view{b.name}};
  });
  return names;
}

std::string line_of(const Entry& entry) {
  const bool is_folder = entry.status.kind == files::FileKind::folder;
  const auto name = is_folder ? entry.name + '/' : entry.name;
  // "./" in front, or "a:b" would be an address of a scheme of its own.
  return fmt::format("<tr><td><a href=\"./{}\">{}</a></td><td>{:%Y-%m-%d %H:%M}</td><td>{}</td></tr>\n",
                     http::encode_path(name), html_text(name), fmt::gmtime(entry.status.modified),
                     is_folder ? "" : std::to_string(entry.status.bytes));
}

std::string to_html(const Names& names, const std::string& path) {
  std::string rows;
  if (path != "/") rows += "<tr><td><a href=\"../\">../</a></td><td></td><td></td></tr>\n";
  for (const auto& entry : names.entries) rows += line_of(entry);
  const auto note =
      names.is_whole ? std::string{} : fmt::format("<p>Only {} names are shown.</p>\n", listing_entries_max);
  const auto title = fmt::format("Index of {}", html_text(path));
  return html_page(title, fmt::format("<h1>{}</h1>\n<table>\n<tr><th>Name</th><th>Changed (UTC)</th><th>Bytes</th>"
                                      "</tr>\n{}</table>\n{}",
                                      title, rows, note));
}

std::string_view name_of(files::FileKind kind) {
  switch (kind) {
    case files::FileKind::file:
      return "file";
    case files::FileKind::folder:
      return "folder";
    case files::FileKind::link:
      return "link";
    case files::FileKind::other:
      break;
  }
  return "other";
}

std::string to_json(const Names& names) {
  json::array array;
  for (const auto& entry : names.entries) {
    auto& object = array.emplace_back(json::object{}).as_object();
    object["name"] = as_utf8(entry.name);
    object["type"] = name_of(entry.status.kind);
    if (entry.status.kind == files::FileKind::file) object["size"] = entry.status.bytes;
    object["modified"] = fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(entry.status.modified));
  }
  return json::serialize(array) + '\n';
}

}  // namespace

files::FileResult<std::string> list_folder(const files::Jail& jail, const std::string& path, ListingForm form) {
  const auto names = read_names(jail, path);
  if (!names) return names.error();
  return form == ListingForm::json ? to_json(*names) : to_html(*names, path);
}

}  // namespace labnet::http_server
