// Messages broken at random, the same way in each run.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace labnet::sip_server {

/// How many of them a test sends: LABNET_SIP_MUTATIONS of the environment for another look than the usual one.
int mutations_wanted();

/// False where a sanitizer's memory is in that of a process.
bool is_memory_its_own();

class Mutations {
 public:
  /// pieces  the beginnings of these are put into others; not empty
  explicit Mutations(std::vector<std::string> pieces) : pieces_{std::move(pieces)} {}

  std::size_t random(std::size_t below);
  /// One to four times: some octets are taken out, put in, or one is another one.
  void break_up(std::string& text);

 private:
  void change(std::string& text);

  std::vector<std::string> pieces_;
  std::uint32_t state_ = 1;
};

}  // namespace labnet::sip_server
