// What all programs of `labnet sip` have in common: their options, and the way from them to a phone on the network.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "clients/sip/addresses.hpp"
#include "clients/sip/telephone.hpp"
#include "common/client/lookup.hpp"
#include "common/client/tls.hpp"
#include "common/program/console.hpp"
#include "common/program/options.hpp"

namespace labnet::sip_client {

struct UserName {
  std::string user;
  std::string password;  // empty: none
};

/// The options that each of them has.
struct PhoneInput {
  UserName user;
  std::vector<RealmLogin> logins;
  std::optional<ServerName> server;
  std::optional<IpAddress> server_address;
  std::optional<std::string> domain;
  std::optional<net::Endpoint> listen;
  Like like = Like::labnet;
  std::optional<std::chrono::seconds> expires;
  client::TlsInput tls;
  client::LookupInput lookup;
  bool verbose = false;
  bool shows_dialogue = false;
  bool stays = false;
};
void declare(program::Options& options, PhoneInput& input);
/// Of a program whose phone registers: --stay.
void declare_stay(program::Options& options, PhoneInput& input);

/// Those of a program that has calls.
struct CallInput {
  SourceName source{};
  std::optional<std::string> record;
  std::optional<double> expect_tone;
  std::optional<SourceName> expect_sound;
  std::optional<std::string> report;
  bool suppresses_silence = false;
  std::string keys;
  std::optional<sip::Duration> hold_after;
  sip::Duration hold_time{2000};
  std::optional<sip::Duration> duration;
};
void declare(program::Options& options, CallInput& input);

using PhoneWork = std::function<net::Task<program::Exit>(Telephone&, net::Worker&)>;
/// Finds the server, makes the phone, runs the work; and ends in order at Ctrl-C: calls are hung up, and the phone is
/// unregistered.
///
/// options   the config's user, server and the like are filled in from the input
program::Exit run_phone(program::Console& console, const PhoneInput& input, TelephoneOptions options,
                        const PhoneWork& work);

/// A line of standard output, at once.
void print_line(program::Console& console, const std::string& line);

}  // namespace labnet::sip_client
