// Runs a fuzz target without libFuzzer: replays files and folders, then mutates them a given number of times.
//
//     dns_message_fuzz [-runs=N] [-seed=N] FILE|FOLDER...
//
// The same seed gives the same inputs. A finding ends the program by a signal; the input that did it is then in
// fuzz-finding.bin in the working folder.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/text.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

using Input = std::vector<std::uint8_t>;
constexpr std::size_t input_bytes_max = 65535;

Input read_file(const std::filesystem::path& path) {
  std::ifstream file{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{file}, {}};
}

std::vector<Input> read_seeds(const std::filesystem::path& path) {
  if (!std::filesystem::is_directory(path)) return {read_file(path)};
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator{path}) files.push_back(entry.path());
  std::ranges::sort(files);  // the order of a folder is not the same everywhere
  std::vector<Input> seeds;
  for (const auto& file : files) seeds.push_back(read_file(file));
  return seeds;
}

class Mutator {
 public:
  explicit Mutator(std::uint64_t seed) : random_{seed} {}

  Input mutate(const std::vector<Input>& seeds) {
    auto input = seeds[below(seeds.size())];
    for (auto changes = 1 + below(6); changes > 0; --changes) change(input, seeds);
    if (input.size() > input_bytes_max) input.resize(input_bytes_max);
    return input;
  }

 private:
  void change(Input& input, const std::vector<Input>& seeds) {
    if (input.empty()) input.push_back(0);
    const auto at = below(input.size());
    const auto place = input.begin() + static_cast<std::ptrdiff_t>(at);
    switch (below(7)) {
      case 0:
        *place = static_cast<std::uint8_t>(random_());
        break;
      case 1:
        *place ^= static_cast<std::uint8_t>(1 << below(8));
        break;
      case 2:
        input.insert(place, static_cast<std::uint8_t>(random_()));
        break;
      case 3:
        input.erase(place);
        break;
      case 4:
        input.resize(at);
        break;
      case 5:
        *place = interesting[below(std::size(interesting))];
        break;
      case 6: {
        const auto& other = seeds[below(seeds.size())];
        input.insert(place, other.begin(), other.begin() + static_cast<std::ptrdiff_t>(below(other.size() + 1)));
      }
    }
  }
  std::size_t below(std::size_t limit) { return static_cast<std::size_t>(random_() % limit); }

  static constexpr std::uint8_t interesting[] = {0, 1, 0x0c, 0x3f, 0x40, 0x7f, 0x80, 0xc0, 0xff, '\r', '\n', '"', '\\'};
  std::mt19937_64 random_;
};

const Input* current_input = nullptr;

/// Calls only what a signal handler may.
extern "C" void save_finding(int signal_number) {
  const int file = ::open("fuzz-finding.bin", O_WRONLY | O_CREAT | O_TRUNC, 0644);
  const auto written = ::write(file, current_input->data(), current_input->size());
  std::signal(signal_number, SIG_DFL);
  if (written >= 0) std::raise(signal_number);
  std::_Exit(1);
}

void run(const Input& input) {
  current_input = &input;
  LLVMFuzzerTestOneInput(input.data(), input.size());
}

}  // namespace

int main(int argc, char** argv) {
  std::uint64_t runs = 0;
  std::uint64_t seed = 1;
  std::vector<Input> seeds;
  for (const std::string_view argument : std::vector<std::string_view>(argv + 1, argv + argc)) {
    if (argument.starts_with("-runs=")) {
      runs = labnet::parse_integer<std::uint64_t>(argument.substr(6)).value();
    } else if (argument.starts_with("-seed=")) {
      seed = labnet::parse_integer<std::uint64_t>(argument.substr(6)).value();
    } else {
      std::ranges::move(read_seeds(argument), std::back_inserter(seeds));
    }
  }
  if (seeds.empty()) {
    std::cerr << "give at least one file or folder of inputs\n";
    return 2;
  }
  for (const int signal_number : {SIGABRT, SIGSEGV, SIGFPE, SIGBUS, SIGILL}) std::signal(signal_number, save_finding);
  for (const auto& input : seeds) run(input);
  Mutator mutator{seed};
  for (std::uint64_t i = 0; i < runs; ++i) run(mutator.mutate(seeds));
  std::cout << seeds.size() << " inputs and " << runs << " mutations without a finding\n";
}
