// What a fuzz target asks of the code, and a played part of whoever plays with it: a broken promise ends the program,
// which is how a fuzzer learns of a finding.
#pragma once

#include <cstdlib>
#include <iostream>
#include <string_view>

namespace labnet::test {

inline void require(bool condition, std::string_view promise) {
  if (condition) return;
  std::cerr << "finding: not kept: " << promise << '\n';
  std::abort();
}

}  // namespace labnet::test
