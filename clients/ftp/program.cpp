// labnet ftp: options to a visit at a server, and what has come of it to lines.
#include "clients/ftp/program.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <memory>

#include "clients/ftp/transcript.hpp"
#include "clients/ftp/visit.hpp"
#include "clients/ftp/works.hpp"
#include "common/base/file_descriptor.hpp"
#include "common/base/text.hpp"
#include "common/base/utf8.hpp"
#include "common/ftp/command.hpp"

namespace labnet::ftp_client {
namespace {

using ftp::Representation;
using program::Console;
using program::Exit;
using program::Format;
using program::Group;
using program::Options;
using program::Program;
using program::Run;
namespace filesystem = std::filesystem;

const std::string url_help = "ftp://user:password@host/path; from the root on: ftp://host//path";

Representation representation_of(bool is_ascii, const Url& url) {
  return is_ascii ? Representation::ascii : url.representation.value_or(Representation::image);
}

/// Without slashes at the end: "music/" is the folder "music".
std::string without_last_slash(std::string path) {
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  return path;
}

/// What was taken for granted of a file of which something was there.
std::string_view assumption(Age age, bool is_compared) {
  switch (age) {
    case Age::unchanged:
      return "taken for the same file: unchanged since that was written";
    case Age::changed:
      return "taken for the same file, though it was modified since that was written";
    case Age::unknown:
      break;
  }
  return is_compared ? "taken for the same file, though the server tells no time"
                     : "taken for the same file by its length alone: the server tells no time";
}

std::string assumption(const FileMoved& moved) {
  std::string text{assumption(moved.age, moved.compared > 0)};
  if (moved.compared > 0) text += fmt::format("; the last {} bytes of that are the same", moved.compared);
  return text;
}

/// "1.png: 62631 bytes in 0.01 s, 6.2 MB/s"
std::string report(std::string_view name, const FileMoved& moved, std::chrono::duration<double> time) {
  const auto count = moved.bytes - moved.start_at;
  const auto why = moved.start_at == 0 ? std::string{} : fmt::format(" ({})", assumption(moved));
  if (moved.was_there || (moved.start_at > 0 && count == 0)) {
    return fmt::format("{}: nothing was transferred, all {} bytes are there already{}\n", printable(name), moved.bytes,
                       why);
  }
  const auto from = moved.start_at == 0 ? std::string{} : fmt::format(" from byte {} on", moved.start_at);
  const auto rate = time.count() > 0 ? static_cast<double>(count) / time.count() : 0.0;
  return fmt::format("{}: {} bytes{} in {:.2f} s, {}/s{}\n", printable(name), count, from, time.count(),
                     client::size_text(rate), why);
}

/// What is said of a file once it has moved.
class Report {
 public:
  Report(Console& console, std::string name) : console_{console}, name_{std::move(name)} {}

  Result<void> operator()(const Result<FileMoved>& moved) const {
    if (!moved) return moved.error();
    console_.write(report(name_, *moved, net::Clock::now() - began_));
    return {};
  }

