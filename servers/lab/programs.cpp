#include "servers/lab/programs.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <memory>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "common/control/lab_places.hpp"
#include "servers/lab/ca_text.hpp"
#include "servers/lab/doctor.hpp"
#include "servers/lab/lab_file.hpp"
#include "servers/lab/lint.hpp"
#include "servers/lab/up.hpp"

namespace labnet::lab {
namespace {

using program::Console;
using program::Exit;
using program::Format;
using program::Group;
using program::Options;
using program::Run;

Run define_up(Options& options) {
  struct Input {
    std::optional<std::string> file;
    UpOptions up;
  };
  auto input = std::make_shared<Input>();
  options.option("-f,--file", "LAB", input->file, "the lab file; default: lab.yaml here, or the lab of the course");
  options.flag("-d,--background", input->up.background, "return as soon as every service answers");
  options.option("--name", "NAME", input->up.name, "of the running lab; default: the name in its file",
                 lab_name_kind());
  options.option("--network", "KIND", input->up.network,
                 "auto, namespaces or loopback; auto: loopback where namespaces are not allowed",
                 one_of<NetworkChoice>({{"auto", NetworkChoice::automatic},
                                        {"namespaces", NetworkChoice::namespaces},
                                        {"loopback", NetworkChoice::loopback}}));
  options.flag("--no-publish", input->up.no_publish, "open no ports on this machine's own loopback");
  options.flag("-q,--quiet", input->up.quiet, "do not show the log");
  return [input](Console& console) {
    const auto file = input->file ? std::filesystem::path{*input->file} : control::find_lab_file();
    if (!file)
      return console.wrong_usage(
          "there is no lab.yaml in this folder, and the lab of the course (config/labredes71/lab.yaml) is neither here "
          "nor beside the program; name a lab file with -f");
    input->up.lab_file = *file;
    return static_cast<Exit>(up(input->up));
  };
}

Run define_lint(Options& options) {
  struct Input {
    std::vector<std::string> files;
    bool alone = false;
    Format format = Format::text;
  };
  auto input = std::make_shared<Input>();
  options.positionals("FILE", input->files, "lab files (with their service files), scenarios or service configurations",
                      Options::Need::required);
  options.flag("--alone", input->alone, "of a lab only its own file, not the service files that it names");
  options.option("--format", "FORMAT", input->format, "text or json", program::format_kind());
  return [input](Console& console) {
    const auto depth = input->alone ? LintDepth::alone : LintDepth::with_services;
    auto code = Exit::done;
    boost::json::array list;
    for (const auto& file : input->files) {
      const auto linted = lint(file, depth);
      if (!linted) code = console.wrong_file(linted.error().message);
      if (input->format == Format::json) {
        list.push_back(to_json(file, linted));
      } else if (linted) {
        console.print("{}: ok, {}\n", file, linted->what);
      }
    }
    if (input->format == Format::json) console.write(boost::json::serialize(list) + "\n");
    return code;
  };
}

Run define_doctor(Options& options) {
  auto format = std::make_shared<Format>(Format::text);
  options.option("--format", "FORMAT", *format, "text or json", program::format_kind());
  return [format](Console& console) {
    const auto findings = examine_machine();
    console.write(*format == Format::json ? to_json(findings) : to_text(findings));
    return worst(findings);
  };
}

struct CaInput {
  bool path = false;
  bool renew = false;
  std::vector<std::string> domains;
  Format format = Format::text;
};

Exit renew_ca(Console& console, const std::filesystem::path& folder, const CaInput& input) {
  const auto former = ca::find_former(folder);
  auto domains = input.domains;
  if (former) domains.insert(domains.end(), former->domains.begin(), former->domains.end());
  const auto authority = ca::Authority::renew(folder, domains);
  if (!authority) return console.fail(authority.error());
  if (input.path) {
    console.print("{}\n", authority->certificate_path().string());
  } else {
    const auto old_sha256 = former ? std::optional{former->sha256} : std::nullopt;
    console.write(input.format == Format::json ? to_json(*authority) : renewal_text(*authority, old_sha256));
  }
  return Exit::done;
}

Exit show_ca(Console& console, const CaInput& input) {
  if (!input.domains.empty() && !input.renew) {
    return console.wrong_usage("a CA keeps the domains that it was made for: --domain needs --renew");
  }
  const auto folder = ca::usual_folder();
  if (!folder) return console.fail(folder.error());
  if (input.renew) return renew_ca(console, *folder, input);
  const auto authority = ca::Authority::open(*folder);
  if (!authority) return console.fail(authority.error());
  if (input.path) {
    console.print("{}\n", authority->certificate_path().string());
  } else {
    console.write(input.format == Format::json ? to_json(*authority) : to_text(*authority));
  }
  return Exit::done;
}

Run define_ca(Options& options) {
  auto input = std::make_shared<CaInput>();
  options.flag("--path", input->path, "print the path of the certificate alone");
  options.flag("--renew", input->renew, "make a new one in the place of what is there, without a question");
  options.repeatable("--domain", "DOMAIN", input->domains, "for which the new one may vouch beside the usual ones");
  options.option("--format", "FORMAT", input->format, "text or json", program::format_kind());
  return [input](Console& console) { return show_ca(console, *input); };
}

}  // namespace

const program::Program up_program{
    "up", Group::lab, "Builds the lab's network and starts its services",
    "labnet up            # stays in front; Ctrl-C ends the lab\nlabnet up -d         # in the background", define_up};
const program::Program lint_program{"lint", Group::lab, "Says whether lab, scenario and service files are right",
                                    "labnet lint config/labredes71/lab.yaml", define_lint};
const program::Program doctor_program{"doctor", Group::lab,
                                      "Says whether this machine can run the lab, and what to do if not",
                                      "labnet doctor", define_doctor};
const program::Program ca_program{"ca", Group::lab, "The lab's certificate authority, and how to trust it",
                                  "labnet ca\nlabnet exec pc1 -- curl --cacert \"$(labnet ca --path)\" \\\n  "
                                  "ftps://samurt123:password@ftps.labredes71.com/",
                                  define_ca};

}  // namespace labnet::lab
