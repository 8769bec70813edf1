// labnet http browse: a visit to a page, and a table of what came.
#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "clients/http/browser.hpp"
#include "clients/http/program.hpp"
#include "clients/http/report.hpp"
#include "clients/http/visit.hpp"
#include "common/base/text.hpp"
#include "common/base/utf8.hpp"
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
  bool asks_nobody = false;  // whether certificates were revoked
  Format format = Format::text;
};

std::string status_of(const Load& load) {
  if (load.status == 0) return "failed";
  return fmt::format("{}{}", load.status, load.was_in_cache ? " cached" : "");
}

/// When it was waited for, and when it came, on a scale from the visit's begin to its end.
std::string bar(const Load& load, Timing::Duration all) {
  constexpr std::size_t columns = 20;
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

Timing::Duration end_of(const std::vector<Load>& loads) {
  Timing::Duration end{};
  for (const auto& load : loads) end = std::max(end, load.start + load.timing.total());
  return end;
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
  for (const auto& load : loads) {
    // That a CA gave no answer was told already.
    const auto is_told = &load == &loads.front() || load.kind == AssetKind::ocsp;
    if (load.status == 0 && !is_told) console.complain(load.error);
  }
  const auto& page = loads.front();
  if (page.status == 0) co_return console.fail(page.error);
  if (page.status >= 400) co_return console.fail(fmt::format("{}: the server answers {}", shown, page.status));
  co_return Exit::done;
}

Exit run(Console& console, const BrowseInput& input) {
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
  options.flag("--no-ocsp", input->asks_nobody, "ask no CA whether a server's certificate was revoked");
  options.option("--format", "FORMAT", input->format, "text or json", program::format_kind());
  declare(options, input->common);
  return [input](Console& console) { return run(console, *input); };
}

}  // namespace

std::string to_text(const std::vector<Load>& loads) {
  program::Table table{
      {"STATUS", "TYPE", "WIRE", "START", "LOOK-UP", "TCP", "TLS", "WAIT", "BODY", "TOTAL ms", "-WAIT #BODY", "URL"}};
  const auto all = end_of(loads);
  std::uint64_t bytes = 0, connections = 0;
  for (const auto& load : loads) {
    const auto& timing = load.timing;
    bytes += load.wire_bytes;
    connections += timing.connect ? 1 : 0;
    table.row({status_of(load), load.type.empty() ? std::string{name_of(load.kind)} : printable(load.type, 40),
               fmt::format("{}", load.wire_bytes), milliseconds_text(load.start), milliseconds_text(timing.lookup),
               milliseconds_text(timing.connect), milliseconds_text(timing.handshake),
               milliseconds_text(timing.first_byte), milliseconds_text(timing.body), milliseconds_text(timing.total()),
               bar(load, all), printable(to_text(load.url))});
  }
  return table.text() + fmt::format("{} of {} came, {} bytes over {} connections, {} ms\n",
                                    std::ranges::count_if(loads, [](const Load& load) { return load.status > 0; }),
                                    loads.size(), bytes, connections, milliseconds_text(all));
}

std::string to_json(const std::vector<Load>& loads) {
  boost::json::array array;
  for (const auto& load : loads) array.push_back(to_object(load));
  return boost::json::serialize(array) + '\n';
}

const program::Program http_browse_program{"http browse", program::Group::clients,
                                           "Fetches a page and all it needs, as a browser does",
                                           "labnet http browse http://web.labredes71.com/\n"
                                           "labnet http browse --cache seen https://127.0.0.1:8443/",
                                           define_browse};

}  // namespace labnet::http_client
