#include "servers/ftp/program.hpp"

#include <fmt/format.h>

#include <memory>

#include "common/files/tree_copy.hpp"
#include "common/log/log.hpp"
#include "common/service/control_channel.hpp"
#include "common/service/options.hpp"
#include "servers/ftp/server.hpp"

namespace labnet::ftp_server {
namespace {

using program::Console;
using program::Exit;
using program::Group;
using program::Options;
using program::Run;

struct Input {
  service::CommonInput common;
  std::optional<std::string> root;
  std::vector<User> users;
  bool anonymous = false;
  std::optional<std::string> certificate, key;
  std::optional<PortRange> passive_ports;
  std::optional<Language> language;
  std::optional<std::string> scratch;
};

/// What the file says, and over it what the command line says. The exit code if that makes no sense.
Result<Config, Exit> gather(Console& console, const Input& input) {
  Config config;
  if (input.common.config) {
    auto document = settings::load(*input.common.config);
    if (!document) return console.wrong_file(settings::to_string(document.error()));
    auto loaded = load_config(*document);
    if (!loaded) return console.wrong_file(settings::to_string(loaded.error()));
    config = *std::move(loaded);
  }
  if (input.root) config.root = *input.root;
  if (config.root.empty()) return console.wrong_usage("which folder is served? --root DIR, or a configuration with -c");
  config.users.insert(config.users.end(), input.users.begin(), input.users.end());
  if (input.anonymous) config.anonymous.allowed = true;
  if (config.users.empty() && !config.users_file && !config.anonymous.allowed) {
    return console.wrong_usage("nobody could log in: --user NAME:PASSWORD, --anonymous, or users in the configuration");
  }
  if (input.certificate.has_value() != input.key.has_value()) {
    return console.wrong_usage("--cert and --key belong together");
  }
  if (input.certificate) config.tls.certificate = *input.certificate;
  if (input.key) config.tls.key = *input.key;
  if (input.passive_ports) config.passive.ports = *input.passive_ports;
  if (input.language) config.language = *input.language;
  if (!input.common.listen.empty()) config.listen = input.common.listen;
  if (config.listen.empty()) {
    config.listen.push_back(*listen_kind().parse("ftp://127.0.0.1:2121"));
    if (config.tls.is_offered()) config.listen.push_back(*listen_kind().parse("ftps://127.0.0.1:9990"));
  }
  return config;
}

Exit serve(Console& console, const Input& input) {
  auto handed_in = net::take_handed_in();
  if (!handed_in) return console.fail(handed_in.error());
  auto config = gather(console, input);
  if (!config) return config.error();
  const auto checked = Server::check(*config);
  if (!checked) return console.wrong_file(checked.error().message);
  if (input.common.check) return Exit::done;
  if (input.scratch) {
    if (const auto copied = files::copy_tree(config->root, *input.scratch); !copied)
      return console.fail(copied.error());
    config->root = *input.scratch;
  }

  const log::Running log{{.name = "ftp", .format = input.common.log_format}};
  net::Runtime runtime{{.workers = input.common.workers}};
  Server server{runtime, {.config = *std::move(config), .handed_in = *std::move(handed_in)}};
  if (const auto started = server.start(); !started) return console.fail(started.error());
  std::optional<service::ControlChannel> control;
  if (input.common.control) {
    control.emplace(runtime, FileDescriptor{*input.common.control},
                    [&](const control::json::object& request) { return server.answer(request); });
  }
  console.print("ready ftp {}\n", service::to_text(server.endpoints()));
  console.flush();
  runtime.run();
  return Exit::done;
}

Run define_serve_ftp(Options& options) {
  auto input = std::make_shared<Input>();
  service::declare(options, input->common, "127.0.0.1:2121", listen_kind());
  options.option("--root", "DIR", input->root, "the folder that is served; nobody sees anything outside");
  options.repeatable("--user", "NAME:PASSWORD", input->users, "who may log in, and do everything", user_kind());
  options.flag("--anonymous", input->anonymous, "anybody may log in as anonymous, and read");
  options.option("--cert", "FILE", input->certificate, "a certificate (PEM): AUTH TLS is understood then");
  options.option("--key", "FILE", input->key, "its key (PEM)");
  options.option("--passive-ports", "FIRST-LAST", input->passive_ports, "of data connections; default: 50000-50999",
                 port_range_kind());
  options.option("--scratch", "DIR", input->scratch,
                 "works on a copy of the root in this folder, so that the root stays as it is");
  options.option("--language", "LANGUAGE", input->language, "of replies: en or es",
                 one_of<Language>({{"en", Language::english}, {"es", Language::spanish}}));
  return [input](Console& console) { return serve(console, *input); };
}

}  // namespace

const program::Program serve_ftp_program{"serve ftp", Group::servers, "An FTP server",
                                         "labnet serve ftp --root . --user samurt123:password\nlabnet serve ftp "
                                         "--root /srv/ftp --anonymous --listen 127.0.0.1:2121",
                                         define_serve_ftp};

}  // namespace labnet::ftp_server
