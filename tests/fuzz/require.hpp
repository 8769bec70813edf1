// What a fuzz target asks of the code: a broken promise ends the program, which is how a fuzzer learns of a finding.
#pragma once

#include <cstdlib>
#include <iostream>
#include <string_view>

namespace labnet::fuzz {

inline void require(bool condition, std::string_view promise) {
  if (condition) return;
  std::cerr << "finding: not kept: " << promise << '\n';
  std::abort();
}

}  // namespace labnet::fuzz
