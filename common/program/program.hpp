// What every program of labnet is: a name, a line of summary, options, and a function that runs it.
//
//   Run define_count(Options& options) {
//     struct Input { std::string file; int lines_max = 10; };
//     auto input = std::make_shared<Input>();
//     options.positional("FILE", input->file, "what to count");
//     options.option("-n,--lines-max", "N", input->lines_max, "stop after so many lines", between(1, 1000));
//     return [input](Console& console) {
//       const auto lines = count(input->file, input->lines_max);
//       if (!lines) return console.fail(lines.error());
//       console.print("{}\n", *lines);
//       return Exit::done;
//     };
//   }
//   const Program count_program{"count", Group::clients, "Counts lines", "labnet count notes.txt", define_count};
//
// Help, completion, the environment's LABNET_LINES_MAX and the complaints about wrong usage come from this definition.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/program/console.hpp"
#include "common/program/options.hpp"

namespace labnet::program {

/// Under which heading the list of programs shows it.
enum class Group { lab, servers, clients };
std::string_view heading_of(Group group);

/// What a program does once its options are read.
using Run = std::function<Exit(Console&)>;

struct Program {
  std::string_view name;  // as typed after "labnet": one word or two, "up", "cache show"
  Group group;
  std::string_view summary;  // one line, no full stop
  std::string_view example;  // one or more lines that can be typed as they are
  Run (*define)(Options&);   // says which options there are and into what they are read
};

/// A customary name under which the same binary is installed: "dns-server" means "labnet serve dns".
struct Link {
  std::string_view name;
  std::string_view program;
};

/// Runs the program that the command line names and returns the exit code. What is said of wrong usage ends with where
/// to find help. Without arguments, and for `help`, --help and --version, it prints what there is.
int run(std::span<const Program* const> programs, std::span<const Link> links, int argc, const char* const* argv);

/// What --help prints of one program.
std::string help_of(const Program& program);

}  // namespace labnet::program
