// What all programs of `labnet ftp` have in common: their options, and the way from a URL to a session.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "clients/ftp/client.hpp"
#include "clients/ftp/url.hpp"
#include "common/client/lookup.hpp"
#include "common/client/tls.hpp"
#include "common/program/console.hpp"
#include "common/program/options.hpp"

namespace labnet::ftp_client {

/// The options that each of them has.
struct CommonInput {
  std::string url;
  const Plan* plan = &labnet_plan;
  bool tls = false, tls_if_offered = false;
  client::TlsInput tls_input;
  bool passive = false, extended_passive = false, active = false;
  client::LookupInput lookup;
  std::optional<Timeout> timeout;
  bool verbose = false;
};

void declare_url(program::Options& options, CommonInput& input, const std::string& help);
void declare(program::Options& options, CommonInput& input);

struct Visit {
  Url url;
  std::span<const Step> Plan::*steps;  // &Plan::get
  std::string path;                    // in place of the URL's
  bool is_folder = false;
  ftp::Representation representation = ftp::Representation::image;
  std::string progress_of{};       // the name of the file that moves
  bool has_standard_input = true;  // to ask for a password there
  Client::Work work;
};

/// The password where it is wanted, the server's address, the session, the work.
program::Exit visit(program::Console& console, const CommonInput& input, const Visit& visit);

}  // namespace labnet::ftp_client
