// A folder as a page.
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "common/base/utf8.hpp"
#include "common/http/target.hpp"
#include "servers/http/html.hpp"
#include "servers/http/limits.hpp"
#include "servers/http/site.hpp"

namespace labnet::http_server {
namespace {

std::string line_of(const files::FolderReader::Entry& entry) {
  const bool is_folder = entry.status.kind == files::FileKind::folder;
  const auto name = is_folder ? entry.name + '/' : entry.name;
  // "./" in front, or "a:b" would be an address of a scheme of its own.
  return fmt::format("<tr><td><a href=\"./{}\">{}</a></td><td>{:%Y-%m-%d %H:%M}</td><td>{}</td></tr>\n",
                     http::encode_path(name), html_text(name), fmt::gmtime(entry.status.modified),
                     is_folder ? "" : std::to_string(entry.status.bytes));
}

}  // namespace

files::FileResult<std::string> list_folder(const files::Jail& jail, const std::string& path) {
  auto folder = jail.read_folder(path);
  if (!folder) return folder.error();
  std::vector<files::FolderReader::Entry> entries;
  bool is_whole = true;
  for (;;) {
    auto entry = folder->next();
    if (!entry) return entry.error();
    if (!*entry) break;
    if ((*entry)->name.starts_with('.')) continue;
    is_whole = entries.size() < listing_entries_max;
    if (!is_whole) break;
    if ((*entry)->status.kind == files::FileKind::link) {
      if (const auto target = jail.status(path + (*entry)->name)) (*entry)->status = *target;
    }
    entries.push_back(**std::move(entry));
  }
  std::ranges::sort(entries, [](const auto& a, const auto& b) {
    const auto is_folder = [](const auto& one) { return one.status.kind == files::FileKind::folder; };
    return std::pair{!is_folder(a), std::string_view{a.name}} < std::pair{!is_folder(b), std::string_view{b.name}};
  });
  std::string rows;
  if (path != "/") rows += "<tr><td><a href=\"../\">../</a></td><td></td><td></td></tr>\n";
  for (const auto& entry : entries) rows += line_of(entry);
  const auto note = is_whole ? std::string{} : fmt::format("<p>Only {} names are shown.</p>\n", listing_entries_max);
  const auto title = fmt::format("Index of {}", html_text(path));
  return html_page(title, fmt::format("<h1>{}</h1>\n<table>\n<tr><th>Name</th><th>Changed (UTC)</th><th>Bytes</th>"
                                      "</tr>\n{}</table>\n{}",
                                      title, rows, note));
}

}  // namespace labnet::http_server
