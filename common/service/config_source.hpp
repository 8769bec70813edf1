// What a service begins with: sockets that were handed in, and its configuration, which is its file, as `-c` names it,
// over that what the environment says (LABNET_HTTP_..., settings/environment.hpp), and over both the command line.
//
// LABNET_<OPTION>, without the service's name in front, stands for an option of the command line (program/options.hpp).
#pragma once

#include <fmt/format.h>

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/text.hpp"
#include "common/net/handed_in.hpp"
#include "common/program/console.hpp"
#include "common/settings/document.hpp"

namespace labnet::service {

template <class Config>
struct Beginning {
  std::vector<net::HandedIn> handed_in;
  Config config;
};

/// Where a service has its configuration from, at its start and at each reload.
///
/// Input  what the command line says, with a `common`, whose `config` names the file; without one the configuration is
///        Config{}.
template <class Config, class Input>
class ConfigSource {
 public:
  using Load = Result<Config, settings::Fault>(settings::Document&);
  /// Puts what the command line says over what the file says. A fault is a sentence: wrong usage.
  using Over = Result<Config>(Config in_file, const Input&);

  /// service  as in the variables' names: "http". In a lab the lab alone says what there is: they do not count
  ConfigSource(std::string_view service, Input input, Load* load, Over* over)
      : prefix_{fmt::format("LABNET_{}_", to_upper(service))}, input_{std::move(input)}, load_{load}, over_{over} {}

  /// At the start: a mistake is told to the person; the exit code comes back.
  Result<Beginning<Config>, program::Exit> begin(program::Console& console) {
    auto handed_in = net::take_handed_in();
    if (!handed_in) return console.fail(handed_in.error());
    input_.common.is_handed_in = !handed_in->empty();
    auto in_file = read_file();
    if (!in_file) return console.wrong_file(settings::to_string(in_file.error()));
    auto config = over_(*std::move(in_file), input_);
    if (!config) return console.wrong_usage(config.error().message);
    return Beginning<Config>{*std::move(handed_in), *std::move(config)};
  }

  /// At a reload, when nobody looks at the console. A fault is a sentence.
  Result<Config> read_again() const {
    auto in_file = read_file();
    if (!in_file) return Error{settings::to_string(in_file.error())};
    return over_(*std::move(in_file), input_);
  }
  /// The same as a function, for a server. This outlives it.
  std::function<Result<Config>()> reader() const {
    return [this] { return read_again(); };
  }

 private:
  Result<Config, settings::Fault> read_file() const {
    const auto& file = input_.common.config;
    const auto variables =
        input_.common.control ? std::vector<settings::Variable>{} : settings::variables_with(prefix_);
    if (!file && variables.empty()) return Config{};
    auto environment = settings::Environment::read(prefix_, variables);
    if (!environment) return environment.error();
    auto document = file ? settings::load(*file) : settings::parse("", prefix_ + '*');
    if (!document) return document.error();
    document->put_over(*std::move(environment), file.has_value());
    return load_(*document);
  }

  std::string prefix_;
  Input input_;
  Load* load_;
  Over* over_;
};

}  // namespace labnet::service
