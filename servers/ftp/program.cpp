#include "servers/ftp/program.hpp"

#include <fmt/format.h>

#include <memory>

#include "common/files/tree_copy.hpp"
#include "common/log/log.hpp"
#include "common/service/config_source.hpp"
#include "common/service/options.hpp"
#include "common/service/run.hpp"
#include "common/service/tls.hpp"
#include "servers/ftp/server.hpp"

namespace labnet::ftp_server {
namespace {

struct Input {
  service::CommonInput common;
  std::optional<std::string> root;
  std::vector<User> users;
  bool anonymous = false;
  service::TlsInput tls;
  std::optional<PortRange> passive_ports;
  std::optional<Language> language;
  std::optional<std::string> scratch;
};

service::UsualPlaces usual_places() {
  return {.plain = *listen_kind().parse("ftp://127.0.0.1:2121"),
          .secure = *listen_kind().parse("ftps://127.0.0.1:9990")};
}

/// What the file says, and over it what the command line says. A fault is a sentence: wrong usage.
Result<Config> over(Config config, const Input& input) {
  if (input.root) config.root = *input.root;
  if (config.root.empty()) return Error{"which folder is served? --root DIR, or a configuration with -c"};
  config.users.insert(config.users.end(), input.users.begin(), input.users.end());
  if (input.anonymous) config.anonymous.allowed = true;
  if (!input.common.config && config.users.empty() && !config.anonymous.allowed) {
    return Error{"nobody could log in: --user NAME:PASSWORD, --anonymous, or users in the configuration"};
  }
  auto& identity = config.tls.identity;
  if (const auto applied = service::apply(input.tls, identity); !applied) return applied.error();
  if (input.passive_ports) config.passive.ports = *input.passive_ports;
  if (input.language) config.language = *input.language;
  auto places = service::places_to_listen(input.common, input.tls, identity, std::move(config.listen), usual_places());
  if (!places) return places.error();
  config.listen = *std::move(places);
  return config;
}

program::Exit serve(program::Console& console, const Input& input) {
  auto begun = service::ConfigSource{"ftp", input, load_config, over}.begin(console);
  if (!begun) return begun.error();
  auto& [handed_in, config] = *begun;
  const auto checked = Server::check(config);
  if (!checked) return console.wrong_file(checked.error().message);
  if (input.common.check) return service::say_that_all_is_right(console, input.common);
  if (input.scratch) {
    if (const auto copied = files::copy_tree(config.root, *input.scratch); !copied) return console.fail(copied.error());
    config.root = *input.scratch;
  }

  const service::Start start{"ftp", input.common, config.common,
                             service::places_without_tls(input.tls, config.tls.identity)};
  return service::run<Server>(console, start, {.config = std::move(config), .handed_in = std::move(handed_in)});
}

program::Run define_serve_ftp(program::Options& options) {
  auto input = std::make_shared<Input>();
  service::declare(options, input->common, "127.0.0.1:2121", listen_kind());
  options.option("--root", "DIR", input->root, "the folder that is served; nobody sees anything outside");
  options.repeatable("--user", "NAME:PASSWORD", input->users, "who may log in, and do everything", user_kind());
  options.flag("--anonymous", input->anonymous, "anybody may log in as anonymous, and read");
  service::declare(options, input->tls, listen_kind(), "ftps");
  options.option("--passive-ports", "FIRST-LAST", input->passive_ports, "of data connections; default: 50000-50999",
                 port_range_kind());
  options.option("--scratch", "DIR", input->scratch,
                 "works on a copy of the root in this folder, so that the root stays as it is");
  options.option("--language", "LANGUAGE", input->language, "of replies: en or es",
                 one_of<Language>({{"en", Language::english}, {"es", Language::spanish}}));
  return [input](program::Console& console) { return serve(console, *input); };
}

}  // namespace

const program::Program serve_ftp_program{"serve ftp", program::Group::servers, "An FTP server",
                                         "labnet serve ftp --root . --user samurt123:password\nlabnet serve ftp "
                                         "--root /srv/ftp --anonymous --listen 127.0.0.1:2121",
                                         define_serve_ftp};

}  // namespace labnet::ftp_server
