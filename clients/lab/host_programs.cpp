// exec, shell, cache, neighbours: one host of a running lab.
#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>
#include <memory>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "clients/lab/cache_table.hpp"
#include "clients/lab/host.hpp"
#include "clients/lab/programs.hpp"

namespace labnet::lab_client {
namespace {

using control::json::object;
using program::Console;
using program::Exit;
using program::Format;
using program::Group;
using program::Options;
using program::Run;

struct HostInput {
  std::string name;
  std::string host;
  Format format = Format::text;
};

void add_host(Options& options, HostInput& input) {
  options.option("--name", "NAME", input.name, "of the lab, if several run");
  options.positional("HOST", input.host, "a host of the lab");
}
void add_format(Options& options, HostInput& input) {
  options.option("--format", "FORMAT", input.format, "text or json", program::format_kind());
}

/// Behind all other folders: `labnet` is found in a host as well, wherever it was started from.
void put_own_folder_on_path() {
  std::error_code unknown;
  const auto folder = std::filesystem::read_symlink("/proc/self/exe", unknown).parent_path();
  const auto* const path = std::getenv("PATH");
  if (!unknown)
    setenv("PATH", fmt::format("{}:{}", path == nullptr ? "/usr/bin:/bin" : path, folder.string()).c_str(), 1);
}

Exit run_in_host(Console& console, const HostInput& input, const std::vector<std::string>& command) {
  put_own_folder_on_path();
  {
    auto lab = connect(input.name);
    if (!lab) return console.fail(lab.error());
    if (const auto entered = enter_host(*lab, input.host); !entered) return console.fail(entered.error());
  }  // a lab has few connections, and a program may run for long
  return static_cast<Exit>(run_program(command));
}

Run define_exec(Options& options) {
  struct Input : HostInput {
    std::vector<std::string> command;
  };
  auto input = std::make_shared<Input>();
  add_host(options, *input);
  options.command("COMMAND", input->command, "any program of this machine, with its arguments",
                  Options::Need::required);
  return [input](Console& console) { return run_in_host(console, *input, input->command); };
}

Run define_shell(Options& options) {
  auto input = std::make_shared<HostInput>();
  add_host(options, *input);
  return [input](Console& console) {
    const auto* const shell = std::getenv("SHELL");
    return run_in_host(console, *input, {shell == nullptr ? "/bin/sh" : shell});
  };
}

Result<object> ask(const HostInput& input, object request) {
  auto lab = connect(input.name);
  if (!lab) return lab.error();
  request["host"] = input.host;
  return lab->ask(request, answer_deadline);
}

Run define_cache_show(Options& options) {
  auto input = std::make_shared<HostInput>();
  add_host(options, *input);
  add_format(options, *input);
  return [input](Console& console) {
    const auto reply = ask(*input, {{"do", "cache.show"}});
    if (!reply) return console.fail(reply.error());
    const auto& entries = reply->at("entries").as_array();
    console.write(input->format == Format::json ? boost::json::serialize(object{{"entries", entries}}) + '\n'
                                                : cache_table(entries));
    return Exit::done;
  };
}

/// {"flushed":3}, or a sentence with the number in it.
Exit say_flushed(Console& console, const HostInput& input, const Result<object>& reply, std::string_view what) {
  if (!reply) return console.fail(reply.error());
  const auto count = reply->at("flushed").to_number<std::int64_t>();
  if (input.format == Format::json) {
    console.print("{}\n", boost::json::serialize(object{{"flushed", count}}));
  } else {
    console.print("{} of {} flushed, {} {}\n", what, input.host, count, count == 1 ? "entry" : "entries");
  }
  return Exit::done;
}

Run define_cache_flush(Options& options) {
  struct Input : HostInput {
    std::optional<std::string> domain;
  };
  auto input = std::make_shared<Input>();
  add_host(options, *input);
  add_format(options, *input);
  options.positional("DOMAIN", input->domain, "one name; default: all of them");
  return [input](Console& console) {
    object request{{"do", "cache.flush"}};
    if (input->domain) request["name"] = *input->domain;
    return say_flushed(console, *input, ask(*input, std::move(request)), "DNS cache");
  };
}

Run define_neighbours_flush(Options& options) {
  auto input = std::make_shared<HostInput>();
  add_host(options, *input);
  add_format(options, *input);
  return [input](Console& console) {
    return say_flushed(console, *input, ask(*input, {{"do", "neighbours.flush"}}), "neighbour table (ARP)");
  };
}

}  // namespace

const program::Program exec_program{
    "exec", Group::lab, "Runs any program in a lab host",
    "labnet exec pc1 -- dig web.labredes71.com\nlabnet exec pc1 -- curl http://web.labredes71.com/", define_exec};
const program::Program shell_program{"shell", Group::lab, "Opens a shell in a lab host", "labnet shell pc1",
                                     define_shell};
const program::Program cache_show_program{"cache show", Group::lab, "Shows a host's DNS cache, as ipconfig /displaydns",
                                          "labnet cache show pc1", define_cache_show};
const program::Program cache_flush_program{"cache flush", Group::lab,
                                           "Clears a host's DNS cache, as ipconfig /flushdns", "labnet cache flush pc1",
                                           define_cache_flush};
const program::Program neighbours_flush_program{
    "neighbours flush", Group::lab, "Lets a host and its neighbours forget each other, so that they ask by ARP again",
    "labnet neighbours flush pc1", define_neighbours_flush};

}  // namespace labnet::lab_client
