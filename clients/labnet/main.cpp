// The program table: the only file that names every program.
#include <array>

#include "common/program/program.hpp"

namespace {

using labnet::program::Link;
using labnet::program::Program;

constexpr std::array<const Program*, 0> programs{};

/// Customary names, made as links to this binary.
constexpr std::array<Link, 0> links{};

}  // namespace

int main(int argc, char** argv) {
  return labnet::program::run(programs, links, argc, argv);
}
