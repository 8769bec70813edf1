// labnet http get, head, post, put: options to a request, and what has come of it to lines.
#include "clients/http/program.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <memory>

#include "clients/http/form.hpp"
#include "clients/http/output.hpp"
#include "clients/http/raw.hpp"
#include "clients/http/report.hpp"
#include "clients/http/visit.hpp"
#include "common/base/text.hpp"
#include "common/base/utf8.hpp"
#include "common/files/destination.hpp"
#include "common/http/characters.hpp"
#include "common/http/target.hpp"
#include "common/net/random.hpp"
#include "common/program/version.hpp"

namespace labnet::http_client {
namespace {

using program::Console;
using program::Exit;
using program::Format;
using program::Group;
using program::Options;
using program::Program;
using program::Run;
namespace filesystem = std::filesystem;

struct Input {
  CommonInput common;
  BodyInput body;
  std::string method;
  std::optional<std::string> output, cache, range, raw;
  bool takes_remote_name = false, keeps_time = false, resumes = false;
  bool shows_heads = false, drops_body = false, drops_error_body = false;
  bool is_compressed = false;
  bool follows = false;
  int redirects_max = redirects_max_default;
  bool shows_timing = false;
  Format format = Format::text;
  std::optional<std::uint64_t> bytes_max;
  bool has_body = false;  // of the request

