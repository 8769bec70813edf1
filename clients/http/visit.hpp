// What all programs of `labnet http` have in common: their options, and the way from these to a client.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "clients/http/client.hpp"
#include "clients/http/transcript.hpp"
#include "common/client/lookup.hpp"
#include "common/client/tls.hpp"
#include "common/program/console.hpp"
#include "common/program/options.hpp"

namespace labnet::http_client {

/// Of --header: "Name: value"; "Name:" leaves out a field that would be sent, "Name;" sends one without a value.
struct HeaderInput {
  std::string name;
  std::optional<std::string> value;  // nothing: it is left out
};

/// The options that each of them has.
struct CommonInput {
  std::string url;
  client::TlsInput tls;
  std::vector<HeaderInput> headers;
  std::optional<std::string> user, cookie, cookie_jar, user_agent;
  bool basic_at_once = false;
  std::vector<KnownAddress> known_addresses;
  client::LookupInput lookup;
  bool http_1_0 = false, keeps_dots = false;
  std::optional<Timeout> timeout, max_time;
  bool verbose = false;
  bool is_silent = false, tells_faults = false;
};

void declare(program::Options& options, CommonInput& input);

/// As --silent and --show-error want it; first of all.
void quieten(program::Console& console, const CommonInput& input);

/// The URL of the command line.
Result<Url> url_of(const CommonInput& input);

/// GET of the URL with the fields of every request, and without those that were asked for; see `add_headers`.
Request make_request(const CommonInput& input, std::string_view user_agent, std::string_view accept);
/// Those of --header and --cookie, which take the place of others.
void add_headers(const CommonInput& input, Request& request);

/// What the client is to be like. Asks for a password where --user gives none.
/// has_standard_input  false: that is what is sent
Result<ClientOptions> make_client_options(program::Console& console, const CommonInput& input, const Url& url,
                                          bool has_standard_input);

/// Makes a client, does the work and says goodbye.
program::Exit visit(program::Console& console, const ClientOptions& options, Observer& observer,
                    const std::function<Task<program::Exit>(net::Worker&, Client&)>& work,
                    std::string_view when_interrupted = "interrupted");

}  // namespace labnet::http_client
