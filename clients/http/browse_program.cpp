// labnet http browse: a visit to a page, and a table of what came.
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <set>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "clients/http/browser.hpp"
#include "clients/http/program.hpp"
#include "clients/http/report.hpp"
#include "clients/http/visit.hpp"
#include "common/base/text.hpp"
#include "common/base/utf8.hpp"
#include "common/json/json_text.hpp"
#include "common/program/table.hpp"
#include "common/program/version.hpp"

namespace labnet::http_client {
namespace {

using program::Console;
using program::Exit;
using program::Format;
using program::Options;
namespace filesystem = std::filesystem;

struct BrowseInput {
  CommonInput common;
  std::optional<std::string> cache;
  std::size_t connections = connections_per_host_max;
  std::uint64_t bytes_max = visit_bytes_max;
  bool asks_nobody = false;  // whether certificates were revoked
  Format format = Format::text;
};

// Of the text: lines of 80 columns at most, two for each thing.
constexpr std::size_t bar_columns = 20;
constexpr std::size_t type_columns = 10;
constexpr std::size_t url_columns = 80 - 2 - bar_columns - 2;

std::string status_of(const Load& load) {
  return load.status == 0 ? "failed" : std::to_string(load.status);
}

std::string cut(std::string_view text, std::size_t columns) {
  constexpr std::string_view dots = "...";
  return text.size() <= columns ? printable(text) : printable(text, columns - dots.size());
}

/// "text/css"; of a long one what stands behind the slash: "javascript".
std::string type_of(const Load& load) {
  if (load.type.empty()) return std::string{name_of(load.kind)};
  const std::string_view type = load.type;
  return cut(type.size() <= type_columns ? type : type.substr(type.find('/') + 1), type_columns);
}

/// "12.3", "12345" or "123s": five columns.
std::string short_time(std::optional<Timing::Duration> duration) {
  constexpr std::chrono::milliseconds one_digit_below{999}, whole_below{99'999};
  if (!duration || *duration < one_digit_below) return milliseconds_text(duration);
  if (*duration >= whole_below) return fmt::format("{}s", std::chrono::floor<std::chrono::seconds>(*duration).count());
  return fmt::format("{}", std::chrono::round<std::chrono::milliseconds>(*duration).count());
}

/// When it was waited for, and when it came, on a scale from the visit's begin to its end.
std::string bar(const Load& load, Timing::Duration all) {
  constexpr auto columns = bar_columns;
  if (all.count() <= 0) return {};
  const auto column = [&](Timing::Duration time) {
    return std::min(columns, static_cast<std::size_t>(time.count() * static_cast<std::int64_t>(columns) / all.count()));
  };
  const auto begin = std::min(column(load.start), columns - 1);
  const auto body = std::max(begin, column(load.start + load.timing.total() - load.timing.body));
  const auto end = std::max(begin + 1, column(load.start + load.timing.total()));
  return std::string(begin, ' ') + std::string(body - begin, '-') +
         std::string(std::max<std::size_t>(end - body, 1), '#');
}

/// Each thing behind what led to it.
std::vector<Load> all_of(const std::vector<Load>& loads) {
  std::vector<Load> all;
  for (const auto& load : loads) {
    all.insert(all.end(), load.led_here.begin(), load.led_here.end());
    all.push_back(load);
  }
  return all;
}

Timing::Duration end_of(const std::vector<Load>& loads) {
  Timing::Duration end{};
  for (const auto& load : loads) end = std::max(end, load.start + load.timing.total());
  return end;
}

/// Below each line of figures when that was and what it is: "  ---###                https://web.lab/a.css".
std::string with_second_lines(std::string_view figures, const std::vector<Load>& loads, Timing::Duration all) {
  const auto lines = split(figures, '\n');
  auto text = fmt::format("{}\n  {:{}}  URL\n", lines.front(), "-WAIT #BODY", bar_columns);
  for (std::size_t i = 0; i < loads.size(); ++i) {
    const auto& load = loads[i];
    const auto url = fmt::format("{}{}", load.was_in_cache ? "(cached) " : "", to_text(load.url));
    text += fmt::format("{}\n  {:{}}  {}\n", lines[i + 1], bar(load, all), bar_columns, cut(url, url_columns));
  }
  return text;
}

boost::json::object to_object(const Load& load) {
  const auto milliseconds = [](Timing::Duration time) {
    return std::chrono::duration<double, std::milli>{time}.count();
  };
  boost::json::object object{
      {"kind", name_of(load.kind)}, {"url", as_utf8(to_text(load.url))}, {"status", load.status}};
  if (load.status == 0) object["error"] = as_utf8(load.error);
  object["type"] = as_utf8(load.type);
  object["was_in_cache"] = load.was_in_cache;
  object["wire_bytes"] = load.wire_bytes;
  object["body_bytes"] = load.body_bytes;
  object["start_ms"] = milliseconds(load.start);
  object["timing"] = to_object(load.timing);
  return object;
}

/// Of the client that asks CAs: what is told to servers is none of their business.
ClientOptions status_client(const ClientOptions& of_pages) {
  ClientOptions options;
  options.patience = of_pages.patience;
  auto& patience = options.patience;
  patience.connect_timeout = std::min(patience.connect_timeout, ocsp_timeout);
  patience.response_timeout = std::min(patience.response_timeout, ocsp_timeout);
  patience.stall_timeout = std::min(patience.stall_timeout, ocsp_timeout);
  options.lookup = of_pages.lookup;
  options.known_addresses = of_pages.known_addresses;
  options.keeps_cookies = false;
  return options;
}

Task<Exit> browse(net::Worker& worker, Client& client, Console& console, const BrowseInput& input, Url url,
                  Observer& observer, std::optional<ClientOptions> status_client) {
  BrowserOptions options;
  options.status_client = std::move(status_client);
  options.connections_per_host = input.connections;
  options.bytes_max = input.bytes_max;
  if (input.cache) options.cache = *input.cache;
  if (input.common.http_1_0) options.version = http::Version::http_1_0;
  options.user_agent =
      input.common.user_agent.value_or(fmt::format("Mozilla/5.0 (X11; Linux x86_64) labnet/{}", program::version));
  Request own;
  add_headers(input.common, own);
  options.fields = own.fields;
  const auto shown = printable(to_text(url));
  Browser browser{worker, client, observer, std::move(options)};
  const auto loads = co_await browser.visit(std::move(url));
  console.write(input.format == Format::json ? to_json(loads) : to_text(loads));
  std::set<std::string_view> told;  // what many have in common is told once
  for (const auto& load : loads) {
    // That a CA gave no answer was told already, and why there is no page comes last.
    const auto is_for_here = &load != &loads.front() && load.kind != AssetKind::ocsp;
    if (load.status == 0 && is_for_here && told.insert(load.error).second) console.complain(load.error);
  }
  const auto& page = loads.front();
  if (page.status == 0) co_return console.fail(page.error);
  if (page.status >= 400) co_return console.fail(fmt::format("{}: the server answers {}", shown, page.status));
  co_return Exit::done;
}

Exit run(Console& console, const BrowseInput& input) {
  quieten(console, input.common);
  const auto url = url_of(input.common);
  if (!url) return console.wrong_usage(url.error().message);
  if (input.cache) {
    std::error_code error;
    filesystem::create_directories(*input.cache, error);
    if (error)
      return console.fail(fmt::format("cannot make the folder {}: {}", printable(*input.cache), error.message()));
  }
  auto options = make_client_options(console, input.common, *url, true);
  if (!options) return console.fail(options.error());
  options->redirects_max = redirects_max_default;
  options->redirects_hint = "browse follows no more; labnet http get -L --max-redirs N does";
  Transcript transcript{console, {.shows_dialogue = input.common.verbose}};
  std::optional<ClientOptions> for_status;
  if (!input.asks_nobody) for_status = status_client(*options);
  return visit(console, *options, transcript, [&](net::Worker& worker, Client& client) {
    return browse(worker, client, console, input, *url, transcript, for_status);
  });
}

program::Run define_browse(Options& options) {
  auto input = std::make_shared<BrowseInput>();
  options.positional("URL", input->common.url, "of a page, http://host/path or https://host/path");
  options.option("--cache", "FOLDER", input->cache,
                 "keep what comes there, and ask next time whether it is still right");
  options.option("--parallel", "N", input->connections, "connections to each host at most; default: 6",
                 between<std::size_t>(1, connections_per_host_max));
  options.option("--max-size", "SIZE", input->bytes_max, "of all that comes together; default: 1 GiB",
                 byte_size<std::uint64_t>(1));
  options.flag("--no-ocsp", input->asks_nobody, "ask no CA whether a server's certificate was revoked");
  options.option("--format", "FORMAT", input->format, "text or json", program::format_kind());
  declare(options, input->common);
  return [input](Console& console) { return run(console, *input); };
}

}  // namespace

std::string to_text(const std::vector<Load>& things) {
  const auto loads = all_of(things);
  program::Table table{{"STATUS", "TYPE", "WIRE", "START", "DNS", "TCP", "TLS", "WAIT", "BODY", "TOTAL ms"}};
  const auto all = end_of(loads);
  std::uint64_t bytes = 0, connections = 0;
  for (const auto& load : loads) {
    const auto& timing = load.timing;
    bytes += load.wire_bytes;
    connections += timing.connect ? 1 : 0;
    table.row({status_of(load), type_of(load), fmt::format("{}", load.wire_bytes), short_time(load.start),
               short_time(timing.lookup), short_time(timing.connect), short_time(timing.handshake),
               short_time(timing.wait), short_time(timing.body), short_time(timing.total())});
  }
  auto text = with_second_lines(table.text(), loads, all);
  const auto came = std::ranges::count_if(loads, [](const Load& load) { return load.status > 0; });
  const auto errors = std::ranges::count_if(loads, [](const Load& load) { return load.status >= 400; });
  const auto of_these =
      errors == 0 ? std::string{} : fmt::format(" ({} of them {})", errors, errors == 1 ? "an error" : "errors");
  return text + fmt::format("{} of {} came{}, {} byte{} over {} connection{}, {} ms\n", came, loads.size(), of_these,
                            bytes, bytes == 1 ? "" : "s", connections, connections == 1 ? "" : "s",
                            milliseconds_text(all));
}

std::string to_json(const std::vector<Load>& loads) {
  boost::json::array array;
  for (const auto& load : all_of(loads)) array.push_back(to_object(load));
  return json_text(array) + '\n';
}

const program::Program http_browse_program{"http browse", program::Group::clients,
                                           "Fetches a page and all it needs, as a browser does",
                                           "labnet http browse http://web.labredes71.com/\n"
                                           "labnet http browse --cache seen https://127.0.0.1:8443/",
                                           define_browse};

}  // namespace labnet::http_client