  bool goes_to_file() const { return output && output != "-"; }
};

Kind<std::string> method_kind() {
  return {"a method such as OPTIONS", [](std::string_view text) -> std::optional<std::string> {
            return http::is_token(text) ? std::optional<std::string>{text} : std::nullopt;
          }};
}

/// "0-499", "500-" or "-500". A server ignores all ranges if one of them ends before it begins (RFC 9110, section
/// 14.1.1), and sends the whole file.
bool is_range(std::string_view text) {
  const auto dash = text.find('-');
  if (dash == text.npos) return false;
  const auto first_text = text.substr(0, dash), last_text = text.substr(dash + 1);
  const auto first = parse_integer<std::uint64_t>(first_text), last = parse_integer<std::uint64_t>(last_text);
  if (first_text.empty()) return last.has_value();
  return first && (last_text.empty() || (last && *first <= *last));
}

Kind<std::string> range_kind() {
  return {"parts of a file such as 0-499, 500- or -500, each of which begins before it ends",
          [](std::string_view text) -> std::optional<std::string> {
            const auto parts = split(text, ',');
            const auto are_ranges =
                std::ranges::all_of(parts, [](std::string_view part) { return is_range(trim(part)); });
            return are_ranges ? std::optional<std::string>{text} : std::nullopt;
          }};
}

/// As the lines of forms are kept apart.
std::string random_boundary() {
  std::array<std::byte, 12> octets;
  net::fill_randomly(octets);
  return fmt::format("------------------------{}", hexadecimal(octets));
}

/// What is no file to be replaced and so is written to as it is: /dev/null. Nothing: something else, or nothing.
Result<std::optional<FileDescriptor>> open_device(const Input& input) {
  if (!input.goes_to_file()) return std::optional<FileDescriptor>{};
  return files::open_unless_regular(*input.output);
}

/// Nothing: standard output.
Result<std::optional<client::Download>> make_download(const Input& input, const Url& url) {
  if (!input.takes_remote_name && !input.goes_to_file()) return std::optional<client::Download>{};
  const auto name = file_name_of(url);
  std::error_code ignored;
  filesystem::path path{input.output.value_or(".")};
  if (filesystem::is_directory(path, ignored)) {
    if (name.empty()) return Error{"the URL names no file; --output FILE gives a name"};
    path = input.output ? path / name : filesystem::path{name};
  }
  auto download = client::Download::to(path);
  if (!download) return download.error();
  return std::optional{*std::move(download)};
}

Result<Request> make_request(const Input& input, Url& url) {
  auto request = make_request(input.common, fmt::format("labnet/{}", program::version), "*/*");
  request.method = input.method;
  if (input.is_compressed) {
    request.set("Accept-Encoding", "gzip");
    request.takes_off_gzip = true;
  }
  if (input.range) request.set("Range", fmt::format("bytes={}", *input.range));
  request.body_bytes_max =
      input.bytes_max.value_or(input.is_compressed ? decoded_bytes_max_default : download_bytes_max_default);
  if (input.has_body) {
    const auto made = make_body(input.body, random_boundary());
    if (!made) return made.error();
    request.body = made->body;
    if (!made->content_type.empty()) request.set("Content-Type", made->content_type);
    const auto bytes = request.body->bytes();
    request.expects_continue = !input.common.http_1_0 && (!bytes || *bytes >= expects_continue_bytes);
    const auto own_name = filesystem::path{input.body.file.value_or("-")}.filename().string();
    if (url.target.ends_with('/') && own_name != "-" && request.method == "PUT") {
      url.target += http::percent_encode(own_name);
    }
  }
  add_headers(input.common, request);
  for (const auto& header : input.common.headers) {
    if (equals_ignoring_case(header.name, "Expect")) request.expects_continue = false;
  }
  return request;
}

/// "1.png: 62631 bytes in 0.01 s, 6.2 MB/s"
std::string transfer_text(const filesystem::path& path, const Output& output, const Response& response,
                          Timing::Duration time) {
  const auto name = printable(path.string());
  if (output.was_there())
    return fmt::format("{}: nothing was transferred, all {} bytes are there already\n", name, output.start_at());
  if (output.came_from_cache())
    return fmt::format("{}: taken from the cache, which the server says is still right\n", name);
  const auto seconds = std::chrono::duration<double>{time}.count();
  const auto rate = seconds > 0 ? static_cast<double>(response.body_bytes) / seconds : 0.0;
  const auto from = output.start_at() == 0 ? std::string{} : fmt::format(" behind the first {}", output.start_at());
  return fmt::format("{}: {} bytes{} in {:.2f} s, {}/s\n", name, response.body_bytes, from, seconds,
                     client::size_text(rate));
}

/// What is left to say once it is over.
Exit tell(Console& console, const Input& input, const Answer& answer, const Output& output,
          const std::optional<filesystem::path>& path) {
  const auto& response = answer.response;
  if (output.was_sent_anew()) console.complain("the server sends no parts: all of the file was fetched anew");
  if (input.range && response.status() == 200) console.complain("the server sends no parts: this is all of it");
  if (input.shows_timing) program::say(timing_text(answer.steps));
  if (input.format == Format::json) console.write(to_json(answer));
  if (response.status() >= 400) {
    return console.fail(
        fmt::format("{}: the server answers {}", printable(to_text(answer.url)), response.status_text()));
  }
  if (path && response.status() >= 300 && !output.came_from_cache()) {
    const auto location = response.fields().find("Location");
    return console.fail(fmt::format(
        "{}: the server answers {}{}", printable(to_text(answer.url)), response.status_text(),
        location ? fmt::format(": it is at {}; --location goes there", printable(*location)) : std::string{}));
  }
  if (path && input.format == Format::text && !input.common.is_silent) {
    const auto& timing = answer.steps.back().timing;
    console.write(transfer_text(*path, output, response, timing.wait + timing.body));
  }
  return Exit::done;
}

Exit run_raw(Console& console, const Input& input, const Url& url) {
  Body body;
  if (*input.raw == "-") {
    body.add_pipe(STDIN_FILENO);
  } else if (const auto added = body.add_file(*input.raw); !added) {
    return console.fail(added.error());
  }
  const auto options = make_client_options(console, input.common, url, *input.raw != "-");
  if (!options) return console.fail(options.error());
  Transcript transcript{console, {.shows_dialogue = input.common.verbose}};
  return visit(console, *options, transcript, [&](net::Worker& worker, Client& client) -> Task<Exit> {
    const auto received = co_await exchange_raw(worker, client, url, body, options->patience, transcript);
    co_return received ? Exit::done : console.fail(received.error());
  });
}

/// Where the body goes: to a download, or else to a descriptor.
struct Place {
  std::optional<client::Download> download;
  std::optional<FileDescriptor> device;
};

Task<Exit> fetch(net::Worker& worker, Client& client, Console& console, const Input& input, const Url& url,
                 Request request, Place place, Transcript& transcript) {
  auto& download = place.download;
  std::optional<filesystem::path> path;
  if (download) path = download->path();
  OutputOptions options;
  options.shows_heads = input.shows_heads;
  options.drops_error_body = input.drops_error_body;
  options.refuses_binary = !place.download && !place.device && !input.output && ::isatty(STDOUT_FILENO) == 1;
  options.drops_body = input.drops_body || input.format == Format::json;
  options.resumes = input.resumes;
  options.keeps_time = input.keeps_time;
  options.takes_parts = request.find("Range") != nullptr;
  options.cache = input.cache;
  if (place.device) options.descriptor = place.device->get();
  Output output{worker, std::move(download), std::move(options)};
  if (const auto prepared = output.prepare(request, url); !prepared) co_return console.fail(prepared.error());
  const auto answer = co_await client.fetch(url, std::move(request), output);
  transcript.clear_progress();
  if (!answer) co_return console.fail(answer.error());
  const auto finished = co_await output.finish(answer->response);
  if (!finished) co_return console.fail(finished.error());
  co_return tell(console, input, *answer, output, path);
}

Exit run(Console& console, const Input& input) {
  quieten(console, input.common);
  auto url = url_of(input.common);
  if (!url) return console.wrong_usage(url.error().message);
  if (input.raw) return run_raw(console, input, *url);
  if (input.method == "PUT" && input.body.is_empty()) {
    return console.wrong_usage("what is to be put there? --upload-file FILE, or --data TEXT (\"\" for nothing)");
  }
  if (input.resumes && !input.takes_remote_name && !input.goes_to_file()) {
    return console.wrong_usage("--resume goes on with a file: --output FILE or --remote-name says which");
  }
  auto request = make_request(input, *url);
  if (!request) return console.fail(request.error());
  auto options = make_client_options(console, input.common, *url, !request->body || request->body->is_repeatable());
  if (!options) return console.fail(options.error());
  if (input.follows) options->redirects_max = input.redirects_max;
  auto device = open_device(input);
  if (!device) return console.fail(device.error());
  if (*device && input.resumes) {
    return console.wrong_usage("--resume goes on with a file, and this is none: " + printable(*input.output));
  }
  auto download = *device ? Result<std::optional<client::Download>>{std::nullopt} : make_download(input, *url);
  if (!download) return console.fail(download.error());
  Transcript::Options shown{.shows_dialogue = input.common.verbose};
  if (*download && ::isatty(STDERR_FILENO) == 1 && !input.common.is_silent) {
    shown.progress_of = (*download)->path().filename().string();
    if (const auto there = (*download)->there(); there && input.resumes) shown.there_bytes = there->bytes;
  }
  Transcript transcript{console, shown};
  const auto is_file = download->has_value();
  const auto code = visit(
      console, *options, transcript,
      [&](net::Worker& worker, Client& client) {
        return fetch(worker, client, console, input, *url, *request, {*std::move(download), *std::move(device)},
                     transcript);
      },
      is_file ? "interrupted; with --resume it goes on from what is there" : "interrupted");
  transcript.clear_progress();
  return code;
}

// options

void declare_request(Options& options, Input& input) {
  options.option("-X,--request", "METHOD", input.method, "in place of this program's own", method_kind());
  options.flag("--compressed", input.is_compressed, "ask for gzip, and take it off");
  options.flag("-L,--location", input.follows, "follow redirects; names and passwords stay with the first host");
  options.option("--max-redirs", "N", input.redirects_max, "no more than that; default: 20", between(0, 1000));
}

void declare_answer(Options& options, Input& input) {
  options.option("-o,--output", "FILE", input.output, "where the body goes, a file or a folder; - is standard output");
  options.flag("-O,--remote-name", input.takes_remote_name, "a file with the name that the URL has");
  options.flag("-R,--remote-time", input.keeps_time, "the file gets the time of modification that the server tells");
  options.flag("-i,--include", input.shows_heads, "heads in front of the body");
  options.flag("-f,--fail", input.drops_error_body, "no body of a response with status 400 or above");
  options.option("--max-size", "SIZE", input.bytes_max, "give up if more comes; default: 1 TiB, of gzip 1 GiB",
                 byte_size<std::uint64_t>(1));
  options.excludes("--output", "--remote-name");
}

void declare_report(Options& options, Input& input) {
  options.flag("--timing", input.shows_timing, "how long each phase took, on standard error");
  options.option("--format", "FORMAT", input.format, "text, or json: what came as an object in place of the body",
                 program::format_kind());
}

void declare_body(Options& options, Input& input) {
  auto& body = input.body;
  options.repeatable("-d,--data", "DATA", body.data, "text of a form, a=b; @FILE: of a file, without line ends");
  options.repeatable("--data-binary", "DATA", body.binary_data, "the same, @FILE as it is");
  options.repeatable("--data-urlencode", "NAME=VALUE", body.encoded, "the same, encoded");
  options.repeatable("-F,--form", "NAME=VALUE", body.form,
                     "a field of a form with files; NAME=@FILE: a file, NAME=<FILE: its text");
  options.option("-T,--upload-file", "FILE", body.file, "a file as it is; - is standard input");
}

Kind<bool> resume_kind() {
  return {"- (where what is there ends)", [](std::string_view text) -> std::optional<bool> {
            return text == "-" ? std::optional{true} : std::nullopt;
          }};
}

/// What is sent as it is has no head to change, and what comes is not taken apart.
void declare_raw(Options& options, Input& input, std::initializer_list<const char*> ignored_as_well) {
  options.option("--raw", "FILE", input.raw,
                 "send these bytes as they are and print whatever comes; - is standard input");
  for (const auto* name :
       {"--request", "--compressed", "--location", "--max-redirs", "--timing", "--format", "--header", "--user",
        "--basic", "--cookie", "--cookie-jar", "--user-agent", "--path-as-is"}) {
    options.excludes("--raw", name);
  }
  for (const auto* name : ignored_as_well) options.excludes("--raw", name);
}

std::shared_ptr<Input> define(Options& options, std::string method) {
  auto input = std::make_shared<Input>();
  input->method = std::move(method);
  options.positional("URL", input->common.url, "http://host/path or https://host/path");
  return input;
}

Run run_of(std::shared_ptr<Input> input) {
  return [input = std::move(input)](Console& console) { return run(console, *input); };
}

Run define_get(Options& options) {
  const auto input = define(options, "GET");
  declare_answer(options, *input);
  options.flag("--resume", input->resumes, "go on behind what is there of the file (.NAME.part)");
  options.option("-C,--continue-at", "-", input->resumes, "the same, as curl has it", resume_kind());
  options.option("-r,--range", "PARTS", input->range, "of the file: 0-499, 500-, -500", range_kind());
  options.option("--cache", "FILE", input->cache,
                 "keep the response there, and ask next time whether it is still right (304)");
  declare_request(options, *input);
  declare_report(options, *input);
  declare(options, input->common);
  declare_raw(options, *input,
              {"--output", "--remote-name", "--remote-time", "--include", "--fail", "--max-size", "--resume",
               "--continue-at", "--range", "--cache"});
  options.excludes("--range", "--resume");
  options.excludes("--range", "--cache");
  options.excludes("--resume", "--cache");
  options.excludes("--compressed", "--range");
  options.excludes("--compressed", "--resume");
  options.excludes("--include", "--resume");
  return run_of(input);
}

Run define_head(Options& options) {
  const auto input = define(options, "HEAD");
  input->shows_heads = true;
  declare_request(options, *input);
  declare_report(options, *input);
  declare(options, input->common);
  declare_raw(options, *input, {});
  return run_of(input);
}

Run define_sending(Options& options, std::string method) {
  const auto input = define(options, std::move(method));
  input->has_body = true;
  declare_body(options, *input);
  declare_answer(options, *input);
  declare_request(options, *input);
  declare_report(options, *input);
  declare(options, input->common);
  declare_raw(options, *input,
              {"--output", "--remote-name", "--remote-time", "--include", "--fail", "--max-size", "--data",
               "--data-binary", "--data-urlencode", "--form", "--upload-file"});
  return run_of(input);
}

Run define_post(Options& options) {
  return define_sending(options, "POST");
}
Run define_put(Options& options) {
  return define_sending(options, "PUT");
}

}  // namespace

const Program http_get_program{"http get", Group::clients, "Fetches what a URL names",
                               "labnet http get http://web.labredes71.com/\n"
                               "labnet http get -v --compressed -O http://127.0.0.1:8080/1.png\n"
                               "labnet http get --cache page https://127.0.0.1:8443/ --timing",
                               define_get};
const Program http_head_program{"http head", Group::clients, "Shows what a server says of a URL",
                                "labnet http head http://web.labredes71.com/", define_head};
const Program http_post_program{"http post", Group::clients, "Sends a form or a file to a server",
                                "labnet http post -d user=ann -d word=x http://127.0.0.1:8080/login\n"
                                "labnet http post -F file=@1.png http://127.0.0.1:8080/upload",
                                define_post};
const Program http_put_program{"http put", Group::clients, "Brings a file to a server",
                               "labnet http put -T 1.png http://127.0.0.1:8080/music/", define_put};

}  // namespace labnet::http_client
