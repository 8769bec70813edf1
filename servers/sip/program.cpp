#include "servers/sip/program.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "common/log/log.hpp"
#include "common/service/config_source.hpp"
#include "common/service/options.hpp"
#include "common/service/run.hpp"
#include "common/service/tls.hpp"
#include "servers/sip/server.hpp"

namespace labnet::sip_server {
namespace {

struct Input {
  service::CommonInput common;
  service::TlsInput tls;
  std::vector<User> users;
  std::optional<std::string> domain;
  std::optional<std::string> store;
};

service::UsualPlaces usual_places() {
  return {.plain = *listen_kind().parse("udp://127.0.0.1:5060"),
          .secure = *listen_kind().parse("tls://127.0.0.1:5061")};
}

/// What the file says, and over it what the command line says. A fault is a sentence: wrong usage.
Result<Config> over(Config config, const Input& input) {
  for (const auto& user : input.users) {
    std::erase_if(config.users, [&](const User& one) { return one.number == user.number; });
    config.users.push_back(user);
  }
  if (input.domain) config.domain = *input.domain;
  if (input.store) config.store = *input.store;
  if (const auto applied = service::apply(input.tls, config.tls); !applied) return applied.error();
  const bool is_told_where = !config.listen.empty() || !input.common.listen.empty() || input.common.is_handed_in;
  auto places =
      service::places_to_listen(input.common, input.tls, config.tls, std::move(config.listen), usual_places());
  if (!places) return places.error();
  config.listen = *std::move(places);
  if (!is_told_where) config.listen.push_back(*listen_kind().parse("tcp://127.0.0.1:5060"));
  service::listen_by_udp_and_tcp(config.listen);
  return config;
}

program::Exit serve(program::Console& console, const Input& input) {
  service::ConfigSource source{"sip", input, load_config, over};
  auto begun = source.begin(console);
  if (!begun) return begun.error();
  auto& [handed_in, config] = *begun;
  if (config.users.empty()) {
    program::say("nobody can register: --user NUMBER:PASSWORD, or users of a configuration (warning)\n");
  }
  for (const auto& warning : config.warnings()) program::say(fmt::format("{} (warning)\n", warning));
  const auto checked = Server::check(config);
  if (!checked) return console.wrong_file(checked.error().message);
  if (input.common.check) return service::say_that_all_is_right(console, input.common);

  const service::Start start{"sip", input.common, config.common, service::places_without_tls(input.tls, config.tls)};
  return service::run<Server>(
      console, start, {.config = std::move(config), .handed_in = std::move(handed_in), .read_again = source.reader()});
}

program::Run define_serve_sip(program::Options& options) {
  auto input = std::make_shared<Input>();
  service::declare(options, input->common, "127.0.0.1:5060", listen_kind());
  options.repeatable("--user", "NUMBER:PASSWORD", input->users, "who may register and call", user_kind());
  options.option("--domain", "D", input->domain, "the domain of all users, and the realm of their passwords");
  options.option("--store", "FILE", input->store, "keeps registrations and calls, so that a new start finds them");
  service::declare(options, input->tls, listen_kind(), "tls");
  return [input](program::Console& console) { return serve(console, *input); };
}

}  // namespace

const program::Program serve_sip_program{"serve sip", program::Group::servers,
                                         "A SIP exchange that relays the media of its calls",
                                         "labnet serve sip --user 101:secret --user 102:geheim\n"
                                         "labnet serve sip --user 101:secret --tls --store exchange.sqlite",
                                         define_serve_sip};

}  // namespace labnet::sip_server
