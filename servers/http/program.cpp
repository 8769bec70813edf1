#include "servers/http/program.hpp"

#include <algorithm>
#include <memory>

#include "common/log/log.hpp"
#include "common/service/config_source.hpp"
#include "common/service/options.hpp"
#include "common/service/run.hpp"
#include "common/service/tls.hpp"
#include "servers/http/scratch.hpp"
#include "servers/http/server.hpp"

namespace labnet::http_server {
namespace {

struct Input {
  service::CommonInput common;
  service::TlsInput tls;
  std::optional<std::string> root;
  bool listing = false;
  bool uploads = false;
  std::optional<Like> like;
  std::optional<std::string> access_log;
  std::optional<std::string> scratch;
};

service::UsualPlaces usual_places() {
  return {.plain = *listen_kind().parse("http://127.0.0.1:8080"),
          .secure = *listen_kind().parse("https://127.0.0.1:8443")};
}

/// Of the sites the first that has a certificate; without any the first.
const service::TlsSettings& offered_tls(const Config& config) {
  const auto found = std::ranges::find_if(config.sites, [](const SiteConfig& site) { return site.tls.is_offered(); });
  return found == config.sites.end() ? config.sites.front().tls : found->tls;
}

/// What the file says, and over it what the command line says. A fault is a sentence: wrong usage.
Result<Config> over(Config config, const Input& input) {
  if (config.sites.empty()) config.sites.emplace_back();
  auto& first = config.sites.front();
  if (input.root) first.root = *input.root;
  if (first.root.empty()) return Error{"which folder is served? --root DIR, or a configuration with -c"};
  if (input.listing) first.listing = true;
  if (input.uploads) first.uploads = true;
  if (input.like) config.like = *input.like;
  if (input.access_log) config.access_log = *input.access_log;
  if (const auto applied = service::apply(input.tls, first.tls); !applied) return applied.error();
  if (!input.common.listen.empty()) config.listen_mark.reset();
  auto places =
      service::places_to_listen(input.common, input.tls, offered_tls(config), std::move(config.listen), usual_places());
  if (!places) return places.error();
  config.listen = *std::move(places);
  return config;
}

/// With copies in the place of what clients may change, if they are wanted. Those that are there already stay.
Result<Config> with_copies(Config config, const Input& input) {
  if (input.scratch) {
    if (const auto copied = work_on_copies(config, *input.scratch); !copied) return copied.error();
  }
  return config;
}

program::Exit serve(program::Console& console, const Input& input) {
  service::ConfigSource source{"http", input, load_config, over};
  auto begun = source.begin(console);
  if (!begun) return begun.error();
  auto& [handed_in, config] = *begun;
  const auto checked = Server::check(config);
  if (!checked) return console.wrong_file(checked.error().message);
  if (input.common.check) {
    for (const auto& doubt : *checked) console.complain(doubt);
  }
  if (input.common.check) return service::say_that_all_is_right(console, input.common);
  auto copied = with_copies(std::move(config), input);
  if (!copied) return console.fail(copied.error());
  config = *std::move(copied);

  const bool speaks_tls = std::ranges::find(config.listen, "https", &net::Endpoint::scheme) != config.listen.end();
  const bool is_nowhere_shown = (input.tls.tls || input.tls.certificate) && !speaks_tls && handed_in.empty();
  const service::Start start{
      .name = "http",
      .input = input.common,
      .config = config.common,
      .say_first = [is_nowhere_shown, say_places = service::places_without_tls(input.tls, offered_tls(config))] {
        say_places();
        if (!is_nowhere_shown) return;
        log::warning("there is a certificate, and nowhere to show it: --listen https://ADDRESS:PORT says where");
      }};
  return service::run<Server>(console, start,
                              {.config = std::move(config), .handed_in = std::move(handed_in), .read_again = [&] {
                                 auto read = source.read_again();
                                 return read ? with_copies(*std::move(read), input) : read;
                               }});
}

program::Run define_serve_http(program::Options& options) {
  auto input = std::make_shared<Input>();
  service::declare(options, input->common, "127.0.0.1:8080", listen_kind());
  options.option("--root", "DIR", input->root, "the folder that is served; nobody sees anything outside");
  options.flag("--listing", input->listing, "folders without an index are listed");
  options.flag("--uploads", input->uploads, "PUT and DELETE, for anybody");
  options.option("--like", "SERVER", input->like, "heads like those of: labnet, apache or nginx", like_kind());
  options.option("--access-log", "FILE", input->access_log,
                 "a line for each request, in the combined format; - is standard output");
  options.option("--scratch", "DIR", input->scratch,
                 "works on copies in this folder of what clients may change, so that the rest stays as it is");
  service::declare(options, input->tls, listen_kind(), "https");
  return [input](program::Console& console) { return serve(console, *input); };
}

}  // namespace

const program::Program serve_http_program{"serve http", program::Group::servers, "An HTTP and HTTPS server",
                                          "labnet serve http --root . --listing\n"
                                          "labnet serve http --root /srv/www --tls --access-log access.log",
                                          define_serve_http};

}  // namespace labnet::http_server
