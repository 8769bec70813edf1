// Chromium, which most people have: pages, films and forms, in clear and by TLS with the lab CA trusted.
#include <fmt/format.h>

#include <chrono>

#include "tests/interop/http_clients.hpp"

namespace labnet::http_server {
namespace {

using test::debian_python;

/// To start a browser takes seconds; each thing that it is waited for has its own limit of 10 s.
constexpr std::chrono::seconds browser_patience{120};

class InteropChromium : public HttpClients {
 protected:
  InteropChromium()
      : HttpClients{
            {"sh", "-c", "/usr/bin/python3 -c 'import selenium' && chromedriver --version && command -v certutil"},
            "chromium-driver, python3-selenium and libnss3-tools"} {}

  std::string visit(const std::string& site, std::vector<std::string> actions) const {
    std::vector<std::string> command{debian_python,       "-B", LABNET_INTEROP_DIR "/chromium_client.py", authority(),
                                     path("picture.png"), site};
    command.insert(command.end(), actions.begin(), actions.end());
    test::How how;
    how.patience = browser_patience;
    const auto outcome = test::run(command, how);
    return outcome.exit_code == 0 ? outcome.output : outcome.output + outcome.errors;
  }
};

TEST_F(InteropChromium, ShowsPagesPlaysFilmsAndPostsComments) {
  const test::How how{.environment = {{"LABNET_CA_DIR", folder().path() + "/ca"}}};
  const auto service = RunningHttp::with_config(
      fmt::format("sites: [{{ root: {}, applications: [{{ path: /comments, do: comments }}] }}]\n",
                  LABNET_CONFIG_DIR "/labredes71/internet/youtube"),
      how, {"--listen", "https://127.0.0.1:0", "--tls"});
  for (const std::string scheme : {"http", "https"}) {
    const auto port = scheme == "http" ? service->port() : service->tls_port();
    const auto site = fmt::format("{}://localhost:{}", scheme, port);
    EXPECT_EQ(visit(site + "/", {"page"}), "page Videos del laboratorio pictures 4 of 4\n") << scheme;
    EXPECT_EQ(visit(site + "/watch/mandelbrot.html",
                    {"page", "film", "comment", "Ann", "<b>" + scheme + "</b> ¡qué bonito!"}),
              "page El conjunto de Mandelbrot pictures 1 of 1\nfilm 320x180\ncomment True\n")
        << scheme;
  }
}

}  // namespace
}  // namespace labnet::http_server