 private:
  Console& console_;
  std::string name_;
  net::Clock::time_point began_ = net::Clock::now();
};

// ls

struct ListInput {
  CommonInput common;
  bool names_alone = false;
  Format format = Format::text;
};

Task<Result<void>> list(Client& client, Console& console, const ListInput& input) {
  Result<std::vector<ftp::Entry>> entries = Error{};
  if (input.names_alone) {
    entries = co_await client.list_names(client.path());
  } else {
    entries = co_await client.list(client.path());
  }
  if (!entries) co_return entries.error();
  if (input.format == Format::json) {
    console.write(to_json(*entries));
  } else {
    console.write(input.names_alone ? to_names(*entries) : to_text(*entries));
  }
  co_return Result<void>{};
}

Run define_ls(Options& options) {
  auto input = std::make_shared<ListInput>();
  declare_url(options, input->common, url_help);
  options.flag("--names", input->names_alone, "the names and nothing else (NLST)");
  options.option("--format", "FORMAT", input->format, "text or json", program::format_kind());
  declare(options, input->common);
  return [input](Console& console) {
    const auto url = parse_url(input->common.url);
    if (!url) return console.wrong_usage(url.error().message);
    Visit job{.url = *url, .steps = &Plan::list, .path = url->path, .is_folder = true, .work = {}};
    job.work = [&](Client& client) { return list(client, console, *input); };
    return visit(console, input->common, job);
  };
}

// get and cat

struct GetInput {
  CommonInput common;
  std::optional<std::string> output;
  bool is_ascii = false;
  GetOptions options;
};

/// A folder that is there gets the file under its own name.
Result<filesystem::path> path_of(const GetInput& input, const Url& url) {
  const auto name = name_of(url.path);
  std::error_code ignored;
  const auto has_name = !name.empty() && name != "." && name != "..";
  if (!has_name) return Error{"the URL names a folder; expected a file (labnet ftp ls shows what is there)"};
  if (!input.output) return filesystem::path{name};
  const filesystem::path output{*input.output};
  if (filesystem::is_directory(output, ignored)) return output / name;
  return output;
}

Task<Result<void>> get_file(Client& client, Download& download, const GetInput& input, Console& console) {
  const Report tell{console, download.path().string()};
  co_return tell(co_await get(client, download, input.options));
}

Task<Result<void>> get_to_output(Client& client, const GetInput& input) {
  const auto moved = co_await get_to(client, STDOUT_FILENO, input.options.bytes_max);
  if (!moved) co_return moved.error();
  co_return Result<void>{};
}

Exit run_cat(Console& console, const GetInput& input) {
  const auto url = parse_url(input.common.url);
  if (!url) return console.wrong_usage(url.error().message);
  if (name_of(url->path).empty()) return console.wrong_usage("the URL names a folder; expected a file");
  Visit job{.url = *url, .steps = &Plan::get, .path = url->path, .work = {}};
  job.representation = representation_of(input.is_ascii, *url);
  job.work = [&](Client& client) { return get_to_output(client, input); };
  return visit(console, input.common, job);
}

Exit run_get(Console& console, const GetInput& input) {
  if (input.output == "-") return run_cat(console, input);
  const auto url = parse_url(input.common.url);
  if (!url) return console.wrong_usage(url.error().message);
  const auto path = path_of(input, *url);
  if (!path) return console.wrong_usage(path.error().message);
  Visit job{.url = *url, .steps = &Plan::get, .path = url->path, .work = {}};
  job.representation = representation_of(input.is_ascii, *url);
  if (job.representation == Representation::ascii && input.options.resumes) {
    return console.wrong_usage("--resume is not for text: with other line ends no position means the same");
  }
  auto download = Download::to(*path);
  if (!download) return console.fail(download.error());
  job.progress_of = path->filename().string();
  job.work = [&](Client& client) { return get_file(client, *download, input, console); };
  return visit(console, input.common, job);
}

void declare_download(Options& options, GetInput& input) {
  options.flag("--ascii", input.is_ascii, "as text: its line ends become LF (TYPE A; or ;type=a in the URL)");
  options.option("--max-size", "SIZE", input.options.bytes_max, "give up if more comes; default: 1 TiB",
                 byte_size<std::uint64_t>(1));
}

Run define_get(Options& options) {
  auto input = std::make_shared<GetInput>();
  declare_url(options, input->common, url_help);
  options.option("-o,--output", "FILE", input->output, "where to, a file or a folder; - is standard output");
  options.flag("--resume", input->options.resumes, "go on behind what is there of it (.NAME.part)");
  options.flag("--times", input->options.keeps_time, "with the time of modification that the server tells (MDTM)");
  declare_download(options, *input);
  declare(options, input->common);
  return [input](Console& console) { return run_get(console, *input); };
}

Run define_cat(Options& options) {
  auto input = std::make_shared<GetInput>();
  declare_url(options, input->common, url_help);
  declare_download(options, *input);
  declare(options, input->common);
  return [input](Console& console) { return run_cat(console, *input); };
}

// put

struct PutInput {
  CommonInput common;
  std::string file;
  bool is_ascii = false;
  bool resumes = false;
  bool appends = false;
  bool keeps_time = false;
};

bool is_standard_input(const PutInput& input) {
  return input.file == "-";
}

/// Opened before anybody is connected to: what cannot be read is not worth a session.
Result<Source> open_source(const PutInput& input, FileDescriptor& file) {
  const auto shown = printable(input.file);
  Source source{STDIN_FILENO, {}, {}};
  if (is_standard_input(input)) return source;
  file = FileDescriptor{::open(input.file.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY)};
  struct stat status {};
  if (!file || ::fstat(file.get(), &status) != 0) return system_error(fmt::format("cannot read {}", shown));
  if (S_ISDIR(status.st_mode)) return Error{shown, " is a folder; expected a file"};
  source.descriptor = file.get();
  if (!S_ISREG(status.st_mode)) return source;
  source.bytes = static_cast<std::uint64_t>(status.st_size);
  source.modified = ftp::FileTime{std::chrono::seconds{status.st_mtim.tv_sec}};
  return source;
}

Task<Result<void>> put_file(Client& client, Source source, PutOptions options, std::string name, Console& console) {
  const Report tell{console, std::move(name)};
  co_return tell(co_await put(client, source, options));
}

Exit run_put(Console& console, const PutInput& input) {
  const auto url = parse_url(input.common.url);
  if (!url) return console.wrong_usage(url.error().message);
  Visit job{.url = *url, .steps = &Plan::put, .path = url->path, .work = {}};
  job.representation = representation_of(input.is_ascii, *url);
  const auto own_name = is_standard_input(input) ? std::string{} : filesystem::path{input.file}.filename().string();
  if (name_of(job.path).empty()) job.path = path_in(job.path, own_name);
  if (name_of(job.path).empty()) return console.wrong_usage("the URL names a folder; expected a file's name in it");
  PutOptions options;
  options.keeps_time = input.keeps_time;
  if (input.appends) options.start = PutOptions::Start::append;
  if (input.resumes) options.start = PutOptions::Start::resume;
  FileDescriptor file;
  const auto source = open_source(input, file);
  if (!source) return console.fail(source.error());
  if (input.resumes && (!source->bytes || job.representation == Representation::ascii)) {
    return console.wrong_usage("--resume is for files, and not for text");
  }
  job.has_standard_input = !is_standard_input(input);
  job.progress_of = name_of(job.path);
  job.work = [&](Client& client) { return put_file(client, *source, options, name_of(job.path), console); };
  return visit(console, input.common, job);
}

Run define_put(Options& options) {
  auto input = std::make_shared<PutInput>();
  options.positional("FILE", input->file, "what to bring; - is standard input");
  declare_url(options, input->common, url_help + "; one that ends with / is a folder, and the file keeps its name");
  options.flag("--resume", input->resumes, "go on behind what the server has of it (SIZE, REST)");
  options.flag("--append", input->appends, "behind what is there under that name (APPE)");
  options.flag("--times", input->keeps_time, "with its time of modification (MFMT)");
  options.flag("--ascii", input->is_ascii, "as text: its line ends travel as CR LF (TYPE A; or ;type=a in the URL)");
  options.excludes("--resume", "--append");
  declare(options, input->common);
  return [input](Console& console) { return run_put(console, *input); };
}

// what moves no data

/// One command about the path.
Task<Result<void>> change(Client& client, std::string verb) {
  const auto reply = co_await client.session().insist(std::move(verb), client.path());
  if (!reply) co_return reply.error();
  co_return Result<void>{};
}

Exit run_change(Console& console, const CommonInput& input, std::string_view verb) {
  const auto url = parse_url(input.url);
  if (!url) return console.wrong_usage(url.error().message);
  Visit job{.url = *url, .steps = &Plan::change, .path = without_last_slash(url->path), .work = {}};
  if (job.path.empty()) return console.wrong_usage("the URL names nothing behind the host; expected a path");
  job.work = [verb](Client& client) { return change(client, std::string{verb}); };
  return visit(console, input, job);
}

template <const char* verb>
Run define_change(Options& options) {
  auto input = std::make_shared<CommonInput>();
  declare_url(options, *input, url_help);
  declare(options, *input);
  return [input](Console& console) { return run_change(console, *input, verb); };
}

constexpr char make_folder[] = "MKD";
constexpr char remove_folder[] = "RMD";
constexpr char remove_file[] = "DELE";

struct RenameInput {
  CommonInput common;
  std::string name;
};

Run define_mv(Options& options) {
  auto input = std::make_shared<RenameInput>();
  declare_url(options, input->common, url_help);
  options.positional("NAME", input->name, "the new one, in the same folder; one with / in it is a path as in URLs");
  declare(options, input->common);
  return [input](Console& console) {
    const auto url = parse_url(input->common.url);
    if (!url) return console.wrong_usage(url.error().message);
    Visit job{.url = *url, .steps = &Plan::change, .path = without_last_slash(url->path), .work = {}};
    if (job.path.empty()) return console.wrong_usage("the URL names nothing behind the host; expected a path");
    if (input->name.empty()) return console.wrong_usage("NAME: expected a name, found nothing");
    job.work = [&](Client& client) { return client.session().rename(client.path(), client.beside(input->name)); };
    return visit(console, input->common, job);
  };
}

// quote

struct QuoteInput {
  CommonInput common;
  std::vector<std::string> commands;
};

bool is_for_others(std::string_view verb) {
  constexpr auto verbs =
      std::to_array<std::string_view>({"RETR", "STOR", "STOU", "APPE", "LIST", "NLST", "MLSD", "PASV", "EPSV", "PORT",
                                       "EPRT", "AUTH", "PROT", "CCC", "QUIT"});
  return std::ranges::find(verbs, verb) != verbs.end();
}

Result<std::vector<ftp::Command>> read_commands(const QuoteInput& input) {
  if (input.commands.size() > quoted_commands_max) {
    return Error{fmt::format("more than {} commands", quoted_commands_max)};
  }
  std::vector<ftp::Command> commands;
  for (const auto& line : input.commands) {
    const auto command = ftp::parse_command(line);
    if (!command) {
      return Error{
          fmt::format("expected a command of FTP, a verb of three or four letters and what belongs to it, such as "
                      "\"SITE CHMOD 644 1.png\"; found \"{}\"",
                      printable(line, 60))};
    }
    if (is_for_others(command->verb)) {
      return Error{command->verb,
                   " opens or changes a connection, or ends it: that is for the other verbs of labnet ftp"};
    }
    commands.push_back(*command);
  }
  return commands;
}

/// As it came, code and all.
std::string lines_of(const ftp::Reply& reply) {
  std::string text;
  for (std::size_t i = 0; i < reply.lines.size(); ++i) {
    const auto is_last = i + 1 == reply.lines.size();
    const auto code = i == 0 || is_last ? fmt::format("{}{}", reply.code, is_last ? ' ' : '-') : std::string{" "};
    text += fmt::format("{}{}\n", code, printable(reply.lines[i]));
  }
  return text;
}

Task<Result<void>> quote(Client& client, std::vector<ftp::Command> commands, Console& console) {
  auto& session = client.session();
  if (const auto folder = client.path(); !folder.empty()) {
    const auto entered = co_await session.insist("CWD", folder);
    if (!entered) co_return entered.error();
  }
  std::optional<Error> first_fault;
  for (const auto& command : commands) {
    const auto reply = co_await session.ask(command.verb, command.argument);
    if (!reply) co_return reply.error();
    console.write(lines_of(*reply));
    if (!reply->is_positive() && !first_fault) first_fault = Error{"the server refuses ", command.verb};
  }
  if (first_fault) co_return *first_fault;
  co_return Result<void>{};
}

Run define_quote(Options& options) {
  auto input = std::make_shared<QuoteInput>();
  declare_url(options, input->common, "ftp://user:password@host/folder, where the commands are given");
  options.positionals("COMMAND", input->commands, "each in quotation marks: \"SITE CHMOD 644 1.png\"",
                      Options::Need::required);
  declare(options, input->common);
  return [input](Console& console) {
    const auto url = parse_url(input->common.url);
    if (!url) return console.wrong_usage(url.error().message);
    const auto commands = read_commands(*input);
    if (!commands) return console.wrong_usage(commands.error().message);
    Visit job{.url = *url, .steps = &Plan::change, .path = url->path, .is_folder = true, .work = {}};
    job.work = [&](Client& client) { return quote(client, *commands, console); };
    return visit(console, input->common, job);
  };
}

}  // namespace

const Program ftp_ls_program{"ftp ls", Group::clients, "Shows a folder of an FTP server",
                             "labnet ftp ls ftp://samurt123:password@ftp.labredes71.com/\n"
                             "labnet ftp ls --format json ftp://127.0.0.1:2121/pub",
                             define_ls};
const Program ftp_get_program{"ftp get", Group::clients, "Fetches a file from an FTP server",
                              "labnet ftp get ftp://samurt123:password@ftp.labredes71.com/1.png\n"
                              "labnet ftp get --resume -o here.iso ftp://127.0.0.1:2121/pub/big.iso\n"
                              "labnet ftp get -v --like filezilla ftp://samurt123@ftp.labredes71.com/1.png",
                              define_get};
const Program ftp_cat_program{"ftp cat", Group::clients, "Prints a file of an FTP server",
                              "labnet ftp cat ftp://127.0.0.1:2121/notes.txt", define_cat};
const Program ftp_put_program{"ftp put", Group::clients, "Brings a file to an FTP server",
                              "labnet ftp put notes.txt ftp://samurt123:password@ftp.labredes71.com/\n"
                              "tar c music | labnet ftp put - ftp://ann:password@127.0.0.1:2121/music.tar",
                              define_put};
const Program ftp_mkdir_program{"ftp mkdir", Group::clients, "Makes a folder at an FTP server",
                                "labnet ftp mkdir ftp://samurt123:password@127.0.0.1:2121/music",
                                define_change<make_folder>};
const Program ftp_rmdir_program{"ftp rmdir", Group::clients, "Removes an empty folder of an FTP server",
                                "labnet ftp rmdir ftp://samurt123:password@127.0.0.1:2121/music",
                                define_change<remove_folder>};
const Program ftp_rm_program{"ftp rm", Group::clients, "Removes a file of an FTP server",
                             "labnet ftp rm ftp://samurt123:password@127.0.0.1:2121/1.png", define_change<remove_file>};
const Program ftp_mv_program{"ftp mv", Group::clients, "Renames a file or a folder of an FTP server",
                             "labnet ftp mv ftp://samurt123:password@127.0.0.1:2121/1.png 2.png", define_mv};
const Program ftp_quote_program{"ftp quote", Group::clients, "Sends commands to an FTP server as they are",
                                "labnet ftp quote ftp://samurt123:password@127.0.0.1:2121/ \"SITE HELP\" STAT",
                                define_quote};

}  // namespace labnet::ftp_client
