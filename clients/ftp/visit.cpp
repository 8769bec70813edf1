#include "clients/ftp/visit.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include "clients/ftp/transcript.hpp"
#include "common/base/utf8.hpp"

namespace labnet::ftp_client {
namespace {

using program::Console;
using program::Exit;
using namespace std::chrono_literals;

constexpr Timeout progress_interval{200};

Security security_of(const CommonInput& input, const Url& url) {
  if (url.is_ftps) return Security::implicit;
  if (input.tls) return Security::required;
  if (input.tls_if_offered) return Security::if_offered;
  return input.plan->security;
}

DataWay data_way_of(const CommonInput& input) {
  if (input.passive) return DataWay::passive;
  if (input.extended_passive) return DataWay::extended_passive;
  if (input.active) return DataWay::active;
  return input.plan->data_way;
}

/// Who is nobody in particular is anonymous (RFC 1635).
Result<void> fill_in_user(Console& console, const Visit& visit, Access& access) {
  const auto& url = visit.url;
  access.user = url.user.empty() ? "anonymous" : url.user;
  if (url.password) {
    access.password = *url.password;
  } else if (access.user == "anonymous" || access.user == "ftp") {
    access.password = "anonymous@";
  } else if (!visit.has_standard_input) {
    return Error{"standard input is what is brought, so that no password can be asked for there; write it in the URL"};
  } else {
    auto answer = console.ask_secretly(
        fmt::format("Password of {} at {}: ", printable(access.user, 60), printable(url.host, 60)));
    if (!answer) return Error{"a password is needed: ", answer.error().message, "; write it there or in the URL"};
    access.password = *std::move(answer);
  }
  return {};
}

Task<Result<void>> play(net::Worker& worker, SessionOptions options, Access access, std::span<const Step> steps,
                        Client::Job job, Observer& observer) {
  Session session{worker, std::move(options), observer};
  Client client{session, std::move(access), observer};
  co_return co_await client.play(steps, std::move(job));
}

}  // namespace

void declare_url(program::Options& options, CommonInput& input, const std::string& help) {
  options.positional("URL", input.url, help);
}

void declare(program::Options& options, CommonInput& input) {
  options.flag("--tls", input.tls, "secure the session with AUTH TLS, or do nothing at all");
  options.flag("--tls-if-offered", input.tls_if_offered, "the same, but go on in plain text if the server has no TLS");
  client::declare(options, input.tls_input);
  options.flag("--passive", input.passive, "data connections by PASV");
  options.flag("--epsv", input.extended_passive, "data connections by EPSV alone; default: EPSV, or else PASV");
  options.flag("--active", input.active, "data connections by PORT: the server connects");
  client::declare(options, input.lookup);
  options.option("--like", "CLIENT", input.plan, "whose commands in whose order: labnet or filezilla",
                 one_of<const Plan*>({{"labnet", &labnet_plan}, {"filezilla", &filezilla_plan}}));
  options.option("--timeout", "TIME", input.timeout,
                 "how long to wait for a connection, a reply, or data that stalls; default: 30 s",
                 duration_between(Timeout{1ms}, SessionOptions::timeout_max));
  options.flag("-v,--verbose", input.verbose, "show the dialogue on standard error");
  options.excludes("--tls", "--tls-if-offered");
  options.excludes("--passive", "--epsv");
  options.excludes("--passive", "--active");
  options.excludes("--epsv", "--active");
}

Exit visit(Console& console, const CommonInput& input, const Visit& visit) {
  SessionOptions options;
  options.data_way = data_way_of(input);
  options.host_name = visit.url.host;
  if (input.timeout) options.connect_timeout = options.reply_timeout = options.stall_timeout = *input.timeout;
  Access access;
  access.security = security_of(input, visit.url);
  if (access.security != Security::plain) {
    auto tls = client::make_tls(input.tls_input);
    if (!tls) return console.fail(tls.error());
    options.tls = *std::move(tls);
  }
  if (const auto filled = fill_in_user(console, visit, access); !filled) return console.fail(filled.error());
  auto servers = client::find_servers(visit.url.host, visit.url.port, "ftp", input.lookup);
  if (!servers) return console.fail(servers.error());
  access.servers = *std::move(servers);

  const auto shows_progress = isatty(STDERR_FILENO) == 1 && !visit.progress_of.empty();
  if (shows_progress) options.progress_interval = progress_interval;
  Transcript transcript{console, {input.verbose, shows_progress ? visit.progress_of : std::string{}}};
  const Client::Job job{visit.path, visit.is_folder, visit.representation, visit.work};
  const auto steps = input.plan->*visit.steps;
  const auto outcome = net::run_to_end<Result<void>>(
      [&](net::Worker& worker) { return play(worker, options, access, steps, job, transcript); });
  transcript.clear_progress();
  if (!outcome) {
    return console.fail(visit.progress_of.empty() ? "interrupted"
                                                  : "interrupted; with --resume it goes on from what is there");
  }
  return *outcome ? Exit::done : console.fail(outcome->error());
}

}  // namespace labnet::ftp_client
